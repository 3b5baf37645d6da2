// SPDX-License-Identifier: MPL-2.0

package verify_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/evil"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/verify"
)

func TestResyncURL(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ page, file, want, err string }{
		{"http://10.0.0.17/", "", "http://10.0.0.17/admin/resync", ""},
		{"https://10.0.0.17:8443", "", "https://10.0.0.17:8443/admin/resync", ""},
		{"http://10.0.0.17/", "http://a/b c.xml", "", "percent-encoded"},
		{"10.0.0.17", "", "", "http:// or https://"},
		{"http://admin:swordfish@10.0.0.17/", "", "", "apart"},
		{"http://x:swordfish%zz@10.0.0.17/", "", "", "not a URL"},
	} {
		got, err := verify.ResyncURL(c.page, c.file)
		if got != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("ResyncURL(%q, %q) = %q, %v; want %q, %q", c.page, c.file, got, err, c.want, c.err)
		}
		if err != nil && strings.Contains(err.Error(), "swordfish") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}

func TestResync(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") }))
	defer elsewhere.Close()
	status := http.StatusOK
	phone := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		switch {
		case r.URL.Path != "/admin/resync":
			t.Errorf("asked for %s", r.URL.Path)
		case user != "admin" || password != "swordfish":
			w.WriteHeader(http.StatusUnauthorized)
		case status == http.StatusFound:
			http.Redirect(w, r, elsewhere.URL, status)
		default:
			w.WriteHeader(status)
		}
	}))
	defer phone.Close()
	right := secret.New("swordfish")
	for _, c := range []struct {
		password secret.Text
		status   int
		want     string
	}{
		{right, 200, ""},
		{secret.Text{}, 200, "wants the password"},
		{secret.New("trout"), 200, "refuses the password"},
		{right, 404, "switched off"},
		{right, 502, "status page"},
		{right, http.StatusFound, "302"},
	} {
		status = c.status
		err := verify.Resync(t.Context(), phone.URL, "", client(t, verify.Access{Password: c.password}))
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("status %d: %v, want %q", c.status, err, c.want)
		}
		if err != nil && (strings.Contains(err.Error(), "swordfish") || strings.Contains(err.Error(), "trout")) {
			t.Errorf("the error shows the password: %v", err)
		}
	}
	phone.Close()
	if err := verify.Resync(t.Context(), phone.URL, "", client(t, verify.Access{Password: right})); err == nil || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("a phone that is off: %v", err)
	}
}

// TestReasonIsNotRepeated: what a server writes behind its status code may be
// anything.
func TestReasonIsNotRepeated(t *testing.T) {
	t.Parallel()
	page := evil.Server(t)
	_, checked := verify.Check(t.Context(), page, verify.Expectation{}, nil)
	for what, err := range map[string]error{"Check": checked, "Resync": verify.Resync(t.Context(), page, "", nil)} {
		if err == nil || evil.Spoke(err.Error()) || !strings.Contains(err.Error(), "418 I'm a teapot") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
