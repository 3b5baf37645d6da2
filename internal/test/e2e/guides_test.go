// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/lab"
)

// The guides are executed. In docs/guides:
//
//   - a fenced block below `<!-- file: NAME -->` is a file;
//   - a ```console block is a session: lines after "$ " are run by one shell
//     and must succeed, and the lines below each must be in what it prints, in
//     that order;
//   - a ```text block shows something that is not to be run; there is no other
//     kind of block.

// step is a block of a guide.
type step struct {
	line             int
	file, text, kind string
}

func steps(t *testing.T, page string) []step {
	t.Helper()
	var all []step
	var open *step
	file := ""
	for i, line := range strings.Split(read(t, page), "\n") {
		switch kind, fence := strings.CutPrefix(line, "```"); {
		case fence && open != nil:
			all = append(all, *open)
			open, file = nil, ""
		case open != nil:
			open.text += line + "\n"
		case fence:
			open = &step{line: i + 1, kind: kind, file: file}
			if file == "" && kind != "console" && kind != "text" {
				t.Errorf("%s:%d: nothing runs this block of %q", page, i+1, kind)
			}
		case strings.HasPrefix(line, "<!-- file: "):
			file = strings.TrimSuffix(strings.TrimPrefix(line, "<!-- file: "), " -->")
		case line != "":
			file = ""
		}
	}
	if open != nil {
		t.Fatalf("%s:%d: the block does not end", page, open.line)
	}
	return all
}

// TestGuides follows the guides with OpenTofu, as they are written, and with
// Terraform, which prints the same where it matters.
func TestGuides(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob(filepath.Join("..", "..", "..", "docs", "guides", "*.md"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("no guides: %v", err)
	}
	eachHost(t, func(t *testing.T, cli, host string) {
		for _, page := range pages {
			t.Run(strings.TrimSuffix(filepath.Base(page), ".md"), func(t *testing.T) {
				t.Parallel()
				followGuide(t, newWorkOf(t, cli, "provider"), host, page)
			})
		}
	})
}

// followGuide does what a guide says, against a lab of its own.
func followGuide(t *testing.T, w *work, host, page string) {
	w.take("*")
	w.offerProvider(host)
	info := startLab(t, 3, 100*time.Millisecond).Info()
	challenge := strings.TrimSpace(read(t, info.ChallengeFile))
	sessions := 0
	behindTLS := tlsStore(t)
	for _, s := range steps(t, page) {
		switch {
		case s.file != "":
			w.write(s.file, behindTLS.Replace(made(info).Replace(s.text)))
		case s.kind == "console":
			sessions++
			w.session(page, s, info)
		}
	}
	if sessions == 0 {
		t.Errorf("%s holds no session", page)
	}
	os.RemoveAll(filepath.Join(w.dir, "before")) // a copy of the store, which holds passwords
	os.RemoveAll(filepath.Join(w.dir, "mirror")) // large
	w.nowhere(challenge)
}

// offerProvider makes init find this test as the provider's release 0.1.0, and
// tofu (whichever CLI that is), cfgxml and a checkout of the project be there.
func (w *work) offerProvider(host string) {
	w.t.Helper()
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		w.t.Fatal(err)
	}
	mirror := filepath.Join(w.t.TempDir(), "mirror")
	folder := filepath.Join(mirror, host, "phonecfg", "ciscophone", "0.1.0", runtime.GOOS+"_"+runtime.GOARCH)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		w.t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		w.t.Fatal(err)
	}
	script := fmt.Sprintf("#!/bin/sh\n%s=1 exec '%s' \"$@\"\n", asProvider, self)
	rc := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n  direct { exclude = [\"*/*/*\"] }\n}\n", mirror)
	bin := w.t.TempDir()
	for path, text := range map[string]string{filepath.Join(folder, "terraform-provider-ciscophone_v0.1.0"): script, mirror + ".tfrc": rc} {
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			w.t.Fatal(err)
		}
	}
	for name, target := range map[string]string{filepath.Join(bin, "tofu"): w.cli, filepath.Join(w.dir, "terraform-provider-ciscophone"): root} {
		if err := os.Symlink(target, name); err != nil {
			w.t.Fatal(err)
		}
	}
	w.installFrom(mirror)
	w.env = append(w.env, "PATH="+strings.Join([]string{bin, cfgxmlFolder(w.t), os.Getenv("PATH")}, string(filepath.ListSeparator)), "TF_CLI_ARGS=-no-color", "NO_COLOR=1")
}

var cfgxml struct {
	once sync.Once
	dir  string
	err  error
}

// cfgxmlFolder builds the command lines, once, and gives its folder.
func cfgxmlFolder(t *testing.T) string {
	t.Helper()
	cfgxml.once.Do(func() {
		cfgxml.dir, cfgxml.err = os.MkdirTemp("", "cfgxml")
		if cfgxml.err == nil {
			out, err := exec.Command("go", "build", "-buildvcs=false", "-o", cfgxml.dir, "../../../cmd/cfgxml", "../../../cmd/ciscophone").CombinedOutput()
			if err != nil {
				cfgxml.err = fmt.Errorf("%w\n%s", err, out)
			}
		}
	})
	if cfgxml.err != nil {
		t.Fatal(cfgxml.err)
	}
	return cfgxml.dir
}

// session runs one block and holds what it prints against the page.
func (w *work) session(page string, s step, info lab.Info) {
	w.t.Helper()
	const mark = "--- next command ---"
	state := filepath.Join(filepath.Dir(w.logs), "session")
	script := "set -e\n[ ! -e '" + state + "' ] || . '" + state + "'\n"
	parts := strings.Split("\n"+made(info).Replace(s.text), "\n$ ")
	for _, part := range parts[1:] {
		line, _, _ := strings.Cut(part, "\n")
		script += "echo '" + mark + "'\n" + line + "\n"
	}
	script += "export -p > '" + state + "'\n"
	cmd := exec.Command("sh", "-c", script)
	cmd.Dir, cmd.Env = w.dir, w.env
	out, err := cmd.CombinedOutput()
	w.output.Write(out)
	printed := strings.Split(string(out), mark+"\n")
	if err != nil {
		w.t.Fatalf("%s:%d: %v, after %d of %d commands:\n%s", page, s.line, err, len(printed)-1, len(parts)-1, out)
	}
	for i, part := range parts[1:] {
		line, want, _ := strings.Cut(part, "\n")
		rest := printed[i+1]
		for expected := range strings.Lines(want) {
			expected = strings.TrimSpace(expected)
			if !w.release().tofu { // the guides show OpenTofu's words
				expected = strings.NewReplacer("OpenTofu", "Terraform", "registry.opentofu.org", "registry.terraform.io").Replace(expected)
			}
			_, after, found := strings.Cut(rest, expected)
			if !found {
				w.t.Errorf("%s:%d: %s\nprints no further line with %q:\n%s", page, s.line, line, expected, printed[i+1])
				break
			}
			rest = after
		}
	}
}
