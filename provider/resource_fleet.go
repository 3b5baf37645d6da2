// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile/batch"
)

// fleetResource is ciscophone_fleet: the files of many phones.
type fleetResource struct{ session *session }

var (
	_ resource.ResourceWithConfigure      = (*fleetResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*fleetResource)(nil)
	_ resource.ResourceWithUpgradeState   = (*fleetResource)(nil)
	_ resource.ResourceWithValidateConfig = (*fleetResource)(nil)
	_ resource.ResourceWithImportState    = (*fleetResource)(nil)
)

func newFleetResource() resource.Resource { return &fleetResource{} }

// fleetModel is ciscophone_fleet as configuration, plan and state hold it.
type fleetModel struct {
	Inventory     types.String `tfsdk:"inventory"`
	InventoryFile types.String `tfsdk:"inventory_file"`
	Rows          types.String `tfsdk:"rows"` // JSON: MAC to row, of inventory_file
	Path          types.String `tfsdk:"path"`
	MustExist     types.Bool   `tfsdk:"must_exist"`

	settingsModel

	Phones            types.String `tfsdk:"phones"`      // JSON: MAC to digest
	Enrollments       types.String `tfsdk:"enrollments"` // JSON: MAC to phoneEnrollment
	Changes           types.List   `tfsdk:"changes"`
	Reenrolls         types.Bool   `tfsdk:"reenrolls"`
	ReenrollingPhones types.Int64  `tfsdk:"reenrolling_phones"`
	RemovedPhones     types.Int64  `tfsdk:"removed_phones"`
	Revision          types.Int64  `tfsdk:"revision"`
}

func (r *fleetResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_fleet"
}

const defaultFleetPath = "SEP$MAU.xml"

// What every phone has is one text of JSON each for digests and enrollments: CLIs
// show the difference of two such texts by its keys, and a map of 10,000 elements
// would take the framework minutes. See docs/design/131-digests-are-one-text.md.
func (r *fleetResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		Version: 1,
		MarkdownDescription: "The configuration files of many phones, from one inventory: thousands of phones in one resource, planned and applied in seconds.\n\n" +
			"Each file starts from the shared template (or, without one, from what the store holds for that phone), gets the shared parameters and the phone's own, and is pushed " +
			"only if it differs. The plan reads every file; `changes` tells in one line what happens to many phones alike. When some phones fail, the others are done and in the state, " +
			"and the next apply does the rest.\n\n" +
			"In texts for all phones, `{column}` stands for a column of the inventory.",
		Attributes: map[string]schema.Attribute{
			"inventory": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The phones: CSV with a header line, or a list of objects in JSON or YAML, for instance `file(\"phones.csv\")`, or `jsonencode` of a list of your own. Columns: `mac` and `model` (required), `serial`, " +
					"`domain` (makes the common name, where `common_name` is not set), labels of your own in lower case, and parameters by their element name, which go before the shared ones. " +
					"Columns for passwords are refused, because the inventory is in the state. A change of this text is shown whole: for many phones see `inventory_file`.",
				Validators: []validator.String{stringvalidator.ExactlyOneOf(path.MatchRoot("inventory"), path.MatchRoot("inventory_file"))},
			},
			"inventory_file": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Absolute path of a file with the same content. It is read at plan and at apply; `rows` shows what changes in it, phone by phone.",
				Validators:          []validator.String{absolutePath{}},
			},
			"rows": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "JSON: the rows of `inventory_file`, by MAC address.",
			},
			"path": schema.StringAttribute{
				Optional: true, Computed: true,
				Default:             stringdefault.StaticString(defaultFleetPath),
				MarkdownDescription: "Name of a phone's file in the store, with the phone's macros and `{column}`: `SEP$MAU.xml` (default), `{site}/SEP$MAU.xml`.",
			},
			"must_exist": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether a phone whose file is not in the store is refused. By default it is where there is no template: the new file would hold only what is configured here, " +
					"and a mistyped MAC address would get one. Without a template, a phone whose `path` changes takes the content of its file along.",
			},

			"phones": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "JSON: for each phone, by its MAC address (twelve digits), a digest of what its file holds, passwords left out. " +
					"A file that somebody changed or deleted shows here, by phone.",
			},
			"enrollments": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "JSON: for each phone, by its MAC address, `id`, as the `enrollment_id` of `ciscophone_config`, and the `common_name` that it requests where that can be known. " +
					"`jsondecode(ciscophone_fleet.all.enrollments)[\"001a2b3c4d5e\"].id` is what a `ciscophone_enrollment` waits for.",
			},
			"changes": schema.ListAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "In a plan, what apply will change in the files; in the state, what the last apply changed. At most 50 lines.",
			},
			"reenrolls": schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "Whether `changes` make a phone request a new certificate.",
			},
			"removed_phones": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "How many files `on_destroy` clears or deletes because of `changes`: the phone left the inventory, or its file has another path.",
			},
			"reenrolling_phones": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "How many phones request a new certificate because of `changes`.",
			},
			"revision": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "Counts the applies that changed a file, from 1.",
			},
		},
	}
	maps.Copy(resp.Schema.Attributes, settingsAttributes(" May hold `{column}`."))
}

