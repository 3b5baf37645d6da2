// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"crypto"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/ca"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

func TestS09AnyParameterStartsEnrollment(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	if err := w.phone.Resync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := w.phone.Status(); s.State != Absent || w.front.count("GetCACaps") != 0 {
		t.Fatalf("a phone without parameters is %s", s.State)
	}
	if err := w.provision(w.enrollment()); err != nil {
		t.Fatal(err)
	}
	c := w.holds()
	if got := c.Leaf().Subject.CommonName; got != "phone-001a2b3c4d5e.example.nl" {
		t.Errorf("common name %q", got)
	}
	if n := len(c.Chain); n < 2 || !c.Chain[n-1].Equal(w.ca.Root()) {
		t.Errorf("the chain of %d certificates does not end at the root", n)
	}
	s := w.phone.Status()
	if s.State != Installed || s.Failed || s.Download != "Last provisioning succeeded on 03/01/2026 09:00:00" {
		t.Errorf("state %s, Download Status 1: %q", s.State, s.Download)
	}
	if w.front.count("GetCACaps") == 0 || w.front.count("GetCACert") == 0 || w.front.count("PKIOperation") != 1 {
		t.Errorf("asked for %v", w.front.requests)
	}
}

// TestS09OneByOne: the parameters come one after the other, in any order. The
// first one makes the phone act: without both mandatory ones it can only say
// which is missing. From then on each one sends a request.
func TestS09OneByOne(t *testing.T) {
	t.Parallel()
	for _, order := range []string{"SFCN", "FSNC", "CSFN", "NCFS", "CNSF", "NFCS"} {
		w := newWorld(t, nil)
		full, now := w.enrollment(), cfgxml.Enrollment{}
		for i, p := range order {
			switch p {
			case 'S':
				now.Server = full.Server
			case 'F':
				now.RootCAFingerprint = full.RootCAFingerprint
			case 'C':
				now.ChallengePassword = full.ChallengePassword
			case 'N':
				now.CommonName = full.CommonName
			}
			before := w.front.count("PKIOperation")
			w.phone.SetParameters(now)
			w.phone.Tick(t.Context())
			sent, complete := w.front.count("PKIOperation")-before, now.Server != "" && now.RootCAFingerprint != ""
			switch s := w.phone.Status(); {
			case complete && sent != 1:
				t.Errorf("%s: %d requests after %c", order, sent, p)
			case !complete && (sent != 0 || s.State != Incomplete || !strings.Contains(s.Download, "is not set")):
				t.Errorf("%s: %d requests after %c, state %s: %s", order, sent, p, s.State, s.Download)
			case i == len(order)-1 && w.holds().Leaf().Subject.CommonName != "phone-001a2b3c4d5e.example.nl":
				t.Errorf("%s: at the end %s", order, w.holds().Leaf().Subject)
			}
		}
	}
}

// TestS15MandatoryParameters: with a mandatory one missing nothing can be asked
// for, and the status says which.
func TestS15MandatoryParameters(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	full := w.enrollment()
	for _, c := range []struct {
		name string
		e    cfgxml.Enrollment
		want []string
	}{
		{"no fingerprint", cfgxml.Enrollment{Server: full.Server}, []string{"CDC_Root_CA_Fingerprint_1_"}},
		{"no server", cfgxml.Enrollment{RootCAFingerprint: full.RootCAFingerprint}, []string{"CDC_Server_1_"}},
		{"a challenge only", cfgxml.Enrollment{ChallengePassword: full.ChallengePassword}, []string{"CDC_Server_1_", "CDC_Root_CA_Fingerprint_1_"}},
		{"a common name only", cfgxml.Enrollment{CommonName: "x"}, []string{"CDC_Server_1_", "CDC_Root_CA_Fingerprint_1_"}},
	} {
		w.phone.SetParameters(c.e)
		w.phone.Tick(t.Context())
		if s := w.phone.Status(); s.State != Incomplete {
			t.Errorf("%s: state %s", c.name, s.State)
		}
		w.failed(append(c.want, "is not set")...)
	}
	if len(w.front.requests) != 0 {
		t.Errorf("asked for %v", w.front.requests)
	}
	w.phone.SetParameters(full)
	w.phone.Tick(t.Context())
	w.holds()
	w.phone.SetParameters(cfgxml.Enrollment{})
	w.phone.Tick(t.Context())
	if s := w.phone.Status(); s.State != Installed || s.InEffect() == nil {
		t.Errorf("parameters emptied: state %s", s.State)
	}
}

