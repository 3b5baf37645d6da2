// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
)

// configResource is ciscophone_config: one cfg.xml in a store.
type configResource struct{ session *session }

var (
	_ resource.ResourceWithConfigure      = (*configResource)(nil)
	_ resource.ResourceWithIdentity       = (*configResource)(nil)
	_ resource.ResourceWithImportState    = (*configResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*configResource)(nil)
	_ resource.ResourceWithUpgradeState   = (*configResource)(nil)
	_ resource.ResourceWithValidateConfig = (*configResource)(nil)
)

func newConfigResource() resource.Resource { return &configResource{} }

// configModel is ciscophone_config as configuration, plan and state hold it.
type configModel struct {
	Path  types.String `tfsdk:"path"`
	Phone types.Object `tfsdk:"phone"`

	settingsModel

	ContentDigest         types.String `tfsdk:"content_digest"`
	CertificateCommonName types.String `tfsdk:"certificate_common_name"`
	Changes               types.List   `tfsdk:"changes"`
	Reenrolls             types.Bool   `tfsdk:"reenrolls"`
	Revision              types.Int64  `tfsdk:"revision"`
	EnrollmentID          types.String `tfsdk:"enrollment_id"`
}

// phoneModel is the nested object phone.
type phoneModel struct {
	Model types.String `tfsdk:"model"`
	MAC   types.String `tfsdk:"mac"`
}

var phoneTypes = map[string]attr.Type{"model": types.StringType, "mac": types.StringType}

// configIdentity is what identifies a configuration in its store.
type configIdentity struct {
	Path types.String `tfsdk:"path"`
}

func (r *configResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_config"
}

func (r *configResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"path": identityschema.StringAttribute{RequiredForImport: true, Description: "name of the file in the store"},
	}}
}

func (r *configResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		Version: 1,
		MarkdownDescription: "One phone's configuration file (`cfg.xml`) in the provider's store.\n\n" +
			"The content starts from `template_file`, from `template`, or, without either, from the file that is in the store already; the configured parameters " +
			"are spliced into it and **every other byte stays as it is**. Where there is no file yet, one is built from the parameters alone.\n\n" +
			"The plan reads the file and lists in `changes` what will change in it, one line a parameter, and whether the phone will request a new certificate. " +
			"A file that somebody edited by hand shows the same way, and apply corrects it: with a template in any line, without one in the configured parameters. " +
			"Passwords are compared too, and never shown or stored.\n\n" +
			"Replacing the resource (`-replace`, `taint`, `create_before_destroy`) leaves the file as it is, whatever `on_destroy` says.",
		Attributes: map[string]schema.Attribute{
			"path": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "Name of the file in the store, such as `SEP001A2B3C4D5E.xml` or `site-a/SEP001A2B3C4D5E.xml`. Changing this forces a new resource.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
				Validators:          []validator.String{storeName{}},
			},
			"phone": schema.SingleNestedAttribute{
				Optional:            true,
				MarkdownDescription: "The phone that reads the file. With it the common name is checked as the phone will expand it, and `certificate_common_name` is known.",
				Attributes: map[string]schema.Attribute{
					"model": schema.StringAttribute{Required: true, MarkdownDescription: "Model, such as `DP-9871`, `9871` or `CP-8875`."},
					"mac":   schema.StringAttribute{Required: true, MarkdownDescription: "MAC address, in any usual form."},
				},
			},

			"content_digest": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "SHA-256 of the file with all passwords replaced, in hexadecimal.",
			},
			"certificate_common_name": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The common name the phone will request, macros expanded; null where that cannot be known without `phone`.",
			},
			"changes": schema.ListAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "In a plan, what apply will change in the file; in the state, what the last apply changed. One line a parameter, passwords masked; at most 50 lines.",
			},
			"reenrolls": schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "Whether `changes` make the phone request a new certificate: any change of a CDC parameter does.",
			},
			"revision": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "Counts the applies that changed the file, from 1.",
			},
			"enrollment_id": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "Names what the phone was last made to enroll with; it never repeats, and it is another one whenever the phone requests a new certificate. " +
					"Hand it to `ciscophone_enrollment`, which then waits for that certificate.",
			},
		},
	}
	maps.Copy(resp.Schema.Attributes, settingsAttributes(""))
}

// storeName accepts names that a store can have.
type storeName struct{}

func (storeName) Description(context.Context) string { return "must be the name of a file in a store" }

func (v storeName) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (storeName) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if v := req.ConfigValue; !v.IsNull() && !v.IsUnknown() {
		if err := push.ValidName(v.ValueString()); err != nil {
			resp.Diagnostics.AddAttributeError(req.Path, "Invalid Path",
				sentence(err)+"\n\nWrite the name of the file in the store, such as SEP001A2B3C4D5E.xml or site-a/SEP001A2B3C4D5E.xml.")
		}
	}
}

func (r *configResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.session = configured(req.ProviderData, &resp.Diagnostics)
}

func (r *configResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var m configModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	phone, diags := m.identity(ctx)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(m.validate(phone, false)...)
}

// identity returns the phone the file is for, nil where none (or not all of it)
// is configured or known.
func (m configModel) identity(ctx context.Context) (*device.Identity, diag.Diagnostics) {
	var diags diag.Diagnostics
	if m.Phone.IsNull() || m.Phone.IsUnknown() {
		return nil, nil
	}
	var p phoneModel
	diags.Append(m.Phone.As(ctx, &p, basetypes.ObjectAsOptions{})...)
	if diags.HasError() || p.Model.IsUnknown() || p.MAC.IsUnknown() {
		return nil, diags
	}
	model, err := device.ParseModel(p.Model.ValueString())
	if err != nil {
		diags.AddAttributeError(path.Root("phone").AtName("model"), "Unknown Phone Model", sentence(err))
	}
	mac, err := device.ParseMAC(p.MAC.ValueString())
	if err != nil {
		diags.AddAttributeError(path.Root("phone").AtName("mac"), "Invalid MAC Address", sentence(err))
	}
	if diags.HasError() {
		return nil, diags
	}
	return &device.Identity{Model: model, MAC: mac}, diags
}

// store returns the provider's store, or says that there is none.
func (r *configResource) store(diags *diag.Diagnostics) push.Store {
	if r.session == nil || r.session.store == nil {
		noStore(diags)
		return nil
	}
	return r.session.store
}

// ImportState takes the name of a file, as id or as identity. The Read that
// follows fills in what the file says.
func (r *configResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if err := push.ValidName(req.ID); req.ID != "" && err != nil {
		resp.Diagnostics.AddError("Invalid Import ID", sentence(err)+"\n\nThe id is the name of the file in the provider's store.")
		return
	}
	resource.ImportStatePassthroughWithIdentity(ctx, path.Root("path"), path.Root("path"), req, resp)
}
