// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// fleetModel is ciscophone_fleet as configuration, plan and state hold it.
type fleetModel struct {
	Inventory    types.String `tfsdk:"inventory"`
	Path         types.String `tfsdk:"path"`
	TemplateFile types.String `tfsdk:"template_file"`
	Template     types.String `tfsdk:"template"` // write-only
	Parameters   types.Map    `tfsdk:"parameters"`
	OnDestroy    types.String `tfsdk:"on_destroy"`

	sharedModel

	Phones             types.String `tfsdk:"phones"` // a map to the CLI, see server
	Changes            types.List   `tfsdk:"changes"`
	Reenrolls          types.Int64  `tfsdk:"reenrolls"`
	Revision           types.Int64  `tfsdk:"revision"`
	EnrollmentRevision types.Int64  `tfsdk:"enrollment_revision"`
}

// asConfig gives what a fleet has in common with a single configuration.
func (m fleetModel) asConfig() configModel {
	return configModel{Path: m.Path, BaseFile: m.TemplateFile, Base: m.Template, Parameters: m.Parameters, OnDestroy: m.OnDestroy,
		sharedModel: m.sharedModel, Phone: types.ObjectNull(phoneTypes)}
}

func (r *fleetResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The configuration files of many phones, from one inventory: thousands of phones in one resource, planned and applied in seconds.\n\n" +
			"Each file starts from the shared template (or, without one, from what the store holds for that phone), gets the shared parameters and the phone's own, and is pushed " +
			"only if it differs. The plan reads every file; `changes` tells in one line what happens to many phones alike. When some phones fail, the others are done and in the state.\n\n" +
			"In texts for all phones, `{column}` stands for a column of the inventory.",
		Attributes: map[string]schema.Attribute{
			"inventory": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The phones: CSV with a header line, or a list of objects in JSON or YAML, for instance `file(\"phones.csv\")`. Columns: `mac` and `model` (required), `serial`, " +
					"`domain` (makes the common name, where `common_name` is not set), labels of your own in lower case, and parameters by their element name, which go before the shared ones. " +
					"Columns for passwords are refused, because the inventory is in the state.",
			},
			"path": schema.StringAttribute{
				Optional: true, Computed: true,
				Default:             stringdefault.StaticString("SEP$MAU.xml"),
				MarkdownDescription: "Name of a phone's file in the store, with the phone's macros and `{column}`: `SEP$MAU.xml` (default), `{site}/SEP$MAU.xml`.",
			},
			"template_file": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Absolute path of the file that all phones' files start from. Read at plan and at apply; never in plan or state.",
				Validators:          []validator.String{stringvalidator.ConflictsWith(path.MatchRoot("template"))},
			},
			"template": schema.StringAttribute{
				Optional: true, Sensitive: true, WriteOnly: true,
				MarkdownDescription: "The document that all phones' files start from, as text. Write-only (Terraform 1.11, OpenTofu 1.11).",
			},
			"server": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "`CDC_Server_1_`: address of the SCEP server, an `http://` URL or an IP address.",
			},
			"root_ca_fingerprint": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "`CDC_Root_CA_Fingerprint_1_`: SHA-1 or SHA-256 of the SCEP server's root CA in hexadecimal.",
				PlanModifiers:       []planmodifier.String{sameFingerprint{}},
			},
			"common_name": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "`CDC_Common_Name_1_`, with macros and `{column}`: `$MAU.{domain}`. Left out, a phone with a `domain` gets the name it would form with DHCP option 15.",
			},
			"challenge_password_wo": schema.StringAttribute{
				Optional: true, Sensitive: true, WriteOnly: true,
				MarkdownDescription: "`CDC_Challenge_Password_1_` for all phones. Write-only (Terraform 1.11, OpenTofu 1.11); the plan compares it with the files.",
				Validators:          []validator.String{stringvalidator.ConflictsWith(path.MatchRoot("challenge_password_file"), path.MatchRoot("challenge_password"))},
			},
			"challenge_password_wo_version": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "A number to increase with each new `challenge_password_wo`. Not needed otherwise.",
				Validators:          []validator.Int64{int64validator.AlsoRequires(path.MatchRoot("challenge_password_wo"))},
			},
			"challenge_password_file": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Absolute path of a file that holds the challenge password. Works with every CLI; the content is never in plan or state.",
				Validators:          []validator.String{stringvalidator.ConflictsWith(path.MatchRoot("challenge_password"))},
			},
			"challenge_password": schema.StringAttribute{
				Optional: true, Sensitive: true,
				MarkdownDescription: "The challenge password itself. **It is stored in the state**: prefer `challenge_password_wo` or `challenge_password_file`.",
				Validators:          []validator.String{stringvalidator.PreferWriteOnlyAttribute(path.MatchRoot("challenge_password_wo"))},
			},
			"parameters": schema.MapAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Further parameters of all phones by element name; values may hold `{column}`. Parameters that hold a password are refused.",
			},
			"on_destroy": schema.StringAttribute{
				Optional: true, Computed: true,
				Default: stringdefault.StaticString(destroyKeep),
				MarkdownDescription: "What happens to the file of a phone that leaves the inventory, and to all files when the fleet is destroyed: " +
					"`keep` (default), `clear` (empties the four CDC parameters) or `delete`.",
				Validators: []validator.String{stringvalidator.OneOf(destroyKeep, destroyClear, destroyDelete)},
			},

			phonesField: schema.StringAttribute{ // a map to the CLI, see server
				Computed:            true,
				MarkdownDescription: "By MAC address (twelve digits), a digest of what the phone's file shall hold, passwords left out.",
			},
			"changes": schema.ListAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "In a plan, what apply will change in the files; after apply, what it changed, until the next refresh empties the list. At most 50 lines.",
			},
			"reenrolls": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "How many phones request a new certificate because of `changes`.",
			},
			"revision": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "Counts the applies that changed a file, from 1.",
			},
			"enrollment_revision": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "Counts the applies that made a phone request a new certificate, from 1.",
			},
		},
	}
	maps.Copy(resp.Schema.Attributes, sealingAttributes("every file", ""))
}
