// SPDX-License-Identifier: MPL-2.0

package review

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

//go:generate go test -run ^TestDocsSettingsSchema$ -update .

var update = flag.Bool("update", false, "write docs/cfgxml-settings.schema.json anew")

// settingsPage is the schema of .cfgxml.yaml for editors.
var settingsPage = filepath.Join("..", "..", "..", "docs", "cfgxml-settings.schema.json")

// settingWords say in the schema what the settings are for.
var settingWords = map[string]string{
	"firmware":      "the phones' release, such as 3.5(1)",
	"models":        "the models that the files are for",
	"allow-servers": "the SCEP servers that may be named; *.example.com for all below",
	"disable":       "rules not to check",
	"severity":      "rules to report as info, warning or error",
	"exclude":       "patterns of files to pass over, relative to this file's folder",
	"min-severity":  "findings below it are not shown",
	"fail-on":       "findings from it on end the run with status 1",
	"baseline":      "the file of accepted findings, relative to this file's folder",
	"paths":         "the same settings for some of the files, later entries over earlier ones",
	"match":         "patterns of files, relative to this file's folder",
	"layers":        "sets of files that phones read one after another, by name",
}

// schemaOf describes a type that settings are read into.
func schemaOf(t reflect.Type, tag reflect.StructTag) map[string]any {
	var enum []string
	if _, words, ok := strings.Cut(tag.Get("validate"), "oneof="); ok {
		enum = strings.Fields(words)
	}
	s := map[string]any{}
	switch t.Kind() {
	case reflect.Struct:
		properties := map[string]any{}
		for name, f := range settingFields(t) {
			p := schemaOf(f.Type, f.Tag)
			p["description"] = settingWords[name]
			switch items, _ := p["items"].(map[string]any); name {
			case "disable":
				items["enum"] = ruleNames(func(r validate.Rule) bool { return r.Ignorable })
			case "severity":
				p["propertyNames"] = map[string]any{"enum": ruleNames(func(validate.Rule) bool { return true })}
			case "models":
				items["type"] = []string{"string", "integer"} // 9871 as well as "CP-8875"
			case "match", "exclude":
				items["minLength"] = 1
			}
			properties[name] = p
		}
		s["type"], s["properties"], s["additionalProperties"] = "object", properties, false
		if _, ok := properties["match"]; ok {
			s["required"] = []string{"match"}
		}
	case reflect.Map:
		s["type"], s["additionalProperties"] = "object", schemaOf(t.Elem(), tag)
	case reflect.Slice:
		s["type"], s["items"] = "array", schemaOf(t.Elem(), tag)
	default:
		s["type"] = "string"
		if enum != nil {
			s["enum"] = enum
		}
	}
	return s
}

func ruleNames(which func(validate.Rule) bool) []string {
	var names []string
	for _, r := range validate.Rules() {
		if which(r) {
			names = append(names, r.ID)
		}
	}
	return names
}

// TestDocsSettingsSchema: the schema is made of the types that settings are read
// into, and agrees with the reader on what is right and what is wrong.
func TestDocsSettingsSchema(t *testing.T) {
	t.Parallel()
	schema := schemaOf(reflect.TypeFor[siteConfig](), "")
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	schema["title"] = "Settings of cfgxml for a site, " + configName
	want, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile(settingsPage, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(settingsPage)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/cfgxml-settings.schema.json is not about the settings that are read: go generate ./internal/cli/review")
	}
	for name := range settingFields(reflect.TypeFor[siteConfig]()) {
		if settingWords[name] == "" {
			t.Errorf("the setting %s is not described", name)
		}
	}
	loaded, err := jsonschema.UnmarshalJSON(bytes.NewReader(got))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("settings.json", loaded); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("settings.json")
	if err != nil {
		t.Fatal(err)
	}
	for text, right := range map[string]bool{
		"{}":                                                true,
		"models: [9871, 8875]":                              true,
		"models: 9871":                                      false,
		"firmware: 3.5(1)":                                  true,
		"firmware: [3.5(1)]":                                false,
		"firmwear: 3.5(1)":                                  false,
		"disable: [syntax]":                                 false,
		"disable: [non-ascii]":                              true,
		"disable: non-ascii":                                false,
		"severity: {non-ascii: error}":                      true,
		"severity: {non-ascii: fatal}":                      false,
		"severity: {no-such-rule: error}":                   false,
		"fail-on: never":                                    true,
		"min-severity: never":                               false,
		"exclude: [a/, '{b,c}.xml']":                        true,
		"exclude: ['']":                                     false,
		"baseline: a.json":                                  true,
		"paths: [{match: ['a/**'], models: [9871]}]":        true,
		"paths: [{models: [9871]}]":                         false,
		"paths: [{match: ['a/**'], fail-on: error}]":        false,
		"layers: {office: [base.xml, 'phones/*.xml']}":      true,
		"layers: [base.xml]":                                false,
		"allow-servers: ['*.example.com']\nunknown: {a: b}": false,
	} {
		_, err := parseConfig([]byte(text), "/")
		if read := err == nil; read != right {
			t.Errorf("%s: the reader says %v", text, err)
		}
		var value any
		if err := yaml.Unmarshal([]byte(text), &value); err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiled.Validate(instance); (err == nil) != right {
			t.Errorf("%s: the schema says %v", text, err)
		}
	}
}
