// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/reconcile/batch"
	"github.com/phonecfg/terraform-provider-ciscophone/verify"
	verdicts "github.com/phonecfg/terraform-provider-ciscophone/verify/fleet"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/record"
)

// fleetEnrollmentData is the data source ciscophone_fleet_enrollment: what CAs and
// RADIUS servers recorded of many phones.
type fleetEnrollmentData struct{ session *session }

var (
	_ datasource.DataSourceWithConfigure      = (*fleetEnrollmentData)(nil)
	_ datasource.DataSourceWithValidateConfig = (*fleetEnrollmentData)(nil)
)

func newFleetEnrollmentData() datasource.DataSource { return &fleetEnrollmentData{} }

func (d *fleetEnrollmentData) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.session = configured(req.ProviderData, &resp.Diagnostics)
}

func (*fleetEnrollmentData) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_fleet_enrollment"
}

type fleetEnrollmentModel struct {
	Enrollments       types.String `tfsdk:"enrollments"`
	Sources           types.List   `tfsdk:"sources"`
	Issuer            types.String `tfsdk:"issuer"`
	ExpiresWithinDays types.Int64  `tfsdk:"expires_within_days"`
	SeenWithinDays    types.Int64  `tfsdk:"seen_within_days"`

	Verified types.Bool   `tfsdk:"verified"`
	Verdict  types.String `tfsdk:"verdict"`
	Phones   types.Int64  `tfsdk:"phones"`
	Counts   types.Map    `tfsdk:"counts"`
	Problems types.List   `tfsdk:"problems"`
}

func (*fleetEnrollmentData) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	days := func(text string) schema.Int64Attribute {
		return schema.Int64Attribute{Optional: true, MarkdownDescription: text, Validators: []validator.Int64{int64validator.Between(1, 36500)}}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "What CAs, RADIUS and web servers recorded of the certificates of many phones. No phone is asked. It never fails for what the records say: " +
			"a phone that is not right is counted in `counts` and named in `problems`. Made for `check` blocks.\n\n" +
			"A certificate counts when it is newer than the phone's `enrollment_id`. `ciscophone verify --inventory` judges by the same records and lists every phone.",
		Attributes: map[string]schema.Attribute{
			"enrollments": schema.StringAttribute{Required: true, MarkdownDescription: "JSON: for each phone, by its MAC address, `id` and `common_name`: the attribute `enrollments` of `ciscophone_fleet`. " +
				"For phones with a resource each, `jsonencode` makes it of `enrollment_id` and `certificate_common_name`."},
			"sources": schema.ListAttribute{Optional: true, ElementType: types.StringType, Validators: []validator.List{listvalidator.SizeAtLeast(1)},
				MarkdownDescription: "The records, in place of `evidence` of the provider, each as `FORM:PATH` with an absolute path: `index:/var/lib/ca/index.txt` (what OpenSSL and others issued), `pem:/var/lib/ca/certs`, `freeradius:/var/log/freeradius/phones.csv`, " +
					"`csv:`, `jsonl:`, `nginx:`, `apache:` or `caddy:`. One that cannot be read is a problem, and then nothing is verified."},
			"issuer":              schema.StringAttribute{Optional: true, MarkdownDescription: "Common name, or distinguished name (RFC 2253), of the CA that must have issued the certificates. Left out, any will do."},
			"expires_within_days": days("Makes a certificate that ends within so many days a problem."),
			"seen_within_days":    days("Makes a phone that no server saw for so many days one that is not seen."),

			"verified": schema.BoolAttribute{Computed: true, MarkdownDescription: "`true`: all phones use the right certificate. `false`: a phone is known not to. Null: it cannot be told of all of them."},
			"verdict":  schema.StringAttribute{Computed: true, MarkdownDescription: "The same as text: `verified`, `wrong` or `unknown`."},
			"phones":   schema.Int64Attribute{Computed: true, MarkdownDescription: "How many phones there are."},
			"counts": schema.MapAttribute{Computed: true, ElementType: types.Int64Type, MarkdownDescription: "How many phones are `in use` (right), `issued, not seen`, `expires soon`, `renewal overdue`, `old parameters`, " +
				"`refused by the network`, `wrong certificate`, `expired`, `revoked`, `failed`, `no certificate` and `unknown`. All of these are there, also with 0."},
			"problems": schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "What is wrong or cannot be told, a sentence each: sources first, then phones, those that are known to be wrong before the rest. At most 50."},
		},
	}
}

