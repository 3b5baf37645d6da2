// SPDX-License-Identifier: MPL-2.0

package repo_test

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

var update = flag.Bool("update", false, "write what the sessions print into the pages")

// The documentation is executed. In README.md and the pages of docs/:
//
//   - a fenced block below `<!-- file: NAME -->` is a file;
//   - a ```console block is a session: lines after "$ " are run by a shell, in
//     a folder with the page's files and with cfgxml on PATH, and what they
//     print must be what stands below them;
//   - a ```sh block in README.md names make targets, which must exist, or is
//     checked like a session without output when it calls cfgxml;
//   - a ```hcl block in README.md stands word for word in examples/.

// block is one fenced block of a page.
type block struct {
	page, language, file, text string
	line                       int
}

var fileComment = regexp.MustCompile(`^<!-- file: (\S+) -->$`)

// blocks reads the fenced blocks of a page.
func blocks(t *testing.T, page string) []block {
	t.Helper()
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var all []block
	var open *block
	file := ""
	for i, line := range strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n") {
		switch language, fence := strings.CutPrefix(line, "```"); {
		case open != nil && fence:
			all = append(all, *open)
			open, file = nil, ""
		case open != nil:
			open.text += line + "\n"
		case fence:
			open = &block{page: page, language: language, file: file, line: i + 1}
		case line != "":
			file = ""
			if m := fileComment.FindStringSubmatch(line); m != nil {
				file = m[1]
			}
		}
	}
	if open != nil {
		t.Fatalf("%s:%d: the block does not end", page, open.line)
	}
	return all
}

func pages(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	return append(all, "README.md")
}

// TestDocsSessions runs the sessions of every page.
func TestDocsSessions(t *testing.T) {
	t.Parallel()
	atRoot(t)
	shell := peer.Program(t, "sh")
	bin := buildCommand(t)
	ran := 0
	for _, page := range pages(t) {
		dir := t.TempDir()
		for _, b := range blocks(t, page) {
			switch {
			case b.file != "":
				if err := os.WriteFile(filepath.Join(dir, b.file), []byte(b.text), 0o600); err != nil {
					t.Fatal(err)
				}
			case b.language == "console":
				ran++
				got := runSession(t, shell, bin, dir, b)
				switch {
				case got == b.text:
				case *update:
					rewrite(t, page, b.text, got)
				default:
					t.Errorf("%s:%d: the session prints\n%s\nand the page says\n%s", page, b.line, got, b.text)
				}
			}
		}
	}
	if ran == 0 {
		t.Error("no page holds a session")
	}
}

// runSession runs the commands of one block and gives the block as it should
// be. The status of a command is part of it only where the page asks: echo $?
func runSession(t *testing.T, shell, bin, dir string, b block) string {
	t.Helper()
	var session strings.Builder
	for i, part := range strings.Split("\n"+b.text, "\n$ ") {
		if i == 0 {
			continue
		}
		command, _, _ := strings.Cut(part, "\n")
		cmd := exec.CommandContext(t.Context(), shell, "-c", command)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"), "FORCE_COLOR=", "NO_COLOR=1")
		out, _ := cmd.CombinedOutput()
		session.WriteString("$ " + command + "\n" + string(out))
	}
	return session.String()
}

// rewrite replaces the text of one block in a page.
func rewrite(t *testing.T, page, old, text string) {
	t.Helper()
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	data = bytes.Replace(data, []byte("```console\n"+old+"```"), []byte("```console\n"+text+"```"), 1)
	if err := os.WriteFile(page, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// buildCommand builds the command lines into a folder for PATH.
func buildCommand(t *testing.T) string {
	t.Helper()
	bin := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", bin, "./cmd/cfgxml", "./cmd/ciscophone")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}

// TestReadme holds the other blocks of README.md against what they quote.
func TestReadme(t *testing.T) {
	t.Parallel()
	atRoot(t)
	makefile, err := os.ReadFile("GNUmakefile")
	if err != nil {
		t.Fatal(err)
	}
	target := regexp.MustCompile(`(?m)^make ([a-z]+)`)
	examples := readAll(t, "examples", ".tf")
	for _, b := range blocks(t, "README.md") {
		switch b.language {
		case "sh":
			for _, m := range target.FindAllStringSubmatch(b.text, -1) {
				if !regexp.MustCompile(`(?m)^` + m[1] + `:`).Match(makefile) {
					t.Errorf("README.md:%d: there is no target %s", b.line, m[1])
				}
			}
		case "hcl":
			if !strings.Contains(examples, b.text) {
				t.Errorf("README.md:%d: this does not stand in examples/", b.line)
			}
		case "text", "console", "xml", "mermaid":
		default:
			t.Errorf("README.md:%d: nothing checks a block of %q", b.line, b.language)
		}
	}
}

// readAll joins the files below folder whose names end with suffix; of the
// root only its own files.
func readAll(t *testing.T, folder, suffix string) string {
	t.Helper()
	var b strings.Builder
	for path := range sources(t) {
		dir := filepath.Dir(path)
		inside := dir == folder || folder != "." && strings.HasPrefix(path, folder+string(filepath.Separator))
		if !inside || !strings.HasSuffix(path, suffix) {
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(data)
	}
	return b.String()
}

var link = regexp.MustCompile(`\]\(([^)#: ]+)(#[^)]*)?\)`)

// TestLinks: a page that a page links to is there.
func TestLinks(t *testing.T) {
	t.Parallel()
	atRoot(t)
	for path := range sources(t) {
		if !strings.HasSuffix(path, ".md") {
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, m := range link.FindAllStringSubmatch(string(data), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), filepath.FromSlash(m[1]))); err != nil {
				t.Errorf("%s links to %s: %v", path, m[1], err)
			}
		}
	}
}
