// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/client"
	"github.com/phonecfg/terraform-provider-ciscophone/verify"
)

const (
	waitDefault  = 2 * time.Minute
	pollEvery    = 500 * time.Millisecond
	renewsBefore = 15 * 24 * time.Hour // Cisco's "Custom Device Certificate"
	rfc3339      = time.RFC3339
)

// enrollmentResource is ciscophone_enrollment: it waits for a certificate.
type enrollmentResource struct {
	session *session
	now     func() time.Time
}

var (
	_ resource.ResourceWithConfigure      = (*enrollmentResource)(nil)
	_ resource.ResourceWithIdentity       = (*enrollmentResource)(nil)
	_ resource.ResourceWithImportState    = (*enrollmentResource)(nil)
	_ resource.ResourceWithUpgradeState   = (*enrollmentResource)(nil)
	_ resource.ResourceWithValidateConfig = (*enrollmentResource)(nil)
)

func newEnrollmentResource() resource.Resource { return &enrollmentResource{now: time.Now} }

func (r *enrollmentResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_enrollment"
}

func (r *enrollmentResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.session = configured(req.ProviderData, &resp.Diagnostics)
}

func (r *enrollmentResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var m enrollmentModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !m.PhoneURL.IsUnknown() {
		u, err := url.Parse(m.PhoneURL.ValueString())
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
			resp.Diagnostics.AddAttributeError(path.Root("phone_url"), "Invalid Phone Address",
				"Want the http:// or https:// URL of the phone's page, without credentials, such as http://10.0.0.17/.")
		}
	}
	if cn := m.CommonName.ValueString(); strings.Contains(cn, "$") {
		resp.Diagnostics.AddAttributeError(path.Root("common_name"), "Macro in Expected Common Name",
			fmt.Sprintf("A certificate never holds the macro in %q, but what the phone made of it. Use ciscophone_config's certificate_common_name.", cn))
	}
}

// Create waits for the certificate. Nothing exists before it does, so nothing
// is kept when the waiting ends without one: the next apply waits again.
func (r *enrollmentResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var m enrollmentModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	m.pages = r.session.pages
	within, diags := m.Timeouts.Create(ctx, waitDefault)
	resp.Diagnostics.Append(diags...)
	ev, diags := m.waitForNewer(ctx, within)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	m.observe(ev)
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, enrollmentIdentity{PhoneURL: m.PhoneURL})...)
	resp.Diagnostics.Append(serialMark{Serial: ev.Serial, Seen: r.now()}.set(ctx, resp.Private)...)
}

// Read observes. A phone that does not answer is no reason to fail or to
// forget what is known.
func (r *enrollmentResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var m enrollmentModel
	resp.Diagnostics.Append(req.State.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	m.pages = r.session.pages
	resp.Diagnostics.Append(resp.Identity.Set(ctx, enrollmentIdentity{PhoneURL: m.PhoneURL})...) // first, see configResource.Read
	e, err := m.expectation(ctx)
	if err == nil {
		var ev verify.Evidence
		ev, err = verify.Check(ctx, m.PhoneURL.ValueString(), e, m.pages.client)
		if err == nil && ev.Verdict == verify.Unknown {
			err = errors.New("what the phone holds cannot be told: " + strings.Join(ev.Problems, "; "))
		}
		if err == nil {
			mark, serial := serialMarkOf(ctx, req.Private), m.Serial.ValueString()
			if m.observe(ev); m.Serial.ValueString() != serial {
				mark.Seen = r.now()
			}
			resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
			resp.Diagnostics.Append(mark.set(ctx, resp.Private)...)
			return
		}
	}
	resp.Diagnostics.AddWarning("Phone Not Observed",
		sentence(err)+"\n\nThe state keeps what was seen last. Switch the phone on, or correct the address, to see how it is now.")
	if m.Verified.IsNull() { // import
		m.observe(verify.Evidence{Phone: m.PhoneURL.ValueString()})
		resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
	}
}

// privateSerial is the key in private state of a serialMark.
const privateSerial = "serial"

// A serialMark is the serial number that satisfied the last apply, and when the
// one in the state was first seen.
type serialMark struct {
	Serial string    `json:"serial"`
	Seen   time.Time `json:"seen,omitzero"`
}

func serialMarkOf(ctx context.Context, private privateReader) (m serialMark) {
	b, _ := private.GetKey(ctx, privateSerial)
	if json.Unmarshal(b, &m.Serial) != nil { // as provider versions before 0.2 left it
		_ = json.Unmarshal(b, &m)
	}
	return m
}

func (m serialMark) set(ctx context.Context, private privateWriter) diag.Diagnostics {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // a text and a time
	}
	return private.SetKey(ctx, privateSerial, b)
}

