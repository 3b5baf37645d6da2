// SPDX-License-Identifier: MPL-2.0

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// TestCurrent: make generate would leave no difference.
func TestCurrent(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	pages, err := render(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	for page, want := range pages {
		data, err := os.ReadFile(filepath.Join(root, page))
		if err != nil || string(data) != want {
			t.Errorf("%s is not what the provider, templates and examples say: run make generate", page)
		}
	}
	old, err := present(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range old {
		if _, ok := pages[page]; !ok {
			t.Errorf("%s is about nothing there is: run make generate", page)
		}
	}
}

// TestOthersStay: a run removes what became of nothing, and no page that is not
// its own.
func TestOthersStay(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for _, folder := range []string{"examples", "templates"} {
		if err := os.CopyFS(filepath.Join(root, folder), os.DirFS(filepath.Join("..", "..", folder))); err != nil {
			t.Fatal(err)
		}
	}
	for _, page := range []string{"docs/cli.md", "docs/rules/a.md", "docs/design/001.md", "docs/resources/gone.md"} {
		path := filepath.Join(root, page)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("own\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := run(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	for page, want := range map[string]bool{
		"docs/cli.md": true, "docs/rules/a.md": true, "docs/design/001.md": true, "docs/resources/gone.md": false,
		"docs/index.md": true, "docs/resources/config.md": true, "docs/functions/render.md": true,
	} {
		if _, err := os.Stat(filepath.Join(root, page)); (err == nil) != want {
			t.Errorf("%s: %v, want it there: %t", page, err, want)
		}
	}
}

// TestExampleMissing: an object without an example, and a resource that does
// not show how it is imported, do not pass.
func TestExampleMissing(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for _, folder := range []string{"examples", "templates"} {
		if err := os.CopyFS(filepath.Join(root, folder), os.DirFS(filepath.Join("..", "..", folder))); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"resources/ciscophone_config/import.sh", "functions/render/function.tf", "data-sources/ciscophone_document/data-source.tf"} {
		if err := os.Remove(filepath.Join(root, "examples", file)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := render(t.Context(), root)
	for _, want := range []string{"ciscophone_config has no example of its import", "function.tf", "Data Source ciscophone_document has no example"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q: %v", want, err)
		}
	}
}

func TestSchemaMarkdown(t *testing.T) {
	t.Parallel()
	got := schemaMarkdown(&tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{Attributes: []*tfprotov6.SchemaAttribute{
		{Name: "z", Type: tftypes.String, Required: true, Description: "Last."},
		{Name: "secret_wo", Type: tftypes.String, Optional: true, Sensitive: true, WriteOnly: true},
		{Name: "list", Type: tftypes.List{ElementType: tftypes.Map{ElementType: tftypes.Bool}}, Computed: true, Description: "Long."},
		{Name: "box", Optional: true, Computed: true, Description: "Box.", NestedType: &tfprotov6.SchemaObject{
			Nesting:    tfprotov6.SchemaObjectNestingModeList,
			Attributes: []*tfprotov6.SchemaAttribute{{Name: "in", Type: tftypes.Number, Required: true, Description: "Inside."}},
		}},
	}}})
	want := []string{
		"## Schema", "", "### Required", "", "- `z` (String) Last.", "", "### Optional", "",
		"- `box` (Attributes List) Box. (see [below for nested schema](#nestedatt--box))",
		"- `secret_wo` (String, Sensitive, " + writeOnlyLink + ")", "", "### Read-Only", "",
		"- `list` (List of Map of Boolean) Long.", "", `<a id="nestedatt--box"></a>`, "### Nested Schema for `box`", "", "Required:", "", "- `in` (Number) Inside.", "",
	}
	if lines := strings.Split(got, "\n"); !slices.Equal(lines, want) {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}
