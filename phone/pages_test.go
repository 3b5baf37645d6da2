// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/ca"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/status"
)

func (w *world) form(e cfgxml.Enrollment) string {
	return url.Values{
		"server": {e.Server}, "fingerprint": {e.RootCAFingerprint},
		"challenge": {e.ChallengePassword.Reveal()}, "common_name": {e.CommonName},
	}.Encode()
}

func TestS12SubmitAllChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	page := w.get("GET", "/admin/", testAdmin, "").Body.String()
	for _, want := range []string{"<legend>SCEP Configuration 1</legend>", `<label for="server">Server</label>`,
		`<label for="fingerprint">Root CA Fingerprint</label>`, `<label for="challenge">Challenge Password</label>`,
		`<label for="common_name">Common Name</label>`, ">Submit All Changes</button>"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	e := w.enrollment()
	rec := w.get("POST", "/admin/scep", testAdmin, w.form(e))
	if rec.Code != 200 || !strings.Contains(rec.Body.String(), "requests a new certificate") {
		t.Fatalf("submit: %d", rec.Code)
	}
	w.phone.Tick(t.Context())
	first := w.holds()

	// The challenge is not shown; submitting the page as it is changes nothing.
	e.ChallengePassword = secret.Text{}
	if rec = w.get("POST", "/admin/scep", testAdmin, w.form(e)); strings.Contains(rec.Body.String(), "requests a new certificate") {
		t.Error("an unchanged page asks for a new certificate")
	}
	w.phone.Tick(t.Context())
	if w.holds().ID != first.ID {
		t.Error("an unchanged page gave a new certificate")
	}
	w.get("POST", "/admin/scep", testAdmin, w.form(e)+"&clear_challenge=1")
	w.phone.Tick(t.Context())
	if s := w.phone.Status(); s.ChallengeSet || w.holds().ID == first.ID {
		t.Error("removing the challenge is no change")
	}
	// Other parameters are none of SCEP's.
	second := w.holds()
	w.get("POST", "/admin/scep", testAdmin, "certificate_select=Custom+installed&dot1x=Yes")
	w.phone.Tick(t.Context())
	if s := w.phone.Status(); s.CertificateSelect != "Custom installed" || !s.Dot1X || w.holds().ID != second.ID {
		t.Errorf("%q, 802.1X %v", s.CertificateSelect, s.Dot1X)
	}
}

func TestS47DownloadStatus1(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	shown := func() string {
		t.Helper()
		page := w.get("GET", "/admin/", "", "").Body.String()
		_, rest, ok := strings.Cut(page, `<h2 id="custom-cert-status">Custom Cert Status</h2>`)
		_, rest, ok2 := strings.Cut(rest, `<dt>Download Status 1</dt><dd id="download-status-1">`)
		line, _, _ := strings.Cut(rest, "<")
		if !ok || !ok2 {
			t.Fatal("no Custom Cert Status with Download Status 1 on the page")
		}
		return line
	}
	if got := shown(); got != "Not started" {
		t.Errorf("at first %q", got)
	}
	w.front.replace(http.NotFoundHandler())
	if err := w.provision(w.enrollment()); err == nil {
		t.Fatal("no error")
	}
	if got := shown(); !strings.HasPrefix(got, "Last provisioning failed on 03/01/2026 09:00:00: ") || !strings.Contains(got, "404") {
		t.Errorf("after a failure %q", got)
	}
	w.front.replace(nil)
	w.clock.advance(time.Hour)
	w.phone.Tick(t.Context())
	if got := shown(); got != "Last provisioning succeeded on 03/01/2026 10:00:00" {
		t.Errorf("after success %q", got)
	}
}

