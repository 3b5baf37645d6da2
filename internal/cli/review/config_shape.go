// SPDX-License-Identifier: MPL-2.0

package review

import (
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
)

// checkShape holds a value of a settings file against the type that it is read
// into: a list where one is wanted, and no key that nobody reads.
func checkShape(n *yaml.Node, t reflect.Type, key string) error {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	wrong := func(format string, args ...any) error {
		name := key + ": "
		if key == "" {
			name = ""
		}
		return fmt.Errorf("line %d: %s%s", n.Line, name, fmt.Sprintf(format, args...))
	}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return nil
	}
	switch t.Kind() {
	case reflect.Slice:
		if n.Kind == yaml.ScalarNode {
			return wrong("is a list: write [%s]", n.Value)
		} else if n.Kind != yaml.SequenceNode {
			return wrong("is a list")
		}
		for i, item := range n.Content {
			if err := checkShape(item, t.Elem(), fmt.Sprintf("%s[%d]", key, i)); err != nil {
				return err
			}
		}
	case reflect.Map, reflect.Struct:
		if n.Kind != yaml.MappingNode {
			return wrong("settings are names with values, such as models: [9871]")
		}
		return checkKeys(n, t, key)
	default:
		if n.Kind != yaml.ScalarNode {
			return wrong("is one value, not several")
		}
	}
	return nil
}

// checkKeys holds the keys of a mapping against the fields of a struct, or its
// values against the elements of a map.
func checkKeys(n *yaml.Node, t reflect.Type, key string) error {
	lines := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		full := strings.TrimPrefix(key+"."+name.Value, ".")
		if was, twice := lines[name.Value]; twice {
			return fmt.Errorf("line %d: %s: is set in line %d already", name.Line, full, was)
		}
		lines[name.Value] = name.Line
		element := t
		switch {
		case name.Tag == "!!merge":
		case t.Kind() == reflect.Map:
			element = t.Elem()
		default:
			fields := settingFields(t)
			f, ok := fields[name.Value]
			if !ok {
				return fmt.Errorf("line %d: there is no setting %q%s", name.Line, full, settingsHint(name.Value, t))
			}
			element = f.Type
		}
		if err := checkShape(value, element, full); err != nil {
			return err
		}
	}
	return nil
}

// settingsHint names the setting that was meant, or all there are.
func settingsHint(name string, t reflect.Type) string {
	names := settingNames(t)
	if near := term.Alike(name, names); len(near) > 0 {
		return ": did you mean " + strings.Join(near, " or ") + "?"
	}
	return ": there are " + term.JoinWith("and", names)
}

// settingFields are the fields of a struct by their names in the file, those of
// structs within it included.
func settingFields(t reflect.Type) map[string]reflect.StructField {
	fields := map[string]reflect.StructField{}
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); name != "" {
			fields[name] = f
		}
	}
	return fields
}

// settingNames are the names of settings in the order of their fields.
func settingNames(t reflect.Type) []string {
	var names []string
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); name != "" {
			names = append(names, name)
		}
	}
	return names
}
