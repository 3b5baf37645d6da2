// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// writer collects pages, and everything that keeps a page from being whole.
type writer struct {
	root     string
	provider description
	pages    map[string]string
	errs     []error
}

func (w *writer) errorf(format string, args ...any) {
	w.errs = append(w.errs, fmt.Errorf(format, args...))
}

// head is what a registry reads of a page before it shows it.
func head(title, description string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(description), "\n\n")
	return fmt.Sprintf("---\n# Written by make generate; do not edit.\npage_title: %q\nsubcategory: \"\"\ndescription: |-\n  %s\n---\n\n",
		title, strings.ReplaceAll(plain(first), "\n", "\n  "))
}

// plain takes the marks of Markdown out of a text.
func plain(s string) string { return strings.NewReplacer("`", "", "**", "", "*", "").Replace(s) }

// objects writes a page for each object of a kind.
func (w *writer) objects(folder, title, example string, schemas map[string]*tfprotov6.Schema) {
	for object, schema := range schemas {
		text := strings.TrimSpace(schema.Block.Description)
		if text == "" {
			w.errorf("%s %s has no description", title, object)
		}
		var b strings.Builder
		b.WriteString(head(object+" "+title+" - "+name, text))
		fmt.Fprintf(&b, "# %s (%s)\n\n%s\n\n## Example Usage\n", object, title, text)
		files, _ := filepath.Glob(filepath.Join(w.root, "examples", folder, object, example+"*.*"))
		if len(files) == 0 {
			w.errorf("%s %s has no example: want examples/%s/%s/%s.tf", title, object, folder, object, example)
		}
		for _, file := range files {
			b.WriteString("\n" + w.fence("terraform", file))
		}
		b.WriteString("\n" + schemaMarkdown(schema))
		if folder == "resources" {
			w.imports(&b, object)
		}
		w.pages[filepath.Join("docs", folder, strings.TrimPrefix(object, name+"_")+".md")] = b.String()
	}
}

// imports says how a resource that is there already comes under the provider:
// by what examples/resources/NAME shows. A resource with an identity must show
// all three ways.
func (w *writer) imports(b *strings.Builder, object string) {
	identity := w.provider.identities[object]
	for _, part := range []struct{ file, language, text string }{
		{"import-by-identity.tf", "terraform", "In Terraform 1.12 and OpenTofu 1.12 and later, with an `import` block and the resource's identity:"},
		{"import-by-string-id.tf", "terraform", "In Terraform 1.5 and OpenTofu 1.6 and later, with an `import` block and its id:"},
		{"import.sh", "shell", "With the `import` command:"},
	} {
		file := filepath.Join(w.root, "examples", "resources", object, part.file)
		if _, err := os.Stat(file); err != nil {
			if identity != nil {
				w.errorf("%s has no example of its import: %w", object, err)
			}
			continue
		}
		if part.file == "import-by-identity.tf" || !strings.Contains(b.String(), "\n## Import\n") {
			b.WriteString("\n## Import\n")
		}
		b.WriteString("\n" + part.text + "\n\n" + w.fence(part.language, file))
		if part.file != "import-by-identity.tf" || identity == nil {
			continue
		}
		b.WriteString("\n### Identity Schema\n\n")
		for _, a := range identity.IdentityAttributes {
			need := "Required"
			if a.OptionalForImport {
				need = "Optional"
			}
			fmt.Fprintf(b, "- `%s` (%s, %s) %s\n", a.Name, typeName(a.Type), need, strings.TrimSpace(a.Description))
		}
	}
}

// functions writes a page for each function.
func (w *writer) functions() {
	for function, f := range w.provider.Functions {
		var b strings.Builder
		b.WriteString(head(function+" function - "+name, f.Summary))
		fmt.Fprintf(&b, "# function: %s\n\n%s\n\n## Example Usage\n\n", function, strings.TrimSpace(f.Description))
		b.WriteString(w.fence("terraform", filepath.Join(w.root, "examples", "functions", function, "function.tf")))
		fmt.Fprintf(&b, "\n## Signature\n\n```text\n%s\n```\n\n## Arguments\n\n%s", signature(function, f), argumentLines(f))
		w.pages[filepath.Join("docs", "functions", function+".md")] = b.String()
	}
}

// fence quotes a file as a block of code.
func (w *writer) fence(language, file string) string {
	data, err := os.ReadFile(file)
	if err != nil {
		w.errorf("%w", err)
		return ""
	}
	return "```" + language + "\n" + strings.TrimSpace(string(data)) + "\n```\n"
}

// templates writes the pages that are written by hand: the index and the
// guides.
func (w *writer) templates() {
	from := filepath.Join(w.root, "templates")
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		inside, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		page, ok := strings.CutSuffix(inside, ".md.tmpl")
		if folder := filepath.Dir(inside); !ok || folder != "." && folder != "guides" {
			return fmt.Errorf("%s: want index.md.tmpl or guides/NAME.md.tmpl", path)
		}
		w.pages[filepath.Join("docs", page+".md")] = w.template(path)
		return nil
	})
	if err != nil {
		w.errorf("%w", err)
	}
}

func (w *writer) template(path string) string {
	file := func(language string) func(string) string {
		return func(name string) string {
			return strings.TrimSuffix(w.fence(language, filepath.Join(w.root, filepath.FromSlash(name))), "\n")
		}
	}
	t, err := template.New(filepath.Base(path)).Option("missingkey=error").Funcs(template.FuncMap{
		"tffile":    file("terraform"),
		"codefile":  func(language, name string) string { return file(language)(name) },
		"trimspace": strings.TrimSpace,
	}).ParseFiles(path)
	if err != nil {
		w.errorf("%w", err)
		return ""
	}
	var b bytes.Buffer
	data := map[string]string{
		"ProviderName": name, "ProviderShortName": name,
		"Description":    w.provider.Provider.Block.Description,
		"SchemaMarkdown": schemaMarkdown(w.provider.Provider),
	}
	if err := t.Execute(&b, data); err != nil {
		w.errorf("%w", err)
	}
	return strings.TrimSpace(b.String()) + "\n"
}
