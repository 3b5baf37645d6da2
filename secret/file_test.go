// SPDX-License-Identifier: MPL-2.0

package secret_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

var fileCases = []struct {
	name, data, want string
	note             bool
	problem          string
}{
	{name: "plain", data: "Abc-12345", want: "Abc-12345"},
	{name: "line end", data: "Abc-12345\n", want: "Abc-12345"},
	{name: "line end of Windows", data: "Abc-12345\r\n", want: "Abc-12345"},
	{name: "line end of old", data: "Abc-12345\r", want: "Abc-12345"},
	{name: "Notepad", data: "\xef\xbb\xbfAbc-12345\r\n", want: "Abc-12345", note: true},
	{name: "white space", data: " a b\t\n", want: " a b\t"},
	{name: "not ASCII", data: "é€\n", want: "é€"},
	{name: "longest", data: strings.Repeat("x", secret.MaxSize), want: strings.Repeat("x", secret.MaxSize)},
	{name: "too long", data: strings.Repeat("x", secret.MaxSize) + "\n", problem: "it has more than 65536 bytes"},
	{name: "empty", data: "", problem: "it is empty"},
	{name: "only a line end", data: "\r\n", problem: "it is empty"},
	{name: "only a mark", data: "\xef\xbb\xbf\n", problem: "it is empty"},
	{name: "two lines", data: "a\nb\n", problem: "more than one line"},
	{name: "an empty second line", data: "a\n\n", problem: "more than one line"},
	{name: "two lines of old", data: "a\rb", problem: "more than one line"},
	{name: "an empty first line", data: "\na", problem: "more than one line"},
	{name: "mask", data: "********\n", problem: "only a mask"},
	{name: "marker", data: "\xef\xbb\xbf(secret)\r\n", problem: "only a mask"},
	{name: "UTF-16", data: "\xff\xfea\x00b\x00", problem: "it is UTF-16, not UTF-8: save it as UTF-8"},
	{name: "UTF-16, big endian", data: "\xfe\xff\x00a", problem: "it is UTF-16, not"},
	{name: "UTF-32", data: "\xff\xfe\x00\x00a\x00\x00\x00", problem: "it is UTF-32"},
	{name: "UTF-32, big endian", data: "\x00\x00\xfe\xff", problem: "it is UTF-32"},
	{name: "UTF-16 without mark", data: "a\x00b\x00", problem: "it is UTF-16 without a byte order mark"},
	{name: "NUL", data: "ab\x00", problem: "it is binary (a NUL byte at offset 2)"},
	{name: "few NUL", data: "abcdefg\x00", problem: "it is binary (a NUL byte at offset 7)"},
	{name: "all NUL", data: "\x00\x00", problem: "it is binary (a NUL byte at offset 0)"},
	{name: "Latin-1", data: "caf\xe9\n", problem: "it is in another encoding (byte 3 begins no character), not UTF-8"},
	{name: "a character cut off", data: "\xe2\x82", problem: "byte 0 begins no character"},
	{name: "a replacement character, then another encoding", data: "\ufffd\xe9", problem: "byte 3 begins no character"},
}

func TestParse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, c := range fileCases {
		name := filepath.Join(dir, c.name)
		if err := os.WriteFile(name, []byte(c.data), 0o600); err != nil {
			t.Fatal(err)
		}
		check := func(way string, s secret.Text, note string, err error) {
			t.Helper()
			switch {
			case (err != nil) != (c.problem != "") || err != nil && !strings.Contains(err.Error(), c.problem):
				t.Errorf("%s %s: %v, want %q", way, c.name, err, c.problem)
			case s.Reveal() != c.want || (note != "") != c.note:
				t.Errorf("%s %s: %q, note %q", way, c.name, s.Reveal(), note)
			case err != nil && way == "file" && !strings.HasPrefix(err.Error(), name+": "):
				t.Errorf("%s: %v", c.name, err)
			}
		}
		s, note, err := secret.Parse([]byte(c.data))
		check("parse", s, note, err)
		s, note, err = secret.Read(iotest.OneByteReader(strings.NewReader(c.data)))
		check("read", s, note, err)
		s, note, err = secret.ReadFile(name)
		check("file", s, note, err)
	}
	if _, _, err := secret.Parse([]byte("\n")); !errors.Is(err, secret.ErrEmpty) {
		t.Error(err)
	}
	for _, c := range fileCases {
		var format *secret.FormatError
		if _, _, err := secret.Parse([]byte(c.data)); err != nil && errors.As(err, &format) == errors.Is(err, secret.ErrMask) {
			t.Errorf("%s: %v is neither or both", c.name, err)
		}
	}
	if _, _, err := secret.Parse([]byte("***")); !errors.Is(err, secret.ErrMask) {
		t.Error(err)
	}
}

type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	clear := bytes.Repeat([]byte("x"), len(p))
	e.read += copy(p, clear)
	return len(p), nil
}

func TestReadIsBounded(t *testing.T) {
	t.Parallel()
	r := &endless{}
	if _, _, err := secret.Read(r); err == nil || r.read > secret.MaxSize+1 {
		t.Errorf("%v after %d bytes", err, r.read)
	}
	failed := errors.New("the disk is gone")
	if _, _, err := secret.Read(iotest.ErrReader(failed)); !errors.Is(err, failed) {
		t.Error(err)
	}
}

func TestReadFileOfWhatIsNone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{dir, os.DevNull, "/dev/zero"} {
		if _, _, err := secret.ReadFile(name); err == nil || !strings.Contains(err.Error(), name+": it is not a regular file") {
			if errors.Is(err, fs.ErrNotExist) {
				continue // no /dev/zero on this system
			}
			t.Errorf("%s: %v", name, err)
		}
	}
	missing := filepath.Join(dir, "missing")
	if _, _, err := secret.ReadFile(missing); !errors.Is(err, fs.ErrNotExist) || err.Error() != missing+": no such file or directory" {
		t.Errorf("%v", err)
	}
}