// Update waits for the certificate, and where the phone was made to request a
// new one, for another than there was.
func (r *enrollmentResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var m, state enrollmentModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	mark := serialMarkOf(ctx, req.Private)
	if resp.Diagnostics.HasError() {
		return
	}
	m.pages = r.session.pages
	within, diags := m.Timeouts.Update(ctx, waitDefault)
	resp.Diagnostics.Append(diags...)
	var ev verify.Evidence
	changed, timed := changedAt(m.EnrollmentID.ValueString())
	switch {
	case !timed || m.EnrollmentID.Equal(state.EnrollmentID):
		ev, diags = m.wait(ctx, within, "")
	case mark.Seen.Before(changed): // what the state has is older than the change
		ev, diags = m.wait(ctx, within, state.Serial.ValueString())
	case mark.Serial != "": // an apply was interrupted after its push: the phone may have done its part since
		ev, diags = m.wait(ctx, within, mark.Serial)
	default:
		ev, diags = m.waitForNewer(ctx, within)
	}
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	m.observe(ev)
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, enrollmentIdentity{PhoneURL: m.PhoneURL})...)
	if ev.Serial != mark.Serial || mark.Seen.IsZero() {
		mark = serialMark{Serial: ev.Serial, Seen: r.now()}
	}
	resp.Diagnostics.Append(mark.set(ctx, resp.Private)...)
}

// changedAt returns when the phone's file was changed so that the phone requests
// a new certificate, as its enrollment_id says.
func changedAt(enrollmentID string) (at time.Time, ok bool) {
	text, _, _ := strings.Cut(enrollmentID, "-")
	at, err := time.Parse(idTime, text)
	return at, err == nil
}

// waitForNewer waits for a certificate of after the change that enrollment_id
// names, where nothing is known of the one before. The one that the phone shows
// at first may be either where it begins to be valid shortly before the change:
// so the phone gets some time to show another, before that one will do.
func (m enrollmentModel) waitForNewer(ctx context.Context, within time.Duration) (verify.Evidence, diag.Diagnostics) {
	changed, timed := changedAt(m.EnrollmentID.ValueString())
	e, err := m.expectation(ctx)
	if !timed || err != nil {
		return m.wait(ctx, within, "")
	}
	ev, err := verify.Check(ctx, m.PhoneURL.ValueString(), e, m.pages.client)
	switch {
	case err != nil || !ev.Verified() || !ev.NotBefore.Before(changed):
		return m.wait(ctx, within, "")
	case ev.NotBefore.Before(changed.Add(-verify.Backdated)):
		return m.wait(ctx, within, ev.Serial)
	}
	newer, diags := m.wait(ctx, within/4, ev.Serial)
	if !diags.HasError() || ctx.Err() != nil {
		return newer, diags
	}
	return m.wait(ctx, within*3/4, "")
}

