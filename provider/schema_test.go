// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

var update = flag.Bool("update", false, "write the golden files")

// TestSchema holds the whole interface of the provider still: whoever changes
// it sees the change in review, and with -update says that it is meant.
func TestSchema(t *testing.T) {
	t.Parallel()
	c := newWire(t, "")
	var b strings.Builder
	block(&b, "provider", c.schema.Provider)
	for _, name := range slices.Sorted(maps.Keys(c.schema.ResourceSchemas)) {
		block(&b, "resource "+name, c.schema.ResourceSchemas[name])
	}
	identities, err := c.server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(identities.IdentitySchemas)) {
		fmt.Fprintf(&b, "identity %s\n", name)
		for _, a := range identities.IdentitySchemas[name].IdentityAttributes {
			fmt.Fprintf(&b, "  %s %s\n", a.Name, a.Type)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.schema.DataSourceSchemas)) {
		block(&b, "data "+name, c.schema.DataSourceSchemas[name])
	}
	for _, name := range slices.Sorted(maps.Keys(c.schema.EphemeralResourceSchemas)) {
		block(&b, "ephemeral "+name, c.schema.EphemeralResourceSchemas[name])
	}
	for _, name := range slices.Sorted(maps.Keys(c.schema.ActionSchemas)) {
		block(&b, "action "+name, c.schema.ActionSchemas[name].Schema)
	}
	for _, name := range slices.Sorted(maps.Keys(c.schema.ListResourceSchemas)) {
		block(&b, "list "+name, c.schema.ListResourceSchemas[name])
	}
	for _, name := range slices.Sorted(maps.Keys(c.schema.Functions)) {
		f := c.schema.Functions[name]
		fmt.Fprintf(&b, "function %s\n", name)
		for _, p := range f.Parameters {
			fmt.Fprintf(&b, "  %s %s null=%v unknown=%v\n", p.Name, p.Type, p.AllowNullValue, p.AllowUnknownValues)
		}
		fmt.Fprintf(&b, "  -> %s\n", f.Return.Type)
	}
	golden := filepath.Join("testdata", "schema.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := gocmp.Diff(content(t, golden), b.String()); diff != "" {
		t.Errorf("the schema is not that of %s; if it should be, run go test ./provider -run TestSchema -update\n%s", golden, diff)
	}
}

func block(b *strings.Builder, name string, s *tfprotov6.Schema) {
	fmt.Fprintf(b, "%s version=%d\n", name, s.Version)
	attributes(b, "  ", s.Block.Attributes)
}

func attributes(b *strings.Builder, indent string, list []*tfprotov6.SchemaAttribute) {
	slices.SortFunc(list, func(x, y *tfprotov6.SchemaAttribute) int { return cmp.Compare(x.Name, y.Name) })
	for _, a := range list {
		fmt.Fprintf(b, "%s%s %s", indent, a.Name, a.ValueType())
		for _, f := range []struct {
			name string
			set  bool
		}{{"required", a.Required}, {"optional", a.Optional}, {"computed", a.Computed}, {"sensitive", a.Sensitive}, {"write-only", a.WriteOnly}, {"deprecated", a.Deprecated}} {
			if f.set {
				b.WriteString(" " + f.name)
			}
		}
		b.WriteByte('\n')
		if a.NestedType != nil {
			attributes(b, indent+"  ", a.NestedType.Attributes)
		}
	}
}

// TestSchemaIsDescribed: nothing without words, and the words about secrets are
// where the secrets are.
func TestSchemaIsDescribed(t *testing.T) {
	t.Parallel()
	c := newWire(t, "")
	var walk func(where string, list []*tfprotov6.SchemaAttribute)
	walk = func(where string, list []*tfprotov6.SchemaAttribute) {
		for _, a := range list {
			if a.Description == "" {
				t.Errorf("%s.%s has no description", where, a.Name)
			}
			if a.NestedType != nil {
				walk(where+"."+a.Name, a.NestedType.Attributes)
			}
			if strings.Contains(a.Name, "password") && !strings.HasSuffix(a.Name, "_file") && !strings.HasSuffix(a.Name, "_version") && !a.Sensitive {
				t.Errorf("%s.%s is not sensitive", where, a.Name)
			}
		}
	}
	walk("provider", c.schema.Provider.Block.Attributes)
	for name, s := range c.schema.ResourceSchemas {
		if s.Block.Description == "" {
			t.Errorf("%s has no description", name)
		}
		walk(name, s.Block.Attributes)
	}
	for name, s := range c.schema.DataSourceSchemas {
		if s.Block.Description == "" {
			t.Errorf("data source %s has no description", name)
		}
		walk("data."+name, s.Block.Attributes)
	}
	for name, s := range c.schema.EphemeralResourceSchemas {
		if s.Block.Description == "" {
			t.Errorf("ephemeral resource %s has no description", name)
		}
		walk("ephemeral."+name, s.Block.Attributes)
	}
	for name, f := range c.schema.Functions {
		if f.Summary == "" || f.Description == "" {
			t.Errorf("function %s has no description", name)
		}
		for _, p := range f.Parameters {
			if p.Description == "" {
				t.Errorf("function %s, parameter %s: no description", name, p.Name)
			}
		}
	}
}
