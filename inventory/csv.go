// SPDX-License-Identifier: MPL-2.0

package inventory

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// parseCSV reads a sheet with a header line.
func parseCSV(text string) ([]Row, error) {
	separator, skipped := rune(0), 0
	if first, rest, _ := strings.Cut(text, "\n"); len(strings.TrimSpace(first)) == 5 && strings.HasPrefix(first, "sep=") {
		separator, text, skipped = rune(first[4]), rest, 1
	}
	if separator == 0 {
		separator = separatorOf(firstLine(text))
	}
	if separator == 0 {
		return nil, errors.New("the inventory is neither CSV with a header line (mac,model,...) nor a list of objects in JSON or YAML")
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.Comment, r.TrimLeadingSpace, r.ReuseRecord, r.FieldsPerRecord = separator, '#', separator != '\t', true, -1
	header, err := r.Read()
	if err != nil {
		return nil, csvError(err, skipped)
	}
	headerLine, _ := r.FieldPos(0)
	columns, err := columnsOf(header)
	if err != nil {
		return nil, &Error{Line: headerLine + skipped, Err: err}
	}
	var rows []Row
	for {
		record, err := r.Read()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, csvError(err, skipped)
		}
		line, _ := r.FieldPos(0)
		row, err := readRecord(line+skipped, record, columns)
		if err != nil {
			return nil, err
		}
		if len(row.Fields) > 0 {
			rows = append(rows, row)
		}
	}
}

// separatorOf returns what separates the columns of the header, 0 for nothing.
func separatorOf(header string) (best rune) {
	most := 0
	for _, c := range ",;\t" {
		if n := strings.Count(header, string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}

// columnsOf returns the names of the columns; "" for one without a name.
func columnsOf(header []string) ([]string, error) {
	columns := make([]string, len(header))
	seen := map[string]string{}
	for i, name := range header {
		c := column(name)
		if other, ok := seen[c]; ok && c != "" {
			return nil, fmt.Errorf("two columns are %q (%q and %q)", c, other, strings.TrimSpace(name))
		}
		columns[i], seen[c] = c, strings.TrimSpace(name)
	}
	return columns, nil
}

func readRecord(line int, record, columns []string) (Row, error) {
	fields := make(map[string]string, len(record))
	for i, v := range record {
		if v = strings.TrimSpace(v); v == "" {
			continue
		}
		if i >= len(columns) || columns[i] == "" {
			return Row{}, &Error{Line: line, Err: fmt.Errorf("%q stands in column %d, which has no name in the header", v, i+1)}
		}
		fields[columns[i]] = strings.Clone(v)
	}
	if n := len(record); n < len(columns) && len(fields) > 0 {
		return Row{}, &Error{Line: line, Err: fmt.Errorf("%d columns, the header has %d", n, len(columns))}
	}
	return Row{Line: line, Fields: fields}, nil
}

func csvError(err error, skipped int) error {
	var pe *csv.ParseError
	if errors.As(err, &pe) {
		return &Error{Line: pe.Line + skipped, Err: pe.Err}
	}
	return err
}
