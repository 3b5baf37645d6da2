// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/phonecfg/terraform-provider-ciscophone/provider"
)

// description is what the provider says of itself.
type description struct {
	*tfprotov6.GetProviderSchemaResponse
	identities map[string]*tfprotov6.ResourceIdentitySchema
}

// describe asks the provider over the protocol that a CLI speaks.
func describe(ctx context.Context) (description, error) {
	server := provider.NewServer("docs")
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

// The types below are the JSON that `terraform providers schema -json` prints,
// format 1.0: https://developer.hashicorp.com/terraform/cli/commands/providers/schema
type (
	schemasJSON struct {
		FormatVersion string                  `json:"format_version"`
		Providers     map[string]providerJSON `json:"provider_schemas"`
	}

	providerJSON struct {
		Provider           schemaJSON              `json:"provider"`
		Resources          map[string]schemaJSON   `json:"resource_schemas,omitempty"`
		DataSources        map[string]schemaJSON   `json:"data_source_schemas,omitempty"`
		EphemeralResources map[string]schemaJSON   `json:"ephemeral_resource_schemas,omitempty"`
		ListResources      map[string]schemaJSON   `json:"list_resource_schemas,omitempty"`
		Functions          map[string]functionJSON `json:"functions,omitempty"`
		Identities         map[string]identityJSON `json:"resource_identity_schemas,omitempty"`
		Actions            map[string]actionJSON   `json:"action_schemas,omitempty"`
	}

	schemaJSON struct {
		Version int64     `json:"version"`
		Block   blockJSON `json:"block"`
	}

	actionJSON struct {
		Block blockJSON `json:"block"`
	}

	blockJSON struct {
		Attributes      map[string]attributeJSON `json:"attributes,omitempty"`
		Blocks          map[string]nestedJSON    `json:"block_types,omitempty"`
		Description     string                   `json:"description,omitempty"`
		DescriptionKind string                   `json:"description_kind"`
		Deprecated      bool                     `json:"deprecated,omitempty"`
	}

	nestedJSON struct {
		NestingMode string     `json:"nesting_mode"`
		Block       *blockJSON `json:"block"`
		MinItems    int64      `json:"min_items,omitempty"`
		MaxItems    int64      `json:"max_items,omitempty"`
	}

	attributeJSON struct {
		Type            tftypes.Type `json:"type,omitempty"`
		NestedType      *objectJSON  `json:"nested_type,omitempty"`
		Description     string       `json:"description,omitempty"`
		DescriptionKind string       `json:"description_kind"`
		Deprecated      bool         `json:"deprecated,omitempty"`
		Required        bool         `json:"required,omitempty"`
		Optional        bool         `json:"optional,omitempty"`
		Computed        bool         `json:"computed,omitempty"`
		Sensitive       bool         `json:"sensitive,omitempty"`
		WriteOnly       bool         `json:"write_only,omitempty"`
	}

	objectJSON struct {
		Attributes  map[string]attributeJSON `json:"attributes,omitempty"`
		NestingMode string                   `json:"nesting_mode"`
	}

	functionJSON struct {
		Description        string          `json:"description,omitempty"`
		Summary            string          `json:"summary,omitempty"`
		DeprecationMessage string          `json:"deprecation_message,omitempty"`
		ReturnType         tftypes.Type    `json:"return_type"`
		Parameters         []parameterJSON `json:"parameters,omitempty"`
		VariadicParameter  *parameterJSON  `json:"variadic_parameter,omitempty"`
	}

	parameterJSON struct {
		Name        string       `json:"name,omitempty"`
		Description string       `json:"description,omitempty"`
		IsNullable  bool         `json:"is_nullable,omitempty"`
		Type        tftypes.Type `json:"type"`
	}

	identityJSON struct {
		Version    int64                            `json:"version"`
		Attributes map[string]identityAttributeJSON `json:"attributes,omitempty"`
	}

	identityAttributeJSON struct {
		Type              tftypes.Type `json:"type"`
		Description       string       `json:"description,omitempty"`
		RequiredForImport bool         `json:"required_for_import,omitempty"`
		OptionalForImport bool         `json:"optional_for_import,omitempty"`
	}
)

// schemaText is the schema as `providers schema -json` prints it, under the
// provider's short name, where tfplugindocs looks for it.
func schemaText(d description) ([]byte, error) {
	return json.Marshal(schemasJSON{FormatVersion: "1.0", Providers: map[string]providerJSON{name: {
		Provider:           schemaOf(d.Provider),
		Resources:          each(d.ResourceSchemas, schemaOf),
		DataSources:        each(d.DataSourceSchemas, schemaOf),
		EphemeralResources: each(d.EphemeralResourceSchemas, schemaOf),
		ListResources:      each(d.ListResourceSchemas, schemaOf),
		Functions:          each(d.Functions, functionOf),
		Identities:         each(d.identities, identityOf),
		Actions: each(d.ActionSchemas, func(a *tfprotov6.ActionSchema) actionJSON {
			return actionJSON{Block: *blockOf(a.Schema.Block)}
		}),
	}}})
}

func each[V, W any](m map[string]V, f func(V) W) map[string]W {
	out := make(map[string]W, len(m))
	for k, v := range m {
		out[k] = f(v)
	}
	return out
}

func schemaOf(s *tfprotov6.Schema) schemaJSON {
	return schemaJSON{Version: s.Version, Block: *blockOf(s.Block)}
}

func blockOf(b *tfprotov6.SchemaBlock) *blockJSON {
	out := &blockJSON{
		Attributes:  attributesOf(b.Attributes),
		Description: b.Description, DescriptionKind: kind(b.DescriptionKind), Deprecated: b.Deprecated,
	}
	for _, n := range b.BlockTypes {
		if out.Blocks == nil {
			out.Blocks = map[string]nestedJSON{}
		}
		out.Blocks[n.TypeName] = nestedJSON{
			NestingMode: strings.ToLower(n.Nesting.String()), Block: blockOf(n.Block), MinItems: n.MinItems, MaxItems: n.MaxItems,
		}
	}
	return out
}

func attributesOf(list []*tfprotov6.SchemaAttribute) map[string]attributeJSON {
	out := make(map[string]attributeJSON, len(list))
	for _, a := range list {
		one := attributeJSON{
			Type:        a.Type,
			Description: a.Description, DescriptionKind: kind(a.DescriptionKind), Deprecated: a.Deprecated,
			Required: a.Required, Optional: a.Optional, Computed: a.Computed, Sensitive: a.Sensitive, WriteOnly: a.WriteOnly,
		}
		if n := a.NestedType; n != nil {
			one.NestedType = &objectJSON{Attributes: attributesOf(n.Attributes), NestingMode: strings.ToLower(n.Nesting.String())}
		}
		out[a.Name] = one
	}
	return out
}

func functionOf(f *tfprotov6.Function) functionJSON {
	out := functionJSON{
		Description: f.Description, Summary: f.Summary, DeprecationMessage: f.DeprecationMessage, ReturnType: f.Return.Type,
	}
	for _, p := range f.Parameters {
		out.Parameters = append(out.Parameters, parameterOf(p))
	}
	if f.VariadicParameter != nil {
		p := parameterOf(f.VariadicParameter)
		out.VariadicParameter = &p
	}
	return out
}

func parameterOf(p *tfprotov6.FunctionParameter) parameterJSON {
	return parameterJSON{Name: p.Name, Description: p.Description, IsNullable: p.AllowNullValue, Type: p.Type}
}

func identityOf(s *tfprotov6.ResourceIdentitySchema) identityJSON {
	out := identityJSON{Version: s.Version, Attributes: map[string]identityAttributeJSON{}}
	for _, a := range s.IdentityAttributes {
		out.Attributes[a.Name] = identityAttributeJSON{
			Type: a.Type, Description: a.Description, RequiredForImport: a.RequiredForImport, OptionalForImport: a.OptionalForImport,
		}
	}
	return out
}

func kind(k tfprotov6.StringKind) string {
	if k == tfprotov6.StringKindMarkdown {
		return "markdown"
	}
	return "plain"
}
