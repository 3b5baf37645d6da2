// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/browser"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// admin is the web pages of a phone, in a browser without a mouse.
type admin struct {
	*browser.Tab
	w    *world
	root string
}

func openAdmin(t *testing.T) *admin {
	t.Helper()
	b := browser.Open(t)
	w := newWorld(t, nil)
	srv := httptest.NewServer(w.phone.Handler())
	t.Cleanup(srv.Close)
	return &admin{b, w, srv.URL}
}

// looks at the page that is open: with light colors in a wide window and dark
// ones in a narrow one.
func (a *admin) looks(name string) {
	a.w.t.Helper()
	a.Window(360, true)
	a.Accessible()
	a.Picture(name + "-narrow-dark")
	a.Window(1280, false)
	a.Accessible()
	a.Picture(name + "-wide-light")
}

func (a *admin) enter() {
	a.w.t.Helper()
	a.Loads(func() { a.Press(browser.Enter) })
}

// submit goes to a button, or a link, and presses it.
func (a *admin) submit(selector string) {
	a.w.t.Helper()
	a.To(selector)
	a.enter()
}

func (a *admin) home() {
	a.w.t.Helper()
	a.Go(a.root + "/admin/")
}

func (a *admin) login() {
	a.w.t.Helper()
	a.home()
	a.Fill("#password", testAdmin)
	a.enter()
}

// file writes what an administrator has on his disk.
func (a *admin) file(name string, data []byte) string {
	a.w.t.Helper()
	path := filepath.Join(a.w.t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		a.w.t.Fatal(err)
	}
	return path
}

func (a *admin) addCertificate(file, password string) {
	a.w.t.Helper()
	a.Upload("#file", file)
	a.Fill("#extract", password)
	a.submit("form[action$=upload] button")
}

const (
	viewLink     = ".cards a[href*='certificate/']"
	deleteButton = "form[action$='admin/delete'] button"
)

// TestBrowser enrolls a phone as an administrator does whose challenge password
// is refused at first, and then looks after its certificates.
func TestBrowser(t *testing.T) {
	t.Parallel()
	a := openAdmin(t)
	w := a.w

	// Nothing can be changed before the login.
	a.Go(a.root + "/")
	if got := a.Path(); got != "/admin/" {
		t.Fatalf("the browser is at %s", got)
	}
	if got := browser.Eval[bool](a.Tab, "server.matches(':disabled') && !document.querySelector('form[action$=upload], form[action$=delete], form[action$=reboot]')"); !got {
		t.Error("without a login there are things to change")
	}
	a.looks("login")
	a.Fill("#password", "wrong")
	a.enter()
	a.Expect("401")
	a.Announces("The password is wrong.")
	a.looks("login-wrong")
	a.Fill("#password", testAdmin)
	a.enter()
	if got := a.Text("body"); !strings.Contains(got, "Logged in as admin") {
		t.Fatal("not logged in")
	}
	a.looks("admin")

	// SCEP Configuration 1, with a wrong challenge.
	e := w.enrollment()
	a.Fill("#server", e.Server)
	a.Fill("#fingerprint", e.RootCAFingerprint)
	a.Fill("#challenge", "mistyped")
	a.Fill("#common_name", "browser-$MA")
	a.submit("form[action$=scep] button")
	a.Announces("requests a new certificate")
	w.phone.Tick(t.Context())
	a.home()
	a.Announces("asks for the challenge password")
	if got := a.Text("#download-status-1"); !strings.Contains(got, "failed") {
		t.Errorf("Download Status 1 shows %q", got)
	}
	a.looks("asking")

	// The phone's screen goes on with what is typed there.
	a.submit("a[href$='screen/'][data-asks]")
	if got := a.Path(); got != "/screen/" {
		t.Fatalf("the browser is at %s", got)
	}
	a.Focused("#password")
	a.looks("screen-asking")
	a.Press("mistyped again")
	a.enter()
	w.phone.Tick(t.Context())
	a.Go(a.root + "/screen/")
	a.Focused("#password")
	a.Press(testChallenge)
	a.enter()
	a.Announces("enrolls with the password you typed")
	w.phone.Tick(t.Context())
	if got := w.holds().Leaf().Subject.CommonName; got != "browser-001a2b3c4d5e" {
		t.Errorf("common name %q", got)
	}
	a.Go(a.root + "/screen/")
	if got := a.Text("main"); !strings.Contains(got, "browser-001a2b3c4d5e") || !strings.Contains(got, "succeeded") {
		t.Errorf("the screen shows %q", got)
	}
	a.looks("screen")
	a.home()
	if got := a.Text("#download-status-1"); got != "Last provisioning succeeded on 03/01/2026 09:00:00" {
		t.Errorf("Download Status 1 shows %q", got)
	}

	// View, Add Certificate, Delete.
	a.submit(viewLink)
	if got := a.Text("h1"); got != "Certificate browser-001a2b3c4d5e" {
		t.Errorf("View leads to %q", got)
	}
	a.looks("view")
	a.submit("nav a")
	a.addCertificate(a.file("phone.p12", p12(t, quick, nil)), extractPassword)
	a.Announces("Certificate added.")
	if c := w.holds(); c.Source != ByUpload {
		t.Errorf("that by %s is in effect", c.Source)
	}
	a.looks("added")
	a.submit(deleteButton)
	a.Announces("Certificate deleted.")
	if c := w.holds(); c.Source != BySCEP {
		t.Errorf("that by %s is in effect", c.Source)
	}
	a.submit("form[action$=logout] button")
	a.Only(a.root + "/")
}

