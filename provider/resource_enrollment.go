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
type enrollmentResource struct{}

var (
	_ resource.ResourceWithIdentity       = (*enrollmentResource)(nil)
	_ resource.ResourceWithImportState    = (*enrollmentResource)(nil)
	_ resource.ResourceWithValidateConfig = (*enrollmentResource)(nil)
)

func newEnrollmentResource() resource.Resource { return &enrollmentResource{} }

func (r *enrollmentResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_enrollment"
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
	within, diags := m.Timeouts.Create(ctx, waitDefault)
	resp.Diagnostics.Append(diags...)
	ev, diags := m.wait(ctx, within, "")
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	m.observe(ev)
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, enrollmentIdentity{PhoneURL: m.PhoneURL})...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, privateSerial, serialMark(ev.Serial))...)
}

// Read observes. A phone that does not answer is no reason to fail or to
// forget what is known.
func (r *enrollmentResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var m enrollmentModel
	resp.Diagnostics.Append(req.State.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Identity.Set(ctx, enrollmentIdentity{PhoneURL: m.PhoneURL})...) // first, see configResource.Read
	e, err := m.expectation(ctx)
	if err == nil {
		var ev verify.Evidence
		if ev, err = verify.Check(ctx, m.PhoneURL.ValueString(), e, nil); err == nil {
			m.observe(ev)
			resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
			return
		}
	}
	resp.Diagnostics.AddWarning("Phone Not Observed",
		sentence(err)+"\n\nThe state keeps what was seen last. Switch the phone on, or correct the address, to see how it is now.")
	if m.ID.IsNull() { // import
		m.observe(verify.Evidence{Phone: m.PhoneURL.ValueString()})
		resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
	}
}

// privateSerial is the key in private state of the serial number that
// satisfied the last apply.
const privateSerial = "serial"

func serialMark(serial string) []byte {
	b, _ := json.Marshal(serial)
	return b
}

// Update waits for the certificate, and where the phone was made to request a
// new one, for another than there was.
func (r *enrollmentResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var m, state enrollmentModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	mark, diags := req.Private.GetKey(ctx, privateSerial)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	within, diags := m.Timeouts.Update(ctx, waitDefault)
	resp.Diagnostics.Append(diags...)
	var ev verify.Evidence
	// A revision that was not known before (an import) says nothing about a change.
	if m.EnrollmentRevision.Equal(state.EnrollmentRevision) || m.EnrollmentRevision.IsNull() || state.EnrollmentRevision.IsNull() {
		ev, diags = m.wait(ctx, within, "")
	} else {
		var applied string
		if json.Unmarshal(mark, &applied) != nil {
			applied = ""
		}
		ev, diags = m.waitForAnother(ctx, within, state.Serial.ValueString(), applied)
	}
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	m.observe(ev)
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, enrollmentIdentity{PhoneURL: m.PhoneURL})...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, privateSerial, serialMark(ev.Serial))...)
}

// waitForAnother waits for a certificate other than seen, the one at the last
// refresh. When that one already is another than applied, the one of the last
// apply, an apply may have been interrupted after its push: then the phone has
// done its part before the refresh, and none will follow. So after half of the
// time the one seen will do.
func (m enrollmentModel) waitForAnother(ctx context.Context, within time.Duration, seen, applied string) (verify.Evidence, diag.Diagnostics) {
	if applied == "" || applied == seen {
		return m.wait(ctx, within, seen)
	}
	ev, diags := m.wait(ctx, within/2, seen)
	if !diags.HasError() || ctx.Err() != nil {
		return ev, diags
	}
	return m.wait(ctx, within/2, applied)
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
	e := verify.Expectation{CommonName: m.CommonName.ValueString()}
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
	ev, err := verify.Wait(wctx, page, e, nil, pollEvery, func(ev verify.Evidence, err error) {
		tflog.Info(ctx, "waiting for a phone's certificate", map[string]any{
			"phone": page, "download_status": ev.Status, "serial": ev.Serial, "problems": ev.Problems, "error": fmt.Sprint(err)})
	})
	if err != nil {
		detail := sentenceOf(err.Error())
		var late *verify.NotYetError
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
			advice += " A phone that never read the file as it was before, because drift was put right before its next resync, sees no change and keeps " +
				"this certificate, which is right in all other respects: accept it by apply -replace of this resource, which changes nothing on the phone."
		}
		diags.AddError("Phone Does Not Hold the Right Certificate",
			fmt.Sprintf("Phone %s: %s\n\nThe phone requests its certificate when it has read its new configuration: at its next resync, or when it is restarted. %s",
				page, detail, advice))
	}
	return ev, diags
}
