// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestListMany brings files under one resource with for_each, and under a fleet, by
// what cfgxml list --import writes for it. No byte of a file changes.
func TestListMany(t *testing.T) {
	t.Parallel()
	w, store := newWork(t, ""), t.TempDir()
	w.needs(7, "import blocks with for_each")
	for name, text := range map[string]string{
		"CP-9841-SEP001A2B3C4D60.xml": "<CDC_Server_1_>http://scep.example.net/scep</CDC_Server_1_><CDC_Root_CA_Fingerprint_1_>48:13:49:4d:13:7e:16:31:bb:a3:01:d5:ac:ab:6e:7b:b7:aa:74:ce</CDC_Root_CA_Fingerprint_1_>" +
			"<CDC_Common_Name_1_>$MAU.example.net</CDC_Common_Name_1_><Station_Name>Lobby, 1</Station_Name>",
		"CP-9871-SEP001A2B3C4D61.xml": "<CDC_Server_1_>10.0.0.1</CDC_Server_1_><CDC_Root_CA_Fingerprint_1_>4813494D137E1631BBA301D5ACAB6E7BB7AA74CE</CDC_Root_CA_Fingerprint_1_><CDC_Challenge_Password_1_>Listed-Challenge-4711</CDC_Challenge_Password_1_>",
	} {
		put(t, "<flat-profile>"+text+"</flat-profile>\n", store, name)
	}
	before := everything(t, store)
	list := func(as string) string {
		t.Helper()
		out, err := exec.Command(filepath.Join(cfgxmlFolder(t), "cfgxml"), "list", "--import", "--as", as, store).Output()
		if err != nil {
			t.Fatalf("cfgxml list --as %s: %v\n%s", as, err, out)
		}
		return string(out)
	}
	done := func(as string) {
		t.Helper()
		w.apply()
		if out, changed := w.plan(); changed {
			t.Errorf("%s: the next plan:\n%s", as, out)
		}
		if after := everything(t, store); after != before {
			t.Errorf("%s: the files are\n%s\nwere\n%s", as, after, before)
		}
	}
	w.write("main.tf", head(store)+"\n"+list("for_each"))
	if out := w.ok("fmt", "-check", "-diff"); out != "" {
		t.Errorf("not formatted:\n%s", out)
	}
	if out, _ := w.plan(); !strings.Contains(out, "Plan: 2 to import, 0 to add, 0 to change, 0 to destroy.") {
		t.Errorf("the plan of the imports:\n%s", out)
	}
	done("for_each")

	w.ok("state", "rm", "ciscophone_config.phone")
	w.write("phones.csv", list("inventory"))
	w.write("main.tf", head(store)+fmt.Sprintf("resource \"ciscophone_fleet\" \"all\" {\n  inventory_file = %q\n  path           = \"{file}\"\n}\n", filepath.Join(w.dir, "phones.csv")))
	done("inventory")
}
