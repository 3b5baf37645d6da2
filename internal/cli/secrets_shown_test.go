// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// cutOff is a place whose "@" is missing.
const cutOff = "<Profile_Rule_D>https://user:%s</Profile_Rule_D>"

// secretPlaces are the places of a configuration that can hold a secret; %s is the secret.
var secretPlaces = []string{
	"<CDC_Challenge_Password_1_ ua=\"na\">%s</CDC_Challenge_Password_1_>",
	"<Admin_Password ua=\"rw\">%s</Admin_Password>",
	"<pskKey_1_>%s</pskKey_1_>",
	"<wepKey_1_>%s</wepKey_1_>",
	"<wepKey0_1_>%s</wepKey0_1_>",
	"<Wi-Fi_Password_1_>%s</Wi-Fi_Password_1_>",
	"<Vendor_Api_Token>%s</Vendor_Api_Token>",
	"<Profile_Rule>[--key \"%s\"] https://prov.example.nl/$MA.cfg</Profile_Rule>",
	"<Profile_Rule_B>[--uid phones --pwd \"%s\"] https://prov.example.nl/$MA.cfg</Profile_Rule_B>",
	"<Profile_Rule_C>[--key %s] https://prov.example.nl/$MA.cfg</Profile_Rule_C>",
	"<Upgrade_Rule>--pwd \"%s\" https://prov.example.nl/fw</Upgrade_Rule>",
	"<Report_Rule>https://user:%s@prov.example.nl/</Report_Rule>",
	"<CDC_Server_1_>http://user:%s@scep.example.nl/scep</CDC_Server_1_>",
	"<XML_Application_Service_URL>http://x/?password=%s&amp;y=1</XML_Application_Service_URL>",
	"<Station_Name><!-- https://user:%s@prov.example.nl/ -->Lobby</Station_Name>",
	"<!-- <Admin_Password>%s</Admin_Password> -->",
	"<!-- --key \"%s\" -->",
	"stray https://user:%s@prov.example.nl/",
	"<Station_Name ua=\"https://user:%s@x/\">Lobby</Station_Name>",
	"<GPP_SA>%s</GPP_SA>",
	cutOff,
}

// damages make a document one that cannot be read, or not without complaint.
var damages = []func(string) string{
	func(s string) string { return s },
	func(s string) string { return s },
	func(s string) string { return strings.TrimSuffix(s, "</flat-profile>\n") },
	func(s string) string { return s + "<" },
	func(s string) string { return strings.Replace(s, "</", "<", 1) },
	func(s string) string { return strings.Replace(s, ">", "", 2) },
	func(s string) string { return strings.Replace(s, "</flat-profile>", "</flat-profil>", 1) },
	func(s string) string { return strings.Replace(s, "\n<", "\n", 1) },
	func(s string) string { return strings.Replace(s, "sword", "swrd", 1) },
	func(s string) string { return strings.Replace(s, "-->", "->", 1) },
	func(s string) string {
		return s[:strings.LastIndex(strings.TrimSuffix(s, "</flat-profile>\n"), "</")+1]
	},
	func(s string) string { return strings.Replace(s, "\n", "\n{if $x}\n", 1) },
}

// TestNoSecretIsShown plants secrets in configurations, whole and damaged, and
// runs the commands that print something about a file: none prints four bytes
// in a row of a secret. The alphabet of the secrets stands nowhere else.
func TestNoSecretIsShown(t *testing.T) {
	t.Parallel()
	letters := []rune("ŧđŋħłøæ") // two bytes each: any two are four
	known := []string{"ŧđ øł ħŋæđ", "ŋ@łøđħ99ŧŋ"}
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		secretText := rapid.OneOf(rapid.SampledFrom(known), rapid.StringOfN(rapid.SampledFrom(letters), 4, 12, -1)).Draw(rt, "secret")
		other := rapid.StringOfN(rapid.SampledFrom(letters), 4, 12, -1).Draw(rt, "other secret")
		places := rapid.SliceOfN(rapid.SampledFrom(secretPlaces), 1, 4).Draw(rt, "places")
		damage := rapid.IntRange(0, len(damages)-1).Draw(rt, "damage")
		write := func(name, text string) string {
			name = filepath.Join(dir, name)
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				rt.Fatal(err)
			}
			return name
		}
		config := func(s string) string {
			text := "<flat-profile>\n"
			for _, p := range places {
				planted := s
				if p == cutOff { // a host would follow
					planted = strings.ReplaceAll(s, "@", "")
				}
				text += fmt.Sprintf(p, html.EscapeString(planted)) + "\n"
			}
			return damages[damage](text + "</flat-profile>\n")
		}
		a, b, base := write("a.xml", config(secretText)), write("b.xml", config(other)), write("base.xml", config("-"))
		all := printingCommands(t, dir, a, b, base)
		for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(all)-1), 8, 8, rapid.ID).Draw(rt, "commands") {
			args := all[i]
			var out, errs bytes.Buffer
			status := Run(t.Context(), args, strings.NewReader(""), &out, &errs)
			for _, s := range []string{secretText, other} {
				if shown := shownRun(out.String()+errs.String(), s); shown != "" {
					rt.Fatalf("%q (status %d) shows %q of %q:\n%s%s\nof\n%s", args, status, shown, s, &out, &errs, config(s))
				}
			}
		}
	})
}

// printingCommands are the command lines that print something about files but
// are not asked to reveal a secret.
func printingCommands(t *testing.T, dir, a, b, base string) (all [][]string) {
	for _, format := range formatsOf(t, "lint") {
		all = append(all, []string{"lint", "--format", format, a})
	}
	for _, format := range formatsOf(t, "diff") {
		all = append(all, []string{"diff", "--format", format, a, b}, []string{"diff", "--format", format, base, a})
	}
	all = append(all,
		[]string{"diff", "--textconv", a}, []string{"diff", "--git-driver", "phone.xml", a, "0", "100644", b, "0", "100644"},
		[]string{"list", dir}, []string{"list", "--format", "json", dir}, []string{"list", "--import", dir},
		[]string{"explain", a}, []string{"fmt", "-l", a}, []string{"fmt", "-d", a}, []string{"merge", "-o", filepath.Join(dir, "merged"), base, a, b})
	for _, name := range []string{"CDC_Challenge_Password_1_", "Admin_Password", "pskKey_1_", "wepKey_1_", "wepKey0_1_", "Vendor_Api_Token",
		"Profile_Rule", "Profile_Rule_C", "Report_Rule", "CDC_Server_1_", "Station_Name", "GPP_SA"} {
		all = append(all, []string{"get", a, name})
	}
	return all
}

// shownRun returns a part of the secret of four bytes or more that text shows,
// as it is or as JSON, XML or Go write it.
func shownRun(text, secret string) string {
	for i := range secret {
		for end := i + 4; end <= len(secret); end++ {
			part := secret[i:end]
			if strings.TrimSpace(part) == "" || !strings.HasPrefix(secret[i:], part) {
				continue
			}
			quoted, _ := json.Marshal(part)
			for _, form := range []string{part, strings.Trim(string(quoted), `"`), strings.Trim(fmt.Sprintf("%+q", part), `"`), html.EscapeString(part)} {
				if strings.Contains(text, form) {
					return part
				}
			}
			break
		}
	}
	return ""
}
