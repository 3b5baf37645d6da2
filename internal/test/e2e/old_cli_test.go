// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const oldModule = `
terraform {
  required_providers {
    ciscophone = { source = "phonecfg/ciscophone" }
  }
}
provider "ciscophone" { store = %q }
resource "ciscophone_config" "phone" {
  path                    = "a.xml"
  scep_server             = "http://scep.example.net/scep"
  root_ca_fingerprint     = "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"
  challenge_password_file = %q
}
resource "ciscophone_fleet" "more" {
  must_exist = false
  inventory               = "mac,model\n00:1A:2B:3C:4D:60,9871\n"
  scep_server             = "http://scep.example.net/scep"
  root_ca_fingerprint     = "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"
  challenge_password_file = %q
}
`

// TestOld runs one Terraform of each age: what it has works, and of what it lacks it is told
// in words that help. OpenTofu's first release has all but the newest, so that
// the CLIs that lack most are Terraforms.
func TestOld(t *testing.T) {
	t.Parallel()
	for _, age := range []struct {
		name        string
		from, below int
	}{
		{"before functions", 0, 8},
		{"before write-only arguments", 8, 11},
		{"before identities", 11, 12},
	} {
		t.Run(age.name, func(t *testing.T) {
			t.Parallel()
			cli := terraform(t, func(minor int) bool { return age.from <= minor && minor < age.below })
			if cli == "" {
				t.Skipf("%s: NOT RUN: needs a Terraform from 1.%d on and before 1.%d, by make terraform or TF_ACC_TERRAFORM_PATH", t.Name(), age.from, age.below)
			}
			w := newWorkOf(t, cli, "provider")
			minor := w.release().minor
			const challenge = "challenge-Of-Old-5"
			password := filepath.Join(t.TempDir(), "challenge")
			if err := os.WriteFile(password, []byte(challenge+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			store := t.TempDir()
			file := filepath.Join(store, "a.xml")
			w.take("*")
			w.write("main.tf", fmt.Sprintf(oldModule, store, password, password))

			var schemas struct {
				Provider map[string]struct {
					Resources map[string]any `json:"resource_schemas"`
					Data      map[string]any `json:"data_source_schemas"`
				} `json:"provider_schemas"`
			}
			const address = "registry.terraform.io/phonecfg/ciscophone"
			if err := json.Unmarshal([]byte(w.ok("providers", "schema", "-json")), &schemas); err != nil || len(schemas.Provider[address].Resources) != 4 || len(schemas.Provider[address].Data) != 4 {
				t.Errorf("the schema as this CLI sees it has %d resources and %d data sources: %v", len(schemas.Provider[address].Resources), len(schemas.Provider[address].Data), err)
			}
			w.apply()
			if out, changed := w.plan(); changed {
				t.Errorf("the second plan is not empty:\n%s", out)
			}
			w.nowhere(challenge, file)

			// Somebody deletes the file. Without a stored identity a CLI refuses a
			// provider that forgets to tell it before it says that nothing is there.
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
			if out, changed := w.plan(); !changed || !strings.Contains(out, "1 to add, 0 to change, 0 to destroy") {
				t.Errorf("the plan of what is gone:\n%s", out)
			}
			w.apply()
			w.ok("state", "rm", "ciscophone_config.phone")
			w.ok("import", "-no-color", "ciscophone_config.phone", "a.xml")
			w.apply()
			if out, changed := w.plan(); changed {
				t.Errorf("the plan after import is not empty:\n%s", out)
			}

			// What this CLI lacks.
			for _, lacking := range []struct {
				since      int
				text, want string
			}{
				{8, `output "cn" { value = provider::ciscophone::common_name("9871", "00:1A:2B:3C:4D:5E", "example.net") }`, "Error: "},
				{11, "resource \"ciscophone_config\" \"wo\" {\n  path = \"b.xml\"\n  challenge_password_wo = \"shown by the CLI\"\n}", "Terraform 1.11 and later"},
				{12, "import {\n  to = ciscophone_config.phone\n  identity = { path = \"a.xml\" }\n}", "Error: "},
				{14, "action \"ciscophone_resync\" \"a\" {\n  config {\n    phone_url = \"http://10.0.0.17/\"\n  }\n}", "Error: Unsupported block type"},
			} {
				if minor >= lacking.since {
					continue
				}
				w.write("lacking.tf", lacking.text)
				out, _ := w.run([]int{1}, "plan", "-no-color", "-input=false")
				if !strings.Contains(strings.Join(strings.Fields(out), " "), lacking.want) || strings.Contains(out, "panic") {
					t.Errorf("of what it lacks (release 1.%d) it is told:\n%s", lacking.since, out)
				}
				w.take("lacking.tf")
			}
			w.ok("destroy", "-no-color", "-auto-approve")
			w.nowhere(challenge)
		})
	}
}
