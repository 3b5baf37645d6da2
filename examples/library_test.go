// SPDX-License-Identifier: MPL-2.0

package examples_test

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the code blocks of the document anew from the files they show")

// A block of the document that shows code names where the code stands:
//
//	<!-- code: examples/provisioning-server/main.go -->
//	<!-- code: cfgxml/seal/example_test.go ExampleSeal -->
//
// The first shows a whole file, the second the body of a function. Both run in
// tests, so that what the document shows works.
var shown = regexp.MustCompile("(?s)<!-- code: (\\S+)(?: (\\w+))? -->\n\n```go\n(.*?)```\n")

func TestLibraryShowsTheCodeThatRuns(t *testing.T) {
	path := filepath.Join("..", "docs", "library.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	blocks := 0
	fresh := shown.ReplaceAllStringFunc(string(text), func(block string) string {
		blocks++
		m := shown.FindStringSubmatch(block)
		code := codeOf(t, m[1], m[2])
		if code != m[3] && !*update {
			t.Errorf("%s: the block with %s %s is not what stands there: run go test ./examples -update", path, m[1], m[2])
		}
		return strings.Replace(block, "```go\n"+m[3], "```go\n"+code, 1)
	})
	if blocks < 5 {
		t.Errorf("%d blocks of code, want several", blocks)
	}
	if n := strings.Count(string(text), "```go\n"); n != blocks {
		t.Errorf("%d blocks of Go code, but only %d say where it stands", n, blocks)
	}
	if *update && fresh != string(text) {
		if err := os.WriteFile(path, []byte(fresh), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// codeOf reads a file, without the line of the license, or a function's body.
func codeOf(t *testing.T, path, function string) string {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	if function == "" {
		_, rest, _ := strings.Cut(string(source), "\n\n")
		return rest
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, source, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, declaration := range file.Decls {
		f, ok := declaration.(*ast.FuncDecl)
		if !ok || f.Name.Name != function {
			continue
		}
		body := string(source[files.Position(f.Body.Lbrace).Offset+1 : files.Position(f.Body.Rbrace).Offset])
		var lines []string
		for line := range strings.Lines(strings.Trim(body, "\n") + "\n") {
			lines = append(lines, strings.TrimPrefix(line, "\t"))
		}
		return strings.Join(lines, "")
	}
	t.Fatalf("%s has no function %s", path, function)
	return ""
}

// TestImporters: a program that shows how the packages are imported is short,
// and imports nothing that others could not.
func TestImporters(t *testing.T) {
	t.Parallel()
	programs, err := filepath.Glob("*/main.go")
	if err != nil || len(programs) < 3 {
		t.Fatalf("%q, %v: want three programs", programs, err)
	}
	for _, program := range programs {
		source, err := os.ReadFile(program)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(source), "\n"); n > 80 {
			t.Errorf("%s has %d lines, want 80 at most", program, n)
		}
		if strings.Contains(string(source), "ciscophone/internal/") {
			t.Errorf("%s imports an internal package", program)
		}
	}
}