// Delete changes nothing: only the phone's own page removes a certificate.
func (r *enrollmentResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {
}

func (r *enrollmentResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	resource.ImportStatePassthroughWithIdentity(ctx, path.Root("phone_url"), path.Root("phone_url"), req, resp)
}

// expectation says what the right certificate is. It fetches the root where a
// SCEP server is named.
func (m enrollmentModel) expectation(ctx context.Context) (verify.Expectation, error) {
	e := verify.Expectation{CommonName: m.CommonName.ValueString(), Vocabularies: m.pages.vocabularies}
	if s := m.RootCAFingerprint.ValueString(); s != "" { // an import knows none
		var err error
		if e.Fingerprint, err = cdc.ParseFingerprint(s); err != nil {
			return e, err
		}
	}
	if m.SCEPServer.ValueString() == "" {
		return e, nil
	}
	c, err := client.New(client.Config{URL: m.SCEPServer.ValueString(), Fingerprint: e.Fingerprint.String()})
	if err != nil {
		return e, err
	}
	server, err := c.Server(ctx)
	if err != nil {
		return e, err
	}
	e.Root = server.Root
	return e, nil
}

// wait waits for the right certificate, other than notSerial, and says what
// the phone shows when none comes.
func (m enrollmentModel) wait(ctx context.Context, within time.Duration, notSerial string) (verify.Evidence, diag.Diagnostics) {
	var diags diag.Diagnostics
	wctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	page := m.PhoneURL.ValueString()
	e, err := m.expectation(wctx)
	if err != nil {
		diags.AddAttributeError(path.Root("scep_server"), "Root CA Not Fetched", clientDetail(err))
		return verify.Evidence{}, diags
	}
	if notSerial != "" { // from the state, where an old version may have left anything
		e.NotSerial, _ = verify.ParseSerial(notSerial)
	}
	ev, err := verify.Wait(wctx, page, e, m.pages.client, pollEvery, func(ev verify.Evidence, err error) {
		tflog.Info(ctx, "waiting for a phone's certificate", map[string]any{
			"phone": page, "download_status": ev.Status, "serial": ev.Serial, "problems": ev.Problems, "error": fmt.Sprint(err)})
	})
	if err != nil {
		detail := sentenceOf(err.Error())
		var late *verify.NotYetError
		if errors.Is(err, verify.ErrCannotTell) {
			diags.AddAttributeError(path.Root("phone_url"), "Certificate Cannot Be Verified",
				fmt.Sprintf("Phone %s: %s\n\nCisco does not document how a phone's status names its custom certificate. `ciscophone verify --learn %s` drafts a vocabulary "+
					"from a phone that holds one; the provider's status_vocabulary_file names the file. The phone's configuration is in place either way.", page, detail, page))
			return ev, diags
		}
		if errors.As(err, &late) && late.Last != nil && ev.Model == "" && ev.MAC == "" && ev.Status == "" {
			diags.AddAttributeError(path.Root("phone_url"), "Phone Page Cannot Be Read",
				fmt.Sprintf("Phone %s: %s\n\nWhether the phone holds its certificate is not known. Check that phone_url is the address of this phone's own page, "+
					"that its web server is switched on, and that it can be reached from here. Nothing needs to be undone: apply again waits again. A longer wait is set by timeouts.", page, detail))
			return ev, diags
		}
		if ev.Status == "" {
			detail += " The phone's page shows no download status."
		}
		advice := "Nothing needs to be undone: apply again waits again. A longer wait is set by timeouts."
		if notSerial != "" && ev.Serial == notSerial && len(ev.Problems) == 1 {
			// Nothing tells this phone from one that has yet to read its file.
			advice += " A phone that never read the file as it was before, because drift was corrected before its next resync, sees no change and keeps " +
				"this certificate, which is right in all other respects: accept it by leaving enrollment_id out of the configuration."
		}
		diags.AddError("Phone Does Not Hold the Right Certificate",
			fmt.Sprintf("Phone %s: %s\n\nThe phone requests its certificate when it has read its new configuration: at its next resync, or when it is restarted. %s",
				page, detail, advice))
	}
	return ev, diags
}
