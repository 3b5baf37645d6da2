// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"crypto"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/option43"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/ca"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/status"
)

// option43 is what an administrator's DHCP server would send.
func (w *world) option43() option43.Parameters {
	return option43.Parameters{
		Server: w.server.URL, RootCAFingerprint: cdc.FingerprintOf(w.ca.Root().Raw, crypto.SHA256).Bytes(),
		ChallengePassword: secret.New(testChallenge), Enable8021X: option43.On, CertificateSelect: option43.On,
	}
}

func (w *world) lease(change func(*option43.Parameters)) Lease {
	w.t.Helper()
	o := w.option43()
	if change != nil {
		change(&o)
	}
	value, err := o.Encode()
	if err != nil {
		w.t.Fatal(err)
	}
	return Lease{Option43: value, Domain: "example.nl"}
}

// TestS27AfterFactoryReset: the bytes of the option, as they are on the wire,
// lead to a certificate.
func TestS27AfterFactoryReset(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(_ *ca.Config, c *Config) { c.ConfigURL = "" })
	w.phone.SetParameters(w.enrollment())
	w.phone.Tick(t.Context())
	w.holds()
	w.phone.FactoryReset()
	if err := w.phone.Lease(w.lease(nil)); err != nil {
		t.Fatal(err)
	}
	w.phone.Tick(t.Context())
	s := w.phone.Status()
	if got := w.holds().Leaf().Subject.CommonName; got != "CP-9871-SEP001A2B3C4D5E.example.nl" || s.Server != w.server.URL || s.CertificateSelect != "Custom installed" || !s.Dot1X {
		t.Errorf("common name %q, parameters %+v", got, s)
	}
}

// TestS38S39WhoSigns is the rule of the challenge with parameters from option 43.
func TestS38S39WhoSigns(t *testing.T) {
	t.Parallel()
	for challenge, want := range map[string]string{
		"":            fmt.Sprint([]ca.Authorization{ca.ByMIC, ca.ByMIC}),
		testChallenge: fmt.Sprint([]ca.Authorization{ca.ByChallenge, ca.ByRenewal}),
	} {
		w := newWorld(t, nil)
		if err := w.phone.Lease(w.lease(func(o *option43.Parameters) { o.ChallengePassword = secret.New(challenge) })); err != nil {
			t.Fatal(err)
		}
		w.live(w.clock.now().Add(80*day), nil)
		var got []ca.Authorization
		for _, r := range w.ca.Issued() {
			got = append(got, r.Authorization)
		}
		if fmt.Sprint(got) != want {
			t.Errorf("authorized by %v, want %s", got, want)
		}
	}
}

// TestOption43Broken: an option that breaks the rules is not taken.
func TestOption43Broken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(_ *ca.Config, c *Config) { c.ConfigURL = "" })
	good := w.lease(nil)
	for name, value := range map[string][]byte{
		"cut short": good.Option43[:len(good.Option43)-1],
		"no server": {12, 20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20},
		"19 bytes":  append([]byte{11, 8}, "10.1.1.1\x0c\x13aaaaaaaaaaaaaaaaaaa"...),
	} {
		if err := w.phone.Lease(Lease{Option43: value}); err == nil || w.phone.Status().State != FactoryReset {
			t.Errorf("%s: %v, %s", name, err, w.phone.Status().State)
		}
		w.failed("option 43")
	}
}

func TestS27S28OnlyAfterFactoryReset(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(_ *ca.Config, c *Config) { c.ConfigURL = "" })
	if err := w.phone.Lease(w.lease(nil)); err != nil {
		t.Fatal(err)
	}
	w.phone.Tick(t.Context())
	first := w.holds()
	if err := w.phone.Lease(w.lease(nil)); !errors.Is(err, ErrNotReset) {
		t.Errorf("a phone in use: %v", err)
	}
	w.phone.FactoryReset()
	if s := w.phone.Status(); s.State != FactoryReset || len(s.Certificates) != 0 || s.Server != "" || s.Download != "" {
		t.Errorf("after the reset: %+v", s)
	}
	if err := w.phone.Lease(Lease{Domain: "example.nl"}); err != nil || w.phone.Status().State != FactoryReset {
		t.Errorf("a lease without option 43: %v", err)
	}
	if err := w.phone.Lease(w.lease(nil)); err != nil {
		t.Fatal(err)
	}
	w.phone.Tick(t.Context())
	if w.holds().ID == first.ID {
		t.Error("the certificate from before the reset is back")
	}
	w = newWorld(t, nil)
	w.phone.Tick(t.Context()) // reads a cfg.xml without SCEP parameters
	if err := w.phone.Lease(w.lease(nil)); !errors.Is(err, ErrNotReset) {
		t.Errorf("a phone that has its configuration: %v", err)
	}
}