// TestBrowserUpload: every kind of file an administrator may have, and why one
// is refused.
func TestBrowserUpload(t *testing.T) {
	t.Parallel()
	a := openAdmin(t)
	a.login()
	good := p12(t, quick, nil)
	for _, c := range []struct {
		name, file, password string
		data                 []byte
		want                 string
	}{
		{"triple DES", "old.pfx", extractPassword, p12(t, pkcs12.LegacyDES.WithIterations(100), nil), "Certificate added."},
		{"RC2", "older.p12", extractPassword, p12(t, pkcs12.LegacyRC2.WithIterations(100), nil), "Certificate added."},
		{"AES-256", "new.p12", extractPassword, good, "Certificate added."},
		{"wrong password", "new.p12", "not the password", good, "The certificate can't be uploaded: the extract password is wrong"},
		{"no password", "new.p12", "", good, "The certificate can't be uploaded: "},
		{"damaged", "cut.p12", extractPassword, good[:len(good)/2], "The certificate can't be uploaded: "},
		{"PEM", "phone.pfx", extractPassword, []byte("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"), "The certificate can't be uploaded: "},
	} {
		before := len(a.w.phone.Status().Certificates)
		a.addCertificate(a.file(c.file, c.data), c.password)
		a.Announces(c.want)
		added := strings.HasSuffix(c.want, "added.")
		if got := len(a.w.phone.Status().Certificates); (added && got != 1) || (!added && got != before) {
			t.Errorf("%s: %d certificates, %d before", c.name, got, before)
		}
		if strings.Contains(a.Text("body"), c.password) && c.password != "" {
			t.Errorf("%s: the page shows the extract password", c.name)
		}
	}
	a.looks("refused")
	a.Expect("422")

	// A certificate without the file leads nowhere: the field is required.
	a.submitStays("form[action$=upload] button")
	a.Only(a.root + "/")
}

// TestBrowserMaintenance: the other parameters, and what ends a session.
func TestBrowserMaintenance(t *testing.T) {
	t.Parallel()
	a := openAdmin(t)
	w := a.w
	e := w.enrollment()
	if err := w.provision(e); err != nil {
		t.Fatal(err)
	}
	first := w.holds()
	a.login()

	// None of them is SCEP's: no new certificate is asked for.
	a.Pick("#select", customInstalled)
	a.Pick("#dot1x", "Yes")
	a.submit("form[action$=scep] button")
	a.Announces("Changes submitted.")
	w.phone.Tick(t.Context())
	if s := w.phone.Status(); s.CertificateSelect != customInstalled || !s.Dot1X || w.holds().ID != first.ID {
		t.Errorf("%q, 802.1X %v", s.CertificateSelect, s.Dot1X)
	}
	a.To("#clear")
	a.Press(browser.Space)
	a.submit("form[action$=scep] button")
	a.Announces("requests a new certificate")
	if w.phone.Status().ChallengeSet {
		t.Error("the challenge is still set")
	}

	e.CommonName = "by-url"
	if doc, err := cfgxml.Parse([]byte("<flat-profile/>")); err != nil {
		t.Fatal(err)
	} else if data, err := doc.WithEnrollment(e); err != nil {
		t.Fatal(err)
	} else {
		w.profile.put(data.Bytes())
	}
	a.Fill("#url", strings.TrimSuffix(w.config.ConfigURL, "SEP$MAU.xml")+"once.xml")
	a.submit("form[action$=resync] button")
	a.Announces("The configuration was fetched.")
	if got := w.phone.Status().CommonName; got != "by-url" {
		t.Errorf("the common name is %q", got)
	}
	a.Fill("#url", "http://127.0.0.1:1/")
	a.submit("form[action$=resync] button")
	a.Expect("422")
	if got := browser.Eval[string](a.Tab, "document.querySelector('[role=alert]')?.innerText ?? ''"); got == "" {
		t.Error("a fetch that failed is not announced")
	}

	a.submit("form[action$=reboot] button")
	a.Announces("The phone restarts.")
	a.home()
	a.login()
	a.submit("form[action$='factory-reset'] button")
	a.Announces("The phone is as it left the factory.")
	a.home()
	if s := w.phone.Status(); s.State != FactoryReset || len(s.Certificates) != 0 || strings.Contains(a.Text("body"), "Logged in") {
		t.Errorf("%s with %d certificates, and the page shows %q", s.State, len(s.Certificates), a.Text("body"))
	}
	a.Only(a.root + "/")
}

