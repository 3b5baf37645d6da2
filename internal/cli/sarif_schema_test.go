// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// sarifModule carries the schema that OASIS publishes, as a constant that it
// does not export.
const sarifModule = "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

// officialSARIF is the schema of SARIF 2.1.0, errata 01.
var officialSARIF = sync.OnceValues(func() (*jsonschema.Schema, error) {
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", sarifModule).Output()
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "schema.go"), nil, 0)
	if err != nil {
		return nil, err
	}
	text := ""
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			text, err = strconv.Unquote(lit.Value)
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	schema, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	const name = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(name, schema); err != nil {
		return nil, err
	}
	return c.Compile(name)
})

// checkSARIF holds a log against the official schema, and lets a reader by
// somebody else read it.
func checkSARIF(t *testing.T, log []byte) {
	t.Helper()
	if err := sarifError(t, log); err != nil {
		t.Errorf("%v\n%s", err, log)
	}
	if _, err := sarif.FromBytes(log); err != nil {
		t.Errorf("go-sarif: %v", err)
	}
}

func sarifError(t *testing.T, log []byte) error {
	t.Helper()
	schema, err := officialSARIF()
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(log))
	if err != nil {
		t.Fatalf("no JSON: %v\n%s", err, log)
	}
	return schema.Validate(v)
}

// TestSARIFSchema: the schema finds what is wrong with a log.
func TestSARIFSchema(t *testing.T) {
	t.Parallel()
	_, out, _ := run(t, "lint", "--format", "sarif", "-")
	if err := sarifError(t, []byte(out)); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"another version":       {`"version": "2.1.0"`, `"version": "2.0.0"`},
		"a line 0":              {`"startLine": 1`, `"startLine": 0`},
		"a column 0":            {`"startColumn": 1`, `"startColumn": 0`},
		"an unknown property":   {`"ruleIndex"`, `"ruleNumber"`},
		"a property less":       {`"executionSuccessful"`, `"executionSuccesful"`},
		"a level of its own":    {`"level": "error"`, `"level": "fatal"`},
		"text for a number":     {`"startColumn": 1`, `"startColumn": "1"`},
		"a URI that is none":    {`"uri": "%3Cstdin%3E"`, `"uri": "%3"`},
		"another unit":          {`"columnKind": "utf16CodeUnits"`, `"columnKind": "bytes"`},
		"a message without it":  {`"message": {`, `"message": {"id2": "x",`},
		"a tool without a name": {`"name": "cfgxml"`, `"fullName": "cfgxml"`},
		"a base that is none":   {`"description": {`, `"descriptions": {`},
		"no runs":               {`"runs":`, `"run":`},
	} {
		broken := strings.Replace(out, change[0], change[1], 1)
		if broken == out {
			t.Errorf("%s: %s does not occur in\n%s", name, change[0], out[max(0, len(out)-1500):])
			continue
		}
		if sarifError(t, []byte(broken)) == nil {
			t.Errorf("%s: nothing is found", name)
		}
	}
}
