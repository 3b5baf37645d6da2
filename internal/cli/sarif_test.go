// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// TestSARIF: the log is valid against testdata/sarif.schema.json, which holds
// what the SARIF 2.1.0 standard says of the objects that cfgxml writes, and
// closes them: a property that the standard does not know is an error.
func TestSARIF(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := map[string]string{
		"odd name%.xml": "<flat-profile>\n\t<Station_Name>東京😀</Station_Name><CDC_Server_1_>https://x/</CDC_Server_1_>\n</flat-profile>\n",
		"fix.xml":       "<flat-profile>\n<CDC_Servr_1_>http://192.0.2.1/</CDC_Servr_1_>\n</flat-profile>\n",
		"broken.xml":    "<flat-profile>",
		"empty.xml":     "",
		"clean.xml":     "<flat-profile/>",
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{dir}, {filepath.Join(dir, "clean.xml")}, {filepath.Join(dir, "clean.xml"), filepath.Join(dir, "nowhere.xml")}, {"-"}} {
		_, out, _ := run(t, append([]string{"lint", "--format", "sarif"}, args...)...)
		checkSchema(t, "testdata/sarif.schema.json", []byte(out))
	}

	_, out, _ := run(t, "lint", "--format", "sarif", dir)
	var log sarifLog
	if err := json.Unmarshal([]byte(out), &log); err != nil {
		t.Fatal(err)
	}
	results, rules := log.Runs[0].Results, log.Runs[0].Tool.Driver.Rules
	if len(rules) != len(validate.Rules())+1 {
		t.Errorf("%d rules", len(rules))
	}
	seen := map[string]bool{}
	for _, r := range results {
		if rules[r.RuleIndex].ID != r.RuleID {
			t.Errorf("rule %s has the index of %s", r.RuleID, rules[r.RuleIndex].ID)
		}
		key := r.Locations[0].PhysicalLocation.ArtifactLocation.URI + r.PartialFingerprints["cfgxmlParameter/v1"]
		if seen[key] {
			t.Errorf("two findings have the fingerprint of %s in %s", r.RuleID, key)
		}
		seen[key] = true
		u, err := url.Parse(r.Locations[0].PhysicalLocation.ArtifactLocation.URI)
		if err != nil {
			t.Error(err)
			continue
		}
		text, ok := files[filepath.Base(u.Path)]
		if !ok {
			t.Errorf("%s is none of the files", u.Path)
		}
		region := r.Locations[0].PhysicalLocation.Region
		if r.RuleID == "cdc-server-scheme" && strings.HasPrefix(filepath.Base(u.Path), "odd") {
			got := text[region.ByteOffset : region.ByteOffset+region.ByteLength]
			// One tab, 14 + 4 + 15 units before the next element, 15 of its tag.
			if got != "https" || region.StartLine != 2 || region.StartColumn != 1+1+14+4+15+15 || region.EndColumn != region.StartColumn+5 {
				t.Errorf("the region %+v holds %q", region, got)
			}
		}
		for _, fix := range r.Fixes {
			for _, x := range fix.ArtifactChanges[0].Replacements {
				if got := text[x.DeletedRegion.ByteOffset : x.DeletedRegion.ByteOffset+x.DeletedRegion.ByteLength]; got != "CDC_Servr_1_" {
					t.Errorf("the fix of %s replaces %q", r.RuleID, got)
				}
			}
		}
	}
	if !slices.ContainsFunc(results, func(r sarifResult) bool { return len(r.Fixes) > 0 }) {
		t.Error("no result has a fix")
	}
}

// checkSchema holds a document against a schema of the part of JSON Schema that
// the schemas here need.
func checkSchema(t *testing.T, schemaFile string, doc []byte) {
	t.Helper()
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	var root map[string]any
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(doc))
	var v any
	if err := dec.Decode(&v); err != nil || dec.More() {
		t.Fatalf("no JSON: %v\n%s", err, doc)
	}
	for _, problem := range (&schemaChecker{root: root}).check("$", root, v) {
		t.Error(problem)
	}
}

type schemaChecker struct{ root map[string]any }