func (r *fleetResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.session = configured(req.ProviderData, &resp.Diagnostics)
}

func (r *fleetResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var m fleetModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(m.validate(nil, true)...)
	if m.Path.IsNull() {
		m.Path = types.StringValue(defaultFleetPath)
	}
	if resp.Diagnostics.HasError() || m.Inventory.IsUnknown() || m.InventoryFile.IsUnknown() || m.MustExist.IsUnknown() || m.Path.IsUnknown() || !fullyKnown(m.Parameters) || m.CommonName.IsUnknown() ||
		m.SCEPServer.IsUnknown() || m.RootCAFingerprint.IsUnknown() {
		return
	}
	if m.Inventory.IsNull() && m.InventoryFile.IsNull() {
		return // said already
	}
	_, diags := m.phones(reconcile.Desired{Settings: reconcile.Settings{Values: m.values()}}, true)
	resp.Diagnostics.Append(diags...)
}

// ImportState says what to do instead.
func (r *fleetResource) ImportState(_ context.Context, _ resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	resp.Diagnostics.AddError("A Fleet Is Not Imported", "It takes over what the store holds when it is created: files that are as they should be stay untouched, and the plan lists "+
		"in changes what is otherwise. Leave the import out and run plan.")
}

func (r *fleetResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	mark := markOf(ctx, req.Private)
	a := ask[fleetModel](ctx, req.Config, req.Plan, req.State, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	config, plan, prior := a.config, a.plan, a.prior
	if req.Plan.Raw.IsNull() { // destroy
		if r.session != nil && prior.frees() {
			phones, diags := prior.written()
			resp.Diagnostics.Append(diags...)
			next, diags := r.session.destroys(mark, batch.Names(phones))
			resp.Diagnostics.Append(diags...)
			resp.Diagnostics.Append(next.set(ctx, resp.Private)...)
		}
		return
	}
	if config.Inventory.IsUnknown() || config.InventoryFile.IsUnknown() || config.MustExist.IsUnknown() || plan.Path.IsUnknown() || !config.known() || r.session == nil || r.session.unknown {
		plan.Phones, plan.Enrollments, plan.Changes = types.StringUnknown(), types.StringUnknown(), types.ListUnknown(types.StringType)
		plan.Reenrolls, plan.ReenrollingPhones, plan.Revision = types.BoolUnknown(), types.Int64Unknown(), types.Int64Unknown()
		plan.RemovedPhones, plan.Rows = types.Int64Unknown(), types.StringUnknown()
		resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
		return
	}
	f, diags := r.fleet(ctx, config, plan, prior, mark)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	var freed []string
	if plan.frees() {
		freed = batch.Names(f.gone)
	}
	next, diags := r.session.writes(mark, prior == nil, batch.Names(f.Phones), f.held, freed)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(next.set(ctx, resp.Private)...)
	resp.Diagnostics.Append(f.look(ctx)...)
	if prior != nil && !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(mark.asRead("template_file", "Template", mark.Template, digestOf, prior.TemplateFile, config.TemplateFile)...)
		resp.Diagnostics.Append(mark.asRead("inventory_file", "Inventory", mark.Inventory, rowsDigest, prior.InventoryFile, config.InventoryFile)...)
		resp.Diagnostics.Append(f.stillAsRead(mark)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, f.planned(plan))...)
	r.session.plan(plan, f)
}