// TestStatusDocument holds the vocabulary that verify reads.
func TestStatusDocument(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	read := func() *status.Document {
		t.Helper()
		rec := w.get("GET", "/admin/status.xml", "", "")
		doc, err := status.Parse(rec.Body.Bytes())
		if err != nil || rec.Code != 200 {
			t.Fatal(rec.Code, err)
		}
		return doc
	}
	if facts := status.Read(read(), status.Builtin()...); facts.State(status.Installed) != status.No || facts.Text(status.Chain) != "" {
		t.Errorf("a phone without certificate shows %+v", facts)
	}
	if err := w.provision(w.enrollment()); err != nil {
		t.Fatal(err)
	}
	doc, leaf := read(), w.holds().Leaf()
	for name, want := range map[string]string{
		device.StatusProductName: "DP-9871", device.StatusMAC: "00:1a:2b:3c:4d:5e", device.StatusSerial: "FCH12345678",
		device.StatusSoftware: "3.6(1)", device.StatusCommonName: "phone-001a2b3c4d5e.example.nl", device.StatusIssuer: leaf.Issuer.String(),
		device.StatusCertSerial: serial(leaf), device.StatusValidFrom: leaf.NotBefore.UTC().Format(time.RFC3339),
		device.StatusValidTo: leaf.NotAfter.UTC().Format(time.RFC3339), device.StatusUserID: "CP-9871-SEP001A2B3C4D5E",
		device.StatusDownload: "Last provisioning succeeded on 03/01/2026 09:00:00", device.StatusConfigResult: "Last provisioning succeeded on 03/01/2026 09:00:00",
	} {
		if got, _ := doc.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got, _ := doc.Get(device.StatusChain); len(strings.Fields(got)) != len(w.holds().Chain) {
		t.Errorf("a chain of %d, want %d", len(strings.Fields(got)), len(w.holds().Chain))
	}
}

// TestStyle: a browser keeps the style, and asks whether it is still the one.
func TestStyle(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	first := w.get("GET", "/style.css", "", "")
	tag := first.Header().Get("ETag")
	if first.Code != 200 || tag == "" || first.Header().Get("Cache-Control") != "no-cache" || !strings.HasPrefix(first.Header().Get("Content-Type"), "text/css") {
		t.Errorf("%d, %v", first.Code, first.Header())
	}
	if again := w.get("GET", "/style.css", "", "", "If-None-Match", tag); again.Code != 304 || again.Body.Len() != 0 {
		t.Errorf("the same again: %d with %d bytes", again.Code, again.Body.Len())
	}
	if other := w.get("GET", "/style.css", "", "", "If-None-Match", `"older"`); other.Code != 200 || other.Body.String() != first.Body.String() {
		t.Errorf("after another: %d", other.Code)
	}
}

// TestNoChangeWithoutLogin tries every address that changes something.
func TestNoChangeWithoutLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	if err := w.provision(w.enrollment()); err != nil {
		t.Fatal(err)
	}
	c := w.holds()
	evil := "server=http://evil.example&fingerprint=00"
	actions := []struct{ method, path, body string }{
		{"POST", "/admin/scep", evil}, {"POST", "/admin/delete", "id=" + c.ID}, {"POST", "/admin/upload", ""},
		{"POST", "/admin/resync", ""}, {"GET", "/admin/resync?http://evil.example/x.xml", ""}, {"GET", "/admin/resync", ""},
		{"POST", "/admin/reboot", ""}, {"GET", "/admin/reboot", ""}, {"POST", "/admin/factory-reset", ""}, {"GET", "/admin/cfg.xml", ""},
	}
	fetched, boots := len(w.profile.requests), w.phone.Status().Boots
	unchanged := func(who string) {
		t.Helper()
		s := w.phone.Status()
		if w.holds().ID != c.ID || s.Server != w.server.URL || s.Boots != boots || len(w.profile.requests) != fetched {
			t.Errorf("%s: something changed", who)
		}
	}
	for _, a := range actions {
		for who, password := range map[string]string{"nobody": "", "a wrong password": "wrong"} {
			w.phone.sessions.guesses = 0 // the pause after many is tested elsewhere
			if rec := w.get(a.method, a.path, password, a.body); rec.Code != 401 {
				t.Errorf("%s %s by %s: %d, want 401", a.method, a.path, who, rec.Code)
			}
			unchanged(a.method + " " + a.path)
		}
	}
	// Nobody can when no password is set, not even with an empty one.
	w.phone.cfg.AdminPassword = secret.Text{}
	r := httptest.NewRequest("POST", "/admin/scep", strings.NewReader(evil))
	r.SetBasicAuth("admin", "")
	rec := httptest.NewRecorder()
	w.phone.Handler().ServeHTTP(rec, r)
	if rec.Code != 401 || !strings.Contains(rec.Body.String(), "No administrator password is set") {
		t.Errorf("without a password set: %d", rec.Code)
	}
	if rec := w.get("POST", "/admin/login", "", "password="); rec.Code != 401 {
		t.Errorf("login without a password set: %d", rec.Code)
	}
	unchanged("no password set")
}

