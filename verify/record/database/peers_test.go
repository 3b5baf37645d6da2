// SPDX-License-Identifier: MPL-2.0

//go:build unix

package database_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/pki"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/postgres"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/client"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/record"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/record/database"
)

// source returns the source of a form in a server's database, its password in a file as Notepad writes it.
func source(t *testing.T, form string, s *postgres.Server, name string) *record.Source {
	t.Helper()
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("\ufeff"+s.Password+"\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	src, _, err := database.Parse(form + ":" + s.URL(name, false) + "?password_file=" + url.QueryEscape(file))
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func readAll(t *testing.T, s *record.Source) (facts []record.Fact, report record.Report) {
	t.Helper()
	report, err := s.Read(t.Context(), record.Options{}, func(f *record.Fact) { facts = append(facts, *f) })
	if err != nil {
		t.Fatal(err)
	}
	return facts, report
}

// TestStepCA: what a real step-ca keeps in a real PostgreSQL: two certificates that
// it issued by SCEP, one of which it revoked.
func TestStepCA(t *testing.T) {
	t.Parallel()
	server := postgres.Start(t)
	ca := startStepCA(t, server)
	kept, gone := ca.enroll("CP-9871-SEP001A2B3C4D5E"), ca.enroll("CP-9871-SEP001A2B3C4D5F")
	ca.revoke(gone)

	facts, report := readAll(t, source(t, "stepca", server, "stepca"))
	if !report.Complete || report.Uses || report.Malformed != 0 || report.Records != 3 {
		t.Errorf("%+v", report)
	}
	byKind := map[string]record.Fact{}
	for _, f := range facts {
		byKind[f.Kind.String()+" "+f.Serial] = f
	}
	for _, c := range []tls.Certificate{kept, gone} {
		f := byKind["issued "+c.Leaf.SerialNumber.Text(16)]
		if f.Name != c.Leaf.Subject.CommonName || !f.NotAfter.Equal(c.Leaf.NotAfter) || !f.NotBefore.Equal(c.Leaf.NotBefore) || f.Issuer != "CN=Peer Issuing CA" || f.Usage != record.ForClients {
			t.Errorf("%+v, want %v", f, c.Leaf.Subject)
		}
	}
	if f, ok := byKind["revoked "+gone.Leaf.SerialNumber.Text(16)]; !ok || f.Reason != "lost" || f.At.IsZero() {
		t.Errorf("of the revoked certificate: %+v", f)
	}
	if len(facts) != 3 {
		t.Errorf("%d facts: %+v", len(facts), facts)
	}

	// What is not a certificate is counted and ends nothing.
	db := server.Open(t, "stepca")
	if _, err := db.ExecContext(t.Context(), `INSERT INTO x509_certs VALUES ('7', 'x'); INSERT INTO revoked_x509_certs VALUES ('8', '{'), ('y', '{}')`); err != nil {
		t.Fatal(err)
	}
	facts, report = readAll(t, source(t, "stepca", server, "stepca"))
	if len(facts) != 3 || report.Malformed != 3 || !strings.Contains(report.Faults[0].Error(), `serial number "7"`) {
		t.Errorf("%d facts, %+v", len(facts), report)
	}

	// A wrong password, another database, and a table that is not there are errors.
	server.Password = "hidden1"
	for _, name := range []string{"stepca", "postgres"} {
		if _, err := source(t, "stepca", server, name).Read(t.Context(), record.Options{}, func(*record.Fact) {}); err == nil || strings.Contains(err.Error(), "hidden1") {
			t.Errorf("%s with a wrong password: %v", name, err)
		}
	}
}

// TestPostAuthTable: the table that FreeRADIUS's own schema makes, with rows as its
// query writes them.
func TestPostAuthTable(t *testing.T) {
	t.Parallel()
	schema, err := os.ReadFile("/etc/freeradius/3.0/mods-config/sql/main/postgresql/schema.sql")
	if err != nil {
		peer.Missing(t, "FreeRADIUS's schema for PostgreSQL")
	}
	server := postgres.Start(t)
	db := server.Open(t, "postgres")
	for _, statement := range []string{string(schema), `INSERT INTO radpostauth (username, pass, reply, authdate) VALUES
		('CP-9871-SEP001A2B3C4D5E@example.nl', 'hidden1', 'Access-Accept', '2026-12-01 12:00:00.123456+01'),
		('CP-9871-SEP001A2B3C4D5F@example.nl', '', 'Access-Reject', '2026-12-01 12:00:01+01'),
		('x', '', 'Access-Challenge', '2026-12-01 12:00:02+01'),
		('y', '', NULL, '2026-12-01 12:00:03+01')`,
		`UPDATE radpostauth SET callingstationid = '00-1A-2B-3C-4D-5F' WHERE id = 2`} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	facts, report := readAll(t, source(t, "radpostauth", server, "postgres"))
	if len(facts) != 2 || report.Records != 4 || report.Malformed != 1 || report.Faults[0].Line != 4 || !report.Uses || report.Complete {
		t.Fatalf("%+v, %+v", facts, report)
	}
	if f := facts[0]; f.Kind != record.Accepted || f.User != "CP-9871-SEP001A2B3C4D5E@example.nl" || !f.At.Equal(time.Date(2026, 12, 1, 11, 0, 0, 123456000, time.UTC)) || f.Line != 1 {
		t.Errorf("%+v", f)
	}
	if f := facts[1]; f.Kind != record.Rejected || f.MAC.String() != "00:1a:2b:3c:4d:5f" {
		t.Errorf("%+v", f)
	}
	if strings.Contains(fmt.Sprintf("%+v %+v", facts, report), "hidden1") {
		t.Error("a password was read")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := source(t, "radpostauth", server, "postgres").Read(ctx, record.Options{}, func(*record.Fact) {}); err == nil {
		t.Error("a reading that was ended is read")
	}
	// The transaction cannot write, and a database without the table is an error.
	if _, err := source(t, "stepca", server, "postgres").Read(t.Context(), record.Options{}, func(*record.Fact) {}); err == nil || !strings.Contains(err.Error(), "x509_certs") {
		t.Errorf("without step-ca's tables: %v", err)
	}
}

// stepCA is a step-ca that keeps its records in PostgreSQL.
type stepCA struct {
	t           *testing.T
	root        *x509.Certificate
	scep, admin string
}

const challenge = "D233CCF9B9952A15"

func startStepCA(t *testing.T, db *postgres.Server) *stepCA {
	t.Helper()
	path, dir := peer.Built(t, "CISCOPHONE_STEP_CA"), t.TempDir()
	rootKey, issuingKey := newKey(t), newKey(t)
	root := newCA(t, "Peer Root", rootKey, nil, rootKey)
	issuing := newCA(t, "Peer Issuing CA", issuingKey, root, rootKey)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(issuingKey)
	if err != nil {
		t.Fatal(err)
	}
	address, insecure := peer.FreeAddress(t), peer.FreeAddress(t)
	template := `{"subject": {{ toJson .Subject }}, "sans": {{ toJson .SANs }}, "keyUsage": ["digitalSignature","keyEncipherment"], "extKeyUsage": ["clientAuth"]}`
	config, err := json.Marshal(map[string]any{
		"root": "root.crt", "crt": "int.crt", "key": "int.key", "address": address, "insecureAddress": insecure, "dnsNames": []string{"127.0.0.1"},
		"db": map[string]any{"type": "postgresql", "dataSource": db.URL("", true), "database": "stepca"},
		"authority": map[string]any{"provisioners": []any{map[string]any{"type": "SCEP", "name": "phones", "forceCN": true, "challenge": challenge, "minimumPublicKeyLength": 2048,
			"includeRoot": true, "encryptionAlgorithmIdentifier": 1, "options": map[string]any{"x509": map[string]any{"template": template}}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"root.crt": []byte(pki.PEM(root.Raw)), "int.crt": []byte(pki.PEM(issuing.Raw)),
		"int.key": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), "ca.json": config} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	cmd := exec.Command(path, "ca.json")
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("step-ca says:\n%s", log.String())
		}
	})
	ca := &stepCA{t: t, root: root, scep: "http://" + insecure + "/scep/phones", admin: "https://" + address}
	for start := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		resp, err := http.Get(ca.scep + "?operation=GetCACaps")
		if err == nil {
			resp.Body.Close()
			return ca
		}
		if time.Since(start) > time.Minute {
			t.Fatalf("step-ca does not answer: %v", err)
		}
	}
}

func newKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newCA(t *testing.T, name string, key *rsa.PrivateKey, by *x509.Certificate, byKey *rsa.PrivateKey) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().AddDate(1, 0, 0), BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature}
	if by == nil {
		by = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, by, key.Public(), byKey)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// enroll gets a certificate as a phone does.
func (ca *stepCA) enroll(name string) tls.Certificate {
	ca.t.Helper()
	c, err := client.New(client.Config{URL: ca.scep, Fingerprint: cdc.FingerprintOf(ca.root.Raw, crypto.SHA256).String()})
	if err != nil {
		ca.t.Fatal(err)
	}
	key := newKey(ca.t)
	result, err := c.Enroll(ca.t.Context(), client.Request{CommonName: name, Challenge: secret.New(challenge), Key: key})
	if err != nil {
		ca.t.Fatal(err)
	}
	cert := tls.Certificate{PrivateKey: key, Leaf: result.Certificate}
	for _, c := range result.Chain {
		cert.Certificate = append(cert.Certificate, c.Raw)
	}
	return cert
}

// revoke revokes a certificate by showing it.
func (ca *stepCA) revoke(cert tls.Certificate) {
	ca.t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(ca.root)
	hc := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "127.0.0.1", Certificates: []tls.Certificate{cert}}}}
	defer hc.CloseIdleConnections()
	body := fmt.Sprintf(`{"serial": %q, "reasonCode": 1, "reason": "lost", "passive": true}`, cert.Leaf.SerialNumber.String())
	resp, err := hc.Post(ca.admin+"/1.0/revoke", "application/json", strings.NewReader(body))
	if err != nil {
		ca.t.Fatal(err)
	}
	defer resp.Body.Close()
	if said, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusOK {
		ca.t.Fatalf("revoke: %s: %s", resp.Status, said)
	}
}
