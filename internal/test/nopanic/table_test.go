// SPDX-License-Identifier: MPL-2.0

// Package nopanic calls every exported function and method of the packages that
// other programs import with nil, zero, huge and malformed arguments. None may
// panic or hang.
//
// Nobody keeps a list of them: TestEverything reads the packages, writes the
// table of what they export, and runs TestTable with it by the go command's
// overlay, so that what is exported tomorrow is called tomorrow.
package nopanic

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/phonecfg/terraform-provider-ciscophone/"

// faces are the folders below which nothing is for import by other programs.
var faces = []string{"cmd", "examples", "internal", "provider", "testdata", "tools"}

func TestEverything(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("calls some hundred thousand times")
	}
	table, count := exported(t)
	if count < 200 {
		t.Fatalf("found %d exported functions and types, want all of them", count)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	source, overlay := filepath.Join(dir, "exported.go"), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(here, "exported_test.go"): source}})
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{source: table, overlay: replace} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(dir, "nopanic")
	if out, err := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", program, "-overlay", overlay, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	// Relative paths among the arguments lead nowhere but into this directory.
	work := filepath.Join(dir, "a", "b", "c", "d")
	if err := os.MkdirAll(work, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestTable$", "-test.timeout=5m")
	cmd.Dir = work
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if !bytes.Contains(out, []byte("PASS")) && err == nil {
		t.Errorf("nothing was called:\n%s", out)
	}
}

// exported writes the Go file that registers what the packages export.
func exported(t *testing.T) (file []byte, count int) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Name,Dir,GoFiles", module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var imports, lines strings.Builder
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath, Name, Dir string
			GoFiles               []string
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		path := strings.TrimPrefix(p.ImportPath, module)
		first, _, _ := strings.Cut(path, "/")
		if p.Name == "main" || slices.Contains(faces, first) || strings.Contains(path+"/", "/internal/") {
			continue
		}
		alias := fmt.Sprintf("p%d", count)
		before := count
		for _, name := range p.GoFiles {
			count += register(t, &lines, alias, path, filepath.Join(p.Dir, name))
		}
		if count > before {
			fmt.Fprintf(&imports, "\t%s %q\n", alias, p.ImportPath)
		}
	}
	return fmt.Appendf(nil, "package nopanic\n\nimport (\n\t\"reflect\"\n%s)\n\nfunc init() {\n%s}\n", imports.String(), lines.String()), count
}

// register writes a line for each exported function and type of a file. What
// has type parameters cannot be called without choosing types, and has to be
// tested where it is.
func register(t *testing.T, w io.Writer, alias, path, file string) (count int) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range f.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.IsExported() && d.Type.TypeParams == nil {
				count++
				fmt.Fprintf(w, "\tfunctions[%q] = reflect.ValueOf(%s.%s)\n", path+"."+d.Name.Name, alias, d.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if s, ok := spec.(*ast.TypeSpec); ok && s.Name.IsExported() && s.TypeParams == nil {
					count++
					fmt.Fprintf(w, "\ttypes[%q] = reflect.TypeFor[%s.%s]()\n", path+"."+s.Name.Name, alias, s.Name)
				}
			}
		}
	}
	return count
}
