// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/lab"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// exampleFiles are the files that the examples name.
var exampleFiles = map[string]string{
	"phone.xml": `<flat-profile>
  <Station_Name ua="rw">desk</Station_Name>
  <CDC_Server_1_ ua="na">http://scep.example.com/scep</CDC_Server_1_>
  <CDC_Root_CA_Fingerprint_1_ ua="na">4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2</CDC_Root_CA_Fingerprint_1_>
  <CDC_Challenge_Password_1_ ua="na">correct horse</CDC_Challenge_Password_1_>
  <CDC_Common_Name_1_ ua="na">desk</CDC_Common_Name_1_>
</flat-profile>
`,
	"old.xml":           "<flat-profile>\n<CDC_Server_1_>http://old.example.com/</CDC_Server_1_>\n</flat-profile>\n",
	"new.xml":           "<flat-profile>\n<CDC_Server_1_>http://new.example.com/</CDC_Server_1_>\n</flat-profile>\n",
	"before/desk.xml":   "<flat-profile>\n<CDC_Server_1_>http://old.example.com/</CDC_Server_1_>\n</flat-profile>\n",
	"after/desk.xml":    "<flat-profile>\n<CDC_Server_1_>http://new.example.com/</CDC_Server_1_>\n</flat-profile>\n",
	"base.xml":          "<flat-profile>\n<CDC_Server_1_>http://scep.example.com/scep</CDC_Server_1_>\n<CDC_Root_CA_Fingerprint_1_>4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2</CDC_Root_CA_Fingerprint_1_>\n</flat-profile>\n",
	"store/readme.txt":  "the phones' files are kept here\n",
	"key.txt":           "a key of the examples\n",
	"state.json":        `{"format_version": "1.0"}`,
	"plan.json":         `{"format_version": "1.2", "planned_values": {}, "resource_changes": []}`,
	"challenge.txt":     "battery staple\n",
	"phones.csv":        "mac,model\n001A2B3C4D5E,9871\n",
	"ca/index.txt":      "V\t491231000000Z\t\t01\tunknown\t/CN=CP-9871-SEP001A2B3C4D5E\n",
	"phones.log":        "2026-12-01 11:20:08,CP-9871-SEP001A2B3C4D5E,00-1A-2B-3C-4D-5E,CP-9871-SEP001A2B3C4D5E,01,491231000000Z,Access-Accept\n",
	"phones/desk-1.xml": "<flat-profile>\n<Station_Name>1</Station_Name>\n</flat-profile>\n",
}

// TestExamples runs the examples of every command's help, which are those of
// docs/cli.md, through a real shell. They end with status 0, or 1 where the
// command has something to say; 2 and 3 mean that an example is wrong. Those
// that need a lab run in TestLabExamples.
func TestExamples(t *testing.T) {
	t.Parallel()
	shell := peer.Program(t, "sh")
	for _, c := range allCommands() {
		switch c.Name() {
		case "lab", "verify", "resync", "phone", "export-wpa", "preflight", "enroll",
			"requests", "approve", "deny", "revoke", "index", "challenge", "next-ca", "replace-ca":
			continue // run elsewhere
		}
		for _, line := range exampleLines(c.Example) {
			t.Run(c.Name(), func(t *testing.T) {
				t.Parallel()
				runExample(t, shell, line, nil)
			})
		}
	}
}

// TestLabExamples runs the examples of lab, each until it is interrupted, and
// beside the first one those of verify.
func TestLabExamples(t *testing.T) {
	t.Parallel()
	shell := peer.Program(t, "sh")
	commands := commandsByName()
	for i, line := range exampleLines(commands["lab"].Example) {
		t.Run("lab", func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			cmd := exec.CommandContext(t.Context(), shell, "-c", "exec "+line)
			cmd.Dir = dir
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			info, err := awaitLab(filepath.Join(dir, "lab"))
			if err != nil {
				_ = cmd.Process.Kill()
				t.Fatal(err)
			}
			if i == 0 {
				env := []string{"ROOT_SHA1=" + info.FingerprintSHA1, "ROOT_SHA256=" + info.FingerprintSHA256, "NAME=" + info.Phones[0].MICCommonName}
				for _, line := range exampleLines(commands["verify"].Example) {
					line = strings.ReplaceAll(line, "http://192.0.2.17/", info.Phones[0].Page)
					line = strings.ReplaceAll(line, "--wait 2m", "--wait 1s")
					want := info.Phones[0].MAC
					if strings.Contains(line, "--learn") {
						want = "vocabulary: my phone"
					}
					if strings.Contains(line, "--inventory") {
						want = "1 in use"
					}
					if out := runExample(t, shell, line, env); !strings.Contains(out, want) {
						t.Errorf("%s\ndoes not say %s:\n%s", line, want, out)
					}
				}
			}
			if i == 0 {
				for _, line := range exampleLines(commands["resync"].Example) {
					line = strings.ReplaceAll(line, "http://192.0.2.17/", info.Phones[0].Page)
					line = strings.ReplaceAll(line, "@phone-password.txt", "@"+info.PhonePasswordFile)
					if out := runExample(t, shell, line, nil); !strings.Contains(out, "fetches its configuration") {
						t.Errorf("%s\nprints %q", line, out)
					}
				}
			}
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("%s\ninterrupted: %v", line, err)
			}
		})
	}
}

