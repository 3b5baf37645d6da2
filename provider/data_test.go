// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
)

// data reads a data source.
func (c *wire) data(name string, config map[string]any) (state, diagnostics) {
	c.t.Helper()
	typ := c.schema.DataSourceSchemas[name].ValueType()
	cfg := c.dynamic(c.object(typ, config))
	valid, err := c.server.ValidateDataResourceConfig(c.t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{TypeName: name, Config: cfg})
	if ds := c.seen(err, valid.Diagnostics); ds.failed() {
		return state{}, ds
	}
	resp, err := c.server.ReadDataSource(c.t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: name, Config: cfg})
	ds := c.seen(err, resp.Diagnostics)
	c.clean(resp.State, nil)
	return state{value: c.value(resp.State, typ)}, ds
}

func TestDataEnrollment(t *testing.T) {
	t.Parallel()
	a, p := newAuthority(t), newPage(t)
	p.show("fine", a.issue(phoneName, 0xa1), a.root)
	c := newWire(t, "")
	config := map[string]any{"phone_url": p.srv.URL + "/", "root_ca_fingerprint": a.fingerprint(), "common_name": phoneName}
	got := c.must(c.data(enrollment, config))
	for name, want := range map[string]string{"verified": "true", "problems": "", "serial": "a1", "download_status": "fine", "root_fingerprint": strings.ToUpper(a.fingerprint())} {
		if got.text(name) != want {
			t.Errorf("%s = %s, want %s", name, got.text(name), want)
		}
	}
	if chain := got.text("chain_pem"); strings.Count(chain, "-----BEGIN CERTIFICATE-----\n") != 2 {
		t.Errorf("chain_pem = %s", chain)
	}
	config["common_name"] = "another"
	got = c.must(c.data(enrollment, config))
	if got.text("verified") != "false" || !strings.Contains(got.text("problems"), `want "another"`) || got.text("serial") != "a1" {
		t.Errorf("another name: verified %s, problems %s", got.text("verified"), got.text("problems"))
	}
	p.srv.Close()
	got, ds := c.data(enrollment, config)
	if len(ds) != 0 || got.text("verified") != "false" || !strings.Contains(got.text("problems"), "does not answer") || got.text("serial") != "null" {
		t.Errorf("a phone that is off: verified %s, problems %s, %s", got.text("verified"), got.text("problems"), ds)
	}
}

func TestDataSCEPCA(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	a := newAuthorityOf(t, key)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("operation") {
		case "GetCACaps":
			w.Write([]byte("AES\nSHA-256\nPOSTPKIOperation\n"))
		case "GetCACert":
			w.Header().Set("Content-Type", "application/x-x509-ca-cert")
			w.Write(a.root.Raw)
		}
	}))
	defer srv.Close()
	c := newWire(t, "")
	got := c.must(c.data("ciscophone_scep_ca", map[string]any{"scep_server": srv.URL, "root_ca_fingerprint": a.fingerprint()}))
	for name, want := range map[string]string{"root_sha256": strings.ToUpper(a.fingerprint()), "root_sha1": cdc.FingerprintOf(a.root.Raw, crypto.SHA1).String(),
		"root_subject": "CN=Root CA", "issuer_subject": "CN=Root CA", "capabilities": "AES\nSHA-256\nPOSTPKIOperation", "url": srv.URL + "/cgi-bin/pkiclient.exe"} {
		if got.text(name) != want {
			t.Errorf("%s = %s, want %s", name, got.text(name), want)
		}
	}
	_, ds := c.data("ciscophone_scep_ca", map[string]any{"scep_server": srv.URL, "root_ca_fingerprint": fingerprint})
	expect(t, ds, tfprotov6.DiagnosticSeverityError, "scep_server", "Not Usable", "fingerprint")
	_, ds = c.data("ciscophone_scep_ca", map[string]any{"scep_server": "http://127.0.0.1:1", "root_ca_fingerprint": fingerprint})
	expect(t, ds, tfprotov6.DiagnosticSeverityError, "scep_server", "Not Usable")
	_, ds = c.data("ciscophone_scep_ca", map[string]any{"scep_server": "https://127.0.0.1:1", "root_ca_fingerprint": fingerprint})
	expect(t, ds, tfprotov6.DiagnosticSeverityError, "scep_server", "Invalid SCEP Server", "http")
}

func TestDataDocument(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := write(t, dir, "a.xml", strings.Replace(spliced(t), "http://scep", "https://scep", 1))
	c := newWire(t, dir)
	for _, config := range []map[string]any{{"path": "a.xml"}, {"file": file}} {
		got := c.must(c.data("ciscophone_document", config))
		if got.text("parameter_count") != "7" || len(got.text("content_digest")) != 64 || !strings.Contains(got.text("problems"), "error: ") ||
			!strings.Contains(got.text("problems"), "https") {
			t.Errorf("%v: %s", config, got.value)
		}
		if p := got.text("parameters"); !strings.Contains(p, "(secret)") || strings.Contains(p, "Station_Name") {
			t.Errorf("parameters = %s", p)
		}
	}
	got := c.must(c.data("ciscophone_document", map[string]any{"path": "a.xml", "names": []any{"Station_Name", "Admin_Password", "No_Such"}}))
	if p := got.text("parameters"); !strings.Contains(p, "Station_Name=Lobby") || strings.Contains(p, "hunter22") || strings.Contains(p, "No_Such") {
		t.Errorf("parameters = %s", p)
	}
	write(t, dir, "broken.xml", "<flat-profile>\n<a></b>")
	for attribute, config := range map[string]map[string]any{
		"path":     {"path": "broken.xml"},
		"file":     {"file": "/no/such/file.xml"},
		"firmware": {"path": "a.xml", "firmware": "three"},
	} {
		_, ds := c.data("ciscophone_document", config)
		expect(t, ds, tfprotov6.DiagnosticSeverityError, attribute)
	}
	_, ds := c.data("ciscophone_document", map[string]any{"path": "missing.xml"})
	expect(t, ds, tfprotov6.DiagnosticSeverityError, "path", "No Such Configuration File", "missing.xml")
	_, ds = c.data("ciscophone_document", map[string]any{"path": "a.xml", "file": file})
	if !ds.failed() {
		t.Error("both path and file are taken")
	}
}
