// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/verify"
)

// TestFleet provisions all phones of a lab with one resource; each enrolls
// under its own name, and the challenge is nowhere but in the files.
func TestFleet(t *testing.T) {
	t.Parallel()
	w := newWork(t, "write-only")
	l := startLab(t, 3, 100*time.Millisecond)
	info := l.Info()
	challenge := strings.TrimSpace(read(t, info.ChallengeFile))
	var inventory strings.Builder
	inventory.WriteString("mac,model,domain\n")
	for _, p := range info.Phones {
		fmt.Fprintf(&inventory, "%s,%s,example.net\n", p.MAC, p.Model)
	}
	hcl := head(info.Store) + fmt.Sprintf(`resource "ciscophone_fleet" "all" {
  inventory               = %q
  template_file           = %q
  scep_server             = %q
  root_ca_fingerprint     = %q
  challenge_password_file = %q
}
data "ciscophone_enrollment" "each" {
  for_each            = jsondecode(ciscophone_fleet.all.phones)
  phone_url           = %q
  root_ca_fingerprint = %q
}
data "ciscophone_document" "each" {
  for_each = jsondecode(ciscophone_fleet.all.phones)
  path     = "SEP${upper(each.key)}.xml"
}
`, inventory.String(), info.Phones[0].AdminFile, info.SCEPURL, info.FingerprintSHA256, info.ChallengeFile, info.Phones[0].Page, info.FingerprintSHA256)
	if err := os.WriteFile(filepath.Join(w.dir, "main.tf"), []byte(hcl), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, changed := w.plan("-out=first.plan"); !changed || !strings.Contains(out, "3 phones, such as "+info.Phones[0].Config+": CDC_Challenge_Password_1_: added (secret)") {
		t.Errorf("the first plan:\n%s", out)
	}
	w.ok("apply", "-json", "first.plan")
	var files []string
	for _, p := range info.Phones {
		files = append(files, filepath.Join(info.Store, p.Config))
		ev, err := verify.Wait(t.Context(), p.Page, verify.Expectation{CommonName: p.MICCommonName + ".example.net", Fingerprint: pin(t, info.FingerprintSHA256)}, nil, 50*time.Millisecond, nil)
		if err != nil || !ev.Verified() {
			t.Errorf("%s: %v: %q", p.Name, err, ev.Problems)
		}
	}
	if out, changed := w.plan(); changed {
		t.Errorf("the second plan is not empty:\n%s", out)
	}
	edit(t, files[1], ">"+challenge+"<", ">guessed<")
	if out, changed := w.plan(); !changed || !strings.Contains(out, info.Phones[1].Config+": CDC_Challenge_Password_1_: changed (secret); the phone requests a new certificate") {
		t.Errorf("the plan after drift:\n%s", out)
	}
	w.apply()
	w.nowhere(challenge, files...)
}

// pin reads a fingerprint of a lab.
func pin(t *testing.T, s string) cdc.Fingerprint {
	t.Helper()
	f, err := cdc.ParseFingerprint(s)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
