// SPDX-License-Identifier: MPL-2.0

package sftp_test

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/sshd"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/storetest"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/push/sftp"
)

func open(t *testing.T, location string, o sftp.Options) push.Store {
	t.Helper()
	u, err := url.Parse(location)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sftp.Open(u, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func options(d sshd.Server) sftp.Options {
	return sftp.Options{KeyFile: d.Key, HostKey: d.HostKey, Timeout: time.Minute}
}

func writeFile(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestContract(t *testing.T) {
	t.Parallel()
	d := sshd.Start(t)
	o := options(d)
	o.MaxSize = 1000
	storetest.Run(t, open(t, d.URL(d.Root), o), 1000)
	entries, err := os.ReadDir(d.Root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !e.IsDir() {
			t.Errorf("left on the server: %s", e.Name())
		}
	}
	s := open(t, d.URL(d.Root), options(d))
	storetest.Writers(t, 6, 10, func() push.Store { return s })
}

// TestFaults: creating is one step between programs, replacing is not.
func TestFaults(t *testing.T) {
	t.Parallel()
	d := sshd.Start(t)
	storetest.Faults(t, d.Address, storetest.Promised(t, "../..", "sftp"), func(address string, timeout time.Duration) push.Store {
		o := options(d)
		o.Timeout = timeout
		return open(t, "sftp://"+d.User+"@"+address+d.Root, o)
	})
}

// TestModes: a file that takes another's place has its mode, a new one what the
// server gives new files.
func TestModes(t *testing.T) {
	t.Parallel()
	d := sshd.Start(t)
	s := open(t, d.URL(d.Root), options(d))
	old := filepath.Join(d.Root, "old.xml")
	writeFile(t, old, "old")
	if err := os.Chmod(old, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(t.Context(), "old.xml", []byte("new"), push.VersionOf([]byte("old"))); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(old); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if data, err := os.ReadFile(old); err != nil || string(data) != "new" {
		t.Errorf("%q, %v", data, err)
	}
}

// TestNotRegular: nothing is read or written through a link.
func TestNotRegular(t *testing.T) {
	t.Parallel()
	d := sshd.Start(t)
	outside := t.TempDir()
	writeFile(t, filepath.Join(outside, "a.xml"), "outside")
	for link, to := range map[string]string{"a.xml": filepath.Join(outside, "a.xml"), "dir": outside} {
		if err := os.Symlink(to, filepath.Join(d.Root, link)); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, d.URL(d.Root), options(d))
	for _, name := range []string{"a.xml", "dir/a.xml"} {
		_, _, err := s.Get(t.Context(), name)
		_, perr := s.Put(t.Context(), name, []byte("x"), push.Any)
		for _, err := range []error{err, perr, s.Delete(t.Context(), name, push.Any)} {
			if err == nil || errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if data, err := os.ReadFile(filepath.Join(outside, "a.xml")); err != nil || string(data) != "outside" {
		t.Errorf("%q, %v", data, err)
	}
}

// TestLeftovers: List removes what a killed program left an hour ago.
func TestLeftovers(t *testing.T) {
	t.Parallel()
	d := sshd.Start(t)
	old, young := filepath.Join(d.Root, ".push-old.tmp"), filepath.Join(d.Root, ".push-young.tmp")
	writeFile(t, old, "x")
	writeFile(t, young, "x")
	past := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(old, past, past); err != nil {
		t.Fatal(err)
	}
	if names, err := open(t, d.URL(d.Root), options(d)).List(t.Context()); err != nil || len(names) != 0 {
		t.Fatal(names, err)
	}
	if _, err := os.Stat(old); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the old one is still there: %v", err)
	}
	if _, err := os.Stat(young); err != nil {
		t.Error(err)
	}
}

// TestWhoIsWho: hosts and users that are not known are refused, and each error
// says what to do.
func TestWhoIsWho(t *testing.T) {
	t.Parallel()
	d := sshd.Start(t)
	dir := t.TempDir()
	_, otherHost := sshd.NewKey(t, dir, "elsewhere")
	empty := filepath.Join(dir, "empty")
	writeFile(t, empty, "")
	renewed := filepath.Join(dir, "renewed")
	known, err := os.ReadFile(d.Known)
	if err != nil {
		t.Fatal(err)
	}
	host, _, _ := strings.Cut(string(known), " ")
	writeFile(t, renewed, host+" "+otherHost)

	for name, c := range map[string]struct {
		change func(*sftp.Options)
		want   string
	}{
		"known by file": {func(o *sftp.Options) { o.HostKey, o.KnownHosts = "", d.Known }, ""},
		"unknown":       {func(o *sftp.Options) { o.HostKey, o.KnownHosts = "", empty }, "is not known"},
		"renewed":       {func(o *sftp.Options) { o.HostKey, o.KnownHosts = "", renewed }, "another key"},
		"another pin":   {func(o *sftp.Options) { o.HostKey = otherHost }, "another key"},
		"no such file":  {func(o *sftp.Options) { o.HostKey, o.KnownHosts = "", filepath.Join(dir, "none") }, "known hosts"},
		"another user":  {func(o *sftp.Options) { o.KeyFile = d.Other }, "does not let the user in"},
		"no key":        {func(o *sftp.Options) { o.KeyFile = empty }, "cannot be read"},
		"no key file":   {func(o *sftp.Options) { o.KeyFile = filepath.Join(dir, "none") }, "no such file"},
		"password alone": {func(o *sftp.Options) {
			o.KeyFile, o.Password = d.Other, func() (string, error) { return "swordfish", nil }
		}, "does not let the user in"},
	} {
		o := options(d)
		c.change(&o)
		_, _, err := open(t, d.URL(d.Root), o).Get(t.Context(), "a.xml")
		switch {
		case c.want == "" && !errors.Is(err, fs.ErrNotExist), c.want != "" && errors.Is(err, fs.ErrNotExist):
			t.Errorf("%s: %v", name, err)
		case !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "swordfish"):
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestMissingStore: a directory that does not exist is not an object that does not.
func TestMissingStore(t *testing.T) {
	t.Parallel()
	d := sshd.Start(t)
	s := open(t, d.URL(d.Root+"/none"), options(d))
	_, _, gerr := s.Get(t.Context(), "a.xml")
	_, perr := s.Put(t.Context(), "a/b.xml", nil, "")
	_, lerr := s.List(t.Context())
	for _, err := range []error{gerr, perr, lerr, s.Delete(t.Context(), "a.xml", push.Any)} {
		if err == nil || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "directory does not exist") {
			t.Error(err)
		}
	}
}

// TestHome: /~/ is the user's home directory, where the server starts.
func TestHome(t *testing.T) {
	t.Parallel()
	d := sshd.Start(t)
	home, err := os.UserHomeDir()
	if err != nil {
		peer.Missing(t, "a home directory: "+err.Error())
	}
	dir, err := os.MkdirTemp(home, "push-test-")
	if err != nil {
		peer.Missing(t, "a home directory that can be written: "+err.Error())
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	writeFile(t, filepath.Join(dir, "a.xml"), "a")
	data, _, err := open(t, d.URL("/~/"+filepath.Base(dir)), options(d)).Get(t.Context(), "a.xml")
	if err != nil || string(data) != "a" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		location string
		o        sftp.Options
		want     string
	}{
		{"sftp://deploy:SECRET@h/srv", sftp.Options{}, "carries a password"},
		{"sftp:///srv", sftp.Options{}, "no host"},
		{"sftp://h/srv?x=1", sftp.Options{}, "query"},
		{"sftp://h/srv#x", sftp.Options{}, "fragment"},
		{"sftp://a@h/srv", sftp.Options{Username: "b"}, "another user"},
		{"ftp://h/srv", sftp.Options{}, "sftp://"},
		{"sftp://h/srv", sftp.Options{HostKey: "SHA256:x"}, "ssh-ed25519"},
		{"sftp://h/%00", sftp.Options{}, "zero byte"},
	} {
		u, err := url.Parse(c.location)
		if err != nil {
			t.Fatal(err)
		}
		if s, err := sftp.Open(u, c.o); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(fmt.Sprint(s, err), "SECRET") {
			t.Errorf("%s: %v, want %q", c.location, err, c.want)
		}
	}
	if s := open(t, "sftp://deploy@h:2222/srv", sftp.Options{}); s.String() != "sftp://deploy@h:2222/srv" {
		t.Errorf("opens as %s", s)
	}
}
