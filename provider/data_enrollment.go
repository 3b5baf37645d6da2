// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/verify"
)

// enrollmentData is the data source ciscophone_enrollment: one look at a phone.
type enrollmentData struct{ session *session }

var _ datasource.DataSourceWithConfigure = (*enrollmentData)(nil)

func newEnrollmentData() datasource.DataSource { return &enrollmentData{} }

func (d *enrollmentData) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.session = configured(req.ProviderData, &resp.Diagnostics)
}

func (*enrollmentData) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_enrollment"
}

type enrollmentDataModel struct {
	PhoneURL          types.String `tfsdk:"phone_url"`
	RootCAFingerprint types.String `tfsdk:"root_ca_fingerprint"`
	SCEPServer        types.String `tfsdk:"scep_server"`
	CommonName        types.String `tfsdk:"common_name"`

	Verified        types.Bool   `tfsdk:"verified"`
	Verdict         types.String `tfsdk:"verdict"`
	Problems        types.List   `tfsdk:"problems"`
	Subject         types.String `tfsdk:"subject"`
	Issuer          types.String `tfsdk:"issuer"`
	Serial          types.String `tfsdk:"serial"`
	NotBefore       types.String `tfsdk:"not_before"`
	NotAfter        types.String `tfsdk:"not_after"`
	RenewsFrom      types.String `tfsdk:"renews_from"`
	ChainPEM        types.String `tfsdk:"chain_pem"`
	RootFingerprint types.String `tfsdk:"root_fingerprint"`
	DownloadStatus  types.String `tfsdk:"download_status"`
}

func (*enrollmentData) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	observed := func(text string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: text}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "One look at the certificate a phone holds. It never fails for what it sees: a phone that does not answer or holds the wrong certificate " +
			"gives `verified = false` and says why in `problems`. Made for `check` blocks.\n\n" +
			"-> Cisco does not document how the status of a real phone, `/admin/status.xml`, names its certificate. Without a vocabulary for it " +
			"(`status_vocabulary_file` of the provider) only this project's simulated phone can be verified, and `verdict` is `unknown`.",
		Attributes: map[string]schema.Attribute{
			"phone_url":           schema.StringAttribute{Required: true, MarkdownDescription: "Address of the phone's web page, such as `http://10.0.0.17/`."},
			"root_ca_fingerprint": schema.StringAttribute{Required: true, Validators: one(isFingerprint), MarkdownDescription: "SHA-1, SHA-256, SHA-384 or SHA-512 of the root CA the certificate must lead to, in hexadecimal."},
			"scep_server":         schema.StringAttribute{Optional: true, Validators: one(isServer), MarkdownDescription: "Address of the SCEP server, to fetch the root CA's certificate from, where the phone's page does not show it."},
			"common_name":         schema.StringAttribute{Optional: true, MarkdownDescription: "Common name the certificate must have. Left out, any will do."},

			"verified": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the phone is known to hold the right certificate."},
			"verdict":  schema.StringAttribute{Computed: true, MarkdownDescription: "`verified`, `wrong`, `no certificate`, or `unknown` where the phone does not answer or its status says nothing of such a certificate."},
			"problems": schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "What is wrong, a sentence each; empty when verified."},

			"subject":          observed("Distinguished name of the certificate's holder (RFC 2253)."),
			"issuer":           observed("Distinguished name of its issuer (RFC 2253)."),
			"serial":           observed("Its serial number in lower case hexadecimal."),
			"not_before":       observed("Start of its validity (RFC 3339, UTC)."),
			"not_after":        observed("End of its validity (RFC 3339, UTC)."),
			"renews_from":      observed("When the phone should begin to renew it by itself: 15 days before its end (RFC 3339, UTC)."),
			"chain_pem":        observed("The certificate and those above it, as the phone shows them (PEM, leaf first)."),
			"root_fingerprint": observed("SHA-256 of the root the chain was verified to, in hexadecimal."),
			"download_status":  observed("The line *Download Status 1* shows on the phone's page."),
		},
	}
}

func (d *enrollmentData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m enrollmentDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r := enrollmentModel{PhoneURL: m.PhoneURL, RootCAFingerprint: m.RootCAFingerprint, SCEPServer: m.SCEPServer, CommonName: m.CommonName, pages: d.session.pages}
	var ev verify.Evidence
	e, err := r.expectation(ctx)
	if err == nil {
		ev, err = verify.Check(ctx, m.PhoneURL.ValueString(), e, d.session.pages.client)
	}
	problems := ev.Problems
	if err != nil {
		problems = append(problems, err.Error())
		ev.Verdict = verify.Unknown
	}
	r.observe(ev)
	m.Verified, m.Verdict, m.Problems = r.Verified, types.StringValue(string(ev.Verdict)), stringList(problems)
	m.Subject, m.Issuer, m.Serial = r.Subject, r.Issuer, r.Serial
	m.NotBefore, m.NotAfter, m.RenewsFrom = r.NotBefore, r.NotAfter, r.RenewsFrom
	m.ChainPEM, m.RootFingerprint, m.DownloadStatus = orNull(string(verify.PEM(ev))), r.RootFingerprint, r.DownloadStatus
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}
