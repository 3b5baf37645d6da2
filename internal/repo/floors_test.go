// SPDX-License-Identifier: MPL-2.0

package repo_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
)

const module = "github.com/phonecfg/terraform-provider-ciscophone"

// floors says on which floor of the house a package stands. A package imports
// only lower floors: neighbors do not know each other, and nobody knows who
// uses them. A folder's floor counts for the folders below it, unless they are
// named themselves.
var floors = map[string]int{
	"secret":         0,
	"cdc":            1,
	"cfgxml/catalog": 1,
	"cfgxml/seal":    1,

	"device":       2,
	"cfgxml":       2,
	"cfgxml/tree":  3,
	"option43":     2,
	"scep":         2,
	"push":         1,
	"push/blob":    2,
	"push/blob/s3": 3,
	"push/sftp":    2,
	"push/web":     2,
	"push/stores":  4,

	"internal/desk":           2,
	"internal/foreign":        0,
	"internal/foreign/answer": 0,
	"internal/bounded":        0,
	"internal/trust":          0,
	"internal/dhcp4":          2,
	"internal/listen":         2,

	"internal/test/apache":    2,
	"internal/test/evil":      0,
	"internal/test/browser":   2,
	"internal/test/peer":      0,
	"internal/test/pki":       0,
	"internal/test/postgres":  2,
	"internal/test/sshd":      1,
	"internal/test/storetest": 2,
	"internal/test/versitygw": 1,

	"cfgxml/merge": 3,

	"validate":    3,
	"scep/client": 3,
	"scep/ndes":   3,
	"scep/ca":     3,

	"inventory": 3,
	"status":    2,

	"estate":    4,
	"reconcile": 4,
	"phone":     4,
	"provision": 5,
	"verify":    4,

	"provider":     6,
	"internal/lab": 6,

	"internal/cli/term":   5,
	"internal/cli/review": 6,

	"internal/cli/compare":  7,
	"internal/cli/edit":     7,
	"internal/cli/editor":   7,
	"internal/cli/operate":  7,
	"internal/cli/option43": 7,
	"internal/cli/plan":     7,

	"internal/cli/cfgxml":     8,
	"internal/cli/ciscophone": 8,

	"internal/cli":  9, // the tests of both command lines
	"internal/repo": 9,
	"internal/test": 9,
	"internal/tool": 9,

	"":         10, // main.go
	"cmd":      10,
	"examples": 10,

	"testdata": 3, // writes full-size configurations
}

// forTests may be imported by the tests of any floor.
var forTests = map[string]bool{"testdata": true, "internal/test/storetest": true, "internal/test/pki": true}

// pkg is the part of `go list -json` that the rule is about.
type pkg struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

func TestFloors(t *testing.T) {
	t.Parallel()
	atRoot(t)
	packages := goList(t)
	if len(packages) == 0 {
		t.Fatal("go list names no packages")
	}
	for _, p := range packages {
		name := relative(p.ImportPath)
		own, home, ok := floorOf(name)
		if !ok {
			t.Errorf("package %s stands on no floor: name it in floors_test.go", name)
			continue
		}
		check := func(kind string, imports []string) {
			for _, path := range imports {
				if path != module && !strings.HasPrefix(path, module+"/") {
					continue
				}
				other := relative(path)
				if other == name {
					continue // an external test imports what it tests
				}
				if (forTests[root(other)] || forTests[other]) && kind != "imports" {
					continue
				}
				floor, where, ok := floorOf(other)
				if !ok || where == home {
					continue // reported at its own place, or of the same family
				}
				if floor >= own {
					t.Errorf("%s (floor %d) %s %s (floor %d): only lower floors may be imported", name, own, kind, other, floor)
				}
			}
		}
		check("imports", p.Imports)
		check("imports in its tests", p.TestImports)
		check("imports in its external tests", p.XTestImports)
	}
}

// TestFloorsNamed fails when the table above names a package that is gone.
func TestFloorsNamed(t *testing.T) {
	t.Parallel()
	atRoot(t)
	var names []string
	for _, p := range goList(t) {
		names = append(names, relative(p.ImportPath))
	}
	for folder := range floors {
		if folder == "" || planned[folder] {
			continue
		}
		found := false
		for _, name := range names {
			found = found || name == folder || strings.HasPrefix(name, folder+"/")
		}
		if !found {
			t.Errorf("floors names %s, but there is no such package", folder)
		}
	}
}

// planned are packages that have their place in the house and are not built.
var planned = map[string]bool{}

func relative(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
}

func root(name string) string {
	first, _, _ := strings.Cut(name, "/")
	return first
}

// floorOf looks for the nearest folder that has a floor, and says which folder
// that is. The module's own folder is not inherited: a new top-level folder
// must be placed.
func floorOf(name string) (floor int, folder string, ok bool) {
	for folder = name; folder != "."; folder = filepath.ToSlash(filepath.Dir(folder)) {
		if floor, ok := floors[folder]; ok {
			return floor, folder, true
		}
	}
	return 0, "", false
}

// goList asks the go command for the real import graph of the module.
func goList(t *testing.T) []pkg {
	t.Helper()
	args := []string{"list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports", "./..."}
	// A wildcard leaves folders named testdata out.
	files, err := filepath.Glob("testdata/*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if folder := "./" + filepath.ToSlash(filepath.Dir(file)); !slices.Contains(args, folder) {
			args = append(args, folder)
		}
	}
	cmd := exec.Command("go", args...)
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	var packages []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
	sort.Slice(packages, func(i, j int) bool { return packages[i].ImportPath < packages[j].ImportPath })
	return packages
}
