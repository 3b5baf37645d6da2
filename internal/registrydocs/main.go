// SPDX-License-Identifier: MPL-2.0

// Registrydocs writes the provider's pages for the registries, in the layout of
// tfplugindocs: docs/index.md and the folders resources, data-sources,
// ephemeral-resources, actions, list-resources, functions and guides below
// docs.
//
// What an object is comes from the provider itself, over the protocol a CLI
// speaks, so that no CLI is needed and nothing is left out that one CLI does
// not know. Examples come from examples, in the folders tfplugindocs looks in
// (resources/NAME/resource.tf and so on); the index and the guides from
// templates, with the functions codefile and tffile to take in a file.
//
// Only what lies in those folders is replaced; other pages below docs stay.
//
//	registrydocs DIR	DIR is the project's root
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/phonecfg/terraform-provider-ciscophone/provider"
)

//go:generate go run -buildvcs=false . ../..

// name is the provider's, as it begins the names of its objects.
const name = "ciscophone"

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: registrydocs DIR")
		os.Exit(2)
	}
	if err := run(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "registrydocs:", err)
		os.Exit(1)
	}
}

// run renders all pages and then replaces those that are there.
func run(ctx context.Context, root string) error {
	pages, err := render(ctx, root)
	if err != nil {
		return err
	}
	old, err := present(root)
	if err != nil {
		return err
	}
	for _, page := range old {
		if _, ok := pages[page]; !ok {
			if err := os.Remove(filepath.Join(root, page)); err != nil {
				return err
			}
		}
	}
	for page, text := range pages {
		path := filepath.Join(root, page)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// folders below docs are this program's own.
var folders = []string{"resources", "data-sources", "ephemeral-resources", "actions", "list-resources", "functions", "guides"}

// present lists the pages that are this program's own, by their paths in the
// project.
func present(root string) ([]string, error) {
	var pages []string
	for _, folder := range folders {
		entries, err := os.ReadDir(filepath.Join(root, "docs", folder))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return nil, err
		}
		for _, e := range entries {
			pages = append(pages, filepath.Join("docs", folder, e.Name()))
		}
	}
	return pages, nil
}

// render makes all pages, by their paths in the project.
func render(ctx context.Context, root string) (map[string]string, error) {
	p, err := describe(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{root: root, provider: p, pages: map[string]string{}}
	w.objects("resources", "Resource", "resource", p.ResourceSchemas)
	w.objects("data-sources", "Data Source", "data-source", p.DataSourceSchemas)
	w.objects("ephemeral-resources", "Ephemeral Resource", "ephemeral-resource", p.EphemeralResourceSchemas)
	w.objects("actions", "Action", "action", actions(p))
	w.objects("list-resources", "List Resource", "list-resource", p.ListResourceSchemas)
	w.functions()
	w.templates()
	return w.pages, errors.Join(w.errs...)
}

// description is what the provider says of itself.
type description struct {
	*tfprotov6.GetProviderSchemaResponse
	identities map[string]*tfprotov6.ResourceIdentitySchema
}

func describe(ctx context.Context) (description, error) {
	server := providerserver.NewProtocol6(provider.New("docs")())()
	resp, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return description{}, err
	}
	d := description{GetProviderSchemaResponse: resp}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return d, err
	}
	d.identities = identities.IdentitySchemas
	for _, diag := range append(resp.Diagnostics, identities.Diagnostics...) {
		return d, fmt.Errorf("the provider's schema: %s: %s", diag.Summary, diag.Detail)
	}
	return d, nil
}

func actions(d description) map[string]*tfprotov6.Schema {
	schemas := map[string]*tfprotov6.Schema{}
	for name, action := range d.ActionSchemas {
		schemas[name] = action.Schema
	}
	return schemas
}
