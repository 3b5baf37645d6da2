// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
)

// TestNoMaskIsTaken: wherever a command takes a secret, what a printer shows in
// place of one is refused, before anything is written or sent.
func TestNoMaskIsTaken(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	config := file("phone.xml", "<flat-profile>\n<Admin_Password>Gentle-Otter-42</Admin_Password>\n<Profile_Rule></Profile_Rule>\n</flat-profile>\n")
	const nobody, fingerprint = "http://127.0.0.1:1/", "D233CCF9B9952A156C6633ED4C2A57C6E8BBB2C3"
	for i, mask := range []string{"(secret)", "********", "•••", "(sensitive value)", "xxxxx", "(secret) 0123abcd", "%2A%2A%2A", "<redacted>"} {
		from := "@" + file(strings.Repeat("m", i+1), mask+"\n")
		for name, args := range map[string][]string{
			"set --secret":             {"set", config, "--secret", "Admin_Password=" + from},
			"set of a rule":            {"set", config, `Profile_Rule=[--key "` + mask + `"] https://p/$MA.cfg`},
			"set of an address":        {"set", config, "Profile_Rule=https://user:" + mask + "@p/$MA.cfg"},
			"set without a scheme":     {"set", config, "Profile_Rule=user:" + mask + "@p/$MA.cfg"},
			"set of a query":           {"set", config, "Profile_Rule=https://p/x?password=" + mask},
			"render":                   {"render", "--server", "http://scep.example.net/", "--fingerprint", fingerprint, "--challenge", from},
			"render --base":            {"render", "--base", config, "--server", "http://scep.example.net/", "--fingerprint", fingerprint, "--challenge", from},
			"option43 encode":          {"option43", "encode", "--server", "http://scep.example.net/", "--fingerprint", fingerprint, "--challenge", from},
			"option43 snippet":         {"option43", "snippet", "kea", "--server", "http://scep.example.net/", "--fingerprint", fingerprint, "--challenge", from},
			"enroll":                   {"enroll", nobody, "--fingerprint", fingerprint, "--common-name", "x", "--challenge", from, "-o", filepath.Join(dir, "out")},
			"enroll --pkcs12-password": {"enroll", nobody, "--fingerprint", fingerprint, "--common-name", "x", "--pkcs12-password", from, "--pkcs12", filepath.Join(dir, "out.p12")},
			"preflight":                {"preflight", nobody, "--fingerprint", fingerprint, "--challenge", from, "--active"},
			"encrypt":                  {"encrypt", config, "--key", from},
			"decrypt":                  {"decrypt", config, "--key", from},
			"verify":                   {"verify", nobody, "--fingerprint", fingerprint, "--password", from},
			"resync":                   {"resync", nobody, "--password", from},
		} {
			var out, errs bytes.Buffer
			status := Run(t.Context(), args, strings.NewReader(""), &out, &errs)
			if status != term.ExitUsage && status != term.ExitFindings || !strings.Contains(errs.String(), "mask") {
				t.Errorf("%s with %q: status %d, says %q %q", name, mask, status, out.String(), errs.String())
			}
		}
	}
	if data, err := os.ReadFile(config); err != nil || !strings.Contains(string(data), ">Gentle-Otter-42<") || strings.Contains(string(data), "Rule>[") {
		t.Errorf("the file is now %s (%v)", data, err)
	}
}
