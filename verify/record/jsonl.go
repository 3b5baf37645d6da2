// SPDX-License-Identifier: MPL-2.0

package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// objects are JSON, one object a line. A field's place is a path with dots,
// "request.tls.client_serial".
type objects struct {
	*rows
	web bool // an access log: of many requests without a certificate
}

func openJSON(s *Source) (reader, error) {
	rows, err := newRows(s.values)
	if err != nil {
		return nil, err
	}
	return &objects{rows: rows}, nil
}

// openAccess reads the access log of nginx or Apache in the format of
// docs/records.md.
func openAccess(*Source) (reader, error) {
	return &objects{web: true, rows: &rows{base: 16, column: map[string]string{
		"at": "time", "result": "verify", "serial": "serial", "subject": "subject", "issuer": "issuer", "not_after": "end",
	}}}, nil
}

// openCaddy reads Caddy's access log. Its serial numbers are decimal. It does not
// say whether a certificate was verified: that is up to Caddy's client_auth.
func openCaddy(*Source) (reader, error) {
	return &objects{web: true, rows: &rows{kind: Shown, base: 10, column: map[string]string{
		"at": "ts", "name": "request.tls.client_common_name", "serial": "request.tls.client_serial",
	}}}, nil
}

func (o *objects) read(r *run) error {
	return r.lines(func(line string, number int) error {
		if line == "" {
			return nil
		}
		value, err := object(line)
		if err != nil {
			return err
		}
		get := func(field string) string { return o.find(value, field) }
		if o.web && absent(get("serial")) && absent(get("name")) {
			return nil // a request without a certificate
		}
		r.fact = Fact{Line: number}
		if ok, err := o.fact(&r.fact, get, r.zone); err != nil || !ok {
			return err
		}
		r.found(&r.fact)
		return nil
	})
}

// xEscape is what Apache writes for bytes that are not printable, and JSON does
// not know.
var xEscape = regexp.MustCompile(`\\x([0-9a-fA-F]{2})`)

func object(line string) (map[string]any, error) {
	if strings.Contains(line, `\x`) {
		line = xEscape.ReplaceAllString(line, `\u00$1`)
	}
	var value map[string]any
	d := json.NewDecoder(bytes.NewReader([]byte(line)))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		return nil, fmt.Errorf("the line is not a JSON object: %w", err)
	}
	if d.More() {
		return nil, errors.New("text behind the JSON object")
	}
	return value, nil
}

func absent(s string) bool { return s == "" || s == "-" }

// find returns the text of a field, at the place that the URL says, or under one
// of the names that are known for it.
func (o *objects) find(value map[string]any, field string) string {
	if path, ok := o.column[field]; ok {
		text, _ := lookup(value, path)
		return text
	}
	if o.web {
		return ""
	}
	for _, name := range fields[field] {
		if text, ok := lookup(value, strings.ReplaceAll(name, " ", "_")); ok {
			return text
		}
	}
	return ""
}

// lookup follows a path through objects; of a list it takes the first.
func lookup(value map[string]any, path string) (string, bool) {
	var at any = value
	for path != "" {
		in, ok := at.(map[string]any)
		if !ok {
			return "", false
		}
		name, rest, _ := strings.Cut(path, ".")
		next, ok := in[name]
		if !ok {
			if next, ok = in[path]; !ok { // a name that has a dot in it
				return "", false
			}
			rest = ""
		}
		at, path = next, rest
		if list, ok := at.([]any); ok && len(list) > 0 {
			at = list[0]
		}
	}
	switch v := at.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return fmt.Sprint(v), true
	}
	return "", false
}
