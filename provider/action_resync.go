// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/verify"
)

// resyncAction is the action ciscophone_resync: a phone fetches its file now.
type resyncAction struct{}

var _ action.ActionWithValidateConfig = resyncAction{}

func newResyncAction() action.Action { return resyncAction{} }

func (resyncAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_resync"
}

type resyncModel struct {
	PhoneURL types.String `tfsdk:"phone_url"`
	Password types.String `tfsdk:"admin_password_file"`
	FileURL  types.String `tfsdk:"file_url"`
}

func (resyncAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lets a phone fetch its configuration now (`/admin/resync` of its web page), instead of at its next periodic resync. For Terraform 1.14.1 or newer; OpenTofu has no actions, there `ciscophone resync` does it. " +
			"The phone's web server must be on and allow direct actions. " +
			"An apply does not repeat an action that failed in the one before: `terraform apply -invoke=action.ciscophone_resync.NAME` does.",
		Attributes: map[string]schema.Attribute{
			"phone_url": schema.StringAttribute{Required: true, MarkdownDescription: "Address of the phone's web page, such as `http://10.0.0.17/`."},
			"admin_password_file": schema.StringAttribute{Optional: true, MarkdownDescription: "Absolute path of a file that holds the password of the user `admin`, where the phone has one, one line end at its end ignored. " +
				"The content is never in a plan; write-only arguments do not work in actions yet."},
			"file_url": schema.StringAttribute{Optional: true, MarkdownDescription: "Where to fetch from, this once; by default from where the phone always does."},
		},
	}
}

func (resyncAction) ValidateConfig(ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	var m resyncModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() || m.PhoneURL.IsUnknown() {
		return
	}
	if _, err := verify.ResyncURL(m.PhoneURL.ValueString(), ""); err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("phone_url"), "Invalid Address", sentence(err))
	}
}

func (resyncAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var m resyncModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	var password secret.Text
	if !m.Password.IsNull() {
		at := path.Root("admin_password_file")
		var err error
		if password, err = readSecretFile(m.Password.ValueString(), at, &resp.Diagnostics); err != nil {
			resp.Diagnostics.AddAttributeError(at, "Password File Cannot Be Used", sentence(err))
			return
		}
	}
	resp.SendProgress(action.InvokeProgressEvent{Message: "telling " + m.PhoneURL.ValueString() + " to fetch its configuration"})
	client, err := verify.Access{Password: password}.Client()
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("admin_password_file"), "Password File Cannot Be Used", sentence(err))
		return
	}
	if err := verify.Resync(ctx, m.PhoneURL.ValueString(), m.FileURL.ValueString(), client); err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("phone_url"), "Phone Did Not Resync", sentence(err))
	}
}