// TestS10RootComparedFirst: a CA with another root learns nothing, and the old
// certificate stays.
func TestS10RootComparedFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	e := w.enrollment()
	if err := w.provision(e); err != nil {
		t.Fatal(err)
	}
	before, sent := w.holds(), w.front.count("PKIOperation")
	e.RootCAFingerprint = strings.Repeat("AB", 32)
	if err := w.provision(e); err == nil {
		t.Error("no error")
	}
	w.failed("fingerprint")
	if w.front.count("PKIOperation") != sent {
		t.Error("a request was sent to a CA with another root")
	}
	if w.holds().ID != before.ID {
		t.Error("the old certificate is gone")
	}
}

func TestS11FingerprintOfEitherHash(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for _, h := range []crypto.Hash{crypto.SHA1, crypto.SHA256} {
		e := w.enrollment()
		e.RootCAFingerprint = strings.ToLower(cdc.FingerprintOf(w.ca.Root().Raw, h).String())
		if err := w.provision(e); err != nil {
			t.Errorf("%v: %v", h, err)
		}
	}
	e := w.enrollment()
	e.RootCAFingerprint = strings.ToLower(cdc.FingerprintOf(w.ca.Issuing().Raw, crypto.SHA256).String())
	if err := w.provision(e); err == nil {
		t.Error("the fingerprint of the issuing CA was taken")
	}
	w.failed("issuing")
}

func TestS13AnyChangeRequestsANewCertificate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	e := w.enrollment()
	if err := w.provision(e); err != nil {
		t.Fatal(err)
	}
	changes := map[string]func(*cfgxml.Enrollment){
		"Server":              func(e *cfgxml.Enrollment) { e.Server += "/scep" },
		"Root CA Fingerprint": func(e *cfgxml.Enrollment) { e.RootCAFingerprint = strings.ToUpper(e.RootCAFingerprint) },
		"Challenge Password":  func(e *cfgxml.Enrollment) { e.ChallengePassword = secret.Text{} },
		"Common Name":         func(e *cfgxml.Enrollment) { e.CommonName = "other-$MA" },
	}
	for name, change := range changes {
		before := w.holds()
		if err := w.provision(e); err != nil {
			t.Fatal(err)
		}
		if after := w.holds(); after.ID != before.ID {
			t.Fatalf("before %s: the same parameters gave a new certificate", name)
		}
		change(&e)
		if err := w.provision(e); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if after := w.holds(); after.ID == before.ID {
			t.Errorf("%s changed, but the certificate is the same", name)
		}
	}
}

func TestS14ServerAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	bare := strings.TrimPrefix(w.server.URL, "http://")
	for _, server := range []string{bare, w.server.URL + "/", w.server.URL + "/scep/phones"} {
		e := w.enrollment()
		e.Server = server
		if err := w.provision(e); err != nil {
			t.Errorf("%s: %v", server, err)
		}
	}
	before := w.holds()
	for server, words := range map[string][]string{
		strings.Replace(w.server.URL, "http:", "https:", 1): {"uses https"},
		"ftp://10.79.57.91": {"uses ftp"},
	} {
		e := w.enrollment()
		e.Server = server
		if err := w.provision(e); err == nil {
			t.Errorf("%s: no error", server)
		}
		w.failed(words...)
	}
	if w.holds().ID != before.ID {
		t.Error("the old certificate is gone")
	}
}

// TestDefaultPath: an address without a path gets that of RFC 8894, or another
// by switch.
func TestDefaultPath(t *testing.T) {
	t.Parallel()
	for path, b := range map[string]Behavior{"/cgi-bin/pkiclient.exe": {}, "/scep": {DefaultPath: "/scep"}} {
		w := newWorld(t, func(_ *ca.Config, c *Config) { c.Behavior = b })
		var got []string
		w.front.replace(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			got = append(got, r.URL.Path)
			w.ca.ServeHTTP(rw, r)
		}))
		if err := w.provision(w.enrollment()); err != nil {
			t.Fatal(err)
		}
		for _, p := range got {
			if p != path {
				t.Errorf("asked %s, want %s", p, path)
			}
		}
	}
}

