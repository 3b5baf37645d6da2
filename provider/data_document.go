// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile/batch"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// documentData is the data source ciscophone_document: a cfg.xml, read.
type documentData struct{ session *session }

var _ datasource.DataSourceWithConfigure = (*documentData)(nil)

func newDocumentData() datasource.DataSource { return &documentData{} }

func (d *documentData) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_document"
}

func (d *documentData) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.session = configured(req.ProviderData, &resp.Diagnostics)
}

type documentModel struct {
	Path     types.String `tfsdk:"path"`
	File     types.String `tfsdk:"file"`
	Names    types.List   `tfsdk:"names"`
	Firmware types.String `tfsdk:"firmware"`

	Parameters types.Map    `tfsdk:"parameters"`
	Count      types.Int64  `tfsdk:"parameter_count"`
	Digest     types.String `tfsdk:"content_digest"`
	Problems   types.List   `tfsdk:"problems"`
}

func (d *documentData) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads a phone configuration file, from the provider's store or from this machine, and checks it as `cfgxml lint` does. " +
			"Passwords show as `(secret)`; only the parameters asked for are kept in the state.",
		Attributes: map[string]schema.Attribute{
			"path": schema.StringAttribute{Optional: true, MarkdownDescription: "Name of the file in the store. Either this or `file`.",
				Validators: []validator.String{stringvalidator.ExactlyOneOf(path.MatchRoot("file"))}},
			"file": schema.StringAttribute{Optional: true, MarkdownDescription: "Absolute path of a file on this machine."},
			"names": schema.ListAttribute{Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Element names of the parameters to give. Left out, the four CDC parameters."},
			"firmware": schema.StringAttribute{Optional: true, MarkdownDescription: "Release the phones run, such as `3.5(1)`, for the rules that depend on it."},

			"parameters": schema.MapAttribute{Computed: true, ElementType: types.StringType,
				MarkdownDescription: "Values by element name, those of `names` that the document has."},
			"parameter_count": schema.Int64Attribute{Computed: true, MarkdownDescription: "Number of parameters in the document."},
			"content_digest":  schema.StringAttribute{Computed: true, MarkdownDescription: "SHA-256 of the document with all passwords replaced, as `ciscophone_config` gives it."},
			"problems": schema.ListAttribute{Computed: true, ElementType: types.StringType,
				MarkdownDescription: "Warnings and errors of the linter, `line:column: severity: message [rule]`; at most 100."},
		},
	}
}

const maxProblems = 100

func (d *documentData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m documentModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	data, at, diags := d.content(ctx, m)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	doc, err := cfgxml.Parse(data)
	if err != nil {
		resp.Diagnostics.AddAttributeError(at, "Document Cannot Be Read", sentence(err))
		return
	}
	settings := validate.Settings{Firmware: m.Firmware.ValueString()}
	if err := settings.Check(); err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("firmware"), "Invalid Firmware", sentence(err))
		return
	}
	names := []string{cdc.ParamServer, cdc.ParamRootCAFingerprint, cdc.ParamChallengePassword, cdc.ParamCommonName}
	if !m.Names.IsNull() {
		names = nil
		resp.Diagnostics.Append(m.Names.ElementsAs(ctx, &names, false)...)
	}
	parameters := map[string]string{}
	for _, name := range names {
		value, ok := doc.Get(name)
		if ok && value != "" && catalog.IsSecret(name) {
			value = secret.Mask
		}
		if ok {
			parameters[name] = value
		}
	}
	var lines []string
	for _, p := range validate.AtLeast(validate.Document(doc, settings), validate.Warning) {
		if len(lines) == maxProblems {
			break
		}
		pos := doc.Position(max(p.Start, 0))
		lines = append(lines, fmt.Sprintf("%d:%d: %s", pos.Line, pos.Column, p))
	}
	m.Parameters, diags = types.MapValueFrom(ctx, types.StringType, parameters)
	resp.Diagnostics.Append(diags...)
	m.Count, m.Digest, m.Problems = types.Int64Value(int64(doc.Len())), types.StringValue(batch.Digest(doc.Bytes(), doc, nil)), stringList(lines)
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

// content reads the document and says which attribute names it.
func (d *documentData) content(ctx context.Context, m documentModel) ([]byte, path.Path, diag.Diagnostics) {
	var diags diag.Diagnostics
	if !m.File.IsNull() {
		data, err := readFile(m.File.ValueString(), maxTemplate)
		if err != nil {
			diags.AddAttributeError(path.Root("file"), "File Cannot Be Read", sentence(err))
		}
		return data, path.Root("file"), diags
	}
	if d.session == nil || d.session.store == nil {
		noStore(&diags)
		return nil, path.Root("path"), diags
	}
	data, _, err := d.session.store.Get(ctx, m.Path.ValueString())
	if errors.Is(err, fs.ErrNotExist) {
		diags.AddAttributeError(path.Root("path"), "No Such Configuration File", sentence(err))
	} else if err != nil {
		storeError(&diags, "read", m.Path.ValueString(), err)
	}
	return data, path.Root("path"), diags
}
