// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestList brings the files of a store under the provider with what cfgxml list
// --import writes, names and values with everything HCL treats specially among
// them: nothing is left to change, and the state says who manages them.
func TestList(t *testing.T) {
	t.Parallel()
	const challenge = "Listed-Challenge-4711"
	w := newWork(t, "provider")
	w.take("*")
	store := t.TempDir()
	for name, text := range map[string]string{
		"SEP001A2B3C4D5E.xml": "<CDC_Server_1_>http://scep.example.net/scep</CDC_Server_1_><CDC_Root_CA_Fingerprint_1_>4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2</CDC_Root_CA_Fingerprint_1_>" +
			"<CDC_Challenge_Password_1_>" + challenge + "</CDC_Challenge_Password_1_><CDC_Common_Name_1_>$MAU.example.net</CDC_Common_Name_1_>",
		`9 "lobby" ${x} %{y} $$ é.xml`: "<CDC_Server_1_>10.0.0.1</CDC_Server_1_><CDC_Root_CA_Fingerprint_1_>48:13:49:4d:13:7e:16:31:bb:a3:01:d5:ac:ab:6e:7b:b7:aa:74:ce</CDC_Root_CA_Fingerprint_1_>",
		"site-a/SEP001A2B3C4D5F.cfg":   "<Station_Name>Lobby</Station_Name>",
		"site-b/SEP001A2B3C4D5F.cfg":   "<CDC_Server_1_></CDC_Server_1_>",
		"SEP001A2B3C4D60.xml":          "<Station_Name>Of a fleet</Station_Name>",
		"broken.xml":                   "<Station_Name>",
	} {
		path := filepath.Join(store, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("<flat-profile>"+text+"</flat-profile>\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list := func(state string, want int, args ...string) string {
		t.Helper()
		cmd := exec.Command(filepath.Join(cfgxmlFolder(t), "cfgxml"), append(append([]string{"list"}, args...), store)...)
		cmd.Stdin = strings.NewReader(state)
		var talk strings.Builder
		cmd.Stderr = &talk
		out, _ := cmd.Output()
		if code := cmd.ProcessState.ExitCode(); code != want {
			t.Fatalf("cfgxml list %q: exit status %d, want %d\n%s%s", args, code, want, out, talk.String())
		}
		return string(out)
	}
	main := head(store) + `resource "ciscophone_fleet" "few" {
  must_exist = false
  inventory  = "mac,model\n001A2B3C4D60,9871\n"
  parameters = { Station_Name = "Of a fleet" }
}
`
	w.write("main.tf", main)
	w.apply()
	w.write("found.tf", list(w.ok("show", "-json"), 1, "--state", "-", "--import"))
	if out := w.ok("fmt", "-check", "-diff", "found.tf"); out != "" {
		t.Errorf("found.tf is not formatted:\n%s", out)
	}
	if out, changed := w.plan(); !changed || !strings.Contains(out, "Plan: 4 to import, 0 to add, 0 to change, 0 to destroy.") {
		t.Errorf("the plan of the imports:\n%s\n%s", out, read(t, w.dir, "found.tf"))
	}
	w.apply()
	if out, changed := w.plan(); changed {
		t.Errorf("the plan after the import:\n%s", out)
	}
	shown := w.ok("show", "-json")
	if out := list(shown, 1, "--state", "-", "--import"); strings.Contains(out, "import {") || !strings.Contains(out, "# broken.xml is left out") {
		t.Errorf("left after the import:\n%s", out)
	}
	if out := list(shown, 0, "--state", "-"); !strings.Contains(out, "6 files; 5 managed; 1 cannot") || !strings.Contains(out, "ciscophone_fleet.few") {
		t.Errorf("listed after the import:\n%s", out)
	}
	w.nowhere(challenge, filepath.Join(store, "SEP001A2B3C4D5E.xml"))
}