// TestS17CiscoRA: without a challenge the MIC authenticates the initial
// enrollment and the renewal.
func TestS17CiscoRA(t *testing.T) {
	t.Parallel()
	for name, b := range map[string]Behavior{"PKCSReq": {}, "RenewalReq": {MICRenewalReq: true}} {
		w := newWorld(t, func(cc *ca.Config, c *Config) {
			cc.RA, cc.Challenges = true, nil // a challenge is not supported there
			c.Behavior = b
		})
		e := w.enrollment()
		e.ChallengePassword = secret.Text{}
		if err := w.provision(e); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		first := w.holds()
		w.live(w.clock.now().Add(80*24*time.Hour), nil)
		if w.holds().ID == first.ID {
			t.Fatalf("%s: not renewed: %s", name, w.phone.Status().Download)
		}
		for i, r := range w.ca.Issued() {
			if r.Authorization != ca.ByMIC {
				t.Errorf("%s: certificate %d was authorized by %s, want the MIC", name, i+1, r.Authorization)
			}
		}
	}
}

// TestS18ChallengeOnceThenCertificate: straight to the CA, the challenge serves
// the initial enrollment, the installed certificate the renewals.
func TestS18ChallengeOnceThenCertificate(t *testing.T) {
	t.Parallel()
	once := ca.NewOneTime(time.Hour)
	w := newWorld(t, func(cc *ca.Config, _ *Config) { cc.Challenges = once })
	challenge, err := once.Issue("", w.clock.now())
	if err != nil {
		t.Fatal(err)
	}
	e := w.enrollment()
	e.ChallengePassword = secret.New(challenge)
	if err := w.provision(e); err != nil {
		t.Fatal(err)
	}
	w.live(w.clock.now().Add(200*24*time.Hour), nil)
	records := w.ca.Issued()
	if len(records) != 3 {
		t.Fatalf("%d certificates in 200 days of 90-day certificates, want 3", len(records))
	}
	for i, want := range []ca.Authorization{ca.ByChallenge, ca.ByRenewal, ca.ByRenewal} {
		if records[i].Authorization != want {
			t.Errorf("certificate %d was authorized by %s, want %s", i+1, records[i].Authorization, want)
		}
	}
}

// TestS21WhoSigns is the same by the two rows of the document.
func TestS21WhoSigns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		challenge string
		want      []ca.Authorization
	}{
		{"challenge empty", "", []ca.Authorization{ca.ByMIC, ca.ByMIC}},
		{"challenge configured", testChallenge, []ca.Authorization{ca.ByChallenge, ca.ByRenewal}},
	} {
		w := newWorld(t, nil)
		e := w.enrollment()
		e.ChallengePassword = secret.New(c.challenge)
		if err := w.provision(e); err != nil {
			t.Fatal(err)
		}
		w.live(w.clock.now().Add(80*24*time.Hour), nil)
		var got []ca.Authorization
		for _, r := range w.ca.Issued() {
			got = append(got, r.Authorization)
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: authorized by %v, want %v", c.name, got, c.want)
		}
	}
}

func TestS19CommonName(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for given, want := range map[string]string{
		"fixed":                                "fixed",
		"phone-$MAU":                           "phone-001A2B3C4D5E",
		"$(MA:6).example.nl":                   "3c4d5e.example.nl",
		"$STRANGE-$SN":                         "$STRANGE-FCH12345678",
		"$A.$UID1":                             "floor-3.1001",
		strings.Repeat("x", 52) + "$MAU":       strings.Repeat("x", 52) + "001A2B3C4D5E",
		"$(MAU)$(MAU:0:4)$(MAU:0:4)$(MAU:0:4)": "001A2B3C4D5E001A001A001A",
	} {
		e := w.enrollment()
		e.CommonName = given
		doc, err := cfgxml.Parse([]byte("<flat-profile><GPP_A>floor-3</GPP_A><User_ID_1_>1001</User_ID_1_></flat-profile>"))
		if err != nil {
			t.Fatal(err)
		}
		data, err := doc.WithEnrollment(e)
		if err != nil {
			t.Fatal(err)
		}
		w.profile.put(data.Bytes())
		if err := w.phone.Resync(t.Context()); err != nil {
			t.Errorf("%s: %v", given, err)
		} else if got := w.holds().Leaf().Subject.CommonName; got != want {
			t.Errorf("%s became %q, want %q", given, got, want)
		}
	}
	e := w.enrollment()
	e.CommonName = strings.Repeat("x", 53) + "$MAU"
	if err := w.provision(e); err == nil {
		t.Error("65 characters were taken")
	}
	w.failed("65 characters", "64", "shorten")
}

