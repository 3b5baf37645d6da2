// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/verify"
)

// enrollmentModel is ciscophone_enrollment as configuration, plan and state
// hold it.
type enrollmentModel struct {
	PhoneURL          types.String   `tfsdk:"phone_url"`
	RootCAFingerprint types.String   `tfsdk:"root_ca_fingerprint"`
	SCEPServer        types.String   `tfsdk:"scep_server"`
	CommonName        types.String   `tfsdk:"common_name"`
	EnrollmentID      types.String   `tfsdk:"enrollment_id"`
	Timeouts          timeouts.Value `tfsdk:"timeouts"`

	Verified        types.Bool   `tfsdk:"verified"`
	Subject         types.String `tfsdk:"subject"`
	Issuer          types.String `tfsdk:"issuer"`
	Serial          types.String `tfsdk:"serial"`
	NotBefore       types.String `tfsdk:"not_before"`
	NotAfter        types.String `tfsdk:"not_after"`
	RenewsFrom      types.String `tfsdk:"renews_from"`
	RootFingerprint types.String `tfsdk:"root_fingerprint"`
	DownloadStatus  types.String `tfsdk:"download_status"`

	pages *pages `tfsdk:"-"` // of the provider's configuration
}

type enrollmentIdentity struct {
	PhoneURL types.String `tfsdk:"phone_url"`
}

func (r *enrollmentResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"phone_url": identityschema.StringAttribute{RequiredForImport: true, Description: "address of the phone's web page"},
	}}
}

func (r *enrollmentResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	observed := func(text string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: text}
	}
	wait := waitAttribute(ctx, "How long to wait for the phone. The waiting can be interrupted at any time.",
		"How long to wait for the first certificate, such as `90s` or `10m`. Default: `2m`.", "How long to wait for a new certificate. Default: `2m`.")
	resp.Schema = schema.Schema{
		Version: 1,
		MarkdownDescription: "Waits until a phone holds the right certificate, and keeps the facts about it.\n\n" +
			"Creating waits until the certificate on the phone's page has the common name, leads to the pinned root, is valid and may authenticate a client. " +
			"Another `enrollment_id` waits for a certificate of after the change of the phone's file. Destroying changes nothing on the phone.\n\n" +
			"A refresh observes only: a phone that is switched off gives a warning and keeps the state, and nothing that the phone does by itself, such as renewing " +
			"its certificate, ever makes a plan propose a change. The certificates themselves are not kept; the data source `ciscophone_enrollment` gives them.\n\n" +
			"-> The names in a real phone's `/admin/status.xml` for custom device certificates are not documented by Cisco. This resource reads the names that this " +
			"project's simulated phone writes; with real phones it will wait in vain until theirs are known.",
		Attributes: map[string]schema.Attribute{
			"phone_url": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "Address of the phone's web page, such as `http://10.0.0.17/`.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"root_ca_fingerprint": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "SHA-1 or SHA-256 of the root CA the certificate must lead to, in hexadecimal; the same as in the phone's configuration. SHA-384 and SHA-512, which DHCP option 43 can carry, are accepted as well.",
				PlanModifiers:       []planmodifier.String{sameFingerprint{}},
				Validators:          one(isFingerprint),
			},
			"scep_server": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Address of the SCEP server, to fetch the root CA's certificate from, where the phone's page does not show it. " +
					"What it gives must have the fingerprint.",
				Validators: one(isServer),
			},
			"common_name": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Common name the certificate must have, macros expanded: `ciscophone_config`'s `certificate_common_name`. Left out, any will do.",
			},
			"enrollment_id": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "`enrollment_id` of `ciscophone_config`, or of the phone in `enrollments` of `ciscophone_fleet`. When it changes because the phone requests a new certificate, " +
					"this resource waits for one that is newer.",
			},
			"timeouts": wait,

			"verified": schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "Whether the certificate was the right one when the phone was last asked.",
			},
			"subject":          observed("Distinguished name of the certificate's holder (RFC 2253)."),
			"issuer":           observed("Distinguished name of its issuer (RFC 2253)."),
			"serial":           observed("Its serial number in lower case hexadecimal."),
			"not_before":       observed("Start of its validity (RFC 3339, UTC)."),
			"not_after":        observed("End of its validity (RFC 3339, UTC)."),
			"renews_from":      observed("When the phone should begin to renew it by itself: 15 days before its end (RFC 3339, UTC)."),
			"root_fingerprint": observed("SHA-256 of the root the chain was verified to, in hexadecimal."),
			"download_status":  observed("The line *Download Status 1* shows on the phone's page: the result of its last enrollment."),
		},
	}
}

// observe takes over what the phone showed.
func (m *enrollmentModel) observe(ev verify.Evidence) {
	m.Verified = types.BoolValue(ev.Verified())
	m.Subject, m.Issuer, m.Serial = orNull(ev.Subject), orNull(ev.Issuer), orNull(ev.Serial)
	m.NotBefore, m.NotAfter, m.RenewsFrom = types.StringNull(), types.StringNull(), types.StringNull()
	if !ev.NotAfter.IsZero() {
		m.NotBefore = types.StringValue(ev.NotBefore.UTC().Format(rfc3339))
		m.NotAfter = types.StringValue(ev.NotAfter.UTC().Format(rfc3339))
		m.RenewsFrom = types.StringValue(ev.NotAfter.UTC().Add(-renewsBefore).Format(rfc3339))
	}
	m.RootFingerprint, m.DownloadStatus = orNull(ev.Root), orNull(ev.Status)
}

func orNull(s string) types.String {
	if s == "" {
		return types.StringNull()
	}
	return types.StringValue(s)
}

// waitAttribute is the attribute timeouts of a resource that waits.
func waitAttribute(ctx context.Context, about, create, update string) schema.Attribute {
	a, _ := timeouts.Attributes(ctx, timeouts.Opts{Create: true, Update: true, CreateDescription: create, UpdateDescription: update}).(schema.SingleNestedAttribute)
	a.MarkdownDescription = about
	return a
}
