// SPDX-License-Identifier: MPL-2.0

package lab_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/push/stores"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/lab"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/verify"
)

var keyPool = sync.OnceValue(func() []*rsa.PrivateKey {
	keys := make([]*rsa.PrivateKey, 8)
	for i := range keys {
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		keys[i] = k
	}
	return keys
})

var turn atomic.Uint64

func poolKey() (*rsa.PrivateKey, error) { return keyPool()[turn.Add(1)%8], nil }

// TestLab goes the whole way: an administrator pushes parameters, phones enroll,
// the evidence is right.
func TestLab(t *testing.T) {
	keyPool()
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	before := runtime.NumGoroutine()
	dir := filepath.Join(t.TempDir(), "lab")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out bytes.Buffer
	l, err := lab.Start(ctx, lab.Config{Dir: dir, Output: &out, Keys: poolKey, Resync: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	info, err := lab.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(info.Phones) != 3 || info.Phones[0].MAC != "00:1a:2b:3c:4d:5e" || info.Phones[0].Name != "dp-9871-1" || info.Phones[2].Model != "CP-8875" {
		t.Errorf("phones %+v", info.Phones)
	}
	challenge, err := os.ReadFile(info.ChallengeFile)
	if err != nil || len(challenge) < 20 {
		t.Fatalf("challenge of %d bytes, %v", len(challenge), err)
	}
	for _, f := range []string{info.ChallengeFile, info.ProvisioningPasswordFile, info.PhonePasswordFile} {
		if s, err := os.Stat(f); err != nil || s.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, want mode 0600", f, s.Mode())
		}
	}
	if strings.Contains(out.String(), strings.TrimSpace(string(challenge))) || !strings.Contains(out.String(), info.SCEPURL) {
		t.Errorf("printed:\n%s", out.String())
	}
	crlf := 0
	for _, p := range info.Phones {
		admin, err := os.ReadFile(p.AdminFile)
		if err != nil {
			t.Fatal(err)
		}
		stored, err := os.ReadFile(filepath.Join(info.Store, p.Config))
		if err != nil || !bytes.Equal(admin, stored) {
			t.Errorf("%s: the store does not hold the administrator's bytes: %v", p.Name, err)
		}
		if len(admin) < 150_000 || bytes.Contains(admin, []byte("<CDC_")) {
			t.Errorf("%s: %d bytes, or CDC parameters in it", p.Name, len(admin))
		}
		if bytes.Contains(admin, []byte("\r\n")) {
			crlf++
		}
	}
	if crlf != 1 {
		t.Errorf("%d files have CRLF, want 1", crlf)
	}

	password, err := os.ReadFile(info.ProvisioningPasswordFile)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	store, err := stores.Open(info.ProvisioningURL, stores.Options{
		Client: &http.Client{Transport: transport}, Username: info.ProvisioningUsername,
		Password: func() (string, error) { return strings.TrimSpace(string(password)), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	enroll := func(p lab.Phone, e cfgxml.Enrollment, not string) verify.Evidence {
		t.Helper()
		data, v, err := store.Get(ctx, p.Config)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := cfgxml.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		if doc, err = doc.WithEnrollment(e); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Put(ctx, p.Config, doc.Bytes(), v); err != nil {
			t.Fatal(err)
		}
		pin, err := cdc.ParseFingerprint(info.FingerprintSHA1)
		if err != nil {
			t.Fatal(err)
		}
		var old *big.Int
		if not != "" {
			if old, err = verify.ParseSerial(not); err != nil {
				t.Fatal(err)
			}
		}
		waiting, stop := context.WithTimeout(ctx, 2*time.Minute)
		defer stop()
		ev, err := verify.Wait(waiting, p.Page, verify.Expectation{
			CommonName: p.MICCommonName + ".example.nl", Fingerprint: pin, NotSerial: old,
		}, &http.Client{Transport: transport}, 50*time.Millisecond, nil)
		if err != nil {
			t.Fatalf("%s: %v; %v", p.Name, err, ev.Problems)
		}
		return ev
	}
	e := cfgxml.Enrollment{Server: info.SCEPURL, RootCAFingerprint: info.FingerprintSHA256, ChallengePassword: secret.New(strings.TrimSpace(string(challenge)))}
	serials := map[string]bool{}
	var first verify.Evidence
	for i, p := range info.Phones {
		e.CommonName = p.MICCommonName + ".example.nl"
		ev := enroll(p, e, "")
		serials[ev.Serial] = true
		if i == 0 {
			first = ev
		}
	}
	e.CommonName = info.Phones[0].MICCommonName + ".example.nl"
	e.RootCAFingerprint = info.FingerprintSHA1 // the same root, another spelling
	enroll(info.Phones[0], e, first.Serial)
	if len(serials) != 3 {
		t.Errorf("three phones have %d serial numbers", len(serials))
	}

	cancel()
	if err := l.Wait(); err != nil {
		t.Error(err)
	}
	transport.CloseIdleConnections()
	noLeak(t, before)

	// A lab started again goes on, at the same addresses.
	again, err := lab.Start(t.Context(), lab.Config{Dir: dir, Keys: poolKey, Resync: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	got, _ := json.Marshal(again.Info())
	want, _ := json.Marshal(info)
	if !bytes.Equal(got, want) {
		t.Errorf("after a restart the lab is another:\n%s\nwas\n%s", got, want)
	}
	if c := again.Phones()[1].Status().InEffect(); c == nil || !strings.HasSuffix(c.Leaf().Subject.CommonName, ".example.nl") {
		t.Error("after a restart a phone has lost its certificate")
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
	noLeak(t, before)
}

// noLeak waits until no more goroutines run than before.
func noLeak(t *testing.T, before int) {
	t.Helper()
	for end := time.Now().Add(time.Minute); runtime.NumGoroutine() > before; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			var b [64 << 10]byte
			t.Fatalf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, b[:runtime.Stack(b[:], true)])
		}
	}
}

func TestStartRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]lab.Config{
		"no directory": {},
		"a file":       {Dir: file},
		"no phones":    {Dir: t.TempDir(), Phones: -1},
		"no such host": {Dir: t.TempDir(), Host: "192.0.2.1", Keys: poolKey},
	} {
		if l, err := lab.Start(t.Context(), c); err == nil {
			l.Close()
			t.Errorf("%s: no error", name)
		}
	}
}

// TestFolderInUse: of two labs in one folder the second one does not start, and
// takes nothing from the first; when that has ended it does.
func TestFolderInUse(t *testing.T) {
	keyPool()
	dir := filepath.Join(t.TempDir(), "lab")
	c := lab.Config{Dir: dir, Phones: 1, Keys: poolKey}
	first, err := lab.Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	second, err := lab.Start(t.Context(), c)
	var used *lab.InUseError
	if !errors.As(err, &used) {
		if second != nil {
			second.Close()
		}
		t.Fatalf("a second lab: %v", err)
	}
	if used.Dir != dir || used.Process != strconv.Itoa(os.Getpid()) || used.SCEPURL != first.Info().SCEPURL {
		t.Errorf("%+v", used)
	}
	if info, err := lab.Read(dir); err != nil || info.SCEPURL != first.Info().SCEPURL {
		t.Errorf("lab.json of the first: %+v, %v", info, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	third, err := lab.Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	third.Close()
}
