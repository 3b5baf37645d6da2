// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/hex"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

// option43DecodeFunction is option43_decode: what is in DHCP option 43.
type option43DecodeFunction struct{}

func newOption43DecodeFunction() function.Function { return option43DecodeFunction{} }

func (option43DecodeFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "option43_decode"
}

func (option43DecodeFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "What a phone reads from DHCP option 43",
		MarkdownDescription: "Decodes the value of DHCP option 43: hexadecimal digits with any separators, base64, or the configuration of a DHCP server. " +
			"An option that a phone might not take is an error, with the offset of the byte. Sub-options that are not there are null; `warnings` says what is allowed but unwise. " +
			"`challenge_password` is in clear text: wrap the value in `sensitive()` where it has one.",
		Parameters: []function.Parameter{function.StringParameter{Name: "value", MarkdownDescription: "The option's value, for instance `\"0b0b31302e…\"`."}},
		Return: function.ObjectReturn{AttributeTypes: map[string]attr.Type{
			"scep_server": types.StringType, "root_ca_fingerprint": types.StringType, "challenge_password": types.StringType,
			"fips_mode": types.BoolType, "enable_802_1x": types.BoolType, "certificate_select": types.StringType,
			"warnings": types.ListType{ElemType: types.StringType},
		}},
	}
}

func (option43DecodeFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var text string
	if resp.Error = req.Arguments.Get(ctx, &text); resp.Error != nil {
		return
	}
	found, err := option43.ParseText(text)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, "value is not the text of an option 43: "+err.Error())
		return
	}
	subs, err := option43.Decode(found.Value)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, err.Error())
		return
	}
	p := subs.Parameters()
	out := struct {
		Server            string   `tfsdk:"scep_server"`
		Fingerprint       string   `tfsdk:"root_ca_fingerprint"`
		ChallengePassword *string  `tfsdk:"challenge_password"`
		FIPSMode          *bool    `tfsdk:"fips_mode"`
		Enable8021X       *bool    `tfsdk:"enable_802_1x"`
		CertificateSelect *string  `tfsdk:"certificate_select"`
		Warnings          []string `tfsdk:"warnings"`
	}{
		Server: p.Server, Fingerprint: strings.ToUpper(hex.EncodeToString(p.RootCAFingerprint)),
		FIPSMode: boolOf(p.FIPSMode), Enable8021X: boolOf(p.Enable8021X), Warnings: []string{},
	}
	if !p.ChallengePassword.IsZero() {
		challenge := p.ChallengePassword.Reveal()
		out.ChallengePassword = &challenge
	}
	if on := boolOf(p.CertificateSelect); on != nil {
		which := manufacturingInstalled
		if *on {
			which = customInstalled
		}
		out.CertificateSelect = &which
	}
	out.Warnings = append(out.Warnings, found.Notes...)
	for _, w := range option43.Check(p, option43.Scope{}) {
		out.Warnings = append(out.Warnings, w.String())
	}
	resp.Error = resp.Result.Set(ctx, out)
}

func boolOf(s option43.Switch) *bool {
	if s == option43.Unset {
		return nil
	}
	on := s == option43.On
	return &on
}
