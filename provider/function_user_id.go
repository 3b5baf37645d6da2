// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"
)

// userIDFunction is user_id: the 802.1X identity a phone forms with a domain.
type userIDFunction struct{}

func newUserIDFunction() function.Function { return userIDFunction{} }

func (userIDFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "user_id"
}

func (userIDFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "The 802.1X identity a phone forms with a domain",
		MarkdownDescription: "The common name of a phone's factory certificate (MIC/SUDI), followed by an at sign and the domain: what the phone itself forms with DHCP option 15 " +
			"as its identity for wired 802.1X. `user_id(\"9871\", \"00:1A:2B:3C:4D:5E\", \"example.nl\")` is `CP-9871-SEP001A2B3C4D5E@example.nl`.",
		Parameters: append(phoneParameters(), function.StringParameter{
			Name: "domain", AllowNullValue: true, MarkdownDescription: "Domain, or `\"\"` or `null` for none.",
		}),
		Return: function.StringReturn{},
	}
}

func (userIDFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var model, mac string
	var domain *string
	if resp.Error = req.Arguments.Get(ctx, &model, &mac, &domain); resp.Error != nil {
		return
	}
	id, ferr := identityOf(model, mac, 0)
	if ferr != nil {
		resp.Error = ferr
		return
	}
	if domain == nil {
		domain = new(string)
	}
	resp.Error = resp.Result.Set(ctx, id.UserID(*domain))
}
