// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"crypto"
	"crypto/rsa"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/ca"
)

// startCA starts a CA with the challenge "correct horse" and the given quirks
// and tells where it is, in SCEP_URL, SHA1 and SHA256. Beside the quirks that
// have names there are
//
//	expired     the CA's certificates have
//	expiring    they do in a month
//	approval    requests are approved when they have come
//	redirect    everything is elsewhere
//	open        needs no challenge password
func startCA(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: ca [QUIRK]...")
	}
	c := ca.Config{Challenges: ca.StaticChallenge("correct horse"), Clock: movingClock()}
	var named []string
	redirect := false
	for _, a := range args {
		switch a {
		case "expired":
			c.Clock, c.CALifetime, c.Lifetime = func() time.Time { return time.Now().AddDate(-2, 0, 0) }, 365*24*time.Hour, time.Hour
		case "expiring":
			c.CALifetime, c.Lifetime = 60*24*time.Hour, 20*24*time.Hour
		case "approval":
			c.Approval = true
		case "redirect":
			redirect = true
		case "open":
			c.Challenges = anyChallenge{}
		default:
			named = append(named, a)
		}
	}
	var err error
	c.Quirks, err = ca.ParseQuirks(named...)
	ts.Check(err)
	if c.CALifetime == 0 {
		c.Dir, err = os.MkdirTemp("", "ca")
		ts.Check(err)
		ts.Defer(func() { _ = os.RemoveAll(c.Dir) })
		files, err := readyCA()
		ts.Check(err)
		ts.Check(os.CopyFS(c.Dir, files))
	}
	authority, err := ca.New(c)
	ts.Check(err)
	handler := http.Handler(authority)
	if redirect {
		handler = http.RedirectHandler("https://elsewhere.example.net/scep", http.StatusMovedPermanently)
	}
	server := httptest.NewServer(handler)
	ts.Defer(func() {
		server.Close()
		_ = authority.Close()
	})
	if c.Approval {
		done := make(chan struct{})
		ts.Defer(func() { close(done) })
		go approve(authority, done)
	}
	ts.Setenv("SCEP_URL", server.URL+"/scep")
	ts.Setenv("SHA1", cdc.FingerprintOf(authority.Root().Raw, crypto.SHA1).String())
	ts.Setenv("SHA256", cdc.FingerprintOf(authority.Root().Raw, crypto.SHA256).String())
}

// readyCA gives the folder of a CA that has its keys already: making them takes
// longer than what is tested with them.
var readyCA = sync.OnceValues(func() (fs.FS, error) {
	dir, err := os.MkdirTemp("", "ca")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	authority, err := ca.New(ca.Config{Dir: dir})
	if err != nil {
		return nil, err
	}
	if err := authority.Close(); err != nil {
		return nil, err
	}
	files := fstest.MapFS{}
	return files, fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, path))
		files[path] = &fstest.MapFile{Data: data, Mode: 0o600}
		return err
	})
})

// anyChallenge takes every challenge password, and none.
type anyChallenge struct{}

func (anyChallenge) Redeem(string, string, time.Time) error { return nil }
func (anyChallenge) Check(string, string, time.Time) error  { return nil }

func approve(authority *ca.CA, done chan struct{}) {
	for {
		select {
		case <-done:
			return
		case <-time.After(100 * time.Millisecond):
			for _, p := range authority.Pending() {
				_ = authority.Approve(p.ID)
			}
		}
	}
}

// opens checks a PKCS#12 file: opens FILE PASSWORD COMMON_NAME.
func opens(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: opens FILE PASSWORD COMMON_NAME")
	}
	key, cert, more, err := pkcs12.DecodeChain([]byte(ts.ReadFile(args[0])), args[1])
	if neg {
		if err == nil {
			ts.Fatalf("%s opens", args[0])
		}
		return
	}
	ts.Check(err)
	if k, ok := key.(*rsa.PrivateKey); !ok || !k.PublicKey.Equal(cert.PublicKey) {
		ts.Fatalf("the key is not the certificate's")
	}
	if cert.Subject.CommonName != args[2] || len(more) != 2 {
		ts.Fatalf("the certificate is for %q and has %d issuers", cert.Subject.CommonName, len(more))
	}
}

// keyOwner tells that nobody but the owner may read a file.
func keyOwner(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: owner FILE")
	}
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if info.Mode().Perm() != 0o600 {
		ts.Fatalf("%s has the mode %v", args[0], info.Mode())
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(ts.MkAbs(args[0])), ".*-*"))
	ts.Check(err)
	if len(left) > 0 {
		ts.Fatalf("files were left behind: %v", left)
	}
}

// TestSCEPExamples runs the examples of preflight and enroll before a CA, in one
// folder and in their order.
func TestSCEPExamples(t *testing.T) {
	t.Parallel()
	shell := peer.Program(t, "sh")
	password := strings.TrimSpace(exampleFiles["challenge.txt"])
	authority, err := ca.New(ca.Config{Challenges: ca.StaticChallenge(password), Clock: movingClock()})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(authority)
	t.Cleanup(server.Close)
	env := []string{"NAME=desk-1", fmt.Sprintf("ROOT_SHA1=%X", cdc.FingerprintOf(authority.Root().Raw, crypto.SHA1).Bytes()),
		fmt.Sprintf("ROOT_SHA256=%X", cdc.FingerprintOf(authority.Root().Raw, crypto.SHA256).Bytes())}
	for _, c := range allCommands() {
		if c.Name() != "preflight" && c.Name() != "enroll" {
			continue
		}
		script := strings.Join(exampleLines(c.Example), " && ")
		out := runExample(t, shell, strings.ReplaceAll(script, "http://scep.example.com/scep", server.URL+"/scep"), env)
		for _, want := range map[string][]string{
			"preflight": {"probe-enroll", `"verdict": "note"`},
			"enroll":    {"phone.pem: ", "renewed.pem: ", "phone.p12: "},
		}[c.Name()] {
			if !strings.Contains(out, want) {
				t.Errorf("%s: the examples do not print %q:\n%s", c.Name(), want, out)
			}
		}
	}
}

// movingClock goes on by a second each time it is looked at: a renewal within
// the second of the first certificate would not last longer.
func movingClock() func() time.Time {
	var asked atomic.Int64
	return func() time.Time { return time.Now().Add(time.Duration(asked.Add(1)) * time.Second) }
}
