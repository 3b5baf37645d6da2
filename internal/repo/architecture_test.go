// SPDX-License-Identifier: MPL-2.0

package repo_test

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestArchitecture holds the layers and the graph of docs/architecture.md to the
// real imports (-update writes them).
func TestArchitecture(t *testing.T) {
	t.Parallel()
	atRoot(t)
	needs := imports(t)
	page, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	text := between(t, string(page), "layers", layersOf(needs))
	written(t, "docs/architecture.md", between(t, text, "graph", graphOf(needs)))
}

// imports returns which packages of the product each of them imports.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	needs := map[string][]string{}
	for _, p := range goList(t) {
		name := relative(p.ImportPath)
		if !product(name) {
			continue
		}
		needs[name] = nil
		for _, path := range p.Imports {
			if other := relative(path); strings.HasPrefix(path, module+"/") && product(other) {
				needs[name] = append(needs[name], other)
			}
		}
	}
	return needs
}

// product reports whether a package is for users, or below one that is.
func product(name string) bool {
	for _, not := range []string{"internal/test", "internal/tool", "internal/repo", "examples", "testdata", "tools", "cfgxml/catalog/internal"} {
		if name == not || strings.HasPrefix(name, not+"/") {
			return false
		}
	}
	return true
}

func layersOf(needs map[string][]string) string {
	on := map[int][]string{}
	for name := range needs {
		floor, _, _ := floorOf(name)
		on[floor] = append(on[floor], "`"+cmp.Or(name, "main.go")+"`")
	}
	var b strings.Builder
	b.WriteString("| layer | packages |\n|---|---|\n")
	for _, floor := range slices.Backward(slices.Sorted(maps.Keys(on))) {
		slices.Sort(on[floor])
		fmt.Fprintf(&b, "| %d | %s |\n", floor, strings.Join(on[floor], " "))
	}
	return b.String()
}

// graphOf draws the imports that do not follow from others.
func graphOf(needs map[string][]string) string {
	shown := func(name string) bool {
		return name != "" && !strings.HasPrefix(name, "cmd") && !strings.HasPrefix(name, "internal/")
	}
	var reaches func(from, to string) bool
	reaches = func(from, to string) bool {
		return slices.ContainsFunc(needs[from], func(next string) bool { return next == to || reaches(next, to) })
	}
	var b strings.Builder
	b.WriteString("```mermaid\nflowchart BT\n")
	for _, name := range slices.Sorted(maps.Keys(needs)) {
		for _, other := range slices.Sorted(slices.Values(needs[name])) {
			around := slices.ContainsFunc(needs[name], func(next string) bool { return next != other && shown(next) && reaches(next, other) })
			if shown(name) && shown(other) && !around {
				fmt.Fprintf(&b, "  %s --> %s\n", node(name), node(other))
			}
		}
	}
	b.WriteString("```\n")
	return b.String()
}

// node names a package as Mermaid takes it.
func node(name string) string {
	if !strings.Contains(name, "/") {
		return name
	}
	return fmt.Sprintf("%s[%q]", strings.ReplaceAll(name, "/", "_"), name)
}

// between returns the page with text between the marks <!-- NAME --> and
// <!-- /NAME -->.
func between(t *testing.T, page, name, text string) string {
	t.Helper()
	before, rest, ok := strings.Cut(page, "<!-- "+name+" -->\n")
	_, after, ends := strings.Cut(rest, "<!-- /"+name+" -->")
	if !ok || !ends {
		t.Fatalf("docs/architecture.md has no place for %s", name)
	}
	return before + "<!-- " + name + " -->\n" + text + "<!-- /" + name + " -->" + after
}
