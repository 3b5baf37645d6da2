// SPDX-License-Identifier: MPL-2.0

//go:build unix

package ca

import (
	"bufio"
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// certmonger is an independent client in C on OpenSSL. It sends its messages by
// GET and renews with PKCSReq (19). Debian: certmonger, dbus.
type certmonger struct {
	*rig
	dir     string
	env     []string
	session *exec.Cmd
}

const certmongerSession = "/usr/lib/certmonger/certmonger-session"

// certmongerPatience is for machines that do ten other things meanwhile: it runs
// a program for each step.
const certmongerPatience = 2 * time.Minute

// newCertmonger starts a private message bus and a certmonger on it that knows
// the CA as "lab". Both end with the test.
func newCertmonger(t *testing.T, change func(*Config)) *certmonger {
	t.Helper()
	for _, program := range []string{certmongerSession, "getcert", "dbus-daemon"} {
		if _, err := exec.LookPath(program); err != nil {
			peer.Missing(t, program)
		}
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
	dir, err := os.MkdirTemp("", "certmonger")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	m := &certmonger{rig: r, dir: dir}
	m.env = append(os.Environ(), "HOME="+m.dir, "XDG_CONFIG_HOME="+m.dir, "TMPDIR="+m.dir)

	bus := exec.Command("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address", "--address=unix:path="+filepath.Join(m.dir, "bus"))
	out, err := bus.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	m.start(bus)
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	m.env = append(m.env, "DBUS_SESSION_BUS_ADDRESS="+strings.TrimSpace(address))
	m.session = exec.Command(certmongerSession, "-n")
	m.start(m.session)
	m.until(`New CA "lab" added`, "add-scep-ca", "-c", "lab", "-u", server.URL+"/scep")
	m.until(`CA 'lab'`, "list-cas", "-c", "lab")
	return m
}

// start runs a program until the test ends, in a group with the helpers that it
// starts itself.
func (m *certmonger) start(cmd *exec.Cmd) {
	m.t.Helper()
	cmd.Env = m.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { stop(cmd) })
}

func stop(cmd *exec.Cmd) {
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	_ = cmd.Wait()
}

func (m *certmonger) getcert(command string, args ...string) (string, error) {
	cmd := exec.Command("getcert", append([]string{command, "-s"}, args...)...)
	cmd.Env = m.env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// until repeats a getcert command until its output matches.
func (m *certmonger) until(want, command string, args ...string) string {
	m.t.Helper()
	pattern := regexp.MustCompile(want)
	var out string
	for end := time.Now().Add(certmongerPatience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		out, _ = m.getcert(command, args...)
		if pattern.MatchString(out) {
			return out
		}
	}
	m.t.Fatalf("getcert %s %q does not come to %q:\n%s\n%s", command, args, want, out, m.log)
	return ""
}

// request asks for a certificate with the challenge, which goes through a file.
func (m *certmonger) request(id, challenge string) {
	m.t.Helper()
	file := filepath.Join(m.dir, id+".challenge")
	if err := os.WriteFile(file, []byte(challenge), 0o600); err != nil {
		m.t.Fatal(err)
	}
	m.until("New signing request|already used by request", "request", "-c", "lab", "-I", id, "-N", "CN="+phoneName, "-l", file,
		"-k", filepath.Join(m.dir, id+".key"), "-f", filepath.Join(m.dir, id+".pem"))
}

// certificate waits until certmonger has one for id that is not old.
func (m *certmonger) certificate(id string, old *x509.Certificate) *x509.Certificate {
	m.t.Helper()
	for end := time.Now().Add(certmongerPatience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		out := m.until("status: (MONITORING|CA_REJECTED|CA_UNREACHABLE|NEED_GUIDANCE)", "list", "-i", id)
		if !strings.Contains(out, "status: MONITORING") {
			m.t.Fatalf("no certificate:\n%s\n%s", out, m.log)
		}
		data, err := os.ReadFile(filepath.Join(m.dir, id+".pem"))
		if err != nil {
			m.t.Fatal(err)
		}
		block, _ := pem.Decode(data)
		if block == nil {
			m.t.Fatalf("no PEM: %s", data)
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			m.t.Fatal(err)
		}
		if old == nil || !bytes.Equal(old.Raw, cert.Raw) {
			m.verify(cert)
			return cert
		}
	}
	m.t.Fatalf("the certificate stays the old one\n%s", m.log)
	return nil
}

func TestCertmonger(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		config func(*Config)
		cipher string
	}{
		{"CA mode", nil, "AES-"},
		{"RA mode", func(c *Config) { c.RA = true }, "AES-"},
		{"triple DES only", func(c *Config) { c.Quirks.Caps = "DES3\nSHA-256\nRenewal\n" }, "DES-EDE3"},
		{"single-use challenge", func(c *Config) { c.Challenges = NewBound(map[string]string{phoneName: secret}) }, "AES-"},
		{"IOS", func(c *Config) { c.Quirks.Caps = CapsIOS }, "DES-EDE3"},
		{"NDES", func(c *Config) { c.Quirks.NDES = true }, "AES-"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := newCertmonger(t, c.config)
			m.request("phone", secret)
			first := m.certificate("phone", nil)
			m.logged("type=19")
			m.logged("authorization=challenge cipher=" + c.cipher)

			// A new key, signed for by the old certificate, sent as 19.
			m.until("Resubmitting", "rekey", "-i", "phone")
			second := m.certificate("phone", first)
			if bytes.Equal(first.RawSubjectPublicKeyInfo, second.RawSubjectPublicKeyInfo) {
				t.Error("the key is the same")
			}
			m.logged("authorization=renewal cipher=" + c.cipher)
			if strings.Contains(m.log.String(), "refused") {
				t.Errorf("something was refused:\n%s", m.log)
			}
		})
	}
}

func TestCertmongerWrongChallenge(t *testing.T) {
	t.Parallel()
	m := newCertmonger(t, nil)
	m.request("phone", "guess")
	m.until("status: CA_REJECTED", "list", "-i", "phone")
	m.logged(ErrWrongChallenge.Error())
}

func TestCertmongerPendingAndPoll(t *testing.T) {
	t.Parallel()
	m := newCertmonger(t, func(c *Config) { c.Approval = true })
	m.request("phone", secret)
	m.until("status: CA_WORKING", "list", "-i", "phone")
	if waiting := m.Pending(); len(waiting) != 1 {
		t.Fatalf("waiting: %+v", waiting)
	} else if err := m.Approve(waiting[0].ID); err != nil {
		t.Fatal(err)
	}
	// certmonger asks again once a week, and when it starts: with its request and
	// not with CertPoll, which must come to the same.
	stop(m.session)
	m.session = exec.Command(certmongerSession, "-n")
	m.start(m.session)
	m.certificate("phone", nil)
	if stats := m.Stats(); stats.Issued != 1 || stats.Repeated == 0 || len(m.Issued()) != 1 {
		t.Errorf("%d certificates, stats %+v", len(m.Issued()), stats)
	}
}
