// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/float64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// fleetEnrollmentResource is ciscophone_fleet_enrollment: it waits until the phones
// of a fleet hold their certificates.
type fleetEnrollmentResource struct{ session *session }

var (
	_ resource.ResourceWithConfigure      = (*fleetEnrollmentResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*fleetEnrollmentResource)(nil)
	_ resource.ResourceWithValidateConfig = (*fleetEnrollmentResource)(nil)
)

func newFleetEnrollmentResource() resource.Resource { return &fleetEnrollmentResource{} }

type fleetWaitModel struct {
	Enrollments    types.String   `tfsdk:"enrollments"`
	Require        types.String   `tfsdk:"require"`
	Share          types.Float64  `tfsdk:"share"`
	Issuer         types.String   `tfsdk:"issuer"`
	Backdating     types.String   `tfsdk:"backdating"`
	ExceptionsFile types.String   `tfsdk:"exceptions_file"`
	Timeouts       timeouts.Value `tfsdk:"timeouts"`

	Phones     types.Int64 `tfsdk:"phones"`
	Holding    types.Int64 `tfsdk:"holding"`
	Counts     types.Map   `tfsdk:"counts"`
	Exceptions types.List  `tfsdk:"exceptions"`
}

const (
	fleetWaitDefault = 30 * time.Minute
	// Records are read again after this long, and after ten times as long as a
	// reading takes.
	fleetPollEvery, fleetPollShare = 2 * time.Second, 10
)

func (r *fleetEnrollmentResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_fleet_enrollment"
}

func (r *fleetEnrollmentResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.session = configured(req.ProviderData, &resp.Diagnostics)
}

func (r *fleetEnrollmentResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	wait := waitAttribute(ctx, "How long to wait for the phones. The waiting can be interrupted at any time.",
		"How long to wait for the first certificates, such as `45m` or `2h`. Default: `30m`.", "How long to wait for new certificates. Default: `30m`.")
	resp.Schema = schema.Schema{
		MarkdownDescription: "Waits until the phones of a fleet hold certificates that were issued after the change of their files, as far as records tell: " +
			"those of the CA, and of RADIUS and web servers, which `evidence` of the provider names.\n\n" +
			"When fewer phones than `share` hold theirs in time, the apply fails with the phones that do not; `exceptions_file` lists all of them, and the next apply waits again. " +
			"Put a small fleet before a large one with `depends_on`, and the large one is not touched before the small one works. Destroying changes nothing.\n\n" +
			"A refresh reads nothing: the data source `ciscophone_fleet_enrollment` and `ciscophone verify --inventory` tell how it is now.",
		Attributes: map[string]schema.Attribute{
			"enrollments": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "`enrollments` of `ciscophone_fleet`: which phones there are, and since when their certificate must be.",
			},
			"require": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "What counts: `issued` (default), the CA has issued the certificate; or `in use`, the network or a server has accepted it, " +
					"for which `evidence` must name their records.",
				Validators: []validator.String{stringvalidator.OneOf(requireIssued, requireInUse)},
			},
			"share": schema.Float64Attribute{
				Optional:            true,
				MarkdownDescription: "The share of the phones that is enough, from 0 to 1. Default: 1, all of them.",
				Validators:          []validator.Float64{float64validator.Between(0, 1)},
			},
			"issuer": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Common name or distinguished name of the CA that must have issued them. Left out, any will do.",
			},
			"backdating": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "How long before it is issued a certificate of this CA begins to be valid, such as `10m` for AD CS and `1m` for step-ca. Default: `0s`. " +
					"A certificate that begins earlier than that before the change is one from before it.",
			},
			"exceptions_file": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Absolute path of a file to write: CSV, a line for each phone that does not hold its certificate, with what the records say.",
				Validators:          []validator.String{absolutePath{}},
			},
			"timeouts": wait,

			"phones":  schema.Int64Attribute{Computed: true, MarkdownDescription: "How many phones there are."},
			"holding": schema.Int64Attribute{Computed: true, MarkdownDescription: "How many of them held their certificate at the last apply."},
			"counts": schema.MapAttribute{
				Computed: true, ElementType: types.Int64Type,
				MarkdownDescription: "The number of phones by verdict: `in use`, `issued, not seen`, `refused by the network`, `revoked`, `no certificate`, `unknown` and others.",
			},
			"exceptions": schema.ListAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "Phones that did not hold it, with the reason. At most 50.",
			},
		},
	}
}

