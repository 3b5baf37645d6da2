// SPDX-License-Identifier: MPL-2.0

package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// complete says of every object what its page would lack: its description, an
// example where tfplugindocs looks for one, and of a resource with an identity
// the three ways to import it.
func complete(d description, root string) error {
	var errs []error
	example := func(what string, path ...string) {
		file := filepath.Join(path...)
		if _, err := os.Stat(filepath.Join(root, "examples", file)); err != nil {
			errs = append(errs, fmt.Errorf("%s: want examples/%s", what, filepath.ToSlash(file)))
		}
	}
	objects := func(folder, file string, schemas map[string]*tfprotov6.Schema) {
		kind := strings.ReplaceAll(strings.TrimSuffix(folder, "s"), "-", " ")
		for _, object := range slices.Sorted(maps.Keys(schemas)) {
			if strings.TrimSpace(schemas[object].Block.Description) == "" {
				errs = append(errs, fmt.Errorf("%s %s has no description", kind, object))
			}
			example(kind+" "+object+" has no example", folder, object, file)
		}
	}
	objects("resources", "resource.tf", d.ResourceSchemas)
	objects("data-sources", "data-source.tf", d.DataSourceSchemas)
	objects("ephemeral-resources", "ephemeral-resource.tf", d.EphemeralResourceSchemas)
	objects("list-resources", "list-resource.tfquery.hcl", d.ListResourceSchemas)
	objects("actions", "action.tf", each(d.ActionSchemas, func(a *tfprotov6.ActionSchema) *tfprotov6.Schema { return a.Schema }))
	for _, object := range slices.Sorted(maps.Keys(d.identities)) {
		for _, file := range []string{"import-by-identity.tf", "import-by-string-id.tf", "import.sh"} {
			example("resource "+object+" has no example of its import", "resources", object, file)
		}
	}
	for _, function := range slices.Sorted(maps.Keys(d.Functions)) {
		if f := d.Functions[function]; strings.TrimSpace(f.Summary) == "" || strings.TrimSpace(f.Description) == "" {
			errs = append(errs, fmt.Errorf("function %s has no summary or no description", function))
		}
		example("function "+function+" has no example", "functions", function, "function.tf")
	}
	return errors.Join(errs...)
}
