// SPDX-License-Identifier: MPL-2.0

package record

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/unicode"
)

// maxLine is the longest line that is read. A longer one is malformed.
const maxLine = 64 << 10

var errLong = fmt.Errorf("the line is longer than %d bytes", maxLine)

// lines calls each for the lines of the source, without their ends, blank ones
// left out. The error that each returns makes the line malformed.
func (r *run) lines(each func(line string, number int) error) error {
	file, err := r.open()
	if err != nil {
		return err
	}
	defer file.Close()
	return r.scan(file, each)
}

// block is how much is read at once: many lines, which share one text.
const block = 4 * maxLine

func (r *run) scan(from io.Reader, each func(line string, number int) error) error {
	in := bufio.NewReader(from)
	if mark, _ := in.Peek(2); len(mark) == 2 && mark[0] == 0x1f && mark[1] == 0x8b { // an older log, compressed when it was rotated
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return err
		}
		in = bufio.NewReader(unpacked)
	}
	if mark, _ := in.Peek(2); len(mark) == 2 && (mark[0] == 0xff && mark[1] == 0xfe || mark[0] == 0xfe && mark[1] == 0xff) { // as PowerShell writes it
		in = bufio.NewReader(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(in))
	}
	buf := make([]byte, block)
	rest, number := 0, 0 // bytes of a line that has not ended, and lines
	long := false        // the line began in an earlier block, which it filled
	for {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		n, err := fill(in, buf[rest:])
		last := err == io.EOF
		if err != nil && !last {
			return err
		}
		data := buf[:rest+n]
		end := bytes.LastIndexByte(data, '\n') + 1
		if last {
			end = len(data)
		}
		if end == 0 && !last {
			long, rest = true, 0
			continue
		}
		for text := string(data[:end]); text != "" || long && last; long = false {
			var line string
			line, text, _ = strings.Cut(text, "\n")
			number++
			r.line(line, number, long || len(line) > maxLine, each)
		}
		if last {
			return nil
		}
		rest = copy(buf, data[end:])
	}
}

// fill reads until buf is full. Unlike io.ReadFull it tells the end of the records
// from records that are cut off, which is io.ErrUnexpectedEOF.
func fill(from io.Reader, buf []byte) (n int, err error) {
	for n < len(buf) && err == nil {
		var more int
		more, err = from.Read(buf[n:])
		n += more
	}
	return n, err
}

func (r *run) line(line string, number int, long bool, each func(string, int) error) {
	line = strings.TrimSuffix(line, "\r")
	if number == 1 {
		line = strings.TrimPrefix(line, "\ufeff")
	}
	if !long && strings.TrimSpace(line) == "" {
		line = "" // a block ends
	} else {
		r.report.Records++
	}
	err := errLong
	if !long {
		err = each(line, number)
	}
	if err != nil {
		r.malformed(Fault{Line: number, Err: err})
	}
}
