// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/testdata/fullsize"
)

// run runs one command line in process.
func run(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = Run(t.Context(), args, strings.NewReader(""), &out, &errs)
	return status, out.String(), errs.String()
}

// TestLintOrder: whatever worker is done first, results come in the order of
// the names.
func TestLintOrder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	big := string(fullsize.Document(fullsize.Options{}))
	big = strings.Replace(big, "</flat-profile>", "<CDC_Server_1_>https://x/</CDC_Server_1_></flat-profile>", 1)
	var want []string
	for i := range 120 {
		name := filepath.Join(dir, fmt.Sprintf("%03d.xml", i))
		text := "<flat-profile><CDC_Server_1_>https://x/</CDC_Server_1_></flat-profile>"
		if i%10 == 0 {
			text = big // takes longer than those after it
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		want = append(want, name)
	}
	status, out, errs := run(t, "lint", "--format", "oneline", "--min-severity", "error", dir)
	if status != term.ExitFindings {
		t.Fatalf("status %d: %s", status, errs)
	}
	var got []string
	for line := range strings.Lines(out) {
		if name, rest, _ := strings.Cut(line, ".xml:"); strings.Contains(rest, "[cdc-server-scheme]") {
			got = append(got, name+".xml")
		}
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the order is\n%s", strings.Join(got, "\n"))
	}
}

// TestLintInterrupted: an interrupt ends the work, and says so.
func TestLintInterrupted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i := range 50 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%03d.xml", i)), []byte("<flat-profile/>"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	if status := Run(ctx, []string{"lint", dir}, strings.NewReader(""), &out, &errs); status != term.ExitInternal {
		t.Errorf("status %d, want %d", status, term.ExitInternal)
	}
	if !strings.Contains(errs.String(), "interrupted") {
		t.Errorf("says %q", errs.String())
	}
}

// TestFullDisk: output that cannot be written is an error, not a success.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "a.xml")
	if err := os.WriteFile(file, []byte("<flat-profile><A>1</A><CDC_Server_1_>https://x/</CDC_Server_1_></flat-profile>"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"lint", file}, {"lint", "--format", "json", file}, {"lint", "--format", "oneline", file},
		{"lint", "--format", "sarif", file}, {"lint", "--format", "github", file}, {"lint", "--format", "gitlab", file},
		{"lint", "--format", "junit", file}, {"lint", "--format", "checkstyle", file}, {"lint", "--format", "rdjson", file},
		{"lint", "--format", "markdown", file}, {"fmt", file}, {"fmt", "-l", "--indent", "2", file}, {"fmt", "-d", "--indent", "2", file},
		{"merge", file, file, file}, {"diff", "--format", "markdown", file, file + ".new"}, {"diff", "--format", "unified", file, file + ".new"},
		{"diff", "--textconv", file}, {"diff", "--git-driver", "a", file, "0", "0", file + ".new", "0", "0"},
		{"get", file, "A"}, {"set", file, "A=2"}, {"diff", file, file + ".new"}, {"diff", "--format", "json", file, file + ".new"},
		{"render", "--server", "192.0.2.1", "--fingerprint", strings.Repeat("AB", 32)},
		{"rules"}, {"rules", "--format", "json"}, {"explain", "cdc-server-scheme"}, {"version"}, {"man"},
	} {
		if err := os.WriteFile(file+".new", []byte("<flat-profile><A>2</A></flat-profile>"), 0o600); err != nil {
			t.Fatal(err)
		}
		var errs bytes.Buffer
		status := Run(t.Context(), args, strings.NewReader(""), full{}, &errs)
		if status != term.ExitInternal || !strings.Contains(errs.String(), "no space left") {
			t.Errorf("%s: status %d, says %q", strings.Join(args, " "), status, errs.String())
		}
	}
}

// full is a disk without space.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// TestHugeInput: an input without end is refused, not swallowed.
func TestHugeInput(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	status := Run(t.Context(), []string{"get", "-", "A"}, endless{}, &out, &errs)
	if status != term.ExitInternal || !strings.Contains(errs.String(), "has more than the") {
		t.Errorf("status %d, says %q", status, errs.String())
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// TestLintSecrets: no format shows a password, not even as part of a fix, which
// puts one right all the same.
func TestLintSecrets(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a.xml")
	text := "<flat-profile>\n" +
		"<CDC_Challenge_Password_1_ ua=\"rw\">“hunter2-hunter2” </CDC_Challenge_Password_1_>\n" +
		"<Profile_Rule ua=\"na\"> [--key hunter2-key ]http://a:hunter2-pwd@example.com/“x”</Profile_Rule>\n" +
		"<Password_1_ ua=\"na\"> hunter2&amp;amp;hunter2 </Password_1_>\n" +
		"<SRTP_Private_Key_1_>hunter2 </SRTP_Private_Key_1_>\n" +
		"</flat-profile>\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, format := range formatsOf(t, "lint") {
		status, out, errs := run(t, "lint", "--format", format, file)
		if status != term.ExitFindings || strings.Contains(out+errs, "hunter2") {
			t.Errorf("%s: status %d\n%s%s", format, status, out, errs)
		}
	}
	status, out, errs := run(t, "lint", "--fix", "--format", "oneline", file)
	if status == term.ExitInternal || strings.Contains(out+errs, "hunter2") {
		t.Errorf("--fix: status %d\n%s%s", status, out, errs)
	}
}

// TestFmtInterrupted: an interrupt ends the work between two files.
func TestFmtInterrupted(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a.xml")
	const text = "<flat-profile>  <A>1</A></flat-profile>"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, args := range [][]string{{"fmt", "-w", file}, {"lint", "--fix", file}, {"lint", "--write-baseline", file + ".json", file}} {
		var out, errs bytes.Buffer
		if status := Run(ctx, args, strings.NewReader(""), &out, &errs); status != term.ExitInternal || !strings.Contains(errs.String(), "interrupted") {
			t.Errorf("%v: status %d, says %q", args, status, errs.String())
		}
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != text {
		t.Errorf("the file is %q, %v", got, err)
	}
	if _, err := os.Stat(file + ".json"); err == nil {
		t.Error("half a baseline was written")
	}
}
