// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"encoding/pem"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/lab"
)

// made is what stands in examples and guides, and what it is in a lab.
func made(info lab.Info) *strings.Replacer {
	return strings.NewReplacer(
		"/srv/phones", info.Store,
		"/srv/templates/phone.xml", info.Phones[0].AdminFile,
		"/etc/ciscophone/challenge", info.ChallengeFile,
		"/etc/ciscophone/admin-password", info.PhonePasswordFile,
		"/etc/ciscophone/root-ca.pem", info.CAFile,
		"http://scep.example.net/scep", info.SCEPURL,
		"4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2", info.FingerprintSHA256,
		"http://10.0.0.17/", info.Phones[0].Page,
	)
}

// fill puts the values of a lab into the files of w.
func (w *work) fill(info lab.Info) {
	w.t.Helper()
	entries, err := os.ReadDir(w.dir)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, e := range entries {
		if e.Type().IsRegular() {
			w.write(e.Name(), made(info).Replace(read(w.t, w.dir, e.Name())))
		}
	}
}

func (w *work) write(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// take removes files that match from the working directory and gives them.
func (w *work) take(pattern string) map[string]string {
	w.t.Helper()
	files := map[string]string{}
	paths, err := filepath.Glob(filepath.Join(w.dir, pattern))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, path := range paths {
		files[filepath.Base(path)] = read(w.t, path)
		if err := os.Remove(path); err != nil {
			w.t.Fatal(err)
		}
	}
	return files
}

// exportIssued writes the certificates that phones get into a folder, as CAs export
// what they issued, until the test ends.
func exportIssued(t *testing.T, l *lab.Lab) (folder string) {
	folder = t.TempDir()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for t.Context().Err() == nil {
			for _, p := range l.Phones() {
				c := p.Status().InEffect()
				if c == nil {
					continue
				}
				name := filepath.Join(folder, c.Leaf().SerialNumber.Text(16)+".pem")
				if err := os.WriteFile(name+".new", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Leaf().Raw}), 0o600); err == nil {
					_ = os.Rename(name+".new", name)
				}
			}
			time.Sleep(100 * time.Millisecond)
		}
	}()
	t.Cleanup(func() { <-done })
	return folder
}

// TestExamples applies what the provider's pages show, one object after the
// other against one lab: it is valid, apply does it, the next plan is empty,
// every way to import works, destroy works, and no trace of the challenge
// password is left anywhere.
func TestExamples(t *testing.T) {
	t.Parallel()
	provided := read(t, "..", "..", "..", "examples", "provider", "provider.tf")
	newWork(t, "provider") // skips here, once, without a CLI
	l := startLab(t, 3, 100*time.Millisecond)
	info := l.Info()
	provided = strings.ReplaceAll(provided, "/var/lib/ca/issued", exportIssued(t, l))
	challenge := strings.TrimSpace(read(t, info.ChallengeFile))
	phones := []string{filepath.Join(info.Store, info.Phones[0].Config)}
	for _, kind := range []string{"resources", "data-sources", "ephemeral-resources", "functions"} {
		folders, err := os.ReadDir(filepath.Join("..", "..", "..", "examples", kind))
		if err != nil || len(folders) == 0 {
			t.Fatalf("no examples of %s: %v", kind, err)
		}
		if kind == "functions" { // all of them in one run
			t.Run(kind, func(t *testing.T) {
				w := newWork(t, "provider")
				w.needs(8, functions)
				for _, f := range folders {
					w.write(f.Name()+".tf", read(t, "..", "..", "..", "examples", kind, f.Name(), "function.tf"))
				}
				w.fill(info)
				w.example(t, challenge, phones)
			})
			continue
		}
		for _, f := range folders {
			t.Run(f.Name(), func(t *testing.T) {
				w := newWork(t, kind+"/"+f.Name())
				if kind == "ephemeral-resources" {
					w.needs(11, "ephemeral resources")
				}
				w.write("provider.tf", provided)
				w.fill(info)
				w.example(t, challenge, phones)
			})
		}
	}
}

