// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep/ca"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// TestHostileSCEPServers: whatever the server does, the old certificate stays,
// the status line names cause and cure, and the challenge goes nowhere it should
// not.
func TestHostileSCEPServers(t *testing.T) {
	t.Parallel()
	elsewhere := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
	defer other.Close()
	type attack struct {
		quirks  ca.Quirks
		instead http.HandlerFunc
		words   []string
	}
	for name, a := range map[string]attack{
		"silent":           {instead: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, words: []string{"no answer", "firewall"}},
		"closes":           {instead: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, words: []string{"GetCACert"}},
		"redirects":        {instead: http.RedirectHandler(other.URL, http.StatusFound).ServeHTTP, words: []string{"redirect"}},
		"endless":          {instead: endless, words: []string{"GetCACert"}},
		"babble":           {instead: func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>hello\x00\x1b[2J</html>") }, words: []string{"GetCACert"}},
		"500":              {instead: func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "oops", 500) }, words: []string{"500"}},
		"root missing":     {quirks: ca.Quirks{OmitRoot: true}, words: []string{"root"}},
		"redirects late":   {quirks: ca.Quirks{Redirect: other.URL}, words: []string{"redirect"}},
		"status late":      {quirks: ca.Quirks{Status: 500}, words: []string{"500"}},
		"oversized reply":  {quirks: ca.Quirks{Oversize: 300 << 10}, words: []string{""}},
		"truncated reply":  {quirks: ca.Quirks{Truncate: true}, words: []string{"PKCSReq"}},
		"foreign nonce":    {quirks: ca.Quirks{WrongNonce: true}, words: []string{"recipientNonce"}},
		"no nonce":         {quirks: ca.Quirks{NoNonce: true}, words: []string{"recipientNonce"}},
		"other name":       {quirks: ca.Quirks{WrongTransaction: true}, words: []string{"transaction"}},
		"substituted key":  {quirks: ca.Quirks{ForeignKey: true}, words: []string{"key"}},
		"insider signs":    {quirks: ca.Quirks{InsiderSigns: true}, words: []string{"sign"}},
		"a CA certificate": {quirks: ca.Quirks{IssueCA: true}, words: []string{"CA"}},
		"odd failInfo":     {quirks: ca.Quirks{FailInfo: "9", RenewalNeedsChallenge: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(cc *ca.Config, c *Config) { cc.Quirks, c.EnrollTimeout = a.quirks, time.Second })
			if err := w.phone.Upload(t.Context(), p12(t, quick, nil), secret.New(extractPassword)); err != nil {
				t.Fatal(err)
			}
			before := w.holds()
			if a.instead != nil {
				w.front.replace(a.instead)
			}
			err := w.provision(w.enrollment())
			if name == "odd failInfo" { // needs a refusal
				e := w.enrollment()
				e.ChallengePassword = secret.New("wrong")
				err = w.provision(e)
				before = w.holds()
			}
			if err == nil {
				t.Fatal("the phone took it")
			}
			w.failed(a.words...)
			if c := w.holds(); c.ID != before.ID {
				t.Error("the old certificate is gone")
			}
			status := w.phone.Status().XML()
			if strings.ContainsAny(string(status), "\x00\x1b") {
				t.Errorf("the status carries what the server said: %q", status)
			}
			if strings.Contains(string(status)+w.log.String(), testChallenge) {
				t.Error("the challenge is shown")
			}
			if page := w.get("GET", "/admin/", "", ""); page.Code != 200 {
				t.Errorf("the page: %d", page.Code)
			}
		})
	}
	t.Cleanup(func() {
		if elsewhere != 0 {
			t.Errorf("%d requests followed a redirect", elsewhere)
		}
	})
}

func endless(w http.ResponseWriter, r *http.Request) {
	block := make([]byte, 64<<10)
	for r.Context().Err() == nil {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}

// TestHostileProvisioningServers: the phone keeps what it has, and says why.
func TestHostileProvisioningServers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	if err := w.provision(w.enrollment()); err != nil {
		t.Fatal(err)
	}
	before := w.holds()
	reached := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ }))
	defer other.Close()
	write := func(data []byte) http.HandlerFunc {
		return func(rw http.ResponseWriter, _ *http.Request) { rw.Write(data) }
	}
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	z.Write(make([]byte, 64<<20))
	z.Close()
	for _, c := range []struct {
		name string
		h    http.Handler
		want string
	}{
		{"missing", http.NotFoundHandler(), "has no /SEP001A2B3C4D5E.xml"},
		{"forbidden", write401{}, "401"},
		{"redirects", http.RedirectHandler(other.URL, http.StatusFound), "redirects are not followed"},
		{"closes", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), "does not answer"},
		{"endless", http.HandlerFunc(endless), "larger than"},
		{"gzip bomb", write(bomb.Bytes()), "larger than"},
		{"broken gzip", write([]byte{0x1f, 0x8b, 8}), "gzip"},
		{"not well formed", write([]byte("<flat-profile>\n<CDC_Server_1_>x</flat-profile>")), "line 2"},
		{"another document", write([]byte("<html/>")), "not well formed"},
		{"empty", write(nil), "not well formed"},
		{"304 unasked", http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(304) }), ""},
	} {
		w.profile.replace(c.h)
		err := w.phone.Resync(t.Context())
		if c.want == "" {
			continue // it may say that nothing has changed: the phone had asked so
		}
		if err == nil {
			t.Errorf("%s: no error", c.name)
			continue
		}
		if got := w.phone.Status().Config; !strings.Contains(got, c.want) || !strings.HasPrefix(got, "Last provisioning failed") {
			t.Errorf("%s: the status is %q, want %q", c.name, got, c.want)
		}
		if w.holds().ID != before.ID || w.phone.Status().State != Installed {
			t.Errorf("%s: the certificate is gone", c.name)
		}
	}
	if reached != 0 {
		t.Error("a redirect was followed")
	}
	// A good file in gzip format, as phones take it.
	var good bytes.Buffer
	z = gzip.NewWriter(&good)
	io.WriteString(z, "<flat-profile><CDC_Common_Name_1_>zipped</CDC_Common_Name_1_></flat-profile>")
	z.Close()
	w.profile.replace(write(good.Bytes()))
	if err := w.phone.Resync(t.Context()); err != nil {
		t.Error(err)
	}
	if got := w.holds().Leaf().Subject.CommonName; got != "zipped" {
		t.Errorf("common name %q", got)
	}
}

type write401 struct{}

func (write401) ServeHTTP(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }

// TestRepeatedFailureIsLoggedOnce: a server that is down for a night does not
// fill the disk.
func TestRepeatedFailureIsLoggedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(_ *ca.Config, c *Config) { c.Resync = time.Second })
	w.profile.replace(http.NotFoundHandler())
	for range 50 {
		w.phone.Tick(t.Context())
		w.clock.advance(time.Second)
	}
	if n := strings.Count(w.log.String(), "resync failed"); n != 1 {
		t.Errorf("logged %d times", n)
	}
}
