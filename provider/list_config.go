// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/estate"
)

// configList lists the files of a store, to import them.
type configList struct{ configResource }

var _ list.ListResourceWithConfigure = (*configList)(nil)

func newConfigList() list.ListResource { return &configList{} }

type configListModel struct {
	Prefix types.String `tfsdk:"prefix"`
}

func (r *configList) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The files of the store that could be managed by `ciscophone_config`: those whose names end with `.xml` or `.cfg`. For `terraform query` of Terraform 1.14 or newer. " +
			"OpenTofu has no list resources; there `cfgxml list --import STORE` lists the same files and writes the `import` blocks and resources. " +
			"The store must be a directory: a web server cannot be listed.",
		Attributes: map[string]schema.Attribute{
			"prefix": schema.StringAttribute{Optional: true, MarkdownDescription: "Lists only files whose names begin so, such as `site-a/SEP`."},
		},
	}
}

func (r *configList) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var diags diag.Diagnostics
	var m configListModel
	diags.Append(req.Config.Get(ctx, &m)...)
	store := r.store(&diags)
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	names, err := estate.Names(ctx, store, m.Prefix.ValueString())
	if err != nil {
		hint := "\n\nCheck that the provider's store is right and may be read."
		if errors.Is(err, estate.ErrNoList) {
			hint = ""
		}
		diags.AddError("Store Cannot Be Listed", sentence(err)+hint)
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = func(push func(list.ListResult) bool) {
		for i, name := range names {
			if req.Limit > 0 && int64(i) >= req.Limit {
				return
			}
			result := req.NewListResult(ctx)
			result.DisplayName = name
			result.Diagnostics.Append(result.Identity.Set(ctx, configIdentity{Path: types.StringValue(name)})...)
			if req.IncludeResource {
				r.include(ctx, name, &result)
			}
			if !push(result) {
				return
			}
		}
	}
}

// include adds what an import of the file would have in its state.
func (r *configList) include(ctx context.Context, name string, result *list.ListResult) {
	data, _, err := r.session.store.Get(ctx, name)
	if err != nil {
		storeError(&result.Diagnostics, "read", name, err)
		return
	}
	m := configModel{Path: types.StringValue(name), Phone: types.ObjectNull(phoneTypes)}
	m.Parameters, m.EnrollmentID = types.MapNull(types.StringType), types.StringValue(r.session.enrollmentID(false))
	result.Diagnostics.Append(result.Resource.Set(ctx, m.observe(data))...)
}

func (r *configList) Configure(ctx context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.configResource.Configure(ctx, req, resp)
}
