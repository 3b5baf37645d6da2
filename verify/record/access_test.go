// SPDX-License-Identifier: MPL-2.0

package record_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/record"
)

const (
	apacheModules = "/usr/lib/apache2/modules"

	nginxConf = `daemon off;
worker_processes 1;
pid DIR/pid;
error_log DIR/error.log;
events {}
http {
	client_body_temp_path DIR/t1; proxy_temp_path DIR/t2; fastcgi_temp_path DIR/t3; uwsgi_temp_path DIR/t4; scgi_temp_path DIR/t5;
	FORMAT
	access_log DIR/access.log phones;
	server {
		listen ADDRESS ssl;
		ssl_certificate DIR/server.pem;
		ssl_certificate_key DIR/server.key;
		ssl_client_certificate DIR/ca.pem;
		ssl_verify_client optional;
		location / { return 204; }
	}
}
`

	apacheConf = `ServerRoot "DIR"
ServerName localhost
PidFile "DIR/pid"
DefaultRuntimeDir "DIR"
ErrorLog "DIR/error.log"
Listen ADDRESS https
LoadModule mpm_prefork_module MODULES/mod_mpm_prefork.so
LoadModule authz_core_module MODULES/mod_authz_core.so
LoadModule ssl_module MODULES/mod_ssl.so
<IfModule unixd_module>
User #65534
Group #65534
</IfModule>
StartServers 1
SSLSessionCache none
DocumentRoot "DIR"
FORMAT
CustomLog "DIR/access.log" phones
<VirtualHost ADDRESS>
SSLEngine on
SSLCertificateFile "DIR/server.pem"
SSLCertificateKeyFile "DIR/server.key"
SSLCACertificateFile "DIR/ca.pem"
SSLVerifyClient optional
SSLOptions +StdEnvVars
</VirtualHost>
`
)

// TestAccessLogs: what the format of docs/records.md makes nginx and Apache write
// of a phone that shows its certificate, and of a client that shows none.
func TestAccessLogs(t *testing.T) {
	t.Parallel()
	for form, c := range map[string]struct {
		program, conf string
		start         func(bin, dir string) []string
	}{
		"nginx":  {"nginx", nginxConf, func(bin, dir string) []string { return []string{bin, "-p", dir, "-c", dir + "/conf"} }},
		"apache": {"apache2", apacheConf, func(bin, dir string) []string { return []string{bin, "-f", dir + "/conf", "-DFOREGROUND"} }},
	} {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			w := &web{dir: openFolder(t), address: peer.FreeAddress(t)}
			phone := w.papers(t)
			format := strings.NewReplacer("DIR", w.dir, "ADDRESS", w.address, "MODULES", apacheModules, "FORMAT", documented(t, form+"-log.conf"))
			w.put(t, "conf", []byte(format.Replace(c.conf)))
			w.run(t, c.start(peer.Program(t, c.program), w.dir)...)
			w.get(t, nil)
			w.get(t, &phone)
			log := filepath.Join(w.dir, "access.log")
			w.await(t, log, `CN=CP-9871`)
			if dir := os.Getenv("CISCOPHONE_RECORD"); dir != "" {
				data, _ := os.ReadFile(log)
				_ = os.WriteFile(filepath.Join(dir, form+".log"), data, 0o644)
			}
			facts, report := readAll(t, form+":"+log)
			if len(facts) != 1 || report.Malformed != 0 || !report.Uses {
				t.Fatalf("%+v, %+v", facts, report)
			}
			leaf := phone.Leaf
			f := facts[0]
			if f.Kind != record.Shown || f.Name != leaf.Subject.CommonName || f.Serial != leaf.SerialNumber.Text(16) || !f.NotAfter.Equal(leaf.NotAfter) ||
				f.Issuer != "CN=Phones CA" || time.Since(f.At) > time.Hour || time.Since(f.At) < -time.Minute {
				t.Errorf("%+v", f)
			}
		})
	}
}

// documented reads a file out of docs/records.md.
func documented(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile("../../docs/records.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(data), "<!-- file: "+name+" -->\n```\n")
	text, _, closed := strings.Cut(rest, "```\n")
	if !ok || !closed {
		t.Fatalf("docs/records.md has no file %s", name)
	}
	return text
}

// web is a server of others that runs until the test ends.
type web struct{ dir, address string }

// openFolder makes a folder that a server may enter after it dropped root.
func openFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "weblog")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func (w *web) put(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, name), data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// papers writes those of the server and returns a phone's.
func (w *web) papers(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Phones CA"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	sign := func(c *x509.Certificate) []byte {
		c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(30*24*time.Hour).Truncate(time.Second)
		der, err := x509.CreateCertificate(rand.Reader, c, ca, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	w.put(t, "ca.pem", block("CERTIFICATE", sign(ca)))
	w.put(t, "server.pem", block("CERTIFICATE", sign(&x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "server"}})))
	w.put(t, "server.key", block("PRIVATE KEY", private))
	der := sign(&x509.Certificate{SerialNumber: big.NewInt(0x0a1b2c3d), Subject: pkix.Name{CommonName: "CP-9871-SEP001A2B3C4D5E.example.nl", Organization: []string{`A "b", c`}}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func (w *web) run(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	peer.OwnGroup(cmd)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		peer.EndGroup(cmd)
		select {
		case <-ended:
		case <-time.After(time.Minute):
			peer.KillGroup(cmd)
			<-ended
		}
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(w.dir, "error.log"))
			t.Logf("%s\n%s", said.String(), log)
		}
	})
	for limit := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		c, err := net.Dial("tcp", w.address)
		if err == nil {
			c.Close()
			return
		}
		select {
		case <-ended:
			t.Fatalf("%s ended", args[0])
		default:
		}
		if time.Now().After(limit) {
			t.Fatal(err)
		}
	}
}

// get asks for a page, with a certificate or without.
func (w *web) get(t *testing.T, phone *tls.Certificate) {
	t.Helper()
	config := &tls.Config{InsecureSkipVerify: true} // the server is this test's own
	if phone != nil {
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return phone, nil }
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: config, DisableKeepAlives: true}}
	resp, err := client.Get(fmt.Sprintf("https://%s/phone.xml", w.address))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

// await waits until a log has a text.
func (w *web) await(t *testing.T, path, text string) {
	t.Helper()
	for limit := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		data, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(data), text) && strings.HasSuffix(string(data), "\n") {
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("%s lacks %s: %v\n%s", path, text, err, data)
		}
	}
}
