// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
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
	macs, err := r.macs()
	return len(macs), err
}

// macs returns the phones of a fleet that have files.
func (r planResourceChange) macs() (map[string]json.RawMessage, error) {
	text, macs := "", map[string]json.RawMessage{}
	if err := field(r.Change.Before, "phones", &text); err != nil || text == "" {
		return nil, err
	}
	if err := json.Unmarshal([]byte(text), &macs); err != nil {
		return nil, fmt.Errorf("attribute phones: %w", err)
	}
	return macs, nil
}

// movedFiles returns how many files of a resource that is replaced are not
// written again: all at another path, else those of phones that the inventory does
// not name any more.
func (r planResourceChange) movedFiles() (int, error) {
	var before, after struct{ path, inventory string }
	for _, f := range []struct {
		values map[string]json.RawMessage
		name   string
		to     *string
	}{
		{r.Change.Before, "path", &before.path}, {r.Change.Before, "inventory", &before.inventory},
		{r.Change.After, "path", &after.path}, {r.Change.After, "inventory", &after.inventory},
	} {
		if err := field(f.values, f.name, f.to); err != nil {
			return 0, err
		}
	}
	if before.path != after.path {
		return r.files()
	}
	if before.inventory == after.inventory {
		return 0, nil
	}
	macs, err := r.macs()
	named := strings.ToLower(separators.ReplaceAllString(after.inventory, ""))
	n := 0
	for mac := range macs {
		if !strings.Contains(named, strings.ToLower(mac)) {
			n++
		}
	}
	return n, err
}

// separators are what people write between the digits of a MAC address.
var separators = regexp.MustCompile(`[-:.]`)
