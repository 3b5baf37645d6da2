// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// Everything is there again after the CA was closed and opened.
func TestReopen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	once := NewOneTime(time.Hour)
	config := func(c *Config) { c.Dir, c.Challenges, c.RA = dir, once, true }
	r := newRig(t, config)
	spent, err := once.Issue(phoneName, start)
	if err != nil {
		t.Fatal(err)
	}
	open, err := once.Issue("", start)
	if err != nil {
		t.Fatal(err)
	}
	old := r.enroll(ask{challenge: spent, transaction: "1"})
	root, recipient := r.Root().Raw, r.Recipient().Raw
	if _, err := New(Config{Dir: dir}); err == nil || !strings.Contains(err.Error(), "does another CA have it open") {
		t.Errorf("a second CA in the same directory: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, databaseName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("database with mode %v (%v)", info.Mode(), err)
	}

	once = NewOneTime(time.Hour)
	r = newRig(t, config)
	if !bytes.Equal(root, r.Root().Raw) || !bytes.Equal(recipient, r.Recipient().Raw) {
		t.Fatal("the CA has other certificates")
	}
	if records := r.Issued(); len(records) != 1 || !bytes.Equal(records[0].DER, old.Certificate.Raw) {
		t.Fatalf("records %+v", records)
	}
	again := r.enroll(ask{challenge: spent, transaction: "1"})
	if !bytes.Equal(again.Certificate.Raw, old.Certificate.Raw) {
		t.Error("the repeated request got another certificate")
	}
	r.refused(ask{challenge: spent, transaction: "2", key: phoneKey(1)}, scep.BadRequest, ErrUsedChallenge.Error())
	r.enroll(ask{challenge: open, transaction: "3", key: phoneKey(1)})
	r.enroll(ask{messageType: scep.RenewalReq, signer: old, key: phoneKey(2), challenge: "-"})
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}

	// Other challenges, and the same ones bound to names: used stays used.
	bound := NewBound(map[string]string{phoneName: secret})
	r = newRig(t, func(c *Config) { config(c); c.Challenges = bound })
	r.refused(ask{messageType: scep.RenewalReq, signer: old, key: phoneKey(3), challenge: "-"}, scep.BadRequest, "was replaced by")
	r.enroll(ask{key: phoneKey(3)})
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	r = newRig(t, func(c *Config) { config(c); c.Challenges = NewBound(map[string]string{phoneName: secret}) })
	r.refused(ask{key: phoneKey(4)}, scep.BadRequest, ErrUsedChallenge.Error())
	if _, err := New(Config{Challenges: bound, keys: cachedKeys(0)}); err == nil {
		t.Error("one set of challenges serves two CAs")
	}
	searchFiles(t, dir, secret, spent, open)
}