// check lists what is wrong with v. A keyword it does not know panics, so that
// no rule of a schema is silently passed over.
func (c *schemaChecker) check(at string, schema map[string]any, v any) (problems []string) {
	wrong := func(format string, args ...any) {
		problems = append(problems, at+": "+fmt.Sprintf(format, args...))
	}
	for keyword, want := range schema {
		switch keyword {
		case "$schema", "title", "description", "definitions", "properties", "additionalProperties":
		case "$ref":
			name := strings.TrimPrefix(want.(string), "#/definitions/")
			problems = append(problems, c.check(at, c.root["definitions"].(map[string]any)[name].(map[string]any), v)...)
		case "type":
			if got := jsonType(v); got != want && !(want == "number" && got == "integer") {
				wrong("is %s, want %v", got, want)
				return problems
			}
		case "enum":
			if !slices.Contains(want.([]any), v) {
				wrong("%v is none of %v", v, want)
			}
		case "minimum":
			if n, ok := v.(float64); ok && n < want.(float64) {
				wrong("%v is below %v", n, want)
			}
		case "minItems":
			if a, ok := v.([]any); ok && float64(len(a)) < want.(float64) {
				wrong("has %d items, want %v", len(a), want)
			}
		case "minLength":
			if s, ok := v.(string); ok && float64(len(s)) < want.(float64) {
				wrong("is %q", s)
			}
		case "uniqueItems":
			seen := map[string]bool{}
			for _, item := range v.([]any) {
				data, _ := json.Marshal(item)
				if seen[string(data)] {
					wrong("has %s twice", data)
				}
				seen[string(data)] = true
			}
		case "items":
			for i, item := range v.([]any) {
				problems = append(problems, c.check(fmt.Sprintf("%s[%d]", at, i), want.(map[string]any), item)...)
			}
		case "required":
			for _, name := range want.([]any) {
				if _, ok := v.(map[string]any)[name.(string)]; !ok {
					wrong("lacks %s", name)
				}
			}
		case "format":
			if u, err := url.Parse(v.(string)); err != nil || want == "uri" && !u.IsAbs() || strings.ContainsAny(v.(string), " <>\"") {
				wrong("%q is no %v", v, want)
			}
		default:
			panic("schema keyword " + keyword)
		}
	}
	object, ok := v.(map[string]any)
	if !ok {
		return problems
	}
	known, _ := schema["properties"].(map[string]any)
	for name, value := range object {
		if s, ok := known[name]; ok {
			problems = append(problems, c.check(at+"."+name, s.(map[string]any), value)...)
		} else if rest, ok := schema["additionalProperties"].(map[string]any); ok {
			problems = append(problems, c.check(at+"."+name, rest, value)...)
		} else if schema["additionalProperties"] == false {
			wrong("has %s, which the standard does not know", name)
		}
	}
	return problems
}

func jsonType(v any) string {
	switch v := v.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return "null"
}

// TestSchemaChecker: the checker finds what it is there to find.
func TestSchemaChecker(t *testing.T) {
	t.Parallel()
	_, out, _ := run(t, "lint", "--format", "sarif", "-")
	data, err := os.ReadFile("testdata/sarif.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var root map[string]any
	if err := json.Unmarshal(data, &root); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"another version":      {`"version": "2.1.0"`, `"version": "2.0.0"`},
		"a line 0":             {`"startLine": 1`, `"startLine": 0`},
		"an unknown property":  {`"ruleIndex"`, `"ruleNumber"`},
		"a property less":      {`"executionSuccessful"`, `"executionSuccesful"`},
		"a level of its own":   {`"level": "error"`, `"level": "fatal"`},
		"text for a number":    {`"startColumn": 1`, `"startColumn": "1"`},
		"a URI with a space":   {`"uri": "%3Cstdin%3E"`, `"uri": "std in"`},
		"another unit":         {`"columnKind": "utf16CodeUnits"`, `"columnKind": "bytes"`},
		"a message without it": {`"message": {`, `"message": {"id2": "x",`},
	} {
		broken := strings.Replace(out, change[0], change[1], 1)
		if broken == out {
			t.Errorf("%s: %s does not occur in\n%s", name, change[0], out[max(0, len(out)-1500):])
			continue
		}
		var v any
		if err := json.Unmarshal([]byte(broken), &v); err != nil {
			t.Fatal(err)
		}
		if len((&schemaChecker{root: root}).check("$", root, v)) == 0 {
			t.Errorf("%s: nothing is found", name)
		}
	}
}
