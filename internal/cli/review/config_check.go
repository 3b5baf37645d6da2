// SPDX-License-Identifier: MPL-2.0

package review

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// checkTags holds a settings file against the tags of its structs and returns the
// first fault with its line and key.
func (c *siteConfig) checkTags(root *yaml.Node) error {
	v := validate.New()
	v.RegisterTagNameFunc(func(f reflect.StructField) string {
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		return name
	})
	if problems := validate.Explain(v.Struct(c)); len(problems) > 0 {
		p := problems[0]
		_, key, _ := strings.Cut(p.Param, ".") // siteConfig
		key = strings.NewReplacer("siteSettings.", "", "runSettings.", "", "pathSettings.", "").Replace(key)
		message := p.Message
		if p.Rule == "oneof" {
			message = "choose from info, warning, error"
			if key == "fail-on" {
				message += ", never"
			}
		}
		return fmt.Errorf("line %d: %s: %s", lineOf(root, key), key, message)
	}
	return nil
}

// lineOf returns the line of a key such as paths[0].models[1], or of the nearest
// one above it.
func lineOf(n *yaml.Node, key string) int {
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	for _, step := range strings.FieldsFunc(key, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		next := child(n, step)
		if next == nil {
			break
		}
		n = next
	}
	return n.Line
}

// child returns the element of a sequence or the value of a mapping, nil if there
// is none.
func child(n *yaml.Node, step string) *yaml.Node {
	switch n.Kind {
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(step); err == nil && i < len(n.Content) {
			return n.Content[i]
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == step {
				return n.Content[i+1]
			}
		}
	}
	return nil
}
