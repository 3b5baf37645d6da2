// SPDX-License-Identifier: MPL-2.0

package plan

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/phonecfg/terraform-provider-ciscophone/inventory"
)

// removes says what becomes of the files that a change lets go of: those of a
// resource that is deleted, of phones that leave a fleet, and those at another
// path after a replacement. What a replacement writes again in place is not lost.
func (r planResourceChange) removes(e *planEffect) error {
	from := r.Change.Before
	if e.Action == "update" { // the files are let go of as the new configuration says
		from = r.Change.After
	}
	how := ""
	if err := field(from, "on_destroy", &how); err != nil {
		return err
	}
	var n int
	var err error
	switch {
	case e.Action == "create":
		return nil
	case e.Action == "update":
		err = field(r.Change.After, "removed_phones", &n)
	case e.Action == "delete":
		n, err = r.files()
	default:
		n, err = r.movedFiles()
	}
	if err != nil {
		return err
	}
	if e.Action == "delete" {
		e.Note = "the file stays as it is"
		if r.Type == "ciscophone_fleet" {
			e.Note = "the files stay as they are"
		}
	}
	switch {
	case n == 0:
	case how == "clear":
		e.Cleared = n
		e.Note = "the CDC parameters are emptied; the phone keeps its certificate and renews it no more"
	case how == "delete":
		e.Deleted = n
		e.Note = "the phone keeps its certificate"
	}
	return nil
}

// files returns how many files the resource has.
func (r planResourceChange) files() (int, error) {
	if r.Type == "ciscophone_config" {
		return 1, nil
	}
	phones, err := r.phones()
	return len(phones), err
}

// phones returns the MAC addresses of a fleet's phones that have files.
func (r planResourceChange) phones() (map[string]json.RawMessage, error) {
	text, phones := "", map[string]json.RawMessage{}
	if err := field(r.Change.Before, "phones", &text); err != nil || text == "" {
		return nil, err
	}
	if err := json.Unmarshal([]byte(text), &phones); err != nil {
		return nil, fmt.Errorf("attribute phones: %w", err)
	}
	return phones, nil
}

// movedFiles returns how many files of a resource that is replaced are not
// written again, because they have another name or none after it.
func (r planResourceChange) movedFiles() (int, error) {
	if r.Type == "ciscophone_config" {
		before, after := "", ""
		if err := errors.Join(field(r.Change.Before, "path", &before), field(r.Change.After, "path", &after)); err != nil || before == after {
			return 0, err
		}
		return 1, nil
	}
	phones, err := r.phones()
	if err != nil {
		return 0, err
	}
	before, err := fleetFiles(r.Change.Before)
	if err != nil {
		return 0, err
	}
	after, err := fleetFiles(r.Change.After)
	if err != nil {
		return 0, err
	}
	n := 0
	for name, mac := range before {
		_, written := phones[mac]
		if _, again := after[name]; written && !again {
			n++
		}
	}
	return n, nil
}

// fleetFiles returns the names of a fleet's files, each with its phone.
func fleetFiles(values map[string]json.RawMessage) (map[string]string, error) {
	path, text, rows, from := "", "", "", "inventory"
	if err := errors.Join(field(values, "path", &path), field(values, "inventory", &text), field(values, "rows", &rows)); err != nil {
		return nil, err
	}
	if text == "" { // of inventory_file the plan has the rows
		text, from = rows, "rows"
	}
	phones, err := inventory.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("attribute %s: %w", from, err)
	}
	files := make(map[string]string, len(phones))
	for _, row := range phones {
		phone, err := row.Phone()
		if err != nil {
			return nil, fmt.Errorf("attribute %s: line %d: %w", from, row.Line, err)
		}
		name, err := row.File(phone, path)
		if err != nil {
			return nil, fmt.Errorf("attribute %s: line %d: %w", from, row.Line, err)
		}
		files[name] = phone.MAC.Lower()
	}
	return files, nil
}
