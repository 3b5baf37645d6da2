// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// strongSwan's pki is an independent client in C. Debian: strongswan-pki,
// libstrongswan-extra-plugins (fetcher), libstrongswan-standard-plugins.
type strongSwan struct {
	*rig
	url, dir, pki string
}

func newStrongSwan(t *testing.T, change func(*Config)) *strongSwan {
	t.Helper()
	pki, err := exec.LookPath("pki")
	if err != nil {
		peer.Missing(t, "pki of strongSwan")
	}
	r := newRig(t, func(c *Config) {
		c.Clock = time.Now // the client's
		if change != nil {
			change(c)
		}
	})
	r.clock.now = time.Now()
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	s := &strongSwan{r, server.URL + "/scep", t.TempDir(), pki}
	s.write("root.pem", r.Root().Raw)
	s.write("issuing.pem", r.Issuing().Raw)
	s.write("recipient.pem", r.Recipient().Raw)
	return s
}

func (s *strongSwan) write(name string, certificate []byte) string {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// key writes a key for the client and gives the name of its file.
func (s *strongSwan) key(key *rsa.PrivateKey, name string) string {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	data := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	if err := os.WriteFile(path, data, 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// scep runs pki --scep. The challenge goes through a file: arguments can be seen
// by every user of a machine.
func (s *strongSwan) scep(challenge string, key *rsa.PrivateKey, args ...string) (cert *x509.Certificate, output string, err error) {
	s.t.Helper()
	options := filepath.Join(s.dir, "options")
	text := strings.Join(append(args, "--url", s.url, "--in", s.key(key, "new.key"), "--outform", "pem",
		"--cacert-enc", filepath.Join(s.dir, "recipient.pem"), "--cacert-sig", filepath.Join(s.dir, "recipient.pem"),
		"--cacert", filepath.Join(s.dir, "root.pem"), "--cacert", filepath.Join(s.dir, "issuing.pem"),
		"--interval", "1", "--maxpolltime", "15"), " ")
	if challenge != "" {
		text += " --password " + challenge
	}
	if err := os.WriteFile(options, []byte(text+"\n"), 0o600); err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.pki, "--scep", "--options", options)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	if block, _ := pem.Decode(stdout.Bytes()); block != nil {
		if cert, err := x509.ParseCertificate(block.Bytes); err == nil {
			return cert, stderr.String(), nil
		}
	}
	return nil, stderr.String(), err
}

// want enrolls with the arguments and checks the certificate.
func (s *strongSwan) want(challenge string, key *rsa.PrivateKey, args ...string) *x509.Certificate {
	s.t.Helper()
	cert, output, err := s.scep(challenge, key, args...)
	if err != nil || cert == nil {
		s.t.Fatalf("pki --scep %q: %v\n%s\n%s", args, err, output, s.log)
	}
	s.verify(cert)
	if !key.PublicKey.Equal(cert.PublicKey) {
		s.t.Fatal("a certificate for another key")
	}
	return cert
}

func (r *rig) logged(text string) {
	r.t.Helper()
	if !strings.Contains(r.log.String(), text) {
		r.t.Errorf("the log does not say %q:\n%s", text, r.log)
	}
}

func TestStrongSwan(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		config func(*Config)
		args   []string
		cipher string
	}{
		{"AES, SHA-256", nil, nil, "AES-"},
		{"AES, SHA-512", nil, []string{"--digest", "sha512"}, "AES-"},
		{"triple DES, SHA-256", nil, []string{"--cipher", "des3"}, "DES-EDE3"},
		{"RA mode", func(c *Config) { c.RA = true }, nil, "AES-"},
		{"RA mode, triple DES", func(c *Config) { c.RA = true }, []string{"--cipher", "des3"}, "DES-EDE3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStrongSwan(t, c.config)
			cert := s.want(secret, phoneKey(0), append(c.args, "--dn", "CN="+phoneName)...)
			if cert.Subject.CommonName != phoneName {
				t.Errorf("issued to %q", cert.Subject)
			}
			s.logged("type=19")
			s.logged("authorization=challenge cipher=" + c.cipher)

			// Renewal by 17, with a new key, and no challenge.
			renewed := s.want("", phoneKey(1), append(c.args, "--dn", "CN="+phoneName,
				"--cert", s.write("old.pem", cert.Raw), "--key", s.key(phoneKey(0), "old.key"))...)
			if bytes.Equal(renewed.Raw, cert.Raw) {
				t.Error("the old certificate came back")
			}
			s.logged("type=17")
			s.logged("authorization=renewal cipher=" + c.cipher)
			// The replaced certificate renews nothing more.
			if cert, output, err := s.scep("", phoneKey(2), append(c.args, "--dn", "CN="+phoneName,
				"--cert", s.write("old.pem", cert.Raw), "--key", s.key(phoneKey(0), "old.key"))...); err == nil || cert != nil {
				t.Errorf("renewed by a replaced certificate:\n%s", output)
			}
			s.logged("was replaced by")
		})
	}
}

func TestStrongSwanWrongChallenge(t *testing.T) {
	t.Parallel()
	s := newStrongSwan(t, nil)
	cert, output, err := s.scep("guess", phoneKey(0), "--dn", "CN="+phoneName)
	if err == nil || cert != nil || !strings.Contains(output, "badRequest") {
		t.Errorf("%v\n%s", err, output)
	}
	s.logged(ErrWrongChallenge.Error())
}

func TestStrongSwanPendingAndPoll(t *testing.T) {
	t.Parallel()
	s := newStrongSwan(t, func(c *Config) { c.Approval = true })
	approved := make(chan error, 1)
	go func() {
		for range 300 {
			if waiting := s.Pending(); len(waiting) == 1 && s.Stats().Polled > 0 {
				approved <- s.Approve(waiting[0].ID)
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
		approved <- ErrNotPending
	}()
	s.want(secret, phoneKey(0), "--dn", "CN="+phoneName)
	if err := <-approved; err != nil {
		t.Error(err)
	}
	s.logged("type=20")
}

// strongSwan reads the bag of GetCACert.
func TestStrongSwanGetCACert(t *testing.T) {
	t.Parallel()
	for _, ra := range []bool{false, true} {
		s := newStrongSwan(t, func(c *Config) { c.RA = ra })
		out, err := exec.Command(s.pki, "--scepca", "--url", s.url, "--caout", filepath.Join(s.dir, "ca"), "--raout", filepath.Join(s.dir, "ra"), "--force").CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		want := map[string][]byte{"root": s.Root().Raw, "issuing CA": s.Issuing().Raw, "recipient": s.Recipient().Raw}
		files, err := os.ReadDir(s.dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			data, err := os.ReadFile(filepath.Join(s.dir, f.Name()))
			if err != nil {
				t.Fatal(err)
			}
			for name, der := range want {
				if bytes.Equal(data, der) {
					delete(want, name)
				}
			}
		}
		for name := range want {
			t.Errorf("RA %v: the %s was not written\n%s", ra, name, out)
		}
	}
}