// TestForeignPages: what a page of another site can make a browser do changes
// nothing, even when the browser is logged in.
func TestForeignPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for _, c := range []struct {
		method, path, header, value string
	}{
		{"POST", "/admin/reboot", "Sec-Fetch-Site", "cross-site"},
		{"POST", "/admin/reboot", "Sec-Fetch-Site", "same-site"},
		{"POST", "/admin/reboot", "Origin", "http://evil.example"},
		{"POST", "/screen/password", "Origin", "http://evil.example"},
		{"GET", "/admin/reboot", "Sec-Fetch-Site", "cross-site"},
		{"GET", "/admin/resync?http://evil.example/", "Sec-Fetch-Site", "cross-site"},
	} {
		if rec := w.get(c.method, c.path, testAdmin, "password=x", c.header, c.value); rec.Code != 403 {
			t.Errorf("%s %s with %s: %s: %d, want 403", c.method, c.path, c.header, c.value, rec.Code)
		}
	}
	if w.phone.Status().Boots != 1 {
		t.Error("the phone rebooted")
	}
	rec := w.get("GET", "/admin/", "", "")
	if csp := rec.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") {
		t.Errorf("Content-Security-Policy %q", csp)
	}
	if body := rec.Body.String(); strings.Contains(body, "<script") || strings.Contains(body, "://cdn") || strings.Contains(body, "style=") {
		t.Error("the page has scripts, inline styles or assets from elsewhere")
	}
}

// TestSession logs in by the form, as a browser does.
func TestSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	rec := w.get("POST", "/admin/login", "", "password="+testAdmin)
	cookies := rec.Result().Cookies()
	if rec.Code != 303 || len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteStrictMode || strings.Contains(cookies[0].Value, testAdmin) {
		t.Fatalf("login: %d, %v", rec.Code, cookies)
	}
	cookie := cookies[0].Name + "=" + cookies[0].Value
	if rec := w.get("GET", "/admin/", "", "", "Cookie", cookie); !strings.Contains(rec.Body.String(), "Logged in as admin") {
		t.Error("not logged in")
	}
	if rec := w.get("POST", "/admin/reboot", "", "", "Cookie", cookie); rec.Code != 200 {
		t.Errorf("reboot: %d", rec.Code)
	}
	if rec := w.get("POST", "/admin/reboot", "", "", "Cookie", cookie); rec.Code != 401 {
		t.Errorf("after the reboot the session goes on: %d", rec.Code)
	}
	login := func() string {
		c := w.get("POST", "/admin/login", "", "password="+testAdmin).Result().Cookies()[0]
		return c.Name + "=" + c.Value
	}
	cookie = login()
	w.clock.advance(sessionIdle - time.Second)
	if rec := w.get("GET", "/admin/cfg.xml", "", "", "Cookie", cookie); rec.Code != 200 {
		t.Errorf("a session in use: %d", rec.Code)
	}
	w.clock.advance(sessionIdle + time.Second)
	if rec := w.get("GET", "/admin/cfg.xml", "", "", "Cookie", cookie); rec.Code != 401 {
		t.Errorf("an idle session: %d", rec.Code)
	}
	cookie = login()
	w.get("POST", "/admin/logout", "", "", "Cookie", cookie)
	if rec := w.get("GET", "/admin/cfg.xml", "", "", "Cookie", cookie); rec.Code != 401 {
		t.Errorf("after logging out: %d", rec.Code)
	}
	for range maxSessions * 2 {
		login()
	}
	if n := len(w.phone.sessions.last); n > maxSessions {
		t.Errorf("%d sessions are kept", n)
	}
	real := time.Now()
	w.phone.mu.Lock()
	w.phone.sessions.clock = func() time.Time { return real }
	w.phone.mu.Unlock()
	for range maxGuesses {
		w.get("POST", "/admin/login", "", "password=guess")
	}
	for _, target := range []string{"/admin/cfg.xml", "/admin/resync"} { // by Basic
		rec := w.get("GET", target, testAdmin, "")
		if rec.Code != 429 || rec.Header().Get("Retry-After") != "30" || rec.Header().Get("WWW-Authenticate") != "" || !strings.Contains(rec.Body.String(), "Too many wrong passwords") {
			t.Errorf("%s with the right password after %d guesses: %d, Retry-After %q", target, maxGuesses, rec.Code, rec.Header().Get("Retry-After"))
		}
	}
	if rec := w.get("GET", "/admin/cfg.xml", "", ""); rec.Code != 401 {
		t.Errorf("without password in the pause: %d", rec.Code)
	}
	w.clock.advance(guessPause) // the phone's clock may stand still, or jump: it does not count
	if rec := w.get("POST", "/admin/login", "", "password="+testAdmin); rec.Code != 429 {
		t.Errorf("after %d guesses: %d", maxGuesses, rec.Code)
	}
	real = real.Add(guessPause)
	if rec := w.get("POST", "/admin/login", "", "password="+testAdmin); rec.Code != 303 {
		t.Errorf("after the pause: %d", rec.Code)
	}
}

