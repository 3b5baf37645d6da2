// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
	"github.com/phonecfg/terraform-provider-ciscophone/scep"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// run starts a server and waits until url answers; it ends with the test.
func run(t *testing.T, url, dir, path string, args ...string) {
	t.Helper()
	var log bytes.Buffer
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	stopped := false
	t.Cleanup(func() {
		if !stopped {
			_ = cmd.Process.Kill()
			<-done
		}
		if t.Failed() {
			t.Logf("%s says:\n%s", filepath.Base(path), log.String())
		}
	})
	hc := &http.Client{Timeout: time.Second}
	for start := time.Now(); time.Since(start) < 2*time.Minute; time.Sleep(50 * time.Millisecond) {
		if resp, err := hc.Get(url); err == nil {
			resp.Body.Close()
			return
		}
		select {
		case err := <-done:
			stopped = true
			t.Fatalf("%s ended: %v\n%s", filepath.Base(path), err, log.String())
		default:
		}
	}
	t.Fatalf("%s does not answer at %s", filepath.Base(path), url)
}

func writePEM(t *testing.T, path, kind string, der []byte) []byte {
	t.Helper()
	b := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	if path != "" {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// living makes a certificate that holds by the real clock.
func living(f func(*x509.Certificate)) func(*x509.Certificate) {
	return func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().AddDate(1, 0, 0)
		if f != nil {
			f(c)
		}
	}
}

// stepCA starts step-ca with RSA or EC issuing CA; the latter has an RSA
// certificate as registration authority. It returns the address and the root.
func stepCA(t *testing.T, ec bool) (string, *x509.Certificate) {
	t.Helper()
	path := peer.Built(t, "CISCOPHONE_STEP_CA")
	dir := t.TempDir()
	root := certify(t, nil, keyRoot, "Peer Root", living(asCA))
	var issuingKey crypto.Signer = key(keyIssuing)
	if ec {
		issuingKey = ecKey(t)
	}
	issuing := certifyKey(t, &root, issuingKey, "Peer Issuing CA", living(asCA))
	der, err := x509.MarshalPKCS8PrivateKey(issuingKey)
	if err != nil {
		t.Fatal(err)
	}
	writePEM(t, filepath.Join(dir, "root.crt"), "CERTIFICATE", root.Certificate.Raw)
	writePEM(t, filepath.Join(dir, "int.crt"), "CERTIFICATE", issuing.Certificate.Raw)
	writePEM(t, filepath.Join(dir, "int.key"), "PRIVATE KEY", der)

	template := `{"subject": {{ toJson .Subject }}, "sans": {{ toJson .SANs }}, "keyUsage": ["digitalSignature","keyEncipherment"], "extKeyUsage": ["clientAuth"]}`
	provisioner := func(name, challenge string, more map[string]any) map[string]any {
		p := map[string]any{"type": "SCEP", "name": name, "forceCN": true, "challenge": challenge, "minimumPublicKeyLength": 2048,
			"includeRoot": true, "encryptionAlgorithmIdentifier": 1, "options": map[string]any{"x509": map[string]any{"template": template}}}
		if ec {
			ra := certifyKey(t, &issuing, key(keyMallory), "Peer RA", living(nil))
			p["decrypterCertificate"] = base64.StdEncoding.EncodeToString(writePEM(t, "", "CERTIFICATE", ra.Certificate.Raw))
			p["decrypterKeyPEM"] = base64.StdEncoding.EncodeToString(writePEM(t, "", "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key(keyMallory))))
		}
		for k, v := range more {
			p[k] = v
		}
		return p
	}
	hook := challengeHook(t, &issuing)
	address, insecure := peer.FreeAddress(t), peer.FreeAddress(t)
	config, err := json.Marshal(map[string]any{
		"root": "root.crt", "crt": "int.crt", "key": "int.key", "address": address, "insecureAddress": insecure,
		"dnsNames": []string{"127.0.0.1"}, "logger": map[string]any{"format": "text"},
		"db": map[string]any{"type": "badgerv2", "dataSource": "db"},
		"authority": map[string]any{
			"claims": map[string]any{"maxTLSCertDuration": "2160h", "defaultTLSCertDuration": "720h"},
			"provisioners": []any{
				provisioner("phones", secretText, nil),
				provisioner("open", "", nil),
				provisioner("get", secretText, map[string]any{"capabilities": []string{"AES", "SHA-256"}}),
				provisioner("aes256", secretText, map[string]any{"encryptionAlgorithmIdentifier": 2}),
				provisioner("noroot", secretText, map[string]any{"includeRoot": false}),
				provisioner("hook", "", map[string]any{"options": map[string]any{
					"x509":     map[string]any{"template": template},
					"webhooks": []any{map[string]any{"id": "1", "name": "challenge", "url": hook, "kind": "SCEPCHALLENGE", "certType": "X509"}}}}),
			}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "ca.json"), config, 0o600); err != nil {
		t.Fatal(err)
	}
	url := "http://" + insecure + "/scep/"
	run(t, url+"phones?operation=GetCACaps", dir, path, "ca.json")
	return url, root.Certificate
}

// challengeHook is a webhook that knows the challenge, as operators of step-ca run
// one to hand out passwords that serve once.
func challengeHook(t *testing.T, issuing *scep.Signer) string {
	t.Helper()
	self := certify(t, issuing, keyPhone2, "hook", living(func(c *x509.Certificate) {
		c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	}))
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var ask struct {
			Challenge string `json:"scepChallenge"`
		}
		if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
			http.Error(w, "not JSON", http.StatusBadRequest)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]bool{"allow": ask.Challenge == secretText})
	}))
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{{
		Certificate: [][]byte{self.Certificate.Raw, issuing.Certificate.Raw}, PrivateKey: self.Key}}}
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv.URL
}