// TestExamples114 does with the examples of actions and list resources what their
// pages promise, with a Terraform that has them. Any other CLI at least reads
// them and finds their form right.
func TestExamples114(t *testing.T) {
	t.Parallel()
	provided := read(t, "..", "..", "..", "examples", "provider", "provider.tf")
	var examples []string
	for _, kind := range []string{"actions", "list-resources"} {
		found, err := filepath.Glob(filepath.Join("..", "..", "..", "examples", kind, "*", "*"))
		if err != nil || len(found) == 0 {
			t.Fatalf("no examples of %s: %v", kind, err)
		}
		examples = append(examples, found...)
	}
	for _, file := range examples {
		w := newWork(t, "provider")
		text := read(t, file)
		cmd := w.command("fmt", "-")
		cmd.Stdin = strings.NewReader(text)
		if out, err := cmd.Output(); err != nil || string(out) != text {
			t.Errorf("%s: %v; fmt of %s makes it\n%s", file, err, w.release().name, out)
		}
	}
	cli := terraform114(t, "examples of actions and list resources, but for their form")
	info := startLab(t, 3, time.Hour).Info()
	challenge, password := strings.TrimSpace(read(t, info.ChallengeFile)), strings.TrimSpace(read(t, info.PhonePasswordFile))
	for _, file := range examples {
		kind, name := filepath.Split(filepath.Dir(file))
		kind = filepath.Base(kind)
		t.Run(kind+"/"+name, func(t *testing.T) {
			w := newWorkOf(t, cli, kind+"/"+name)
			w.write("provider.tf", provided)
			w.fill(info)
			if kind == "actions" {
				w.example(t, challenge, nil)
				if told := "telling " + info.Phones[0].Page; strings.Count(w.output.String(), told) != 1 {
					t.Errorf("the phone was not told, or not once:\n%s", w.output.String())
				}
			} else {
				held := filepath.Join(info.Store, "north", info.Phones[1].Config)
				if err := os.MkdirAll(filepath.Dir(held), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(held, []byte("<flat-profile><CDC_Challenge_Password_1_>"+challenge+"</CDC_Challenge_Password_1_></flat-profile>"), 0o600); err != nil {
					t.Fatal(err)
				}
				out := w.ok("query", "-no-color", "-generate-config-out=found.tf")
				if !strings.Contains(out, "path=north/"+info.Phones[1].Config) || !strings.Contains(read(t, w.dir, "found.tf"), "import {") {
					t.Errorf("query says\n%s", out)
				}
				w.nowhere(challenge, held)
			}
			w.nowhere(challenge)
			w.nowhere(password)
		})
	}
}

var command = regexp.MustCompile(`(?m)^tofu (.*)$`)

// example goes through the life of one example.
func (w *work) example(t *testing.T, challenge string, phones []string) {
	t.Helper()
	if out, _ := w.run([]int{0, 3}, "fmt", "-check", "-diff"); out != "" {
		t.Errorf("not in the form of fmt:\n%s", out)
	}
	imports := w.take("import*")
	w.apply()
	unchanged := func(when string) {
		t.Helper()
		if out, changed := w.plan(); changed || strings.Count(out, "Warning:") > 1 { // one is about the override
			t.Errorf("the plan %s is not empty:\n%s", when, out)
		}
	}
	unchanged("after apply")
	w.ok("show", "-json")
	for _, name := range []string{"import.sh", "import-by-string-id.tf", "import-by-identity.tf"} {
		text, ok := imports[name]
		if !ok || name == "import-by-identity.tf" && !w.atLeast(12) {
			continue
		}
		var address string
		if m := command.FindStringSubmatch(text); name == "import.sh" && m != nil {
			words := strings.Fields(m[1])
			address = words[1]
			w.ok("state", "rm", address)
			w.ok(append([]string{words[0], "-no-color", "-input=false"}, words[1:]...)...)
		} else {
			_, after, _ := strings.Cut(text, "to = ")
			address, _, _ = strings.Cut(after, "\n")
			w.ok("state", "rm", strings.TrimSpace(address))
			w.write(name, text)
			if out := w.apply(); !strings.Contains(out, "1 imported") {
				t.Errorf("%s: apply says\n%s", name, out)
			}
			w.take(name)
		}
		before := read(t, phones[0])
		w.apply() // what only the configuration knows comes into the state
		if got := read(t, phones[0]); got != before {
			t.Errorf("%s: the file was changed", name)
		}
		unchanged("after " + name)
	}
	w.nowhere(challenge, phones...)
	w.ok("destroy", "-no-color", "-auto-approve")
	if left := w.ok("state", "list"); strings.TrimSpace(left) != "" {
		t.Errorf("destroy left %s", left)
	}
	w.nowhere(challenge, phones...)
}