// searchFiles looks for secrets in what was written to disk.
func searchFiles(t *testing.T, dir string, secrets ...string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		for _, s := range secrets {
			if bytes.Contains(data, []byte(s)) {
				t.Errorf("%s holds a challenge", d.Name())
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A pending request survives too, without its challenge.
func TestReopenPending(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := func(c *Config) { c.Dir, c.Approval = dir, true }
	r := newRig(t, config)
	a := ask{transaction: "1", signer: r.selfSigned(phoneName, phoneKey(0))}
	r.send(a)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	searchFiles(t, dir, secret)
	r = newRig(t, config)
	if err := r.Approve("1"); err != nil {
		t.Fatal(err)
	}
	r.enroll(r.pollFor(a))
}

// When the database cannot be written, nothing is issued.
func TestDatabaseFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	once := NewOneTime(time.Hour)
	r := newRig(t, func(c *Config) { c.Dir, c.Challenges, c.ManufacturerRoots = dir, once, nil })
	challenge, err := once.Issue("", start)
	if err != nil {
		t.Fatal(err)
	}
	old := r.enroll(ask{challenge: challenge})
	if challenge, err = once.Issue("", start); err != nil {
		t.Fatal(err)
	}
	if err := r.store.db.close(); err != nil {
		t.Fatal(err)
	}
	r.refused(ask{challenge: challenge, key: phoneKey(1)}, scep.BadRequest, "write the CA database")
	r.refused(ask{messageType: scep.RenewalReq, signer: old, challenge: "-", key: phoneKey(1)}, scep.BadRequest, "write the CA database")
	if len(r.Issued()) != 1 {
		t.Errorf("%d certificates", len(r.Issued()))
	}
	for what, err := range map[string]error{"Revoke": r.Revoke(old.Certificate.SerialNumber.Text(16)), "Rollover": r.Rollover()} {
		if err == nil {
			t.Errorf("%s succeeds without a database", what)
		}
	}
	if _, err := once.Issue("", start); err == nil {
		t.Error("a challenge that is written nowhere")
	}
	searchFiles(t, dir, challenge)
}

func TestOpenFailures(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, databaseName), []byte("not a database"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, want string
		config     Config
	}{
		{"not a database", "open", Config{Dir: dir}},
		{"no directory", "CA directory", Config{Dir: filepath.Join(dir, databaseName, "below")}},
		{"small keys", "want 2048 to 4096 bits", Config{KeyBits: 1024}},
		{"large keys", "want 2048 to 4096 bits", Config{KeyBits: 8192}},
		{"long name", "too long", Config{Organization: strings.Repeat("x", 51)}},
		{"short life", "too short", Config{Lifetime: time.Second}},
	} {
		if ca, err := New(c.config); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, expected %q (%v)", c.name, err, c.want, ca)
		}
	}
}

const killedDir = "CA_TEST_KILLED_DIR"

// TestMain lets the test binary be the CA that gets killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(killedDir); dir != "" {
		issueUntilKilled(dir)
		return
	}
	os.Exit(m.Run())
}

// issueUntilKilled enrolls phones one after the other and writes each serial
// number after the reply was made: what it has told, it must not forget.
func issueUntilKilled(dir string) {
	t := &dying{}
	r := newRig(t, func(c *Config) { c.Dir, c.Clock = dir, time.Now })
	r.clock.now = time.Now()
	for i := 0; ; i++ {
		s := r.enroll(ask{transaction: fmt.Sprintf("%d-%d", os.Getpid(), i)})
		fmt.Println("issued", s.Certificate.SerialNumber.Text(16))
	}
}

// dying is the testing.TB of a process without tests.
type dying struct{ testing.TB }

func (*dying) Helper()                   {}
func (*dying) Cleanup(func())            {}
func (*dying) Fatal(a ...any)            { fmt.Println(a...); os.Exit(1) }
func (*dying) Fatalf(f string, a ...any) { fmt.Printf(f+"\n", a...); os.Exit(1) }

// The CA process is killed with SIGKILL in the middle of its work, three times
// over; afterwards it knows every certificate it has ever sent, all of them
// under the keys it began with.
func TestSurvivesKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var told []string // serial numbers
	for round := range 3 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), killedDir+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			serial, ok := strings.CutPrefix(lines.Text(), "issued ")
			if !ok {
				t.Fatalf("the CA says: %s", lines.Text())
			}
			told = append(told, serial)
			if n == 5+3*round {
				// From now on it dies at any moment; lines already in the pipe count.
				_ = cmd.Process.Kill()
			}
		}
		_ = cmd.Wait() // killed
	}
	r := newRig(t, func(c *Config) { c.Dir, c.Clock, c.keys = dir, time.Now, nil })
	r.clock.now = time.Now()
	known := map[string]Record{}
	for _, record := range r.Issued() {
		known[record.Serial] = record
		cert, err := record.Certificate()
		if err != nil {
			t.Fatal(err)
		}
		if err := cert.CheckSignatureFrom(r.Issuing()); err != nil {
			t.Errorf("certificate %s: %v", record.Serial, err)
		}
	}
	if len(told) < 12 {
		t.Fatalf("only %d certificates were told of", len(told))
	}
	for _, serial := range told {
		if _, ok := known[serial]; !ok {
			t.Errorf("the CA has forgotten certificate %s", serial)
		}
	}
}
