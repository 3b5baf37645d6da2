// SPDX-License-Identifier: MPL-2.0

package wire_test

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/phone"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/ca"
)

const yearDay = 24 * time.Hour

// year is a phone, its CA and a FreeRADIUS that live through a year in seconds:
// phone and CA by a clock of the test, FreeRADIUS by faketime.
type year struct {
	*radius
	t     *testing.T
	began time.Time
	now   atomic.Int64 // since then
	ca    *ca.CA
	phone *phone.Phone
	file  atomic.Pointer[string] // the phone's cfg.xml
	roots []string               // that FreeRADIUS trusts

	preload string // what makes faketime work
}

func (y *year) clock() time.Time { return y.began.Add(time.Duration(y.now.Load())) }

func newYear(t *testing.T) *year {
	y := &year{t: t, began: time.Now()}
	const challenge = "Sesame-4711-open"
	var err error
	if y.ca, err = ca.New(ca.Config{Clock: y.clock, Lifetime: 60 * yearDay, Challenges: ca.StaticChallenge(challenge)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { y.ca.Close() })
	scep := httptest.NewServer(y.ca)
	t.Cleanup(scep.Close)
	files := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(*y.file.Load())) }))
	t.Cleanup(files.Close)
	y.provision(scep.URL+"/scep", challenge)
	if y.phone, err = phone.New(phone.Config{Identity: identity(), ConfigURL: files.URL, Resync: yearDay, Clock: y.clock}); err != nil {
		t.Fatal(err)
	}
	n := newNetwork(t)
	// faketime stays the parent of what it runs, and would leave it behind.
	for line := range strings.Lines(n.output("", "faketime", "-m", "-f", "+0d", "env")) {
		if strings.HasPrefix(line, "LD_PRELOAD=") {
			y.preload = strings.TrimSpace(line)
		}
	}
	y.radius = newRadius(n, string(y.ca.RootPEM()), "reject_delay = 1", "reject_delay = 0")
	return y
}

// provision writes the file with the fingerprint of the CA's root of now.
func (y *year) provision(server, challenge string) {
	text := fmt.Sprintf("<flat-profile>\n<CDC_Server_1_>%s</CDC_Server_1_>\n<CDC_Root_CA_Fingerprint_1_>%s</CDC_Root_CA_Fingerprint_1_>\n"+
		"<CDC_Challenge_Password_1_>%s</CDC_Challenge_Password_1_>\n<Enable_802.1X_Authentication>Yes</Enable_802.1X_Authentication>\n"+
		"<Certificate_Select>Custom installed</Certificate_Select>\n</flat-profile>\n",
		server, cdc.FingerprintOf(y.ca.Root().Raw, crypto.SHA256), challenge)
	y.file.Store(&text)
}

// live lets the phone live up to a day of the year.
func (y *year) live(day int) {
	y.t.Helper()
	for end := y.began.Add(time.Duration(day) * yearDay); ; {
		due := y.phone.Tick(y.t.Context())
		if due.After(end) {
			y.now.Store(int64(end.Sub(y.began)))
			return
		}
		y.now.Store(max(int64(due.Sub(y.began)), y.now.Load()+int64(time.Millisecond)))
	}
}

// shows writes what the phone shows now into a folder and returns its issuer.
func (y *year) shows(name string) *x509.Certificate {
	y.t.Helper()
	s := y.phone.Supplicant()
	if !s.Custom || len(s.Chain) < 3 {
		y.t.Fatalf("day %d: the phone shows %d certificates, custom %t: %s", y.now.Load()/int64(yearDay), len(s.Chain), s.Custom, y.phone.Status().Download)
	}
	key, err := x509.MarshalPKCS8PrivateKey(s.Key)
	if err != nil {
		y.t.Fatal(err)
	}
	p := paper{certificate(s.Chain[0]) + certificate(s.Chain[1]), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))}
	supplicant(y.t, y.n.path(name), s.Identity, p, y.radius.ca.pem())
	return s.Chain[1]
}

// logins restarts FreeRADIUS at the clock of now and tries what was shown.
func (y *year) logins(want map[string]bool) {
	y.t.Helper()
	y.server.stop()
	write(y.t, y.path("phones-ca.pem"), strings.Join(y.roots, ""), 0o644)
	days := y.now.Load() / int64(yearDay)
	y.start("env", y.preload, fmt.Sprintf("FAKETIME=+%dd", days), "FAKETIME_DONT_FAKE_MONOTONIC=1")
	for name, in := range want {
		if got := y.accepts(filepath.Join(y.n.dir, name)); got != in {
			y.t.Errorf("day %d: what the phone showed as %q is accepted: %t, want %t\n%s", days, name, got, in, y.server.out.String())
		}
	}
}

// TestYearOf8021X: a year with certificates of 60 days, in which the CA is replaced
// the way docs/scep.md says, and the port stays open all the time.
func TestYearOf8021X(t *testing.T) {
	needPeers(t, "freeradius", "eapol_test", "faketime")
	t.Parallel()
	y := newYear(t)
	oldRoot := string(y.ca.RootPEM())
	y.roots = []string{oldRoot}
	y.live(1)
	y.shows("first")
	y.logins(map[string]bool{"first": true})
	y.live(50)
	y.shows("renewed")
	y.logins(map[string]bool{"first": true, "renewed": true}) // the first one has ten days left
	y.live(70)
	y.logins(map[string]bool{"first": false})

	// Announced, trusted, replaced.
	y.live(120)
	if err := y.ca.PrepareNext(); err != nil {
		t.Fatal(err)
	}
	y.roots = append(y.roots, certificate(y.ca.NextRoot()))
	y.shows("announced")
	y.logins(map[string]bool{"announced": true})
	if err := y.ca.Replace(); err != nil {
		t.Fatal(err)
	}
	y.live(125)
	old := y.shows("replaced")
	y.logins(map[string]bool{"replaced": true})

	// The fingerprint arrives, and the old root goes.
	server, challenge := y.phone.Status().Server, "Sesame-4711-open"
	y.provision(server, challenge)
	y.live(130)
	if issuer := y.shows("new"); issuer.Equal(old) {
		t.Error("with the new fingerprint the phone shows a certificate of the old CA")
	}
	y.logins(map[string]bool{"replaced": true, "new": true})
	y.roots = y.roots[1:]
	y.logins(map[string]bool{"replaced": false, "new": true})
	for _, day := range []int{180, 240, 300, 350} {
		y.live(day)
		y.shows("later")
		y.logins(map[string]bool{"later": true, "first": false})
	}
}
