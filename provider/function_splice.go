// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// spliceFunction is splice: parameters set in a document, all else untouched.
type spliceFunction struct{}

func newSpliceFunction() function.Function { return spliceFunction{} }

func (spliceFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "splice"
}

func (spliceFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "A phone configuration file with some parameters changed",
		MarkdownDescription: "Sets parameters in a `cfg.xml` and leaves every other byte as it is: comments, line ends, quotes, order. " +
			"A parameter whose value is `null` is removed. Setting what is already there changes nothing.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "document", MarkdownDescription: "The document, for instance `file(\"phone.xml\")`."},
			function.MapParameter{Name: "parameters", ElementType: types.StringType, MarkdownDescription: "Element name to value."},
		},
		Return: function.StringReturn{},
	}
}

func (spliceFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var document string
	var parameters map[string]types.String
	if resp.Error = req.Arguments.Get(ctx, &document, &parameters); resp.Error != nil {
		return
	}
	doc, err := cfgxml.Parse([]byte(document))
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, err.Error())
		return
	}
	edits, ferr := editsOf(parameters, 1)
	if ferr != nil {
		resp.Error = ferr
		return
	}
	out, err := doc.Edit(edits...)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(1, err.Error())
		return
	}
	resp.Error = resp.Result.Set(ctx, string(out.Bytes()))
}