func TestS29NotBesideProvisioning(t *testing.T) {
	t.Parallel()
	for name, b := range map[string]Behavior{"lost": {}, "taken": {Option43WithProvisioning: true}} {
		w := newWorld(t, func(_ *ca.Config, c *Config) { c.ConfigURL, c.Behavior = "", b })
		l := w.lease(nil)
		l.Provisioning = true
		err := w.phone.Lease(l)
		if lost := errors.Is(err, ErrProvisioned); lost != (name == "lost") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestS30FingerprintLengths(t *testing.T) {
	t.Parallel()
	for _, h := range []crypto.Hash{crypto.SHA1, crypto.SHA256, crypto.SHA384, crypto.SHA512} {
		w := newWorld(t, nil)
		l := w.lease(func(o *option43.Parameters) { o.RootCAFingerprint = cdc.FingerprintOf(w.ca.Root().Raw, h).Bytes() })
		if err := w.phone.Lease(l); err != nil {
			t.Fatal(err)
		}
		w.phone.Tick(t.Context())
		w.holds()
	}
}

func TestS45ParametersStandFilledIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	if err := w.phone.Lease(w.lease(nil)); err != nil {
		t.Fatal(err)
	}
	page := w.get("GET", "/admin/", testAdmin, "").Body.String()
	for _, want := range []string{
		"SCEP Configuration 1", `value="` + w.server.URL + `"`, `value="` + strings.ToUpper(w.fingerprint()) + `"`,
		"A password is set", "<option selected>Custom installed</option>", "<option selected>Yes</option>", "<option selected>Disabled</option>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// TestS51S52S53Domain: common name and user ID with the domain of option 15.
func TestS51S52S53Domain(t *testing.T) {
	t.Parallel()
	for domain, want := range map[string][2]string{
		"example.nl": {"CP-9871-SEP001A2B3C4D5E.example.nl", "CP-9871-SEP001A2B3C4D5E@example.nl"},
		"":           {"CP-9871-SEP001A2B3C4D5E", "CP-9871-SEP001A2B3C4D5E"},
	} {
		w := newWorld(t, nil)
		l := w.lease(nil)
		l.Domain = domain
		if err := w.phone.Lease(l); err != nil {
			t.Fatal(err)
		}
		w.phone.Tick(t.Context())
		if got := w.holds().Leaf().Subject.CommonName; got != want[0] {
			t.Errorf("domain %q: common name %q, want %q", domain, got, want[0])
		}
		if got := w.phone.Status().UserID; got != want[1] {
			t.Errorf("domain %q: user ID %q, want %q", domain, got, want[1])
		}
		doc, err := status.Parse(w.phone.Status().XML())
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := doc.Get(device.StatusUserID); got != want[1] {
			t.Errorf("status.xml has the user ID %q", got)
		}
	}
	w := newWorld(t, nil)
	l := w.lease(nil)
	l.Domain = strings.Repeat("d", 41)
	if err := w.phone.Lease(l); err != nil {
		t.Fatal(err)
	}
	w.phone.Tick(t.Context())
	w.failed("65 characters", "option 15")
}

// TestS34FIPSModeMustAgree: a certificate installed in one FIPS mode cannot be
// retrieved in the other.
func TestS34FIPSModeMustAgree(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	l := w.lease(func(o *option43.Parameters) { o.FIPSMode = option43.On })
	if err := w.phone.Lease(l); err != nil {
		t.Fatal(err)
	}
	w.phone.Tick(t.Context())
	first := w.holds()
	fips := func(mode string) {
		t.Helper()
		w.profile.put([]byte("<flat-profile><FIPS_Mode ua=\"na\">" + mode + "</FIPS_Mode></flat-profile>"))
		if err := w.phone.Resync(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	fips("Enabled")
	if w.holds().ID != first.ID {
		t.Error("the mode agreed, and the certificate is gone")
	}
	fips("Disabled")
	s := w.phone.Status()
	if s.InEffect() != nil || s.State != Absent || len(s.Certificates) != 1 || !s.Certificates[0].Hidden {
		t.Errorf("the modes differ: state %s", s.State)
	}
	w.failed("FIPS mode enabled", "FIPS mode disabled")
	if page := w.get("GET", "/admin/", "", "").Body.String(); !strings.Contains(page, "Cannot be retrieved in this FIPS mode") {
		t.Error("the page does not say so")
	}
	fips("Enabled")
	if w.holds().ID != first.ID || w.phone.Status().State != Installed {
		t.Error("the mode agrees again, and the certificate is not back")
	}

	// By switch the phone enrolls anew; then it has one for each mode.
	w = newWorld(t, func(_ *ca.Config, c *Config) { c.Behavior.EnrollWhenHidden = true })
	if err := w.phone.Lease(w.lease(nil)); err != nil {
		t.Fatal(err)
	}
	w.phone.Tick(t.Context())
	first = w.holds()
	fips("Enabled")
	if w.holds().ID == first.ID {
		t.Error("no new certificate")
	}
	fips("Disabled")
	if w.holds().ID != first.ID {
		t.Error("the certificate of the other mode was not kept")
	}
}

// TestS35FIPSDisabledByDefault: it need not be sent.
func TestS35FIPSDisabledByDefault(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	if err := w.phone.Lease(w.lease(nil)); err != nil {
		t.Fatal(err)
	}
	w.phone.Tick(t.Context())
	if w.phone.Status().FIPS {
		t.Error("enabled without being asked")
	}
	first := w.holds()
	w.profile.put([]byte("<flat-profile><FIPS_Mode>Disabled</FIPS_Mode></flat-profile>"))
	if err := w.phone.Resync(t.Context()); err != nil || w.holds().ID != first.ID {
		t.Errorf("an environment without FIPS mode does not retrieve the certificate: %v", err)
	}
}
