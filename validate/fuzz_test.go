// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
)

// FuzzDocument: whatever is read, the rules end, give each problem a place within
// the document and one line, say the same twice, and change no byte.
func FuzzDocument(f *testing.F) {
	for _, r := range Rules() {
		f.Add([]byte(profile(r.Bad)))
		f.Add([]byte(profile(r.Good)))
	}
	paths, err := filepath.Glob("testdata/err/*.xml")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		kept := bytes.Clone(data)
		d, err := cfgxml.Parse(data)
		if err != nil {
			return
		}
		s := Settings{Firmware: "3.4(1)", Identity: phone(t), AllowedServers: []string{"*.example.nl"}}
		first := Document(d, s)
		last := 0
		for _, p := range first {
			if p.Start < last || p.End < p.Start || p.End > len(data) {
				t.Errorf("%v stands at %d-%d, after %d, in %d bytes", p, p.Start, p.End, last, len(data))
			}
			last = p.Start
			if p.Message == "" || strings.ContainsAny(p.Message+p.Hint, "\n\r") || !utf8.ValidString(p.Message+p.Hint) || len(p.Message) > 1000 {
				t.Errorf("the message is not one short line: %q, hint %q", p.Message, p.Hint)
			}
			if _, ok := RuleByID(p.Rule); !ok {
				t.Errorf("%v has no rule", p)
			}
		}
		if again := Document(d, s); listing(d, again) != listing(d, first) {
			t.Errorf("once\n%s\ntwice\n%s", listing(d, first), listing(d, again))
		}
		checkFixes(t, data)
		if !bytes.Equal(data, kept) {
			t.Error("the document was changed")
		}
	})
}

func FuzzField(f *testing.F) {
	for _, p := range []string{cdc.ParamServer, cdc.ParamRootCAFingerprint, cdc.ParamChallengePassword, cdc.ParamCommonName, "Profile_Rule", "DHCP_Option_To_Use", "FIPS_Mode"} {
		for _, v := range []string{"", "http://u:p@[::1]:80/a?b#c", "7b:10", "***", "$(MAU:1:2)$X$", "[--key 'a' --pwd $SB] http://x | (a)? y", "66,43", "On"} {
			f.Add(p, v)
		}
	}
	f.Fuzz(func(t *testing.T, param, value string) {
		for _, p := range Field(param, value, Settings{Identity: phone(t)}) {
			if p.Start != -1 || p.End != -1 || p.Message == "" || strings.ContainsAny(p.Message+p.Hint, "\n\r") {
				t.Errorf("%q = %q: %+v", param, value, p)
			}
			if catalog.IsSecret(param) && len(value) > 24 && strings.Contains(p.Message, value) {
				t.Errorf("%q: the secret %q is shown: %s", param, value, p.Message)
			}
		}
	})
}
