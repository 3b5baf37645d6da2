// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"strings"
	"sync"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// Every offset of documents with all kinds of lines is located like counting
// from the start would.
func TestPosition(t *testing.T) {
	long := strings.Repeat("<A>Zürich ☎ 📞</A>", 800) // lines longer than one stride
	for name, body := range map[string]string{
		"one line":    "",
		"short lines": strings.Repeat("\r\n<A>é</A>\n\n", 900),
		"long lines":  long + "\n" + long + "\n",
	} {
		text := "\ufeff<flat-profile>" + body + "</flat-profile>"
		d := mustParse(t, text)
		line, column, units := 1, 1, 1
		for offset := 0; offset <= len(text); offset++ {
			got := d.Position(offset)
			want := Position{offset, line, column, units}
			if offset < len(text) && !utf8.RuneStart(text[offset]) {
				want.UTF16Column = got.UTF16Column // inside a character there is no answer
			}
			if got != want {
				t.Fatalf("%s: %+v, want %+v", name, got, want)
			}
			if offset == len(text) {
				break
			}
			column++
			if r, size := utf8.DecodeRuneInString(text[offset:]); r == '\n' {
				line, column, units = line+1, 1, 1
			} else if utf8.RuneStart(text[offset]) && size > 0 {
				units += utf16.RuneLen(r)
			}
		}
		if d.Position(-5) != d.Position(0) || d.Position(1<<30) != d.Position(len(text)) {
			t.Errorf("%s: offsets outside the document", name)
		}
	}
}

// Readers may share a document, the first calls that make its tables included.
func TestConcurrentReaders(t *testing.T) {
	d, err := Parse(benchDocument(300))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for p := range d.All() {
				if q, ok := d.Lookup(p.Name()); !ok || q.Value() != p.Value() {
					t.Errorf("%s is not found", p.Name())
				}
				if d.Count("Absent") != 0 {
					t.Error("found what is absent")
				}
				start, _ := p.Span()
				d.Position(start)
			}
			if cs := Diff(d, d); len(cs) > 0 {
				t.Errorf("differs from itself: %v", cs)
			}
			if out, err := d.Edit(Set("New", "x")); err != nil || len(out.Bytes()) <= len(d.Bytes()) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
