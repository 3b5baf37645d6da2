// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// One valid, one revoked, one expired, one renewed certificate.
func indexed(t *testing.T) (*rig, string) {
	r := newRig(t, nil)
	r.enroll(ask{key: phoneKey(0)}) // will have expired
	r.clock.Add(300 * day)
	revoked := r.enroll(ask{key: phoneKey(1), name: "with space, comma & ütf8"})
	if err := r.Revoke(revoked.Certificate.SerialNumber.Text(16)); err != nil {
		t.Fatal(err)
	}
	r.clock.Add(100 * day)
	valid := r.enroll(ask{key: phoneKey(2)})
	r.enroll(ask{key: phoneKey(3), messageType: scep.RenewalReq, signer: valid, challenge: "-"})
	var b bytes.Buffer
	if err := r.WriteIndex(&b); err != nil {
		t.Fatal(err)
	}
	return r, b.String()
}

func TestWriteIndex(t *testing.T) {
	t.Parallel()
	r, index := indexed(t)
	lines := strings.Split(strings.TrimSuffix(index, "\n"), "\n")
	want := []*regexp.Regexp{
		regexp.MustCompile(`^E\t320503120000Z\t\t[0-9A-F]{34}\tunknown\t/CN=` + phoneName + `$`),
		regexp.MustCompile(`^R\t330227120000Z\t320228120000Z\t[0-9A-F]{34}\tunknown\t/CN=with space, comma & \\xC3\\xBCtf8$`),
		regexp.MustCompile(`^V\t\d{12}Z\t\t[0-9A-F]{34}\tunknown\t/CN=` + phoneName + `$`),
		regexp.MustCompile(`^V\t\d{12}Z\t\t[0-9A-F]{34}\tunknown\t/CN=` + phoneName + `$`),
	}
	if len(lines) != len(want) {
		t.Fatalf("%d lines:\n%s", len(lines), index)
	}
	for i, w := range want {
		if !w.MatchString(lines[i]) {
			t.Errorf("line %d: %q, expected %v", i+1, lines[i], w)
		}
		if serial := strings.ToUpper(r.Issued()[i].Serial); !strings.Contains(lines[i], "\t"+serial+"\t") {
			t.Errorf("line %d: %q has not the serial number %s", i+1, lines[i], serial)
		}
	}
	if got := indexTime(time.Date(2050, 1, 2, 3, 4, 5, 0, time.UTC)); got != "20500102030405Z" {
		t.Errorf("after 2049: %s", got)
	}
	if err := r.Revoke("4711"); !errors.Is(err, ErrNoSuchSerial) || !strings.Contains(err.Error(), `"4711"`) {
		t.Errorf("revoke an unknown serial number: %v", err)
	}
}

// openssl ca reads the index and makes a revocation list of it.
func TestOpenSSLReadsTheIndex(t *testing.T) {
	t.Parallel()
	o := newOpenSSL(t)
	r, index := indexed(t)
	key, err := r.authority.Load().issuing.pem()
	if err != nil {
		t.Fatal(err)
	}
	o.write("issuing.key", key)
	o.certificate("issuing.pem", r.Issuing())
	o.write("index.txt", []byte(index))
	o.write("ca.cnf", []byte("[ca]\ndefault_ca = d\n[d]\ndatabase = index.txt\ndefault_md = sha256\nunique_subject = no\n"))
	o.write("crl.pem", o.run("ca", "-config", "ca.cnf", "-gencrl", "-crldays", "1", "-keyfile", "issuing.key", "-cert", "issuing.pem"))
	crl := string(o.run("crl", "-noout", "-text", "-in", "crl.pem"))
	if serial := strings.ToUpper(r.Issued()[1].Serial); strings.Count(crl, "Serial Number: ") != 1 || !strings.Contains(crl, serial) {
		t.Errorf("the list does not hold just %s:\n%s", serial, crl)
	}
}