// row is one line of what was measured of a peer.
type row struct {
	name    string
	path    string // after the base address
	config  func(*Config)
	request func(old *scep.Signer) Request
	code    Code   // "" for success
	note    string // part of a warning
}

func firstTime(challenge string) func(*scep.Signer) Request {
	return func(*scep.Signer) Request {
		return Request{CommonName: phoneName, Challenge: secret.New(challenge), Key: key(keyPhone)}
	}
}

func again(challenge string) func(*scep.Signer) Request {
	return func(old *scep.Signer) Request {
		return Request{CommonName: phoneName, Challenge: secret.New(challenge), Key: key(keyPhone2), Credential: old, Renewal: true}
	}
}

func withChallenge(c *Config) { c.ChallengeOnRenewal = true }

// play runs the rows, one after the other.
func play(t *testing.T, base string, root *x509.Certificate, rows []row) {
	installed := map[string]*scep.Signer{} // by path, got as a phone gets it
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			config := Config{URL: base + r.path, Fingerprint: cdc.FingerprintOf(root.Raw, crypto.SHA256).String()}
			if r.config != nil {
				r.config(&config)
			}
			c, err := New(config)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			req := r.request(nil)
			if req.Renewal {
				if installed[r.path] == nil {
					first := firstTime(secretText)
					if r.path == "open" {
						first = firstTime("")
					}
					res, err := c.Enroll(ctx, first(nil))
					if err != nil {
						t.Fatalf("the certificate to renew: %v", err)
					}
					installed[r.path] = &scep.Signer{Certificate: res.Certificate, Key: key(keyPhone)}
					time.Sleep(1100 * time.Millisecond) // so that a later notAfter shows
				}
				req = r.request(installed[r.path])
			}
			res, err := c.Enroll(ctx, req)
			if r.code != "" {
				if err == nil {
					t.Fatalf("issued %v, want %s", res.Certificate.Subject, r.code)
				}
				mustRefuse(t, err, r.code, "")
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%v until %v; %v, %v; remarks %q; server %q", res.Certificate.Subject, res.Certificate.NotAfter, res.Digest, res.Cipher, res.Warnings, res.Server.Warnings)
			if res.Certificate.Subject.CommonName != phoneName || !res.Chain[len(res.Chain)-1].Equal(root) {
				t.Errorf("certificate for %v with a chain of %d", res.Certificate.Subject, len(res.Chain))
			}
			if r.note != "" && !strings.Contains(strings.Join(append(res.Warnings, res.Server.Warnings...), "\n"), r.note) {
				t.Errorf("no remark about %q", r.note)
			}
		})
	}
}

