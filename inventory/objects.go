// SPDX-License-Identifier: MPL-2.0

package inventory

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"

	"go.yaml.in/yaml/v3"
)

// parseJSON reads a list of objects, or an object that has them by MAC address.
func parseJSON(text string) ([]Row, error) {
	p := jsonReader{data: []byte(text), line: 1}
	p.Decoder = json.NewDecoder(bytes.NewReader(p.data))
	p.UseNumber()
	begin, err := p.Token()
	if err != nil {
		return nil, &Error{Line: 1, Err: err}
	}
	byMAC := begin == json.Delim('{')
	var rows []Row
	for p.More() {
		line, mac := p.at(), ""
		if byMAC {
			key, err := p.Token()
			if err != nil {
				return nil, &Error{Line: line, Err: err}
			}
			mac = key.(string) // the decoder accepts no other
		}
		row, err := p.object()
		if err != nil {
			return nil, err
		}
		if other, ok := row.Fields["mac"]; byMAC && ok && other != mac {
			return nil, &Error{Line: row.Line, Column: "mac", Err: fmt.Errorf("%q stands below the key %q: leave it out", other, mac)}
		}
		if byMAC {
			row.Fields["mac"] = strings.TrimSpace(mac)
		}
		rows = append(rows, row)
	}
	if _, err := p.Token(); err != nil {
		return nil, &Error{Line: p.at(), Err: fmt.Errorf("the list does not end: %w", err)}
	}
	if rest := bytes.TrimSpace(p.data[p.InputOffset():]); len(rest) > 0 {
		return nil, &Error{Line: p.at(), Err: errors.New("there is more behind the list")}
	}
	return rows, nil
}

// ByMAC returns rows as JSON: an object that has them by MAC address, in a form
// that does not depend on how they were written. [Parse] reads it.
func ByMAC(rows []Row) (string, error) {
	all := make(map[string]map[string]string, len(rows))
	for _, r := range rows {
		phone, err := r.Phone()
		if err != nil {
			return "", &Error{Line: r.Line, Err: err}
		}
		key, fields := phone.MAC.Lower(), maps.Clone(r.Fields)
		if _, twice := all[key]; twice {
			return "", &Error{Line: r.Line, Column: "mac", Err: fmt.Errorf("%s is in a line before already", phone.MAC)}
		}
		delete(fields, "mac")
		all[key] = fields
	}
	text, err := json.Marshal(all)
	return string(text), err
}

// A jsonReader knows the line it is at.
type jsonReader struct {
	*json.Decoder
	data    []byte
	counted int64
	line    int
}

// at returns the line of the next value.
func (p *jsonReader) at() int {
	offset := p.InputOffset()
	for offset < int64(len(p.data)) && strings.IndexByte(" \t\r\n,", p.data[offset]) >= 0 {
		offset++
	}
	p.line += bytes.Count(p.data[p.counted:offset], []byte("\n"))
	p.counted = offset
	return p.line
}

// object reads the object of one phone.
func (p *jsonReader) object() (Row, error) {
	row := Row{Line: p.at(), Fields: map[string]string{}}
	if t, err := p.Token(); err != nil || t != json.Delim('{') {
		return row, &Error{Line: row.Line, Err: errors.Join(errors.New("want an object for each phone"), err)}
	}
	seen := map[string]bool{}
	for p.More() {
		line := p.at()
		key, err := p.Token()
		if err != nil {
			return row, &Error{Line: line, Err: err}
		}
		name := column(key.(string)) // the decoder accepts no other
		if seen[name] {
			return row, &Error{Line: line, Column: name, Err: errors.New("this object has it already")}
		}
		seen[name] = true
		value, err := p.Token()
		if err != nil {
			return row, &Error{Line: line, Column: name, Err: err}
		}
		switch value := value.(type) {
		case nil:
		case json.Delim:
			return row, &Error{Line: line, Column: name, Err: errors.New("want a text or a number")}
		case string:
			if value = strings.TrimSpace(value); value != "" {
				row.Fields[name] = value
			}
		default:
			row.Fields[name] = fmt.Sprint(value)
		}
	}
	_, err := p.Token() // the }
	if err != nil {
		return row, &Error{Line: p.at(), Err: err}
	}
	return row, nil
}

// parseYAML reads a list of mappings.
func parseYAML(text string) ([]Row, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.SequenceNode {
		return nil, errors.New("want a list of objects")
	}
	var rows []Row
	merges := maxMerges
	for _, n := range doc.Content[0].Content {
		m := resolved(n)
		if m.Kind != yaml.MappingNode {
			return nil, &Error{Line: n.Line, Err: errors.New("want an object for each phone")}
		}
		row := Row{Line: n.Line, Fields: map[string]string{}}
		if err := mapping(m, row.Fields, map[string]bool{}, &merges); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// maxMerges bounds how many mappings an inventory may merge: a few lines can ask
// for more than any machine can do.
const maxMerges = 4 * MaxRows

// mapping reads a mapping's own keys, which must be different ones, and then what
// its merge keys bring along, as far as no key before has it.
func mapping(n *yaml.Node, fields map[string]string, taken map[string]bool, merges *int) error {
	own := map[string]bool{}
	var merged []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], resolved(n.Content[i+1])
		if k.Tag == "!!merge" || k.Value == "<<" && k.Style == 0 {
			merged = append(merged, v)
			continue
		}
		name := column(k.Value)
		if own[name] {
			return &Error{Line: k.Line, Column: name, Err: errors.New("this object has it already")}
		}
		own[name] = true
		if v.Kind != yaml.ScalarNode {
			return &Error{Line: n.Content[i+1].Line, Column: name, Err: errors.New("want a text or a number")}
		}
		// The text as written: MAC addresses such as 00:11:22:33:44:55 and
		// 001100000000 are numbers to YAML, and yes is a truth.
		if text := strings.TrimSpace(v.Value); !taken[name] && text != "" && v.Tag != "!!null" {
			fields[name] = text
		}
	}
	for name := range own {
		taken[name] = true
	}
	for _, v := range merged {
		parts := []*yaml.Node{v}
		if v.Kind == yaml.SequenceNode {
			parts = v.Content
		}
		for _, part := range parts {
			if part = resolved(part); part.Kind != yaml.MappingNode {
				return &Error{Line: n.Line, Column: "<<", Err: errors.New("want a mapping to merge")}
			}
			if *merges--; *merges < 0 {
				return &Error{Line: n.Line, Column: "<<", Err: fmt.Errorf("more than %d mappings are merged", maxMerges)}
			}
			if err := mapping(part, fields, taken, merges); err != nil {
				return err
			}
		}
	}
	return nil
}

// resolved follows an alias to what its anchor names.
func resolved(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}
