// SPDX-License-Identifier: MPL-2.0

package plan

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/estate"
)

// managers are the resources of a state that manage files: configurations by
// the path of theirs, fleets by the MAC addresses of their phones.
type managers struct{ paths, phones map[string]string }

// of gives the address of the resource that manages a file, "" for none.
func (m managers) of(f estate.File) string {
	if address, ok := m.paths[f.Path]; ok {
		return address
	}
	return m.phones[f.MAC]
}

// stateModule is a module in a state's JSON form (format version 1).
type stateModule struct {
	Resources []struct {
		Address string                     `json:"address"`
		Mode    string                     `json:"mode"`
		Type    string                     `json:"type"`
		Values  map[string]json.RawMessage `json:"values"`
	} `json:"resources"`
	Children []stateModule `json:"child_modules"`
}

// readManagers reads what `tofu show -json` prints of a state. That of an empty
// one has no values.
func readManagers(data []byte) (managers, error) {
	m := managers{paths: map[string]string{}, phones: map[string]string{}}
	var s struct {
		FormatVersion string          `json:"format_version"`
		PlannedValues json.RawMessage `json:"planned_values"`
		Values        struct {
			Root stateModule `json:"root_module"`
		} `json:"values"`
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return m, fmt.Errorf("is not the JSON form of a state: %w", err)
	}
	switch {
	case s.FormatVersion == "":
		return m, errors.New("is not the JSON form of a state: it has no format_version")
	case !strings.HasPrefix(s.FormatVersion, "1."):
		return m, fmt.Errorf("has format version %s: 1.x is understood", s.FormatVersion)
	case s.PlannedValues != nil:
		return m, errors.New("is the JSON form of a plan, not of a state")
	}
	return m, m.read(s.Values.Root)
}

func (m managers) read(module stateModule) error {
	for _, r := range module.Resources {
		if r.Mode != "managed" {
			continue
		}
		path, text, phones := "", "{}", map[string]json.RawMessage{}
		switch r.Type {
		case "ciscophone_config":
			if err := field(r.Values, "path", &path); err != nil {
				return fmt.Errorf("%s: %w", r.Address, err)
			}
			m.paths[path] = r.Address
		case "ciscophone_fleet":
			err := field(r.Values, "phones", &text)
			if err == nil {
				err = json.Unmarshal([]byte(text), &phones)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", r.Address, err)
			}
			for mac := range phones {
				m.phones[strings.ToUpper(mac)] = r.Address
			}
		}
	}
	for _, child := range module.Children {
		if err := m.read(child); err != nil {
			return err
		}
	}
	return nil
}