func (r *fleetEnrollmentResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var m fleetWaitModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() || m.Enrollments.IsUnknown() || m.Backdating.IsUnknown() {
		return
	}
	if _, err := m.backdating(); err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("backdating"), "Invalid Duration", sentence(err))
	} else if _, err := enrolling(m.Enrollments, 0); err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("enrollments"), "Enrollments Cannot Be Read", sentence(err))
	}
}

// ModifyPlan refuses what could only wait in vain.
func (r *fleetEnrollmentResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	if r.session != nil && len(r.session.sources) == 0 && !r.session.later {
		noEvidence(&resp.Diagnostics)
	}
}

// noEvidence says that there is nothing to judge by.
func noEvidence(diags *diag.Diagnostics) {
	diags.AddError("No Evidence", "The provider block names no records to look into. Name those of the CA, and of RADIUS or web servers: evidence = [\"index:/var/lib/ca/index.txt\"].")
}

func (r *fleetEnrollmentResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var m fleetWaitModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	within, diags := m.Timeouts.Create(ctx, fleetWaitDefault)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.Append(m.wait(ctx, r.session, within)...); m.Phones.IsUnknown() {
		return // the records were never read
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

// Read keeps what the last apply saw.
func (r *fleetEnrollmentResource) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {
}

func (r *fleetEnrollmentResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var m, state fleetWaitModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	within, diags := m.Timeouts.Update(ctx, fleetWaitDefault)
	resp.Diagnostics.Append(diags...)
	diags = m.wait(ctx, r.session, within)
	resp.Diagnostics.Append(diags...)
	if m.Phones.IsUnknown() {
		return
	}
	if diags.HasError() { // so that the next apply waits again
		m.Enrollments = state.Enrollments
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

// Delete changes nothing.
func (r *fleetEnrollmentResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {
}

// wait reads the records until enough phones hold their certificates.
func (m *fleetWaitModel) wait(ctx context.Context, s *session, within time.Duration) (diags diag.Diagnostics) {
	if len(s.sources) == 0 {
		noEvidence(&diags)
		return diags
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	told, list := int64(-1), func() error { return nil }
	defer func() {
		if err := list(); err != nil {
			diags.AddAttributeWarning(path.Root("exceptions_file"), "Exceptions Not Written", sentence(err))
		}
	}()
	for {
		began := s.now()
		latest, err := m.look(ctx, s)
		switch {
		case err != nil && m.Phones.IsUnknown():
			diags.AddError("Evidence Cannot Be Read", sentence(err)+"\n\nWhether the phones hold their certificates is not known. The phones' files are in place either way.")
			return diags
		case err != nil: // a log that is being rotated is there again a moment later
			tflog.Warn(ctx, "evidence cannot be read", map[string]any{"error": err.Error()})
		default:
			if list = latest; m.enough() {
				return diags
			}
		}
		if held := m.Holding.ValueInt64(); held != told {
			told = held
			tflog.Info(ctx, "waiting for a fleet's certificates", map[string]any{"holding": held, "phones": m.Phones.ValueInt64()})
		}
		select {
		case <-ctx.Done():
			detail := m.sum()
			if err != nil && !errors.Is(err, ctx.Err()) {
				detail += "\n\nThis is of a while ago: " + sentence(err)
			}
			diags.AddError("Phones Do Not Hold Their Certificates", detail+"\n\nThe phones request their certificates when they have read their new files: at their next resync, or when they are restarted. "+
				"Nothing needs to be undone: apply again waits again. A longer wait is set by timeouts, a smaller share by share.")
			return diags
		case <-time.After(max(fleetPollEvery, fleetPollShare*s.now().Sub(began))):
		}
	}
}

// enough reports whether so many phones hold their certificates as are asked for.
func (m *fleetWaitModel) enough() bool {
	share := 1.0
	if !m.Share.IsNull() {
		share = m.Share.ValueFloat64()
	}
	return m.Holding.ValueInt64() >= int64(math.Ceil(share*float64(m.Phones.ValueInt64())-1e-9))
}