// submitStays presses a button that must not lead anywhere.
func (a *admin) submitStays(selector string) {
	a.w.t.Helper()
	asked := len(a.Asked())
	a.To(selector)
	a.Press(browser.Enter)
	if got := browser.Eval[string](a.Tab, "document.activeElement.validationMessage"); got == "" {
		a.w.t.Error("the browser does not say what is missing")
	}
	if got := len(a.Asked()); got != asked {
		a.w.t.Errorf("%s asked for %s", selector, a.Asked()[asked:])
	}
}

// TestBrowserPolicy: what slips into a page of the phone can neither run nor
// call home.
func TestBrowserPolicy(t *testing.T) {
	t.Parallel()
	a := openAdmin(t)
	a.home()
	got := browser.Eval[string](a.Tab, `(async () => {
	const refused = [];
	document.addEventListener("securitypolicyviolation", e => refused.push(e.effectiveDirective));
	const script = document.createElement("script");
	script.textContent = "window.ran = true";
	document.body.append(script);
	const style = document.createElement("style");
	style.textContent = "body { display: none }";
	document.body.append(style);
	new Image().src = "/style.css";
	await fetch("/admin/status.xml").then(() => refused.push("(fetched)"), () => {});
	const frame = document.createElement("iframe");
	frame.src = "/admin/";
	document.body.append(frame);
	const form = document.createElement("form");
	form.action = "http://127.0.0.1:9/";
	document.body.append(form);
	form.requestSubmit();
	for (let i = 0; i < 100 && refused.length < 6; i++) await new Promise(r => setTimeout(r, 50));
	return refused.sort().join() + " " + (window.ran ?? "not run");
})()`)
	if want := "connect-src,form-action,frame-src,img-src,script-src-elem,style-src-elem not run"; got != want {
		t.Errorf("refused: %s, want %s", got, want)
	}
	a.Expect("Content Security Policy")
	a.Expect("ContentSecurityPolicyIssue")
	a.Only(a.root + "/")
}

// TestBrowserFleet: the list of many phones leads to the pages of each.
func TestBrowserFleet(t *testing.T) {
	t.Parallel()
	b := browser.Open(t)
	w := newWorld(t, nil)
	var phones []*Phone
	for i := range 6 {
		c := w.config
		c.Identity.MAC[5] = byte(i)
		c.MIC = nil
		p, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		e := w.enrollment()
		switch i {
		case 0: // as it left the factory
		case 1:
			e.ChallengePassword = secret.New("mistyped")
			fallthrough
		default:
			p.SetParameters(e)
			p.Tick(t.Context())
		}
		phones = append(phones, p)
	}
	srv := httptest.NewServer(NewFleet(phones...).Handler())
	t.Cleanup(srv.Close)
	a := &admin{b, w, srv.URL}
	a.Go(srv.URL + "/")
	if got := a.Text("main"); !strings.Contains(got, "4 of 6") || !strings.Contains(got, "SEP001A2B3C4D05") {
		t.Errorf("the list shows %q", got)
	}
	a.looks("fleet")
	a.submit("a[href='SEP001A2B3C4D01/admin/']")
	a.Announces("asks for the challenge password")
	a.submit("a[data-asks]")
	if got := a.Path(); got != "/SEP001A2B3C4D01/screen/" {
		t.Errorf("the browser is at %s", got)
	}
	a.Only(srv.URL + "/")
}
