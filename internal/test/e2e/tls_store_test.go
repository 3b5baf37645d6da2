// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/pki"
	"github.com/phonecfg/terraform-provider-ciscophone/provision"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
)

// tlsStore serves a store of its own, empty, as docs/guides/secrets.md has one: to
// those who show a certificate and a token. It returns what stands for its parts in
// the guide, with what it is here.
func tlsStore(t *testing.T) *strings.Replacer {
	t.Helper()
	const token, password = "deploy-token-of-the-guide", "not-used-elsewhere"
	store, err := push.OpenDir(t.TempDir(), push.Options{})
	if err != nil {
		t.Fatal(err)
	}
	files := provision.Handler(provision.FromStore(store), provision.Options{Username: "deploy", Password: func() (string, error) { return password, nil }, PrivateReads: true})
	srv, cert, key := pki.MutualTLS(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer "+token {
			r.SetBasicAuth("deploy", password)
		}
		http.StripPrefix("/cfg", files).ServeHTTP(w, r)
	}))
	dir := t.TempDir()
	of := []string{"https://phones.example.net/", srv.URL + "/"}
	for name, text := range map[string]string{"/etc/phones/ca.pem": pki.PEM(srv.Certificate().Raw), "/etc/phones/deploy.pem": cert, "/etc/phones/deploy.key": key, "/run/secrets/phones-token": token + "\n"} {
		file := filepath.Join(dir, filepath.Base(name))
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		of = append(of, name, file)
	}
	return strings.NewReplacer(of...)
}