// TestLabDeskExamples runs the examples of the commands that decide on requests,
// in a lab whose phone waits for approval.
func TestLabDeskExamples(t *testing.T) {
	t.Parallel()
	shell := peer.Program(t, "sh")
	commands := commandsByName()
	dir := t.TempDir()
	l, err := lab.Start(t.Context(), lab.Config{Dir: filepath.Join(dir, "lab"), Phones: 1, Approval: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	info := l.Info()
	run := func(line string) string {
		return runExample(t, shell, strings.ReplaceAll(line, "--dir lab", "--dir "+filepath.Join(dir, "lab")), nil)
	}
	config := filepath.Join(info.Store, info.Phones[0].Config)
	run("cfgxml render --base " + config + " --server " + info.SCEPURL + " --fingerprint " + info.FingerprintSHA256 +
		" --challenge @" + info.ChallengeFile + " -o " + config)
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if strings.Contains(run(commands["requests"].Example), info.Phones[0].MICCommonName) {
			break
		}
		if time.Now().After(end) {
			t.Fatal("no request of the phone waits")
		}
	}
	for _, c := range []struct{ name, prints string }{
		{"approve", "approved "}, {"deny", ""}, {"index", ""}, {"revoke", "revoked "}, {"challenge", ""},
		{"next-ca", ""}, {"replace-ca", ""},
	} {
		for _, line := range exampleLines(commands[c.name].Example) {
			if out := run(line); !strings.HasPrefix(out, c.prints) {
				t.Errorf("%s\nprints %q", line, out)
			}
		}
		if c.name == "approve" { // what the phone waited for
			run("ciscophone verify --wait 1m --fingerprint " + info.FingerprintSHA256 + " " + info.Phones[0].Page)
		}
	}
}

// TestPhoneExamples runs the examples of phone without the network they are
// for, and those of export-wpa beside them.
func TestPhoneExamples(t *testing.T) {
	t.Parallel()
	shell := peer.Program(t, "sh")
	commands := commandsByName()
	export := exampleLines(commands["export-wpa"].Example)[0]
	for _, line := range exampleLines(commands["phone"].Example) {
		if strings.Contains(line, "--dhcp") { // internal/test/wire has the network for it, as root
			line = strings.Replace(line, "eth1", "no-such-iface", 1) + " 2>&1 || true"
			if out := runExample(t, shell, line, nil); !strings.Contains(out, "DHCP on no-such-iface") {
				t.Errorf("%s\nprints\n%s", line, out)
			}
			continue
		}
		line = strings.Replace(line, "192.0.2.5", "127.0.0.1:1", 1) + " --wait 100ms"
		out := runExample(t, shell, line+"; "+export, nil)
		if !strings.Contains(out, "factory reset") || !strings.Contains(out, "manufacturing installed") {
			t.Errorf("%s; %s\nprints\n%s", line, export, out)
		}
	}
}

// commandsByName are the documented commands.
func commandsByName() map[string]*cobra.Command {
	commands := map[string]*cobra.Command{}
	for _, c := range allCommands() {
		commands[c.Name()] = c
	}
	return commands
}

// runExample runs one line in a folder with the example files.
func runExample(t *testing.T, shell, line string, env []string) (stdout string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	dir := t.TempDir()
	for name, text := range exampleFiles {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(ctx, shell, "-c", line)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == term.ExitFindings {
		err = nil
	}
	if err != nil {
		t.Fatalf("%s\n%v\n%s%s", line, err, out.String(), errs.String())
	}
	return out.String()
}

// exampleLines splits an example into commands and joins continued lines.
func exampleLines(example string) []string {
	var lines []string
	for line := range strings.Lines(strings.ReplaceAll(example, "\\\n", " ")) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines
}
