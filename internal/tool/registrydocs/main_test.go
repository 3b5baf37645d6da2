// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
	"github.com/phonecfg/terraform-provider-ciscophone/provider"
)

// asProvider in the environment makes this test binary the provider.
const asProvider = "CISCOPHONE_DOCS_PROVIDER"

func TestMain(m *testing.M) {
	if os.Getenv(asProvider) == "" {
		os.Exit(m.Run())
	}
	err := provider.Serve("docs", "registry.opentofu.org/"+provider.Address, false)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// sourcesIn copies what pages are made of into a folder of its own.
func sourcesIn(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for _, folder := range []string{"examples", "templates"} {
		if err := os.CopyFS(filepath.Join(root, folder), os.DirFS(filepath.Join("..", "..", "..", folder))); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// pages reads all files below folder that tfplugindocs has to do with.
func pages(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		inside, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		switch first, _, deeper := strings.Cut(filepath.ToSlash(inside), "/"); {
		case !deeper && first != "index.md", first == "design", first == "rules":
			return nil
		}
		text, err := os.ReadFile(path)
		all[filepath.ToSlash(inside)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestCurrent: make generate would leave no difference, and the registries'
// own check has nothing to say.
func TestCurrent(t *testing.T) {
	t.Parallel()
	tool := peer.Built(t, "CISCOPHONE_TFPLUGINDOCS")
	root := sourcesIn(t)
	others := []string{"cli.md", "rules/a.md", "design/001.md"}
	gone := "resources/gone.md"
	for _, page := range append(others, gone) {
		path := filepath.Join(root, "docs", page)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("own\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := generate(t.Context(), []string{tool}, root); err != nil {
		t.Fatal(err)
	}
	want, got := pages(t, filepath.Join(root, "docs")), pages(t, filepath.Join("..", "..", "..", "docs"))
	for page, text := range want {
		if got[page] != text {
			t.Errorf("docs/%s is not what the provider, templates and examples say: run make generate", page)
		}
	}
	for page := range got {
		if _, ok := want[page]; !ok {
			t.Errorf("docs/%s is about nothing there is: run make generate", page)
		}
	}
	for _, page := range others {
		if text, err := os.ReadFile(filepath.Join(root, "docs", page)); err != nil || string(text) != "own\n" {
			t.Errorf("docs/%s is not the registries' and did not stay: %v", page, err)
		}
	}
	if _, err := os.Stat(filepath.Join(root, "docs", gone)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("docs/%s did not go: %v", gone, err)
	}
	for page, has := range map[string]string{
		"actions/resync.md":                     "- `phone_url` (String)",
		"list-resources/config.md":              "- `prefix` (String)",
		"ephemeral-resources/scep_challenge.md": "- `challenge_password` (String, Sensitive)",
		"functions/splice.md":                   "splice(document string, parameters map of string) string",
		"resources/config.md":                   "### Identity Schema",
		"guides/quickstart.md":                  "$ tofu init",
	} {
		if !strings.Contains(want[page], has) {
			t.Errorf("docs/%s lacks %q", page, has)
		}
	}
}

// TestRefused: a page that the registries would not take is an error.
func TestRefused(t *testing.T) {
	t.Parallel()
	tool := peer.Built(t, "CISCOPHONE_TFPLUGINDOCS")
	root := sourcesIn(t)
	if err := os.WriteFile(filepath.Join(root, "templates", "guides", "bad.md.tmpl"), []byte("# No front matter\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := generate(t.Context(), []string{tool}, root); err == nil || !strings.Contains(err.Error(), "tfplugindocs validate") || !strings.Contains(err.Error(), "bad.md") {
		t.Errorf("got %v", err)
	}
}

// TestIncomplete: an object without an example, and a resource that does not
// show how it is imported, do not pass.
func TestIncomplete(t *testing.T) {
	t.Parallel()
	d, err := describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	root := sourcesIn(t)
	if err := complete(d, root); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		"resources/ciscophone_config/import.sh":                               "resource ciscophone_config has no example of its import",
		"data-sources/ciscophone_document/data-source.tf":                     "data source ciscophone_document has no example",
		"ephemeral-resources/ciscophone_scep_challenge/ephemeral-resource.tf": "ephemeral resource ciscophone_scep_challenge has no example",
		"actions/ciscophone_resync/action.tf":                                 "action ciscophone_resync has no example",
		"list-resources/ciscophone_config/list-resource.tfquery.hcl":          "list resource ciscophone_config has no example",
		"functions/render/function.tf":                                        "function render has no example: want examples/functions/render/function.tf",
	} {
		if err := os.Remove(filepath.Join(root, "examples", filepath.FromSlash(file))); err != nil {
			t.Fatal(err)
		}
		if err := complete(d, root); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("without %s the error lacks %q: %v", file, want, err)
		}
	}
	d.ResourceSchemas["ciscophone_fleet"].Block.Description = " "
	d.Functions["parse"].Summary = ""
	err = complete(d, root)
	for _, want := range []string{"resource ciscophone_fleet has no description", "function parse has no summary"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q: %v", want, err)
		}
	}
}

// odd is a provider with what the real one has none of.
func odd() description {
	text := &tfprotov6.SchemaAttribute{Name: "text", Type: tftypes.String, Optional: true, Description: "Words.", Deprecated: true}
	return description{GetProviderSchemaResponse: &tfprotov6.GetProviderSchemaResponse{
		Provider: &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{}},
		ResourceSchemas: map[string]*tfprotov6.Schema{"ciscophone_odd": {Version: 3, Block: &tfprotov6.SchemaBlock{
			Description: "Is *odd*.", DescriptionKind: tfprotov6.StringKindMarkdown,
			Attributes: []*tfprotov6.SchemaAttribute{
				{Name: "any", Type: tftypes.DynamicPseudoType, Required: true, Description: "Anything."},
				{Name: "boxes", Optional: true, Description: "Boxes.", NestedType: &tfprotov6.SchemaObject{
					Nesting: tfprotov6.SchemaObjectNestingModeList, Attributes: []*tfprotov6.SchemaAttribute{text},
				}},
				{Name: "table", Type: tftypes.List{ElementType: tftypes.Map{ElementType: tftypes.Bool}}, Computed: true, Description: "Table."},
			},
			BlockTypes: []*tfprotov6.SchemaNestedBlock{{TypeName: "old", Nesting: tfprotov6.SchemaNestedBlockNestingModeList, MaxItems: 1,
				Block: &tfprotov6.SchemaBlock{Attributes: []*tfprotov6.SchemaAttribute{text}}}},
		}}},
		Functions: map[string]*tfprotov6.Function{"odd": {Summary: "Odd", Description: "Is odd.", Return: &tfprotov6.FunctionReturn{Type: tftypes.DynamicPseudoType},
			Parameters:        []*tfprotov6.FunctionParameter{{Name: "first", Type: tftypes.Set{ElementType: tftypes.Number}, AllowNullValue: true, Description: "First."}},
			VariadicParameter: &tfprotov6.FunctionParameter{Name: "rest", Type: tftypes.DynamicPseudoType, Description: "The others."},
		}},
	}}
}

// TestOddShapes: shapes that the provider may get one day come through too,
// from the protocol to the page.
func TestOddShapes(t *testing.T) {
	t.Parallel()
	tool := peer.Built(t, "CISCOPHONE_TFPLUGINDOCS")
	root := t.TempDir()
	err := withSchema(odd(), func(schema string) error {
		out, err := exec.CommandContext(t.Context(), tool, "generate", "--provider-dir", root, "--provider-name", name, "--providers-schema", schema).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w\n%s", err, out)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	made := pages(t, filepath.Join(root, "docs"))
	for page, wants := range map[string][]string{
		"resources/odd.md": {"Is *odd*.", "- `any` (Dynamic) Anything.", "- `boxes` (Attributes List) Boxes.", "- `text` (String, Deprecated) Words.",
			"- `table` (List of Map of Boolean) Table.", "- `old` (Block List, Max: 1)"},
		"functions/odd.md": {"odd(first set of number, rest dynamic...) dynamic", "1. `first` (Set of Number, Nullable) First.", "1. `rest` (Variadic, Dynamic) The others."},
	} {
		for _, want := range wants {
			if !strings.Contains(made[page], want) {
				t.Errorf("docs/%s lacks %q:\n%s", page, want, made[page])
			}
		}
	}
}

// TestSchemaAsPrinted: what the provider says here is what OpenTofu prints of
// it, in everything that OpenTofu knows.
func TestSchemaAsPrinted(t *testing.T) {
	t.Parallel()
	tofu := peer.Built(t, "CISCOPHONE_TOFU")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	plugins, work := t.TempDir(), t.TempDir()
	rc := filepath.Join(plugins, "tofu.rc")
	for file, text := range map[string]string{
		filepath.Join(plugins, "terraform-provider-ciscophone"): fmt.Sprintf("#!/bin/sh\n%s=1 exec '%s' \"$@\"\n", asProvider, self),
		rc:                             fmt.Sprintf("provider_installation {\n  dev_overrides { %q = %q }\n  direct { exclude = [\"*/*/*\"] }\n}\n", provider.Address, plugins),
		filepath.Join(work, "main.tf"): fmt.Sprintf("terraform {\n  required_providers {\n    %s = { source = %q }\n  }\n}\n", name, provider.Address),
	} {
		if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), tofu, "providers", "schema", "-json")
	cmd.Dir, cmd.Env = work, append(os.Environ(), "TF_CLI_CONFIG_FILE="+rc, "CHECKPOINT_DISABLE=1")
	printed, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, printed)
	}
	d, err := describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text, err := schemaText(d)
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := sections(t, text), sections(t, printed)
	compared := 0
	for section, want := range theirs {
		if !reflect.DeepEqual(ours[section], want) {
			a, _ := json.MarshalIndent(want, "", " ")
			b, _ := json.MarshalIndent(ours[section], "", " ")
			t.Errorf("%s differs: OpenTofu prints\n%s\nand this is\n%s", section, a, b)
		}
		compared++
	}
	if compared < 6 {
		t.Errorf("OpenTofu prints %d sections", compared)
	}
}

// sections decodes the one provider in a schema.
func sections(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var all struct {
		Format    string                    `json:"format_version"`
		Providers map[string]map[string]any `json:"provider_schemas"`
	}
	if err := json.Unmarshal(text, &all); err != nil || all.Format != "1.0" || len(all.Providers) != 1 {
		t.Fatalf("format %q, %d providers: %v", all.Format, len(all.Providers), err)
	}
	for _, p := range all.Providers {
		return p
	}
	return nil
}
