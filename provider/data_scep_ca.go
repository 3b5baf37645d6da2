// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"crypto"
	"encoding/pem"
	"errors"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/client"
)

// scepCAData is the data source ciscophone_scep_ca: what a phone will meet at a
// SCEP server, before any phone is sent there.
type scepCAData struct{}

func newSCEPCAData() datasource.DataSource { return scepCAData{} }

func (scepCAData) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_scep_ca"
}

type scepCAModel struct {
	Server       types.String `tfsdk:"scep_server"`
	Fingerprint  types.String `tfsdk:"root_ca_fingerprint"`
	URL          types.String `tfsdk:"url"`
	RootPEM      types.String `tfsdk:"root_pem"`
	RootSubject  types.String `tfsdk:"root_subject"`
	RootNotAfter types.String `tfsdk:"root_not_after"`
	RootSHA1     types.String `tfsdk:"root_sha1"`
	RootSHA256   types.String `tfsdk:"root_sha256"`
	Issuer       types.String `tfsdk:"issuer_subject"`
	IssuerAfter  types.String `tfsdk:"issuer_not_after"`
	Capabilities types.List   `tfsdk:"capabilities"`
	Warnings     types.List   `tfsdk:"warnings"`
}

func (scepCAData) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := func(s string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: s}
	}
	list := func(s string) schema.ListAttribute {
		return schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: s}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Asks a SCEP server what a phone would ask before it enrolls (GetCACaps, GetCACert) and compares the root CA with the fingerprint. " +
			"It fails when a phone would fail: the server does not answer, redirects, or shows another root. Nothing secret is sent.",
		Attributes: map[string]schema.Attribute{
			"scep_server":         schema.StringAttribute{Required: true, Validators: one(isServer), MarkdownDescription: "Address of the SCEP server, as in `CDC_Server_1_`."},
			"root_ca_fingerprint": schema.StringAttribute{Required: true, Validators: one(isFingerprint), MarkdownDescription: "SHA-1, SHA-256, SHA-384 or SHA-512 of its root CA, in hexadecimal. Get it another way than from the server itself."},
			"url":                 text("The address that was asked, with the path a phone takes where `scep_server` has none."),
			"root_pem":            text("The root CA's certificate (PEM)."),
			"root_subject":        text("Its distinguished name (RFC 2253)."),
			"root_not_after":      text("End of its validity (RFC 3339, UTC)."),
			"root_sha1":           text("Its SHA-1 fingerprint, upper case hexadecimal."),
			"root_sha256":         text("Its SHA-256 fingerprint, upper case hexadecimal."),
			"issuer_subject":      text("Distinguished name of the CA that issues to phones; the root itself where there is one level."),
			"issuer_not_after":    text("End of its validity (RFC 3339, UTC). No certificate it issues lives longer in any useful way."),
			"capabilities":        list("The words of GetCACaps, in the server's order."),
			"warnings":            list("What works but should be known."),
		},
	}
}

func (scepCAData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m scepCAModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	c, err := client.New(client.Config{URL: m.Server.ValueString(), Fingerprint: m.Fingerprint.ValueString()})
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("scep_server"), "SCEP Server Not Usable", clientDetail(err))
		return
	}
	s, err := c.Server(ctx)
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("scep_server"), "SCEP Server Not Usable", clientDetail(err))
		return
	}
	sum := func(h crypto.Hash) types.String {
		return types.StringValue(cdc.FingerprintOf(s.Root.Raw, h).String())
	}
	stamp := func(t time.Time) types.String { return types.StringValue(t.UTC().Format(rfc3339)) }
	m.URL = types.StringValue(c.URL())
	m.RootPEM = types.StringValue(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Root.Raw})))
	m.RootSubject, m.RootNotAfter = types.StringValue(s.Root.Subject.String()), stamp(s.Root.NotAfter)
	m.RootSHA1, m.RootSHA256 = sum(crypto.SHA1), sum(crypto.SHA256)
	m.Issuer, m.IssuerAfter = types.StringValue(s.Issuer.Subject.String()), stamp(s.Issuer.NotAfter)
	m.Capabilities, m.Warnings = stringList(s.Capabilities.Words), stringList(s.Warnings)
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

// clientDetail gives an error of the SCEP client with its hint.
func clientDetail(err error) string {
	detail := sentence(err)
	var ce *client.Error
	if errors.As(err, &ce) && ce.Hint != "" && !strings.Contains(detail, ce.Hint) {
		detail += "\n\n" + sentenceOf(ce.Hint)
	}
	return detail
}
