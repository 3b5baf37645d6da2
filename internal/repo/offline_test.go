// SPDX-License-Identifier: MPL-2.0

package repo_test

import (
	"encoding/json"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestOffline: cfgxml cannot open a connection. It links neither HTTP nor TLS,
// and no package of ours in it so much as imports package net. That package is
// there for flags that hold addresses (pflag) and for validators of addresses
// that none of our types names (validator/v10).
func TestOffline(t *testing.T) {
	t.Parallel()
	atRoot(t)
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Imports", "./cmd/cfgxml")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; seen++ {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		switch p.ImportPath {
		case "net/http", "crypto/tls":
			t.Errorf("cfgxml links %s", p.ImportPath)
		}
		for _, i := range p.Imports {
			if i == "net" && strings.HasPrefix(p.ImportPath, module) {
				t.Errorf("%s, which cfgxml links, imports net", p.ImportPath)
			}
		}
	}
	if seen < 50 {
		t.Fatalf("cfgxml links %d packages only", seen)
	}
	program := filepath.Join(t.TempDir(), "cfgxml")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", program, "./cmd/cfgxml").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	symbols, err := exec.CommandContext(t.Context(), "go", "tool", "nm", program).Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(symbols), "main.main") {
		t.Fatal("no symbol of the program is listed")
	}
	for line := range strings.Lines(string(symbols)) {
		fields := strings.Fields(line)
		name := fields[len(fields)-1]
		if name == "net.Dial" || name == "net.Listen" || strings.HasPrefix(name, "net/http.") || strings.HasPrefix(name, "crypto/tls.") {
			t.Errorf("cfgxml holds %s", name)
		}
	}
}
