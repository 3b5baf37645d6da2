// SPDX-License-Identifier: MPL-2.0

// Package e2e runs the examples with a real CLI against the lab: plan, apply,
// push, enroll, verify, and everything that may come in between. It holds
// tests only.
package e2e

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/lab"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
	"github.com/phonecfg/terraform-provider-ciscophone/provider"
)

// asProvider in the environment makes this test binary the provider.
const asProvider = "CISCOPHONE_E2E_PROVIDER"

func TestMain(m *testing.M) {
	if os.Getenv(asProvider) != "" {
		err := provider.Serve("test", "registry.opentofu.org/"+provider.Address, false)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// A work is a directory with a configuration and a CLI to run in it.
type work struct {
	t        *testing.T
	cli, dir string
	env      []string
	logs     string // where TRACE logs go
	output   bytes.Buffer
}

// newWork copies an example into a directory of its own, for the CLI that the
// tests run.
func newWork(t *testing.T, example string) *work {
	t.Helper()
	if first() == "" {
		peer.Missing(t, "OpenTofu or Terraform: set CISCOPHONE_TOFU (make test builds one)")
	}
	return newWorkOf(t, first(), example)
}

// newWorkOf is newWork for another CLI.
func newWorkOf(t *testing.T, cli, example string) *work {
	t.Helper()
	w := &work{t: t, cli: cli, dir: t.TempDir()}
	if example != "" { // else the test writes its own
		if err := os.CopyFS(w.dir, os.DirFS(filepath.Join("..", "..", "..", "examples", example))); err != nil {
			t.Fatal(err)
		}
	}
	plugins := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf("#!/bin/sh\n%s=1 exec '%s' \"$@\"\n", asProvider, self)
	if err := os.WriteFile(filepath.Join(plugins, "terraform-provider-ciscophone"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	rc := filepath.Join(plugins, "rc")
	err = os.WriteFile(rc, fmt.Appendf(nil, "provider_installation {\n  dev_overrides { %q = %q }\n  direct { exclude = [\"*/*/*\"] }\n}\n", provider.Address, plugins), 0o644)
	if err != nil {
		t.Fatal(err)
	}
	w.logs = filepath.Join(t.TempDir(), "trace.log")
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "TF_") && !strings.HasPrefix(kv, "CISCOPHONE_STORE") {
			w.env = append(w.env, kv)
		}
	}
	w.env = append(w.env, "TF_CLI_CONFIG_FILE="+rc, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_LOG=TRACE", "TF_LOG_PATH="+w.logs)
	return w
}

// command prepares a run of the CLI.
func (w *work) command(args ...string) *exec.Cmd {
	cmd := exec.Command(w.cli, args...)
	cmd.Dir, cmd.Env = w.dir, w.env
	return cmd
}

// run runs the CLI and returns all it says. Exit status must be one of want.
func (w *work) run(want []int, args ...string) (string, int) {
	w.t.Helper()
	out, err := w.command(args...).CombinedOutput()
	w.output.Write(out)
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		w.t.Fatal(err)
	}
	for _, c := range want {
		if code == c {
			return string(out), code
		}
	}
	w.t.Fatalf("%s: exit status %d, want one of %v\n%s", strings.Join(args, " "), code, want, out)
	return "", 0
}

func (w *work) ok(args ...string) string {
	w.t.Helper()
	out, _ := w.run([]int{0}, args...)
	return out
}

// plan says whether there are changes, and shows them.
func (w *work) plan(args ...string) (string, bool) {
	w.t.Helper()
	out, code := w.run([]int{0, 2}, append([]string{"plan", "-no-color", "-input=false", "-detailed-exitcode"}, args...)...)
	return out, code == 2
}

func (w *work) apply(args ...string) string {
	w.t.Helper()
	return w.ok(append([]string{"apply", "-no-color", "-input=false", "-auto-approve"}, args...)...)
}

// variables writes the variables of the configuration.
func (w *work) variables(v map[string]any) {
	w.t.Helper()
	data, err := json.MarshalIndent(v, "", "  ")
	if err == nil {
		err = os.WriteFile(filepath.Join(w.dir, "terraform.tfvars.json"), data, 0o644)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// nowhere searches all that the CLI and the provider left, printed and logged
// for a secret: as it is, in the usual encodings, and in archives. It also
// searches for digests of whole files that hold the secret.
func (w *work) nowhere(secret string, files ...string) {
	w.t.Helper()
	forms := map[string][]byte{}
	add := func(name string, b []byte) {
		forms[name] = b
		forms[name+" in hexadecimal"] = []byte(hex.EncodeToString(b))
		for skip := range 3 { // base64 looks different at each of three places
			enc := base64.StdEncoding.EncodeToString(append(bytes.Repeat([]byte{0}, skip), b...))
			forms[fmt.Sprintf("%s in base64, %d", name, skip)] = []byte(enc[(skip*4+2)/3+skip%2 : len(enc)-4])
		}
	}
	add("the secret", []byte(secret))
	forms["the secret in a URL"] = []byte(url.QueryEscape(secret))
	sum := sha256.Sum256([]byte(secret))
	add("the secret's digest", sum[:])
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			w.t.Fatal(err)
		}
		if !bytes.Contains(data, []byte(secret)) {
			w.t.Fatalf("%s does not hold the secret: the search would prove nothing", f)
		}
		sum := sha256.Sum256(data)
		add("the digest of "+filepath.Base(f), sum[:])
	}
	found := func(where string, data []byte) {
		for name, form := range forms {
			if bytes.Contains(data, form) {
				i := bytes.Index(data, form)
				w.t.Errorf("%s holds %s: ...%q...", where, name, data[max(0, i-120):min(len(data), i+len(form)+20)])
			}
		}
	}
	searched := 0
	search := func(path string) {
		data, err := os.ReadFile(path)
		if err != nil {
			w.t.Fatal(err)
		}
		searched++
		found(path, data)
		if z, err := zip.NewReader(bytes.NewReader(data), int64(len(data))); err == nil { // a plan
			for _, f := range z.File {
				if r, err := f.Open(); err == nil {
					inner, _ := io.ReadAll(r)
					r.Close()
					found(path+": "+f.Name, inner)
				}
			}
		}
		if g, err := gzip.NewReader(bytes.NewReader(data)); err == nil {
			inner, _ := io.ReadAll(g)
			found(path+": unpacked", inner)
		}
	}
	err := filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			search(path)
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	search(w.logs)
	found("the output", w.output.Bytes())
	if searched < 3 {
		w.t.Errorf("only %d files were searched", searched)
	}
}

var keys struct {
	once sync.Once
	pool []*rsa.PrivateKey
	next atomic.Uint64
}

// key gives a phone a key; the tests share a few.
func key() (*rsa.PrivateKey, error) {
	keys.once.Do(func() {
		for range 6 {
			k, err := rsa.GenerateKey(rand.Reader, 2048)
			if err != nil {
				panic(err)
			}
			keys.pool = append(keys.pool, k)
		}
	})
	return keys.pool[keys.next.Add(1)%uint64(len(keys.pool))], nil
}

// startLab starts a lab of some phones that fetch every resync.
func startLab(t *testing.T, phones int, resync time.Duration) *lab.Lab {
	t.Helper()
	l, err := lab.Start(t.Context(), lab.Config{Dir: filepath.Join(t.TempDir(), "lab"), Phones: phones, Resync: resync, Keys: key})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// quickstart gives the variables of examples/quickstart for a lab.
func quickstart(info lab.Info) map[string]any {
	phones := map[string]any{}
	for _, p := range info.Phones {
		phones[p.Name] = map[string]any{"model": p.Model, "mac": p.MAC, "page": p.Page, "path": p.Config, "template_file": p.AdminFile}
	}
	return map[string]any{"store": info.Store, "scep_server": info.SCEPURL, "root_ca_fingerprint": info.FingerprintSHA256,
		"challenge_password_file": info.ChallengeFile, "domain": "example.net", "wait": "60s", "phones": phones}
}

func read(t *testing.T, elem ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(elem...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func edit(t *testing.T, file, old, new string) {
	t.Helper()
	text := read(t, file)
	if !strings.Contains(text, old) {
		t.Fatalf("%s has no %q to change", file, old)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(text, old, new, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// head is the beginning of a configuration: the provider with a store, and
// ephemeral variables.
func head(store string, variables ...string) string {
	var b strings.Builder
	b.WriteString(`terraform {
  required_providers {
    ciscophone = { source = "phonecfg/ciscophone" }
  }
}
`)
	for _, v := range variables {
		fmt.Fprintf(&b, "variable %q {\n  ephemeral = true\n}\n", v)
	}
	fmt.Fprintf(&b, "provider \"ciscophone\" {\n  store = %q\n}\n", store)
	return b.String()
}
