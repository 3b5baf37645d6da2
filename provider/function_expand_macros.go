// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"
)

// expandMacrosFunction is expand_macros: a text as a phone expands it.
type expandMacrosFunction struct{}

func newExpandMacrosFunction() function.Function { return expandMacrosFunction{} }

func (expandMacrosFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "expand_macros"
}

func (expandMacrosFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "A text with a phone's macros expanded",
		MarkdownDescription: "Expands the macros whose value follows from model and MAC address: `$MA`, `$MAU`, `$MAC`, also as `$(MAU)` and in part as `$(MAU:6:6)`. " +
			"`$$` gives a dollar sign. Macros that only the phone knows stay as they are, `$PN` and `$PSN` among them: no page of Cisco's says what these phones print.",
		Parameters: append([]function.Parameter{
			function.StringParameter{Name: "text", MarkdownDescription: "The text, for instance `\"$MAU.example.nl\"`."},
		}, phoneParameters()...),
		Return: function.StringReturn{},
	}
}

func (expandMacrosFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var text, model, mac string
	if resp.Error = req.Arguments.Get(ctx, &text, &model, &mac); resp.Error != nil {
		return
	}
	id, ferr := identityOf(model, mac, 1)
	if ferr != nil {
		resp.Error = ferr
		return
	}
	resp.Error = resp.Result.Set(ctx, id.Macros().Expand(text))
}
