// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
)

// A row is one phone of an inventory.
type row struct {
	line   int
	fields map[string]string // by column, empty ones left out
}

// maxRows bounds an inventory.
const maxRows = 200_000

// parseInventory reads an inventory: CSV with a header line (comma or
// semicolon), or a JSON or YAML list of objects. Which one it is shows in the
// first character and line. Errors name the line.
func parseInventory(text string) ([]row, error) {
	trimmed := strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	if trimmed == "" {
		return nil, nil
	}
	header, _, _ := strings.Cut(trimmed, "\n")
	var rows []row
	var err error
	switch {
	case trimmed[0] == '[':
		rows, err = parseJSONInventory(text)
	case trimmed[0] == '-':
		rows, err = parseYAMLInventory(text)
	case strings.ContainsAny(header, ",;"):
		rows, err = parseCSVInventory(strings.TrimPrefix(text, "\ufeff"), header)
	default:
		return nil, errors.New("the inventory is neither CSV with a header line (mac,model,...) nor a list of objects in JSON or YAML")
	}
	if err == nil && len(rows) > maxRows {
		err = fmt.Errorf("the inventory has %d phones, more than the limit of %d", len(rows), maxRows)
	}
	return rows, err
}

func parseCSVInventory(text, header string) ([]row, error) {
	r := csv.NewReader(strings.NewReader(text))
	if !strings.Contains(header, ",") {
		r.Comma = ';'
	}
	r.Comment, r.TrimLeadingSpace, r.ReuseRecord = '#', true, true
	first, err := r.Read()
	if err != nil {
		return nil, inventoryCSVError(err)
	}
	columns := make([]string, len(first))
	seen := map[string]bool{}
	for i, c := range first {
		columns[i] = strings.TrimSpace(c)
		if columns[i] == "" || seen[columns[i]] {
			return nil, fmt.Errorf("line 1: column %d is %q, want a name of its own", i+1, c)
		}
		seen[columns[i]] = true
	}
	var rows []row
	for {
		record, err := r.Read()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, inventoryCSVError(err)
		}
		line, _ := r.FieldPos(0)
		fields := make(map[string]string, len(record))
		for i, v := range record {
			if v = strings.TrimSpace(v); v != "" {
				fields[columns[i]] = strings.Clone(v)
			}
		}
		rows = append(rows, row{line: line, fields: fields})
	}
}

func inventoryCSVError(err error) error {
	var pe *csv.ParseError
	if errors.As(err, &pe) {
		return fmt.Errorf("line %d: %w", pe.Line, pe.Err)
	}
	return err
}

func parseJSONInventory(text string) ([]row, error) {
	data := []byte(text)
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	counted, line := int64(0), 1
	at := func() int { // the line of the next value
		offset := d.InputOffset()
		for offset < int64(len(data)) && strings.IndexByte(" \t\r\n,", data[offset]) >= 0 {
			offset++
		}
		line += bytes.Count(data[counted:offset], []byte("\n"))
		counted = offset
		return line
	}
	if _, err := d.Token(); err != nil { // the [
		return nil, fmt.Errorf("line 1: %w", err)
	}
	var rows []row
	for d.More() {
		here := at()
		var object map[string]any
		if err := d.Decode(&object); err != nil {
			return nil, fmt.Errorf("line %d: want an object for each phone: %w", here, err)
		}
		fields, err := scalars(object)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", here, err)
		}
		rows = append(rows, row{line: here, fields: fields})
	}
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("line %d: the list does not end: %w", at(), err)
	}
	return rows, nil
}

func parseYAMLInventory(text string) ([]row, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.SequenceNode {
		return nil, errors.New("want a list of objects")
	}
	var rows []row
	for _, n := range doc.Content[0].Content {
		if n.Kind != yaml.MappingNode {
			return nil, fmt.Errorf("line %d: want an object for each phone", n.Line)
		}
		fields := map[string]string{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := n.Content[i], n.Content[i+1]
			if v.Kind != yaml.ScalarNode {
				return nil, fmt.Errorf("line %d: %s is not a text or number", v.Line, k.Value)
			}
			// The text as written: MAC addresses such as 00:11:22:33:44:55 and
			// 001100000000 are numbers to YAML, and yes is a truth.
			if v.Value != "" && v.Tag != "!!null" {
				fields[k.Value] = v.Value
			}
		}
		rows = append(rows, row{line: n.Line, fields: fields})
	}
	return rows, nil
}

func scalars(object map[string]any) (map[string]string, error) {
	fields := make(map[string]string, len(object))
	for name, v := range object {
		switch v := v.(type) {
		case nil:
		case string:
			if v != "" {
				fields[name] = v
			}
		case json.Number, bool:
			fields[name] = fmt.Sprint(v)
		default:
			return nil, fmt.Errorf("%s is not a text or number", name)
		}
	}
	return fields, nil
}

// phone gives the phone a row is about.
func (r row) phone() (device.Identity, error) {
	model, err := device.ParseModel(r.fields["model"])
	if r.fields["model"] == "" {
		err = errors.New("no model: every phone needs the columns mac and model")
	}
	if err != nil {
		return device.Identity{}, err
	}
	mac, err := device.ParseMAC(r.fields["mac"])
	if r.fields["mac"] == "" {
		err = errors.New("no mac: every phone needs the columns mac and model")
	}
	return device.Identity{Model: model, MAC: mac, Serial: r.fields["serial"]}, err
}

// isParameter tells a column that is a parameter from one that is a label: all
// of Cisco's element names have an upper case letter, labels have none.
func isParameter(column string) bool {
	return strings.ToLower(column) != column
}
