// SPDX-License-Identifier: MPL-2.0

// Registrydocs has tfplugindocs write the provider's pages for the registries:
// docs/index.md and the folders resources, data-sources, ephemeral-resources,
// actions, list-resources, functions and guides below docs. Other pages below
// docs stay.
//
// tfplugindocs takes the schema from a file, so that it needs no CLI and no
// network. The file is made here, by the provider itself: there is everything
// in it, also what one CLI or another does not know. Before that, an object
// without a description or an example, and a resource that does not show how
// it is imported, are refused; tfplugindocs would write pages with holes.
//
//	registrydocs [-tfplugindocs PROGRAM] DIR	DIR is the project's root
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

//go:generate go run -buildvcs=false . ../../..

// name is the provider's, as it begins the names of its objects.
const name = "ciscophone"

func main() {
	tool := flag.String("tfplugindocs", "", "the program `tfplugindocs`; without, it is built from DIR/tools/docs")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: registrydocs [-tfplugindocs PROGRAM] DIR")
		os.Exit(2)
	}
	root, err := filepath.Abs(flag.Arg(0))
	if err == nil {
		command := []string{*tool}
		if *tool == "" {
			command = []string{"go", "tool", "-C", filepath.Join(root, "tools", "docs"), "tfplugindocs"}
		}
		err = generate(context.Background(), command, root)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "registrydocs:", err)
		os.Exit(1)
	}
}

// generate writes all pages below root and has them checked. What the tool says
// is in the error; it talks much when all is well, too.
func generate(ctx context.Context, tool []string, root string) error {
	d, err := describe(ctx)
	if err != nil {
		return err
	}
	if err := complete(d, root); err != nil {
		return err
	}
	return withSchema(d, func(schema string) error {
		for _, verb := range []string{"generate", "validate"} {
			args := []string{verb, "--provider-dir", root, "--provider-name", name, "--providers-schema", schema}
			cmd := exec.CommandContext(ctx, tool[0], append(tool[1:len(tool):len(tool)], args...)...)
			if out, err := cmd.CombinedOutput(); err != nil {
				return fmt.Errorf("tfplugindocs %s: %w\n%s", verb, err, out)
			}
		}
		return nil
	})
}

// withSchema gives f a file with the schema.
func withSchema(d description, f func(path string) error) error {
	text, err := schemaText(d)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "registrydocs")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "schema.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return err
	}
	return f(path)
}
