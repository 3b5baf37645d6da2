// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
)

// commonNameFunction is common_name: the name a phone forms with a domain.
type commonNameFunction struct{}

func newCommonNameFunction() function.Function { return commonNameFunction{} }

func (commonNameFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "common_name"
}

func (commonNameFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "The common name a phone forms with a domain",
		MarkdownDescription: "The common name of a phone's factory certificate (MIC/SUDI), followed by a dot and the domain: what the phone itself forms with DHCP option 15. " +
			"`common_name(\"9871\", \"00:1A:2B:3C:4D:5E\", \"example.nl\")` is `CP-9871-SEP001A2B3C4D5E.example.nl`; with `\"\"` or `null` as domain it is the factory certificate's name.",
		Parameters: append(phoneParameters(), function.StringParameter{
			Name: "domain", AllowNullValue: true, MarkdownDescription: "Domain, or `\"\"` or `null` for none.",
		}),
		Return: function.StringReturn{},
	}
}

func (commonNameFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
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
	name := id.MICName()
	if domain != nil {
		name = id.CommonName(*domain)
	}
	if n := len([]rune(name)); n > maxCommonName {
		resp.Error = function.NewArgumentFuncError(2, fmt.Sprintf("%q has %d characters; a common name has at most %d.", name, n, maxCommonName))
		return
	}
	resp.Error = resp.Result.Set(ctx, name)
}

// maxCommonName is from Cisco's "Custom Device Certificate"; also RFC 5280, ub-common-name.
const maxCommonName = 64

// phoneParameters are the arguments that name a phone.
func phoneParameters() []function.Parameter {
	return []function.Parameter{
		function.StringParameter{Name: "model", MarkdownDescription: "Model, such as `DP-9871`, `9871` or `CP-8875`."},
		function.StringParameter{Name: "mac", MarkdownDescription: "MAC address, in any usual form."},
	}
}

// identityOf reads the arguments that name a phone, of which model is the
// first-th.
func identityOf(model, mac string, first int64) (device.Identity, *function.FuncError) {
	m, err := device.ParseModel(model)
	if err != nil {
		return device.Identity{}, function.NewArgumentFuncError(first, err.Error())
	}
	a, err := device.ParseMAC(mac)
	if err != nil {
		return device.Identity{}, function.NewArgumentFuncError(first+1, err.Error())
	}
	return device.Identity{Model: m, MAC: a}, nil
}
