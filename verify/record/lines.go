// SPDX-License-Identifier: MPL-2.0

package record

import (
	"bufio"
	"errors"
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

func (r *run) scan(from io.Reader, each func(line string, number int) error) error {
	in := bufio.NewReaderSize(from, maxLine)
	if mark, _ := in.Peek(2); len(mark) == 2 && (mark[0] == 0xff && mark[1] == 0xfe || mark[0] == 0xfe && mark[1] == 0xff) { // as PowerShell writes it
		in = bufio.NewReaderSize(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(in), maxLine)
	}
	for number := 1; ; number++ {
		if number%1024 == 0 && r.ctx.Err() != nil {
			return r.ctx.Err()
		}
		data, err := in.ReadSlice('\n')
		long := errors.Is(err, bufio.ErrBufferFull)
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = in.ReadSlice('\n')
		}
		if err != nil && err != io.EOF {
			return err
		}
		if len(data) > 0 {
			r.line(string(data), number, long, each)
		}
		if err == io.EOF {
			return nil
		}
	}
}

func (r *run) line(line string, number int, long bool, each func(string, int) error) {
	line = strings.TrimRight(line, "\r\n")
	if number == 1 {
		line = strings.TrimPrefix(line, "\ufeff")
	}
	if strings.TrimSpace(line) == "" && !long {
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