func (*fleetEnrollmentData) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var m fleetEnrollmentModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	sourcesOf(m.Sources, path.Root("sources"), &resp.Diagnostics)
}

func (d *fleetEnrollmentData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m fleetEnrollmentModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	join, err := m.join(d.session.now())
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("enrollments"), "Enrollments Cannot Be Read", sentence(err))
		return
	}
	var unread []string
	sources := d.session.sources
	if !m.Sources.IsNull() {
		sources = sourcesOf(m.Sources, path.Root("sources"), &resp.Diagnostics)
	}
	switch {
	case resp.Diagnostics.HasError() || len(sources) > 0:
	case d.session.later:
		resp.Diagnostics.AddError("Evidence Not Known Yet", "The provider's evidence depends on something that is known after apply only. Give paths that are known, or make the data source depend on it: depends_on.")
	default:
		noEvidence(&resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	for _, src := range sources {
		report, err := src.Read(ctx, record.Options{}, join.Add)
		join.Read(report)
		if err != nil {
			unread = append(unread, err.Error())
		}
	}
	if ctx.Err() != nil {
		resp.Diagnostics.AddError("Interrupted", "The records were not all read.")
		return
	}
	m.observe(join, unread)
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

// join returns a join of the phones of enrollments.
func (m *fleetEnrollmentModel) join(now time.Time) (*verdicts.Join, error) {
	phones, err := enrolling(m.Enrollments, 0)
	if err != nil {
		return nil, err
	}
	const day = 24 * time.Hour
	return verdicts.New(phones, verdicts.Expectation{
		Now: now, Issuer: m.Issuer.ValueString(),
		ExpiresWithin: time.Duration(m.ExpiresWithinDays.ValueInt64()) * day, SeenWithin: time.Duration(m.SeenWithinDays.ValueInt64()) * day,
	})
}

// observe fills in what the records say. unread are the sources that could not be
// read to their end.
func (m *fleetEnrollmentModel) observe(join *verdicts.Join, unread []string) {
	totals, wrong, all := join.Totals(), 0, 0
	counts := map[string]int64{}
	for _, v := range verdicts.Verdicts {
		counts[string(v)] = int64(totals[v])
		if all += totals[v]; v.Wrong() {
			wrong += totals[v]
		}
	}
	m.Counts, _ = types.MapValueFrom(context.Background(), types.Int64Type, counts)
	m.Phones = types.Int64Value(int64(all))
	switch {
	case wrong > 0:
		m.Verified, m.Verdict = types.BoolValue(false), types.StringValue(string(verify.Wrong))
	case len(unread) > 0 || totals[verdicts.InUse] < all:
		m.Verified, m.Verdict = types.BoolNull(), types.StringValue(string(verify.Unknown))
	default:
		m.Verified, m.Verdict = types.BoolValue(true), types.StringValue(string(verify.Verified))
	}
	var certain, rest []string
	for r := range join.Results() {
		text := fmt.Sprintf("%s: %s: %s", r.Phone.MAC, r.Verdict, r.Why)
		switch {
		case r.Verdict == verdicts.InUse:
		case r.Verdict.Wrong():
			certain = append(certain, text)
		default:
			rest = append(rest, text)
		}
	}
	problems := slices.Concat(unread, certain, rest)
	if len(problems) > batch.MaxChanges {
		problems = append(problems[:batch.MaxChanges-1], fmt.Sprintf("and %s more", batch.Thousands(len(problems)-batch.MaxChanges+1)))
	}
	m.Problems = stringList(problems)
}