func TestS25CommonNameOfTheMIC(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	e := w.enrollment()
	e.CommonName = ""
	if err := w.provision(e); err != nil {
		t.Fatal(err)
	}
	if got := w.holds().Leaf().Subject.CommonName; got != "CP-9871-SEP001A2B3C4D5E" {
		t.Errorf("common name %q", got)
	}
}

// TestS26CommonNameSetOnTheWebPage: it can be set when the certificate is
// installed.
func TestS26CommonNameSetOnTheWebPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	e := w.enrollment()
	e.CommonName = "by-hand"
	w.phone.SetParameters(e)
	w.phone.Tick(t.Context())
	if got := w.holds().Leaf().Subject.CommonName; got != "by-hand" {
		t.Errorf("common name %q", got)
	}
}

// TestS22OldCertificateStays: until the new one is retrieved, whatever happens,
// and until it is stored.
func TestS22OldCertificateStays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := newWorld(t, func(_ *ca.Config, c *Config) { c.Dir = dir })
	e := w.enrollment()
	if err := w.provision(e); err != nil {
		t.Fatal(err)
	}
	before := w.holds()
	stays := func(why string) {
		t.Helper()
		if w.holds().ID != before.ID {
			t.Errorf("%s: the old certificate is gone", why)
		}
		if now := w.holds().Leaf(); !before.Leaf().Equal(now) {
			t.Errorf("%s: another certificate", why)
		}
	}
	e.CommonName = "new"
	w.front.replace(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		stays("while asking")
		http.Error(rw, "down", http.StatusServiceUnavailable)
	}))
	if err := w.provision(e); err == nil {
		t.Error("no error")
	}
	stays("server down")
	w.failed("503")

	w.front.replace(nil)
	w.phone.mu.Lock()
	w.phone.cfg.Dir = dir + "/absent" // the flash cannot be written
	w.phone.mu.Unlock()
	w.clock.advance(2 * time.Hour)
	w.phone.Tick(t.Context())
	stays("not stored")
	w.failed("not installed")

	w.phone.mu.Lock()
	w.phone.cfg.Dir = dir
	w.phone.mu.Unlock()
	w.clock.advance(2 * time.Hour)
	w.phone.Tick(t.Context())
	if got := w.holds().Leaf().Subject.CommonName; got != "new" {
		t.Errorf("common name %q after the server came back", got)
	}
	if n := len(w.phone.Status().Certificates); n != 1 {
		t.Errorf("%d certificates on the phone, want the new one only", n)
	}

	// The same at a renewal: it fails, and then the CA answers.
	before = w.holds()
	w.clock.set(before.Leaf().NotAfter.Add(-10 * day))
	asked := 0
	w.front.replace(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		asked++
		stays("while renewing")
		http.Error(rw, "down", http.StatusServiceUnavailable)
	}))
	w.phone.Tick(t.Context())
	stays("renewal failed")
	if s := w.phone.Status(); s.State != Renewing || asked == 0 {
		t.Errorf("state %s after %d questions", s.State, asked)
	}
	w.front.replace(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		stays("while the CA answers")
		w.ca.ServeHTTP(rw, r)
	}))
	w.clock.advance(renewalCheck)
	w.phone.Tick(t.Context())
	if c := w.holds(); c.ID == before.ID || !c.Leaf().NotAfter.After(before.Leaf().NotAfter) {
		t.Errorf("not renewed: %s", w.phone.Status().Download)
	}
}
