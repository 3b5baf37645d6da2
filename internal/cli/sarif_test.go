// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// TestSARIF: the log is valid by the official schema, and says where things are.
func TestSARIF(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := map[string]string{
		"odd name%.xml": "<flat-profile>\n\t<Station_Name>東京😀</Station_Name><CDC_Server_1_>https://x/</CDC_Server_1_>\n</flat-profile>\n",
		"fix.xml":       "<flat-profile>\n<CDC_Servr_1_>http://192.0.2.1/</CDC_Servr_1_>\n</flat-profile>\n",
		"broken.xml":    "<flat-profile>",
		"empty.xml":     "",
		"clean.xml":     "<flat-profile/>",
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{dir}, {filepath.Join(dir, "clean.xml")}, {filepath.Join(dir, "clean.xml"), filepath.Join(dir, "nowhere.xml")}, {"-"}} {
		_, out, _ := run(t, append([]string{"lint", "--format", "sarif"}, args...)...)
		checkSARIF(t, []byte(out))
	}

	_, out, _ := run(t, "lint", "--format", "sarif", dir)
	var log sarifRead
	if err := json.Unmarshal([]byte(out), &log); err != nil {
		t.Fatal(err)
	}
	results, rules := log.Runs[0].Results, log.Runs[0].Tool.Driver.Rules
	if len(rules) != len(validate.Rules())+1 {
		t.Errorf("%d rules", len(rules))
	}
	seen := map[string]bool{}
	for _, r := range results {
		if rules[r.RuleIndex].ID != r.RuleID {
			t.Errorf("rule %s has the index of %s", r.RuleID, rules[r.RuleIndex].ID)
		}
		key := r.Locations[0].PhysicalLocation.ArtifactLocation.URI + r.PartialFingerprints["cfgxmlParameter/v1"]
		if seen[key] {
			t.Errorf("two findings have the fingerprint of %s in %s", r.RuleID, key)
		}
		seen[key] = true
		u, err := url.Parse(r.Locations[0].PhysicalLocation.ArtifactLocation.URI)
		if err != nil {
			t.Error(err)
			continue
		}
		text, ok := files[filepath.Base(u.Path)]
		if !ok {
			t.Errorf("%s is none of the files", u.Path)
		}
		region := r.Locations[0].PhysicalLocation.Region
		if r.RuleID == "cdc-server-scheme" && strings.HasPrefix(filepath.Base(u.Path), "odd") {
			got := text[region.ByteOffset : region.ByteOffset+region.ByteLength]
			// One tab, 14 + 4 + 15 units before the next element, 15 of its tag.
			if got != "https" || region.StartLine != 2 || region.StartColumn != 1+1+14+4+15+15 || region.EndColumn != region.StartColumn+5 {
				t.Errorf("the region %+v holds %q", region, got)
			}
		}
		for _, fix := range r.Fixes {
			for _, x := range fix.ArtifactChanges[0].Replacements {
				if got := text[x.DeletedRegion.ByteOffset : x.DeletedRegion.ByteOffset+x.DeletedRegion.ByteLength]; got != "CDC_Servr_1_" {
					t.Errorf("the fix of %s replaces %q", r.RuleID, got)
				}
			}
		}
	}
	if !slices.ContainsFunc(results, func(r sarifReadResult) bool { return len(r.Fixes) > 0 }) {
		t.Error("no result has a fix")
	}
}
