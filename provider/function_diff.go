// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// diffFunction is diff: what differs between two documents, for people.
type diffFunction struct{}

func newDiffFunction() function.Function { return diffFunction{} }

func (diffFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "diff"
}

func (diffFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "The differences between two phone configuration files",
		MarkdownDescription: "Compares two `cfg.xml` as a phone reads them and gives a line for each parameter that differs, passwords masked, with the remark " +
			"that the phone requests a new certificate where it does. Order, comments and spelling make no difference.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "old", MarkdownDescription: "The document before."},
			function.StringParameter{Name: "new", MarkdownDescription: "The document after."},
		},
		Return: function.ListReturn{ElementType: types.StringType},
	}
}

func (diffFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var before, after string
	if resp.Error = req.Arguments.Get(ctx, &before, &after); resp.Error != nil {
		return
	}
	a, ferr := documentOf(before, 0)
	if ferr != nil {
		resp.Error = ferr
		return
	}
	b, ferr := documentOf(after, 1)
	if ferr != nil {
		resp.Error = ferr
		return
	}
	lines := []string{}
	for _, c := range cfgxml.Diff(a, b) {
		lines = append(lines, c.String())
	}
	resp.Error = resp.Result.Set(ctx, lines)
}
