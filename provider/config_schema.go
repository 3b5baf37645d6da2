// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Values of on_destroy.
const (
	destroyKeep   = "keep"
	destroyClear  = "clear"
	destroyDelete = "delete"
)

func (r *configResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"path": identityschema.StringAttribute{RequiredForImport: true, Description: "name of the file in the store"},
	}}
}

func (r *configResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	one := []validator.String{stringvalidator.ConflictsWith(path.MatchRoot("base"))}
	resp.Schema = schema.Schema{
		MarkdownDescription: "One phone's configuration file (`cfg.xml`) in the provider's store.\n\n" +
			"The content starts from `base_file`, from `base`, or, without either, from the file that is in the store already; the configured parameters " +
			"are spliced into it and **every other byte stays as it is**. Where there is no file yet, one is built from the parameters alone.\n\n" +
			"The plan reads the file and lists in `changes` what will change in it, one line a parameter, and whether the phone will request a new certificate. " +
			"A file that somebody edited by hand shows the same way and is put right by apply: with a base in any line, without one in the configured parameters. " +
			"Passwords are compared too, and never shown or stored.",
		Attributes: map[string]schema.Attribute{
			"path": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "Name of the file in the store, such as `SEP001A2B3C4D5E.xml` or `site-a/SEP001A2B3C4D5E.xml`. Another name is another file.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"base_file": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Absolute path of the administrator's own file to start from. It is read at plan and at apply; its content, which usually holds passwords, " +
					"is never in plan or state.",
				Validators: one,
			},
			"base": schema.StringAttribute{
				Optional:            true,
				Sensitive:           true,
				WriteOnly:           true,
				MarkdownDescription: "The document to start from, as text, for instance `file(\"phone.xml\")`. Write-only (Terraform 1.11, OpenTofu 1.11): never in plan or state.",
			},
			"server": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "`CDC_Server_1_`: address of the SCEP server, an `http://` URL or an IP address. HTTPS is not supported by the phone. " +
					"Left out, the parameter is not managed; `\"\"` empties it.",
			},
			"root_ca_fingerprint": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "`CDC_Root_CA_Fingerprint_1_`: SHA-1 or SHA-256 of the SCEP server's root CA in hexadecimal. " +
					"Colons, spaces and lower case are accepted and written the way the phone takes them.",
				PlanModifiers: []planmodifier.String{sameFingerprint{}},
			},
			"common_name": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "`CDC_Common_Name_1_`: common name of the certificate request, macros such as `$MAU` allowed, at most 64 characters once expanded. " +
					"Empty, the phone uses the name in its factory certificate (MIC/SUDI).",
			},
			"challenge_password_wo": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				WriteOnly: true,
				MarkdownDescription: "`CDC_Challenge_Password_1_`: challenge password for the initial enrollment. Write-only (Terraform 1.11, OpenTofu 1.11): never in plan or state. " +
					"The plan compares it with the file, so a new value is pushed without further ado. Empty, the phone authenticates by its factory certificate.",
				Validators: []validator.String{stringvalidator.ConflictsWith(path.MatchRoot("challenge_password_file"), path.MatchRoot("challenge_password"))},
			},
			"challenge_password_wo_version": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "A number to increase with each new `challenge_password_wo`, for those who want the change to show in the configuration. Not needed otherwise.",
				Validators:          []validator.Int64{int64validator.AlsoRequires(path.MatchRoot("challenge_password_wo"))},
			},
			"challenge_password_file": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Absolute path of a file that holds the challenge password, one line end at its end ignored. Works with every CLI; the content is never in plan or state.",
				Validators:          []validator.String{stringvalidator.ConflictsWith(path.MatchRoot("challenge_password"))},
			},
			"challenge_password": schema.StringAttribute{
				Optional:            true,
				Sensitive:           true,
				MarkdownDescription: "The challenge password itself. **It is stored in the state**, masked on screen only: prefer `challenge_password_wo` or `challenge_password_file`.",
				Validators:          []validator.String{stringvalidator.PreferWriteOnlyAttribute(path.MatchRoot("challenge_password_wo"))},
			},
			"parameters": schema.MapAttribute{
				Optional:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Further parameters by their element name, for instance `{ Certificate_Select = \"Custom installed\" }`. " +
					"Parameters that hold a password are refused, because this map is in the state; keep them in the base.",
			},
			"phone": schema.SingleNestedAttribute{
				Optional:            true,
				MarkdownDescription: "The phone that reads the file. With it the common name is checked as the phone will expand it, and `certificate_common_name` is known.",
				Attributes: map[string]schema.Attribute{
					"model": schema.StringAttribute{Required: true, MarkdownDescription: "Model, such as `DP-9871`, `9871` or `CP-8875`."},
					"mac":   schema.StringAttribute{Required: true, MarkdownDescription: "MAC address, in any usual form."},
				},
			},
			"on_destroy": schema.StringAttribute{
				Optional: true,
				Computed: true,
				Default:  stringdefault.StaticString(destroyKeep),
				MarkdownDescription: "What destroying does to the file: `keep` (default) leaves it, `clear` empties the four CDC parameters, `delete` removes the file. " +
					"None of them takes the certificate from the phone; only *Delete* on its web page does.",
				Validators: []validator.String{stringvalidator.OneOf(destroyKeep, destroyClear, destroyDelete)},
			},

			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The same as `path`.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"content_digest": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "SHA-256 of the file with all passwords replaced, in hexadecimal.",
			},
			"changes": schema.ListAttribute{
				Computed:    true,
				ElementType: types.StringType,
				MarkdownDescription: "In a plan, what apply will change in the file; after apply, what it changed, until the next refresh empties the list. " +
					"One line a parameter, passwords masked; at most 50 lines. Made for reading the plan: an output of it would differ with every run.",
			},
			"reenrolls": schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "Whether `changes` make the phone request a new certificate: any change of a CDC parameter does.",
			},
			"revision": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "Counts the pushes that changed the file, from 1.",
			},
			"enrollment_revision": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "Counts the pushes that made the phone request a new certificate, from 1. Hand it to `ciscophone_enrollment`, which then waits for the new one.",
			},
			"certificate_common_name": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The common name the phone will request, macros expanded; null where that cannot be known without `phone`.",
			},
		},
	}
	maps.Copy(resp.Schema.Attributes, sealingAttributes("the file", " A refresh cannot open the file then; the plan can."))
}
