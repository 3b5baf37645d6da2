// SPDX-License-Identifier: MPL-2.0

package wire_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/fleet"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/record"
)

// recordVariable in the environment names a folder that gets a copy of what the
// servers of TestVerdictsFromRecords wrote: the testdata of verify/record.
const recordVariable = "CISCOPHONE_RECORD"

const opensslCA = `[ca]
default_ca = phones
[phones]
dir = %s
database = $dir/index.txt
new_certs_dir = $dir/newcerts
serial = $dir/serial
certificate = $dir/ca.pem
private_key = $dir/ca.key
default_md = sha256
default_days = 300
policy = any
unique_subject = no
x509_extensions = client
[any]
commonName = supplied
[client]
extendedKeyUsage = clientAuth
[req]
distinguished_name = name
[name]
`

// opensslPKI is a CA of openssl-ca(1).
type opensslPKI struct {
	n   *network
	dir string
}

func newOpensslPKI(n *network) *opensslPKI {
	c := &opensslPKI{n, n.path("openssl")}
	write(n.t, c.path("ca.cnf"), fmt.Sprintf(opensslCA, c.dir), 0o644)
	write(n.t, c.path("index.txt"), "", 0o644)
	write(n.t, c.path("serial"), "7A00B1C2\n", 0o644)
	if err := os.Mkdir(c.path("newcerts"), 0o755); err != nil {
		n.t.Fatal(err)
	}
	n.run("", "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=Phones CA", "-keyout", c.path("ca.key"), "-out", c.path("ca.pem"), "-addext", "basicConstraints=critical,CA:true")
	return c
}

func (c *opensslPKI) path(name ...string) string {
	return filepath.Join(append([]string{c.dir}, name...)...)
}

// issue makes a certificate; dates are those of openssl-ca(1), "" for the usual.
func (c *opensslPKI) issue(name, start, end string) paper {
	stem := c.path(strings.ReplaceAll(name, ".", "_"))
	c.n.run("", "openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN="+name, "-keyout", stem+".key", "-out", stem+".csr")
	args := []string{"openssl", "ca", "-batch", "-notext", "-config", c.path("ca.cnf"), "-in", stem + ".csr", "-out", stem + ".pem"}
	if start != "" {
		args = append(args, "-startdate", start, "-enddate", end)
	}
	c.n.run("", args...)
	return paper{read(c.n.t, stem+".pem"), read(c.n.t, stem+".key")}
}

func (c *opensslPKI) revoke(name string) {
	stem := c.path(strings.ReplaceAll(name, ".", "_"))
	c.n.run("", "openssl", "ca", "-batch", "-config", c.path("ca.cnf"), "-revoke", stem+".pem", "-crl_reason", "keyCompromise")
}

// TestVerdictsFromRecords: what openssl ca and FreeRADIUS write is enough to tell
// which of the phones is right, and what is wrong with each of the others.
func TestVerdictsFromRecords(t *testing.T) {
	needPeers(t, "freeradius", "eapol_test", "openssl")
	t.Parallel()
	n := newNetwork(t)
	ca := newOpensslPKI(n)
	r := newRadius(n, read(t, ca.path("ca.pem")), "reject_delay = 1", "reject_delay = 0",
		"post-auth {\n\t\tphones\n", "post-auth {\n\t\tdetail\n\t\tphones\n")
	model, err := device.ParseModel("9871")
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		what       string
		name, user string // what it shows, "" for what is right
		start, end string
		revoke     bool
		unseen     bool
		want       fleet.Verdict
	}{
		{what: "right", want: fleet.InUse},
		{what: "another case", name: "cp-9871-sep%s.example.nl", user: "cp-9871-sep%s@example.nl", want: fleet.InUse},
		{what: "expired", start: "20250101000000Z", end: "20251231000000Z", want: fleet.Expired},
		{what: "revoked after it was used", revoke: true, want: fleet.Revoked},
		{what: "another domain", name: "CP-9871-SEP%s.example.com", user: "CP-9871-SEP%s@example.com", want: fleet.Wrong},
		{what: "never seen", unseen: true, want: fleet.NotSeen},
		{what: "refused for its identity", user: "CP-9871-SEP%s@elsewhere.nl", want: fleet.Refused},
	}
	var phones []fleet.Phone
	for i, c := range cases {
		id := device.Identity{Model: model, MAC: device.MAC{0, 0x1a, 0x2b, 0x3c, 0x4d, byte(0x50 + i)}}
		phones = append(phones, fleet.Phone{Identity: id, Name: id.CommonName("example.nl")})
		name, user := id.CommonName("example.nl"), id.UserID("example.nl")
		if c.name != "" {
			name = fmt.Sprintf(c.name, id.MAC.Upper())
		}
		if c.user != "" {
			user = fmt.Sprintf(c.user, id.MAC.Upper())
		}
		p := ca.issue(name, c.start, c.end)
		if !c.unseen {
			dir := supplicant(t, n.path(fmt.Sprint("phone", i)), user, p, r.ca.pem())
			_, _ = n.try(n.server, "eapol_test", "-c", filepath.Join(dir, "wpa_supplicant.conf"), "-a", "127.0.0.1", "-p", "1812", "-s", radiusSecret, "-M", id.MAC.String(), "-t", "8")
		}
		if c.revoke {
			ca.revoke(name)
		}
	}
	details, err := filepath.Glob(r.path("log", "detail-*"))
	if err != nil || len(details) != 1 {
		t.Fatal(details, err)
	}
	keepRecords(t, ca.path("index.txt"), r.path("log", "phones.csv"), details[0])
	for _, log := range []string{r.path("log", "phones.csv"), details[0]} {
		judged(t, phones, []string{"index:" + ca.path("index.txt"), "freeradius:" + log + "?zone=Local"}, func(i int, got fleet.Result) {
			want := cases[i].want
			if log == details[0] && want == fleet.Refused {
				want = fleet.NotSeen // this detail file is written of accepted phones only
			}
			if got.Verdict != want {
				t.Errorf("%s: %s: %s, %s; want %s", filepath.Base(log), cases[i].what, got.Verdict, got.Why, want)
			}
		})
	}
}

func judged(t *testing.T, phones []fleet.Phone, sources []string, each func(int, fleet.Result)) {
	t.Helper()
	join, err := fleet.New(phones, fleet.Expectation{Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range sources {
		s, err := record.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		report, err := s.Read(t.Context(), record.Options{}, join.Add)
		if err != nil || report.Malformed != 0 || report.Facts == 0 {
			t.Errorf("%s: %+v, %v", s, report, err)
		}
		join.Read(report)
	}
	i := 0
	for r := range join.Results() {
		each(i, r)
		i++
	}
}

// keepRecords copies files to the folder that the environment names, if it does.
func keepRecords(t *testing.T, files ...string) {
	dir := os.Getenv(recordVariable)
	if dir == "" {
		return
	}
	for _, f := range files {
		name, _, _ := strings.Cut(filepath.Base(f), "-2")
		write(t, filepath.Join(dir, name), read(t, f), 0o644)
	}
}
