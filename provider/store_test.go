// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/pki"
	"github.com/phonecfg/terraform-provider-ciscophone/provision"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
)

// TestStoreBehindTLS: a store of a private CA that asks for a certificate and
// knows its writers by password or token, all of it from files.
func TestStoreBehindTLS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const password, token = "deploy-password-31", "deploy-token-31"
	store, err := push.OpenDir(t.TempDir(), push.Options{})
	if err != nil {
		t.Fatal(err)
	}
	files := provision.Handler(provision.FromStore(store), provision.Options{})
	srv, cert, key := pki.MutualTLS(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, pass, _ := r.BasicAuth()
		if r.Header.Get("Authorization") != "Bearer "+token && (user != "deploy" || pass != password) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		files.ServeHTTP(w, r)
	}))

	ca := write(t, dir, "ca.pem", pki.PEM(srv.Certificate().Raw))
	certFile, keyFile, both := write(t, dir, "cert.pem", cert), write(t, dir, "key.pem", key), write(t, dir, "both.pem", cert+key)
	passwordFile, tokenFile := write(t, dir, "password", password+"\n"), write(t, dir, "token", token+"\n")
	base := map[string]any{"store": srv.URL, "store_ca_file": ca, "store_certificate_file": certFile, "store_key_file": keyFile,
		"store_username": "deploy", "store_password_file": passwordFile}
	with := func(pairs ...any) map[string]any {
		m := map[string]any{}
		for k, v := range base {
			m[k] = v
		}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i].(string)] = pairs[i+1]
		}
		return m
	}
	c := newWire(t, "")
	try := func(config map[string]any) diagnostics {
		if ds := c.configure(config); len(ds) > 0 {
			return ds
		}
		_, ds := c.plan("ciscophone_config", state{}, map[string]any{"path": "a.xml", "scep_server": "http://scep.example.net", "root_ca_fingerprint": fingerprint})
		return ds
	}
	for name, config := range map[string]map[string]any{
		"user and password":            base,
		"a token":                      with("store_username", nil, "store_password_file", nil, "store_token_file", tokenFile),
		"certificate and key together": with("store_certificate_file", both, "store_key_file", nil),
	} {
		if ds := try(config); ds.failed() {
			t.Errorf("%s: %s", name, ds)
		}
	}
	masked := write(t, dir, "masked", "********\n")
	for name, tc := range map[string]struct {
		config          map[string]any
		at, title, want string
	}{
		"no CA":                     {with("store_ca_file", nil), "path", "Cannot Be Read", "name the CA that issued its certificate"},
		"no certificate":            {with("store_certificate_file", nil, "store_key_file", nil), "path", "Cannot Be Read", "does not answer"},
		"another password":          {with("store_password_file", tokenFile), "path", "Cannot Be Read", "401 Unauthorized"},
		"a key without certificate": {with("store_certificate_file", nil), "store_key_file", "Key Without Certificate", "store_certificate_file"},
		"a certificate for a key":   {with("store_key_file", certFile), "store_certificate_file", "Cannot Be Used", "no private key"},
		"a key for a CA":            {with("store_ca_file", keyFile), "store_ca_file", "Cannot Be Read", "BEGIN CERTIFICATE"},
		"a relative path":           {with("store_ca_file", "ca.pem"), "store_ca_file", "Cannot Be Read", "absolute path"},
		"no such file":              {with("store_token_file", dir+"/none", "store_username", nil, "store_password_file", nil), "store_token_file", "File Cannot Be Used", "no such file"},
		"a mask":                    {with("store_password_file", masked), "store_password_file", "File Cannot Be Used", "mask"},
		"two passwords":             {with("store_password", password), "store_password_file", "Two Passwords", "either"},
		"two ways":                  {with("store_token_file", tokenFile), "store_token_file", "Two Ways", "either"},
		"TLS for a directory":       {with("store", dir), "store_ca_file", "Not for This Store", "https://"},
		"a token in the clear":      {map[string]any{"store": "http://127.0.0.1:1/", "store_token_file": tokenFile}, "store", "Store Not Usable", "in the clear"},
	} {
		ds := try(tc.config)
		expect(t, ds, tfprotov6.DiagnosticSeverityError, tc.at, tc.title, tc.want)
		for _, s := range []string{password, token, "PRIVATE KEY-----\n"} {
			if strings.Contains(ds.String(), s) {
				t.Errorf("%s: a secret is shown:\n%s", name, ds)
			}
		}
	}
}