func stepRows() []row {
	return []row{
		{name: "initial", path: "phones", request: firstTime(secretText), note: "SHA-1"},
		{name: "initial with a path behind", path: "phones/pkiclient.exe", request: firstTime(secretText)},
		{name: "initial by GET", path: "get", request: firstTime(secretText)},
		{name: "initial with AES-256 back", path: "aes256", request: firstTime(secretText)},
		{name: "wrong challenge", path: "phones", request: firstTime("wrong-" + secretText[:4]), code: CodeChallenge},
		{name: "no challenge", path: "phones", request: firstTime(""), code: CodeRefused},
		{name: "renewal without challenge", path: "phones", request: again(""), code: CodeRefused},
		{name: "renewal with challenge", path: "phones", request: again(secretText), config: withChallenge},
		{name: "open CA: initial", path: "open", request: firstTime("")},
		{name: "open CA: a challenge that is sent", path: "open", request: firstTime(secretText), code: CodeChallenge},
		{name: "open CA: renewal", path: "open", request: again("")},
		{name: "webhook: right challenge", path: "hook", request: firstTime(secretText)},
		{name: "webhook: wrong challenge", path: "hook", request: firstTime("wrong-" + secretText[:4]), code: CodeChallenge},
		{name: "webhook: renewal without challenge", path: "hook", request: again(""), code: CodeRefused},
		{name: "webhook: renewal with challenge", path: "hook", request: again(secretText), config: withChallenge},
		{name: "root not shown", path: "noroot", request: firstTime(secretText), code: CodeRootAbsent},
		{name: "no such provisioner", path: "nobody", request: firstTime(secretText), code: CodeStatus},
	}
}

func TestPeerStepCA(t *testing.T) {
	t.Parallel()
	base, root := stepCA(t, false)
	play(t, base, root, stepRows())
}

func TestPeerStepCAWithRA(t *testing.T) {
	t.Parallel()
	base, root := stepCA(t, true)
	play(t, base, root, stepRows())
}

func TestPeerMicromdm(t *testing.T) {
	t.Parallel()
	path := peer.Built(t, "CISCOPHONE_SCEPSERVER")
	dir := t.TempDir()
	init := exec.CommandContext(t.Context(), path, "ca", "-init", "-keySize", "2048", "-depot", "depot")
	init.Dir = dir
	if out, err := init.CombinedOutput(); err != nil {
		t.Fatalf("scepserver ca -init: %v\n%s", err, out)
	}
	address := peer.FreeAddress(t)
	run(t, "http://"+address+"/scep?operation=GetCACaps", dir, path,
		"-http-addr", address, "-depot", "depot", "-challenge", secretText, "-allowrenew", "0")
	b, err := os.ReadFile(filepath.Join(dir, "depot", "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(b)
	if block == nil {
		t.Fatal("depot/ca.pem is not PEM")
	}
	root, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	play(t, "http://"+address+"/scep", root, micromdmRows())
}

func micromdmRows() []row {
	return []row{
		{name: "initial", request: firstTime(secretText), note: "DES-CBC"},
		{name: "wrong challenge", request: firstTime("wrong-" + secretText[:4]), code: CodeChallenge},
		{name: "renewal without challenge", request: again(""), code: CodeRefused},
		{name: "renewal with challenge", request: again(secretText), config: withChallenge},
	}
}
