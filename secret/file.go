// SPDX-License-Identifier: MPL-2.0

package secret

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"unicode/utf8"
)

// MaxSize bounds, in bytes, what [Read] and [ReadFile] accept.
const MaxSize = 64 << 10

// ErrEmpty is returned when there is no secret where one is to be read. It is a
// [*FormatError].
var ErrEmpty error = &FormatError{"it is empty: want one line, the secret"}

// FormatError says why a content is not one secret. It never quotes it.
type FormatError struct{ msg string }

func (e *FormatError) Error() string { return e.msg }

func malformed(format string, args ...any) *FormatError {
	return &FormatError{fmt.Sprintf(format, args...)}
}

// NoteBOM is the note of [Parse] on a byte order mark.
const NoteBOM = "the byte order mark at its start was left out, as it is not part of the secret; save the file as UTF-8 without one"

// ReadFile reads a secret from a regular file that holds nothing else. Errors
// begin with the name and never hold the content. See [Parse] for what is
// accepted and for the note.
func ReadFile(name string) (s Text, note string, err error) {
	info, err := os.Stat(name)
	if err != nil {
		return Text{}, "", named(name, err)
	}
	if !info.Mode().IsRegular() { // opening a pipe could wait forever
		return Text{}, "", named(name, malformed("it is not a regular file: give the path of a file with one line, the secret"))
	}
	f, err := os.Open(name)
	if err != nil {
		return Text{}, "", named(name, err)
	}
	defer f.Close()
	if s, note, err = Read(f); err != nil {
		return Text{}, "", named(name, err)
	}
	return s, note, nil
}

// named puts the name before err, without the name of the system call.
func named(name string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Errorf("%s: %w", name, err)
}

// Read reads a secret from a stream that holds nothing else, such as standard
// input. It reads no more than [MaxSize] bytes and one. See [Parse].
func Read(r io.Reader) (s Text, note string, err error) {
	if r == nil {
		return Text{}, "", errors.New("no reader given")
	}
	data, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return Text{}, "", err
	}
	return Parse(data)
}

// Parse takes a secret from the content of a file: one line of UTF-8. One line
// end is cut off, as editors and echo add one, and a byte order mark, as Notepad
// and PowerShell add one; of the latter the note tells, which is otherwise empty.
// White space belongs to the secret.
//
// It refuses more than one line, UTF-16 and other encodings, NUL bytes, more than
// [MaxSize] bytes and nothing at all ([ErrEmpty]) with a [*FormatError], and a
// mask with [ErrMask].
func Parse(data []byte) (s Text, note string, err error) {
	if len(data) > MaxSize {
		return Text{}, "", malformed("it has more than %d bytes: no secret is that long; is it the right file?", MaxSize)
	}
	if encoding := otherEncoding(data); encoding != "" {
		return Text{}, "", malformed("it is %s, not UTF-8: save it as UTF-8 (in PowerShell: Set-Content -Encoding utf8)", encoding)
	}
	text, hasBOM := bytes.CutPrefix(data, []byte("\xef\xbb\xbf"))
	if hasBOM {
		note = NoteBOM
	}
	text = bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r"))
	switch {
	case len(text) == 0:
		return Text{}, "", ErrEmpty
	case bytes.ContainsAny(text, "\r\n"):
		return Text{}, "", malformed("it has more than one line: want one line, the secret and nothing else")
	case IsMask(string(text)):
		return Text{}, "", ErrMask
	}
	return New(string(text)), note, nil
}

// otherEncoding names the encoding of data, "" for UTF-8.
func otherEncoding(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe\x00\x00")), bytes.HasPrefix(data, []byte("\x00\x00\xfe\xff")):
		return "UTF-32"
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return "UTF-16"
	}
	if i := bytes.IndexByte(data, 0); i >= 0 {
		if zeros := bytes.Count(data, []byte{0}); len(data)%2 == 0 && zeros*3 >= len(data) && zeros < len(data) {
			return "UTF-16 without a byte order mark"
		}
		return fmt.Sprintf("binary (a NUL byte at offset %d)", i)
	}
	if !utf8.Valid(data) {
		return fmt.Sprintf("in another encoding (byte %d begins no character)", badByte(data))
	}
	return ""
}

// badByte returns the offset of the first byte that is not UTF-8.
func badByte(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(data)
}