func TestResync(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	if rec := w.get("POST", "/admin/resync", testAdmin, ""); rec.Code != 200 || !strings.Contains(rec.Body.String(), "was fetched") {
		t.Errorf("POST: %d", rec.Code)
	}
	r := w.profile.requests[0]
	if r.URL.Path != "/SEP001A2B3C4D5E.xml" || r.UserAgent() != "Cisco-DP-9871/3.6.1 (001a2b3c4d5e)" {
		t.Errorf("asked for %s as %q", r.URL.Path, r.UserAgent())
	}
	w.get("POST", "/admin/resync", testAdmin, "")
	if got := w.profile.requests[1].Header.Get("If-None-Match"); got != `"v0"` {
		t.Errorf("If-None-Match %q", got)
	}
	// A one-time resync from elsewhere; the URL is not saved.
	once := &profileServer{data: []byte("<flat-profile><CDC_Common_Name_1_>once</CDC_Common_Name_1_></flat-profile>")}
	srv := httptest.NewServer(once)
	defer srv.Close()
	for i, ask := range []func() *httptest.ResponseRecorder{
		func() *httptest.ResponseRecorder {
			return w.get("GET", "/admin/resync?"+srv.URL+"/once.xml", testAdmin, "")
		},
		func() *httptest.ResponseRecorder {
			return w.get("POST", "/admin/resync", testAdmin, "url="+url.QueryEscape(srv.URL+"/once.xml"))
		},
	} {
		rec := ask()
		if len(once.requests) != i+1 || once.requests[i].URL.Path != "/once.xml" {
			t.Fatalf("request %d: %d, %d requests", i, rec.Code, len(once.requests))
		}
	}
	if w.phone.Status().CommonName != "once" {
		t.Error("the configuration was not read")
	}
	if n := len(w.profile.requests); n != 2 {
		t.Errorf("%d requests to the configured address", n)
	}
	for _, bad := range []string{"file:///etc/passwd", "tftp://x/y", "gopher://x", "http://", "http://127.0.0.1:1/x"} {
		if rec := w.get("GET", "/admin/resync?"+bad, testAdmin, ""); rec.Code != 422 {
			t.Errorf("resync from %s: %d", bad, rec.Code)
		}
	}
	w = newWorld(t, func(_ *ca.Config, c *Config) { c.Behavior.NoDirectAction = true })
	if rec := w.get("GET", "/admin/resync", testAdmin, ""); rec.Code != 403 || len(w.profile.requests) != 0 {
		t.Errorf("direct actions disabled: %d", rec.Code)
	}
}

func TestReboot(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.phone.Tick(t.Context())
	w.get("GET", "/admin/reboot", testAdmin, "")
	if w.phone.Status().Boots != 2 {
		t.Error("no reboot")
	}
	w.phone.Tick(t.Context())
	if n := len(w.profile.requests); n != 2 || w.profile.requests[1].Header.Get("If-None-Match") != "" {
		t.Errorf("%d fetches; a restarted phone has no configuration to compare with", n)
	}
	if rec := w.get("POST", "/admin/factory-reset", testAdmin, ""); rec.Code != 200 || w.phone.Status().State != FactoryReset {
		t.Errorf("factory reset: %d", rec.Code)
	}
}

func TestScreen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	if page := w.get("GET", "/screen/", "", "").Body.String(); strings.Contains(page, "<form") || !strings.Contains(page, "Manufacturing installed only") {
		t.Error("the screen asks without reason")
	}
	e := w.enrollment()
	e.ChallengePassword = secret.New("wrong")
	w.provision(e)
	page := w.get("GET", "/screen/", "", "").Body.String()
	if !strings.Contains(page, "Enter challenge password") || !strings.Contains(page, `<label for="password">`) {
		t.Error("the screen does not ask")
	}
	if page := w.get("GET", "/admin/", "", "").Body.String(); !strings.Contains(page, `href="../screen/"`) {
		t.Error("the administration page does not lead there")
	}
	rec := w.get("POST", "/screen/password", "", "password="+testChallenge)
	if rec.Code != 200 {
		t.Errorf("typed: %d", rec.Code)
	}
	w.phone.Tick(t.Context())
	w.holds()
	if rec := w.get("POST", "/screen/password", "", "password=x"); rec.Code != 409 {
		t.Errorf("typed unasked: %d", rec.Code)
	}
}

