// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// zlint finds nothing in what a CA issues but what the table of docs/scep.md
// explains, and that table explains nothing that zlint does not find.
func TestZlint(t *testing.T) {
	t.Parallel()
	program := peer.Built(t, "CISCOPHONE_ZLINT")
	explained := explainedFindings(t)
	found := map[string]bool{}
	check := func(what, kind string, der []byte) {
		t.Helper()
		file := filepath.Join(t.TempDir(), "it.pem")
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), program, file).Output()
		if err != nil {
			t.Fatalf("zlint: %v", err)
		}
		var lints map[string]struct{ Result, Details string }
		if err := json.Unmarshal(out, &lints); err != nil || len(lints) < 10 {
			t.Fatalf("zlint on %s: %v\n%s", what, err, out)
		}
		for name, lint := range lints {
			switch lint.Result {
			case "pass", "NA", "NE":
				continue
			}
			found[name] = true
			if !explained[name] {
				t.Errorf("%s: %s: %s %s, which docs/scep.md does not explain", what, name, lint.Result, lint.Details)
			}
		}
	}
	for name, change := range map[string]func(*Config){
		"CA": nil, "RA": func(c *Config) { c.RA = true }, "NDES": func(c *Config) { c.Quirks.NDES = true },
	} {
		r := published(t, change)
		if err := r.PrepareNext(); err != nil {
			t.Fatal(err)
		}
		certs := map[string]*x509.Certificate{
			"root": r.Root(), "issuing CA": r.Issuing(), "recipient": r.Recipient(), "next root": r.NextRoot(),
			"reply signer": r.authority.Load().replySigner().cert,
		}
		first := r.enroll(ask{})
		certs["first"] = first.Certificate
		certs["renewed"] = r.enroll(ask{messageType: scep.RenewalReq, signer: first, key: phoneKey(1), challenge: "-"}).Certificate
		certs["with a name"] = r.enroll(ask{key: phoneKey(2), name: "phone.example.nl", extensions: dnsName("phone.example.nl")}).Certificate
		responder, err := r.responder(r.authority.Load(), r.authority.Load().issuing)
		if err != nil {
			t.Fatal(err)
		}
		certs["OCSP"] = responder.cert
		r.revoke(first.Certificate)
		if err := r.Rollover(); err != nil {
			t.Fatal(err)
		}
		certs["second issuing CA"] = r.Issuing()
		for _, what := range slices.Sorted(maps.Keys(certs)) {
			check(name+", "+what, "CERTIFICATE", certs[what].Raw)
		}
		for _, i := range r.authority.Load().signers() {
			crl, err := r.crl(i)
			if err != nil {
				t.Fatal(err)
			}
			check(name+", list of "+i.cert.Subject.CommonName, "X509 CRL", crl)
		}
	}
	for name := range explained {
		if !found[name] {
			t.Errorf("docs/scep.md explains %s, which zlint does not find", name)
		}
	}
}

// explainedFindings are the names in the first column of the table.
func explainedFindings(t *testing.T) map[string]bool {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "docs", "scep.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(data), "\n| zlint finds | ")
	if !ok {
		t.Fatal("docs/scep.md has no table of what zlint finds")
	}
	table, _, _ := strings.Cut(rest, "\n\n")
	names := map[string]bool{}
	for line := range strings.Lines(table) {
		cell, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " |")
		for i, part := range strings.Split(cell, "`") {
			if i%2 == 1 {
				names[part] = true
			}
		}
	}
	return names
}