func (r *fleetResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	a := ask[fleetModel](ctx, req.Config, req.Plan, tfsdk.State{}, &resp.Diagnostics)
	mark := markOf(ctx, resp.Private) // a new one: the framework hands over none of the plan's
	r.bring(ctx, a, mark, &resp.State, resp.Private, &resp.Diagnostics)
}

func (r *fleetResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	a := ask[fleetModel](ctx, req.Config, req.Plan, req.State, &resp.Diagnostics)
	r.bring(ctx, a, markOf(ctx, req.Private), &resp.State, resp.Private, &resp.Diagnostics)
}

// bring pushes the files and notes what there is then, also where some failed.
func (r *fleetResource) bring(ctx context.Context, a asked[fleetModel], mark mark, state *tfsdk.State, private privateWriter, diags *diag.Diagnostics) {
	if diags.HasError() {
		return
	}
	next, ds := r.apply(ctx, a, mark)
	diags.Append(ds...)
	if next == nil && a.prior == nil { // nothing was done
		state.RemoveResource(ctx)
		return
	}
	applied := mark.applied(&a.config.settingsModel)
	applied.Inventory = fileDigest(a.config.InventoryFile, rowsDigest)
	if next != nil {
		diags.Append(state.Set(ctx, next)...)
		phones, _ := next.written()
		applied.Stamp = batch.Stamp(ctx, r.session.store, phones)
	}
	if ds.HasError() { // what is to be forgotten is tried again
		applied.Challenge = applied.Challenge || mark.Challenge
	}
	diags.Append(applied.set(ctx, private)...)
}

// Read observes the files: one that changed or is gone shows by its digest.
func (r *fleetResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state fleetModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() || r.session != nil && r.session.unknown {
		return
	}
	if r.session == nil || r.session.store == nil {
		noStore(&resp.Diagnostics)
		return
	}
	mark := markOf(ctx, req.Private)
	phones, diags := state.phones(state.managed(), false)
	if diags.HasError() { // it was valid when it became the state
		resp.Diagnostics.Append(diags...)
		return
	}
	r.session.saw(mark, batch.Names(phones))
	resp.Diagnostics.Append(state.observe(ctx, r.session.store, phones, &mark)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	mark = mark.read(&state.settingsModel)
	mark.Inventory = fileDigest(state.InventoryFile, rowsDigest)
	resp.Diagnostics.Append(mark.set(ctx, resp.Private)...)
}

// Delete does to the files what on_destroy says, except to those that another
// object has.
func (r *fleetResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state fleetModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() || !state.frees() {
		return
	}
	if r.session == nil || r.session.store == nil {
		noStore(&resp.Diagnostics)
		return
	}
	phones, diags := state.written()
	resp.Diagnostics.Append(diags...)
	kept, diags := r.session.kept(markOf(ctx, req.Private), batch.Names(phones), false)
	resp.Diagnostics.Append(diags...)
	gone := slices.DeleteFunc(phones, func(p batch.Phone) bool { return kept[p.Name] })
	var shared reconcile.Desired
	if len(gone) > 0 && state.OnDestroy.ValueString() == destroyClear {
		resp.Diagnostics.Append(state.seal(&shared)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	var wrong batch.Problems
	for i, err := range batch.Dispose(ctx, r.session.store, gone, batch.Disposal(state.OnDestroy.ValueString()), &shared) {
		if err != nil {
			wrong.Add(gone[i], err)
		}
	}
	resp.Diagnostics.Append(remarks(wrong.Remarks(false), state.from())...)
}