// TestS16Export: the exported cfg.xml has what the phone is set to, and no
// password.
func TestS16Export(t *testing.T) {
	t.Parallel()
	file := `<flat-profile>
<!-- the old challenge was Sesame-4711-open and the SIP password hunter22 -->
<Station_Name ua="rw">A &amp; B</Station_Name>
<Password_1_ ua="na">hunter21</Password_1_>
<Password_1_ ua="na">hunter22</Password_1_>
<Empty ua="na"/>
<Profile_Rule>[--key "profile-key-9"] https://user:url-secret@example.net/x.xml</Profile_Rule>
<CDC_Server_1_ ua="na">http://192.0.2.1</CDC_Server_1_>
<GPP_A>hunter22</GPP_A>
</flat-profile>`
	for name, c := range map[string]struct {
		mask Mask
		want string
	}{
		"asterisks": {MaskAsterisks, `<CDC_Challenge_Password_1_ ua="na">********</CDC_Challenge_Password_1_>`},
		"empty":     {MaskEmpty, `<CDC_Challenge_Password_1_ ua="na"/>`},
		"absent":    {MaskAbsent, ""},
	} {
		w := newWorld(t, func(_ *ca.Config, cfg *Config) { cfg.Behavior.Mask = c.mask })
		w.profile.put([]byte(file))
		if err := w.phone.Resync(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.phone.SetParameters(w.enrollment())
		rec := w.get("GET", "/admin/cfg.xml", testAdmin, "")
		got := rec.Body.String()
		doc, err := cfgxml.Parse(rec.Body.Bytes())
		if err != nil || rec.Code != 200 {
			t.Fatalf("%s: %d, %v\n%s", name, rec.Code, err, got)
		}
		for _, secret := range []string{testChallenge, "hunter21", "hunter22", "profile-key-9", "url-secret"} {
			if strings.Contains(got, secret) {
				t.Errorf("%s: %q is in the export", name, secret)
			}
		}
		if (c.want == "") != (doc.Count(cdc.ParamChallengePassword) == 0) || !strings.Contains(got, c.want) {
			t.Errorf("%s: want %q in\n%s", name, c.want, got)
		}
		for param, want := range map[string]string{
			"Station_Name": "A & B", cdc.ParamServer: w.server.URL, "Certificate_Select": "Manufacturing installed", "FIPS_Mode": "Disabled",
		} {
			if v, _ := doc.Get(param); v != want {
				t.Errorf("%s: %s is %q, want %q", name, param, v, want)
			}
		}
		if p, _ := doc.Lookup("Station_Name"); p.UserAccess() != "rw" || doc.Count("Empty") != 1 || doc.Count("Password_1_") > 1 {
			t.Errorf("%s: user access, an empty element or a duplicate is wrong:\n%s", name, got)
		}
	}
}

func TestMaskIsTakenAsItStands(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.profile.put([]byte("<flat-profile><CDC_Server_1_>" + w.server.URL + "</CDC_Server_1_><CDC_Root_CA_Fingerprint_1_>" + w.fingerprint() +
		"</CDC_Root_CA_Fingerprint_1_><CDC_Challenge_Password_1_>********</CDC_Challenge_Password_1_></flat-profile>"))
	if err := w.phone.Resync(t.Context()); err == nil {
		t.Error("a mask was taken for a password")
	}
	w.failed("mask")
	if rec := w.get("GET", "/admin/cfg.xml", testAdmin, ""); rec.Code != 200 {
		t.Errorf("export: %d", rec.Code)
	}
}

// TestSecretsNowhere looks for every secret in everything a phone shows.
func TestSecretsNowhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	const typed, wrong = "typed-Passw0rd-77", "wrong-Passw0rd-66"
	e := w.enrollment()
	e.ChallengePassword = secret.New(wrong)
	w.provision(e)
	if err := w.phone.TypePassword(secret.New(typed)); err != nil {
		t.Fatal(err)
	}
	w.phone.Tick(t.Context())
	pages := func() (all string) {
		for _, password := range []string{"", testAdmin} {
			for _, path := range []string{"/admin/", "/admin/status.xml", "/admin/cfg.xml", "/screen/", "/metrics", "/style.css"} {
				all += w.get("GET", path, password, "").Body.String()
			}
		}
		return all
	}
	all := pages()
	w.upload([]byte("x"), extractPassword)
	w.provision(w.enrollment())
	w.holds()
	all += pages() + w.get("GET", "/admin/certificate/"+w.holds().ID, testAdmin, "").Body.String() + w.log.String()
	for _, secret := range []string{testChallenge, typed, wrong, testAdmin, extractPassword, "letmein-9"} {
		if strings.Contains(all, secret) {
			t.Errorf("%q is shown", secret)
		}
	}
	if !strings.Contains(all, "Station_Name") || !strings.Contains(all, "certificate installed") {
		t.Error("the pages or the log were not looked at")
	}
}
