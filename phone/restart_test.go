// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/ca"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

func TestRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := newWorld(t, func(_ *ca.Config, c *Config) { c.Dir = dir })
	e := w.enrollment()
	e.CommonName = "$A-$MA"
	doc, err := cfgxml.Parse([]byte("<flat-profile><GPP_A>hq</GPP_A><Certificate_Select>Custom installed</Certificate_Select></flat-profile>"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := doc.WithEnrollment(e)
	if err != nil {
		t.Fatal(err)
	}
	w.profile.put(data.Bytes())
	if err := w.phone.Resync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := w.phone.Upload(t.Context(), p12(t, quick, nil), secret.New(extractPassword)); err != nil {
		t.Fatal(err)
	}
	before := w.phone.Status()
	issued := len(w.ca.Issued())
	w.boot()
	after := w.phone.Status()
	if after.Boots != before.Boots+1 {
		t.Errorf("%d boots, %d before", after.Boots, before.Boots)
	}
	before.Boots = after.Boots
	before.Config = after.Config // of the moment, not kept to the letter
	if got, want := flat(after), flat(before); got != want {
		t.Errorf("after the restart:\n%s\nbefore:\n%s", got, want)
	}
	if err := w.phone.Resync(t.Context()); err != nil || len(w.ca.Issued()) != issued {
		t.Errorf("the same configuration after a restart led to an enrollment: %v", err)
	}
	// The key has survived: the phone can renew with it.
	w.phone.Delete(w.holds().ID)
	w.live(w.clock.now().Add(80*day), nil)
	if last := w.ca.Issued()[len(w.ca.Issued())-1]; last.Authorization != ca.ByRenewal || last.CommonName != "hq-001a2b3c4d5e" {
		t.Errorf("after the restart: %s for %s; %s", last.Authorization, last.CommonName, w.phone.Status().Download)
	}
	if info, err := os.Stat(filepath.Join(dir, memoryFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, mode %v, want 0600", err, info.Mode())
	}
}

// flat describes a status for comparison.
func flat(s Status) string {
	var b strings.Builder
	for _, c := range s.Certificates {
		b.WriteString(c.ID + " " + string(c.Source) + " " + c.Installed.String() + "\n")
	}
	for _, v := range []string{string(s.State), s.Server, s.Fingerprint, s.CommonName, s.CertificateSelect, s.Download, s.UserID} {
		b.WriteString(v + "\n")
	}
	return b.String()
}

// TestAskingSurvivesRestart: the question stays on the screen.
func TestAskingSurvivesRestart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(_ *ca.Config, c *Config) { c.Dir = t.TempDir() })
	e := w.enrollment()
	e.ChallengePassword = secret.New("wrong")
	if err := w.provision(e); err == nil {
		t.Fatal("no error")
	}
	w.boot()
	if s := w.phone.Status(); !s.AsksPassword || !s.Failed {
		t.Errorf("after the restart: %s", s.State)
	}
	if err := w.phone.TypePassword(secret.New(testChallenge)); err != nil {
		t.Fatal(err)
	}
	w.phone.Tick(t.Context())
	w.holds()
}

func TestDamagedMemory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := newWorld(t, func(_ *ca.Config, c *Config) { c.Dir = dir })
	if err := w.provision(w.enrollment()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, memoryFile)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"truncated":     string(good[:len(good)/2]),
		"empty":         "",
		"version":       strings.Replace(string(good), `"version": 1`, `"version": 2`, 1),
		"state":         strings.Replace(string(good), `"state": "installed"`, `"state": "dreaming"`, 1),
		"no key":        strings.Replace(string(good), "PRIVATE KEY", "PUBLIC KEY", 2),
		"other key":     strings.Replace(string(good), "BEGIN CERTIFICATE", "BEGIN NOTHING", 1),
		"no chain":      strings.ReplaceAll(string(good), "CERTIFICATE-----", "THING-----"),
		"broken base64": strings.Replace(string(good), "MII", "!!!", 1),
	} {
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := New(w.config); err == nil {
			t.Errorf("%s: the phone starts", name)
		} else if strings.Contains(err.Error(), testChallenge) || !strings.Contains(err.Error(), memoryFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRun lives in real time: a change on the page is followed at once, and
// nothing runs on when the context has ended.
func TestRun(t *testing.T) {
	w := newWorld(t, func(_ *ca.Config, c *Config) { c.Clock = time.Now; c.HTTP = w1client })
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- w.phone.Run(ctx) }()
	e := w.enrollment()
	// The test CA lives by another clock, so this enrollment fails: that it is
	// tried at once is what counts.
	w.phone.SetParameters(e)
	for end := time.Now().Add(time.Minute); !w.phone.Status().Failed; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("nothing happened: %s", w.phone.Status().State)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	w1client.CloseIdleConnections()
	w.server.CloseClientConnections()
	for end := time.Now().Add(time.Minute); runtime.NumGoroutine() > before+4; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
	}
}
