// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
)

// freeText are the flags that take any text, by what the text is.
var freeText = map[string]string{
	"output": "file", "key": "file or source", "cert": "file", "cert-key": "file", "pkcs12": "file", "base": "file", "baseline": "file",
	"write-baseline": "file", "config": "file", "stdin-filename": "file", "program": "file", "tags": "file", "state": "file", "dir": "folder",
	"password-file": "file", "radius-ca": "file", "inventory": "file", "issuer": "the name of a CA",
	"challenge": "source, judged by readSecret, which must not repeat it", "pkcs12-password": "source", "password": "source", "secret": "NAME=SOURCE",
	"common-name": "a name with macros", "vocabulary": "a file", "ca-file": "a file", "user": "a user name", "learn": "a URL or a file", "ca-identifier": "a name", "key-id": "a name", "name": "a name in messages", "prefix": "the beginning of names",
	"label-ours": "a label", "label-theirs": "a label", "label-base": "a label", "pattern": "a pattern of .gitattributes", "remove": "the name of a parameter",
	"dhcp": "an interface, which the system knows", "host-name": "a name in addresses", "listen": "an address, which the system judges when it listens",
	"template": "file", "path": "a name with macros", "store": "a place, which the command judges with what it is given for it", "token": "source", "former-key": "source",
	"set": "NAME=VALUE", "journal": "file", "title": "a heading", "identity": "file", "known-hosts": "file", "host-key": "a key, which package push/sftp judges", "since": "file",
	"domain": "judged by option43.CheckDomain, with a warning", "allow-server": "a server, a host or a pattern",
}

// byCommand are the flags of a few words, which the command compares with what
// it knows before it reads anything.
var byCommand = map[string]bool{
	"format": true, "pkcs12-format": true, "min-severity": true, "fail-on": true, "firmware": true, "model": true, "disable": true, "quirk": true,
	"line-end": true, "indent": true, "cipher": true, "digest": true, "certificate": true, "onboarding-fips": true, "conflict-style": true, "renewal-type": true,
}

// Every flag of every command either refuses garbage when it is read, or the
// command refuses it before it opens a file, or it takes any text and says so
// above. Nothing else is let in.
func TestFlagsRefuseGarbage(t *testing.T) {
	t.Parallel()
	const garbage = "zz-garbage"
	for _, c := range allCommands() {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			name := c.CommandPath() + " --" + f.Name
			switch err := f.Value.Set(garbage); {
			case err != nil:
			case f.Value.Type() != "string" && f.Value.Type() != "stringSlice" && f.Value.Type() != "stringArray":
				t.Errorf("%s is of type %s and takes %q", name, f.Value.Type(), garbage)
			case byCommand[f.Name]:
				commandRefuses(t, c, f.Name, garbage)
			case freeText[f.Name] == "":
				t.Errorf("%s takes %q and is not listed as free text", name, garbage)
			}
		})
	}
}

// commandRefuses runs a command with garbage for a flag and files that are not
// there: it must end with usage and name the garbage.
func commandRefuses(t *testing.T, c *cobra.Command, flag, garbage string) {
	t.Helper()
	path := strings.Fields(c.CommandPath())[1:]
	needs := map[string][]string{
		"fingerprint": {"--fingerprint", strings.Repeat("ab", 20)}, "dir": {"--dir", "/nowhere/lab"}, "key": {"--key", "@/nowhere/key"},
		"common-name": {"--common-name", "x"}, "output": {"-o", "/nowhere/out"}, "server": {"--server", "10.0.0.1"}, "pkcs12": {"--pkcs12", "/nowhere/p12", "--pkcs12-password", "@/nowhere/p"},
	}
	if c.Name() == "push" {
		needs["inventory"], needs["store"] = []string{"--inventory", "/nowhere/phones.csv"}, []string{"--store", "/nowhere/store"}
	}
	args := append(path, "--"+flag, garbage)
	for name, give := range needs {
		if c.Flags().Lookup(name) == nil || name == flag || name == "output" && strings.HasPrefix(flag, "pkcs12") || name == "pkcs12" && !strings.HasPrefix(flag, "pkcs12") {
			continue
		}
		args = append(args, give...)
	}
	var last string
	positional := []string{"http://127.0.0.1:1/", "http://127.0.0.1:1/", "http://127.0.0.1:1/"}
	for n := range 4 { // however many arguments it takes
		var out, errs bytes.Buffer
		words := append(args[:len(args):len(args)], positional[:n]...)
		if n > 0 && len(c.ValidArgs) > 0 {
			words[len(args)] = c.ValidArgs[0]
		}
		code := Run(t.Context(), words, strings.NewReader(""), &out, &errs)
		if last = errs.String(); code == term.ExitUsage && strings.Contains(last, garbage) {
			return
		}
	}
	t.Errorf("%s --%s %s is not refused as usage: %s", c.CommandPath(), flag, garbage, last)
}

// What typed flags say names the flag, the value and what is right.
func TestFlagValues(t *testing.T) {
	t.Parallel()
	fp := strings.Repeat("ab", 20)
	for _, c := range []struct{ line, want string }{
		{"verify --fingerprint zz http://127.0.0.1:1/", `invalid value for --fingerprint: root CA fingerprint "zz": 'z' at character 1`},
		{"verify --fingerprint " + fp + " --not-serial xyz http://127.0.0.1:1/", `invalid value "xyz" for --not-serial`},
		{"verify --fingerprint " + fp + " --wait -5s http://127.0.0.1:1/", `invalid value for --wait: "-5s" is not a time`},
		{"verify --fingerprint " + fp + " --timeout soon http://127.0.0.1:1/", `invalid value for --timeout: "soon" is not a time`},
		{"enroll --fingerprint " + fp + " --ra-fingerprint ABCD http://127.0.0.1:1/ -o x", "invalid value for --ra-fingerprint: root CA fingerprint"},
		{"option43 encode --server http://a..b/ --fingerprint " + fp, `invalid value for --server: SCEP server "http://a..b/"`},
		{"option43 encode --server http://0.0.0.0/ --fingerprint " + fp, "0.0.0.0 does not belong to a server"},
		{"option43 encode --server fe80::1%eth0 --fingerprint " + fp, "the zone of"},
		{"render --server zz --fingerprint " + fp, "invalid value for --server"},
		{"render --server 10.0.0.1 --fingerprint " + strings.Repeat("ab", 48), "want 20 or 32"},
		{"phone --config-url ftp://a/b", `invalid value for --config-url: "ftp://a/b" is not the URL of a file`},
		{"phone --config-url http://a/ --mac 00:1A", `invalid value "00:1A" for --mac`},
		{"phone --config-url http://a/ --model 8841", `invalid value "8841" for --model`},
		{"resync --file-url zz http://127.0.0.1:1/", `invalid value for --file-url: "zz" is not the URL`},
	} {
		var out, errs bytes.Buffer
		code := Run(t.Context(), strings.Fields(c.line), strings.NewReader(""), &out, &errs)
		if code != term.ExitUsage || !strings.Contains(errs.String(), c.want) || out.Len() > 0 {
			t.Errorf("%s: status %d, %s, want %q", c.line, code, errs.String(), c.want)
		}
	}
}
