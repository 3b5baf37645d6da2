// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// renderFunction is render: a whole document from parameters.
type renderFunction struct{}

func newRenderFunction() function.Function { return renderFunction{} }

func (renderFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "render"
}

func (renderFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "A phone configuration file from parameters",
		MarkdownDescription: "Writes a whole `cfg.xml` with the given parameters, by their element names, sorted. " +
			"CDC parameters get `ua=\"na\"`; characters that XML reserves are escaped. The result holds whatever passwords it was given.",
		Parameters: []function.Parameter{function.MapParameter{
			Name: "parameters", ElementType: types.StringType,
			MarkdownDescription: "Element name to value, for instance `{ CDC_Server_1_ = \"http://10.79.57.91\" }`.",
		}},
		Return: function.StringReturn{},
	}
}

func (renderFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var parameters map[string]types.String
	if resp.Error = req.Arguments.Get(ctx, &parameters); resp.Error != nil {
		return
	}
	edits, ferr := editsOf(parameters, 0)
	if ferr != nil {
		resp.Error = ferr
		return
	}
	out, err := cfgxml.Build(edits...)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, err.Error())
		return
	}
	resp.Error = resp.Result.Set(ctx, string(out.Bytes()))
}

// editsOf turns an argument into edits, sorted by name; null removes.
func editsOf(parameters map[string]types.String, argument int64) ([]cfgxml.Edit, *function.FuncError) {
	var edits []cfgxml.Edit
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		v := parameters[name]
		value := v.ValueString()
		switch {
		case v.IsUnknown():
			return nil, function.NewArgumentFuncError(argument, "The value of "+name+" is not known.")
		case v.IsNull():
			edits = append(edits, cfgxml.Remove(name))
		case catalog.IsSecret(name):
			edits = append(edits, cfgxml.SetSecret(name, secret.New(value)))
		default:
			edits = append(edits, cfgxml.Set(name, cdc.Canonical(name, value)))
		}
	}
	return edits, nil
}
