// SPDX-License-Identifier: MPL-2.0

package repo_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// statements is how many statements Cisco's document makes, S01 to S53.
const statements = 53

// row is one line of the table in docs/conformance.md.
type row struct {
	id, text string
	tests    []string // folder.TestName
	state    string   // held or open
	line     int
}

var (
	statementID = regexp.MustCompile(`^S\d\d$`)
	testName    = regexp.MustCompile("`([^`]+)`")
)

func TestConformance(t *testing.T) {
	t.Parallel()
	atRoot(t)
	rows := readConformance(t)
	tests := declaredTests(t)
	seen := map[string]int{}
	held := 0
	for _, r := range rows {
		where := fmt.Sprintf("docs/conformance.md:%d: %s", r.line, r.id)
		if !statementID.MatchString(r.id) {
			t.Errorf("%s: is not the id of a statement", where)
		}
		if first, ok := seen[r.id]; ok {
			t.Errorf("%s: stands in line %d already", where, first)
		}
		seen[r.id] = r.line
		if r.text == "" {
			t.Errorf("%s: says nothing", where)
		}
		for _, name := range r.tests {
			if !tests[name] {
				t.Errorf("%s: there is no test %s", where, name)
			}
		}
		switch r.state {
		case "held":
			held++
			if len(r.tests) == 0 {
				t.Errorf("%s: is held by no test", where)
			}
		case "open":
		default:
			t.Errorf("%s: state is %q, want held or open", where, r.state)
		}
	}
	for i := 1; i <= statements; i++ {
		if id := fmt.Sprintf("S%02d", i); seen[id] == 0 {
			t.Errorf("docs/conformance.md: %s is missing", id)
		}
	}
	if len(rows) != statements {
		t.Errorf("docs/conformance.md has %d rows, want %d", len(rows), statements)
	}
	t.Logf("%d of %d statements are held", held, statements)
}

func readConformance(t *testing.T) []row {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("docs", "conformance.md"))
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	line := 0
	for text := range strings.Lines(string(data)) {
		line++
		cells := strings.Split(strings.Trim(strings.TrimSpace(text), "|"), "|")
		if !strings.HasPrefix(text, "| S") {
			continue
		}
		if len(cells) != 4 {
			t.Errorf("docs/conformance.md:%d: has %d cells, want 4", line, len(cells))
			continue
		}
		r := row{id: strings.TrimSpace(cells[0]), text: strings.TrimSpace(cells[1]), state: strings.TrimSpace(cells[3]), line: line}
		for _, m := range testName.FindAllStringSubmatch(cells[2], -1) {
			r.tests = append(r.tests, m[1])
		}
		rows = append(rows, r)
	}
	return rows
}

// declaredTests parses every test file of the project and gives the tests and
// examples in them as folder.Name.
// TestTrapTables: the traps on the pages about the network are held by tests
// that exist.
func TestTrapTables(t *testing.T) {
	t.Parallel()
	atRoot(t)
	tests := declaredTests(t)
	for _, page := range []string{"docs/option43.md", "docs/radius.md"} {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		_, table, ok := strings.Cut(string(data), "| what | what happens | held by |\n|---|---|---|\n")
		if !ok {
			t.Fatalf("%s has no table of traps", page)
		}
		for line := range strings.Lines(table) {
			if !strings.HasPrefix(line, "|") {
				break
			}
			cells := strings.Split(strings.TrimSuffix(strings.TrimSpace(line), "|"), "|")
			names := testName.FindAllStringSubmatch(cells[len(cells)-1], -1)
			if len(names) == 0 {
				t.Errorf("%s: nothing holds: %s", page, line)
			}
			for _, name := range names {
				if !tests[name[1]] {
					t.Errorf("%s: there is no test %s", page, name[1])
				}
			}
		}
	}
}

func declaredTests(t *testing.T) map[string]bool {
	t.Helper()
	tests := map[string]bool{}
	for path := range sources(t) {
		if !strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Error(err)
			continue
		}
		folder := filepath.ToSlash(filepath.Dir(path))
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if ok && f.Recv == nil && (strings.HasPrefix(f.Name.Name, "Test") || strings.HasPrefix(f.Name.Name, "Example")) {
				tests[folder+"."+f.Name.Name] = true
			}
		}
	}
	return tests
}
