// SPDX-License-Identifier: MPL-2.0

package record

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// table is CSV with a header. Its columns are known by their names; where a
// program calls one otherwise, the URL says how.
type table struct {
	*rows
	delimiter byte
	at        map[string]int // where the column of a field is
	width     int
}

func openCSV(s *Source) (reader, error) {
	rows, err := newRows(s.values)
	if err != nil {
		return nil, err
	}
	return &table{rows: rows}, nil
}

func (t *table) read(r *run) error {
	t.at = nil
	var fault error
	var cells []string
	get := func(field string) string {
		if i, ok := t.at[field]; ok {
			return cells[i]
		}
		return ""
	}
	err := r.lines(func(line string, number int) error {
		switch {
		case line == "" || fault != nil:
			return nil
		case t.at == nil:
			if strings.HasPrefix(line, "sep=") && len(line) == 5 {
				t.delimiter = line[4]
				return nil
			}
			fault = t.header(line)
			return nil
		}
		var err error
		if cells, err = split(cells[:0], line, t.delimiter); err != nil {
			return err
		}
		if len(cells) != t.width {
			return fmt.Errorf("the row has %d cells, the header %d", len(cells), t.width)
		}
		r.fact = Fact{Line: number}
		if ok, err := t.fact(&r.fact, get, r.zone); err != nil || !ok {
			return err
		}
		r.found(&r.fact)
		return nil
	})
	return cmp.Or(fault, err)
}

// header finds the columns.
func (t *table) header(line string) error {
	if t.delimiter == 0 {
		t.delimiter = ','
		for _, d := range []byte{';', '\t'} {
			if strings.Count(line, string(d)) > strings.Count(line, string(t.delimiter)) {
				t.delimiter = d
			}
		}
	}
	cells, err := split(nil, line, t.delimiter)
	if err != nil {
		return fmt.Errorf("header: %w", err)
	}
	names := map[string]int{}
	for i, c := range cells {
		names[strings.ToLower(strings.TrimSpace(c))] = i
	}
	t.width, t.at = len(cells), map[string]int{}
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if want, ok := t.column[field]; ok {
			i, there := names[strings.ToLower(want)]
			if !there {
				return fmt.Errorf("the header has no column %q; it has %s", want, quoted(cells))
			}
			t.at[field] = i
			continue
		}
		for _, name := range fields[field] {
			if i, there := names[name]; there {
				t.at[field] = i
				break
			}
		}
	}
	return t.enough(cells)
}

// enough refuses a header that cannot say which certificate or phone a row is
// about, and decides what a row without a result means: a list of certificates is
// of those that were issued.
func (t *table) enough(cells []string) error {
	has := func(field string) bool { _, ok := t.at[field]; return ok }
	if !has("serial") && !has("name") && !has("subject") && !has("user") && !has("mac") {
		return fmt.Errorf("no column is known to name a certificate or a phone: say which it is, as in ?serial=NAME&name=NAME; the header has %s", quoted(cells))
	}
	if t.kind == 0 && !has("result") {
		if has("mac") || has("user") || !has("serial") {
			return errors.New("no column is known to say what became of a row: name it (?result=NAME), or say what every row means (?kind=accepted)")
		}
		t.kind = Issued
	}
	return nil
}

func quoted(cells []string) string {
	const most = 40
	var b strings.Builder
	for i, c := range cells[:min(len(cells), most)] {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%.60q", c)
	}
	return b.String()
}

// split takes the cells of a line. A quoted cell ends on its line: one that does
// not would swallow those behind it.
func split(cells []string, line string, delimiter byte) ([]string, error) {
	for {
		if !strings.HasPrefix(line, `"`) {
			cell, rest, more := strings.Cut(line, string(delimiter))
			cells = append(cells, cell)
			if !more {
				return cells, nil
			}
			line = rest
			continue
		}
		end := 1
		for {
			i := strings.IndexByte(line[end:], '"')
			if i < 0 {
				return cells, errors.New("a quotation mark is not closed on its line")
			}
			if end += i + 1; !strings.HasPrefix(line[end:], `"`) {
				break
			}
			end++
		}
		cells = append(cells, strings.ReplaceAll(line[1:end-1], `""`, `"`))
		switch line = line[end:]; {
		case line == "":
			return cells, nil
		case line[0] != delimiter:
			return cells, errors.New("text behind a closing quotation mark")
		}
		line = line[1:]
	}
}
