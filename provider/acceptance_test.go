// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// cliFound says which CLI the acceptance tests run, empty for none, and
// cliMinor which release of it: 12 for OpenTofu 1.12 and Terraform 1.12.
var (
	cliFound string
	cliMinor int
)

// TestMain finds a CLI before the first acceptance test: the test framework
// would otherwise ask a server in the internet for one and end all tests. The
// one that TF_ACC_TERRAFORM_PATH names goes before the one that make test builds.
func TestMain(m *testing.M) {
	for _, name := range []string{os.Getenv("TF_ACC_TERRAFORM_PATH"), os.Getenv("CISCOPHONE_TOFU"), "tofu", "terraform"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			cliFound, _ = filepath.Abs(path)
			break
		}
	}
	os.Unsetenv("TF_CLI_CONFIG_FILE") // a stale one puts warnings into every output
	os.Setenv("CHECKPOINT_DISABLE", "1")
	if cliFound != "" {
		os.Setenv("TF_ACC_TERRAFORM_PATH", cliFound)
		out, err := exec.Command(cliFound, "version").Output()
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s does not work: %v\n", cliFound, err)
			os.Exit(1)
		}
		if m := regexp.MustCompile(`v1\.(\d+)\.`).FindSubmatch(out); m != nil {
			cliMinor, _ = strconv.Atoi(string(m[1]))
		}
		if strings.HasPrefix(string(out), "OpenTofu") {
			os.Setenv("TF_ACC_PROVIDER_HOST", "registry.opentofu.org")
			os.Setenv("TF_ACC_PROVIDER_NAMESPACE", "hashicorp")
		}
	}
	os.Exit(m.Run())
}

// accept runs steps with a CLI.
func accept(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	if cliFound == "" {
		peer.Missing(t, "OpenTofu or Terraform: set CISCOPHONE_TOFU (make test builds one)")
	}
	t.Parallel()
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer, error){
			"ciscophone": func() (tfprotov6.ProviderServer, error) { return NewServer("test"), nil },
		},
		Steps: steps,
	})
}

// since skips a test of what CLIs have from release 1.minor on, the same in
// OpenTofu and Terraform.
func since(t *testing.T, minor int, what string) {
	t.Helper()
	if cliFound != "" && cliMinor < minor {
		t.Skipf("%s: not run: %s needs release 1.%d, and %s is 1.%d", t.Name(), what, minor, cliFound, cliMinor)
	}
}

// hcl fills the usual configuration; more goes into the resource.
func hcl(store, server, more string) string {
	return fmt.Sprintf(`
provider "ciscophone" {
  store = %q
}
resource "ciscophone_config" "a" {
  path                = "a.xml"
  scep_server         = %q
  root_ca_fingerprint = %q
  %s
}
`, store, server, fingerprint, more)
}

const resourceA = "ciscophone_config.a"

func changesAre(lines ...string) plancheck.PlanCheck {
	var checks []knownvalue.Check
	for _, l := range lines {
		checks = append(checks, knownvalue.StringRegexp(regexp.MustCompile("^"+regexp.QuoteMeta(l))))
	}
	return plancheck.ExpectKnownValue(resourceA, tfjsonpath.New("changes"), knownvalue.ListExact(checks))
}

func actionIs(a plancheck.ResourceActionType) plancheck.PlanCheck {
	return plancheck.ExpectResourceAction(resourceA, a)
}

func TestAcceptConfig(t *testing.T) {
	since(t, 11, "a write-only argument")
	dir := t.TempDir()
	file := write(t, dir, "a.xml", admin)
	more := `challenge_password_wo = "` + pearl + `"
  on_destroy = "delete"`
	var identity []statecheck.StateCheck
	if cliMinor >= 12 {
		identity = append(identity, statecheck.ExpectIdentity(resourceA, map[string]knownvalue.Check{"path": knownvalue.StringExact("a.xml")}))
	}
	pushed := func(want ...string) resource.TestCheckFunc {
		return func(*terraform.State) error {
			data, err := os.ReadFile(file)
			for _, w := range want {
				if err == nil && !strings.Contains(string(data), w) {
					err = fmt.Errorf("the file lacks %q:\n%s", w, data)
				}
			}
			return err
		}
	}
	accept(t,
		resource.TestStep{
			Config: hcl(dir, "http://one.example.net", more),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				actionIs(plancheck.ResourceActionCreate),
				changesAre(`CDC_Server_1_: added "http://one.example.net"`, "CDC_Root_CA_Fingerprint_1_: added", "CDC_Challenge_Password_1_: added (secret)"),
			}},
			ConfigStateChecks: identity,
			Check:             pushed("http://one.example.net", pearl, "<!-- lobby -->\r\n", "<Time_Zone/>"),
		},
		resource.TestStep{
			Config: hcl(dir, "http://two.example.net", more),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				actionIs(plancheck.ResourceActionUpdate),
				changesAre(`CDC_Server_1_: "http://one.example.net" -> "http://two.example.net"; the phone requests a new certificate`),
				plancheck.ExpectUnknownValue(resourceA, tfjsonpath.New("enrollment_id")),
			}},
			Check: pushed("http://two.example.net"),
		},
		resource.TestStep{ // a third plan is empty
			Config:           hcl(dir, "http://two.example.net", more),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		},
		resource.TestStep{ // drift of the password alone
			PreConfig: func() { write(t, dir, "a.xml", strings.Replace(content(t, file), pearl, "changed by hand", 1)) },
			Config:    hcl(dir, "http://two.example.net", more),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				actionIs(plancheck.ResourceActionUpdate), changesAre("CDC_Challenge_Password_1_: changed (secret)"),
			}},
			Check: pushed(pearl),
		},
		resource.TestStep{ // somebody deleted the file
			PreConfig: func() { os.Remove(file) },
			Config:    hcl(dir, "http://two.example.net", more),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				actionIs(plancheck.ResourceActionCreate),
			}},
			Check: pushed("http://two.example.net"),
		},
		resource.TestStep{ResourceName: resourceA, ImportState: true, ImportStateId: "a.xml", ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "path",
			ImportStateVerifyIgnore: []string{"challenge_password_wo", "on_destroy", "changes", "reenrolls", "revision", "enrollment_id"}},
	)
	if _, err := os.Stat(file); err == nil && cliFound != "" {
		t.Error("on_destroy = delete, but the file is there")
	}
}

// TestAcceptImportByIdentity needs Terraform 1.12 or OpenTofu 1.12. The import
// must be followed by no change.
func TestAcceptImportByIdentity(t *testing.T) {
	since(t, 12, "an identity")
	dir := t.TempDir()
	accept(t,
		resource.TestStep{Config: hcl(dir, "http://one.example.net", `challenge_password_wo = "`+pearl+`"`)},
		resource.TestStep{ResourceName: resourceA, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity},
	)
}

// TestAcceptFleet: one more phone is one line, and the fleet's plan is empty
// when nothing changed.
func TestAcceptFleet(t *testing.T) {
	since(t, 11, "a write-only argument")
	dir := t.TempDir()
	fleet := func(inventory string) string {
		return fmt.Sprintf(`
provider "ciscophone" {
  store = %q
}
resource "ciscophone_fleet" "a" {
  must_exist = false
  inventory             = <<-EOT
    %s
  EOT
  scep_server           = "http://one.example.net"
  root_ca_fingerprint   = %q
  challenge_password_wo = %q
  on_destroy            = "delete"
}
`, dir, strings.ReplaceAll(strings.TrimSpace(inventory), "\n", "\n    "), fingerprint, pearl)
	}
	planned := func(checks ...plancheck.PlanCheck) resource.ConfigPlanChecks {
		return resource.ConfigPlanChecks{PreApply: checks}
	}
	const one = "ciscophone_fleet.a"
	lines := func(first string) plancheck.PlanCheck {
		return plancheck.ExpectKnownValue(one, tfjsonpath.New("changes"), knownvalue.ListPartial(map[int]knownvalue.Check{0: knownvalue.StringExact(first)}))
	}
	accept(t,
		resource.TestStep{Config: fleet(phonesCSV), ConfigPlanChecks: planned(
			lines("SEP001A2B3C4D5E.xml: new file: 5 parameters"))},
		resource.TestStep{Config: fleet(phonesCSV), ConfigPlanChecks: planned(plancheck.ExpectEmptyPlan())},
		resource.TestStep{Config: fleet(phonesCSV + "001a2b3c4d61,8875,east,,\n"), ConfigPlanChecks: planned(
			lines("SEP001A2B3C4D61.xml: new file: 3 parameters"))},
	)
	if left, err := filepath.Glob(filepath.Join(dir, "[^.]*")); cliFound != "" && (err != nil || len(left) != 0) {
		t.Errorf("left after destroy: %v (%v)", left, err)
	}
}

func TestAcceptErrors(t *testing.T) {
	since(t, 8, "a provider's function")
	dir := t.TempDir()
	accept(t,
		resource.TestStep{Config: hcl(dir, "https://one.example.net", ""), ExpectError: regexp.MustCompile(`(?s)server.*https`)},
		resource.TestStep{Config: hcl(dir, "http://one.example.net", `common_name = "$NOSUCH"`), ExpectError: regexp.MustCompile(`NOSUCH`)},
		resource.TestStep{Config: hcl(filepath.Join(dir, "typo"), "http://one.example.net", ""), ExpectError: regexp.MustCompile(`does not\s+exist`)},
		resource.TestStep{Config: `output "a" { value = provider::ciscophone::common_name("9871", "00:1A", "") }`, ExpectError: regexp.MustCompile(`00:1A`)},
	)
}

func TestAcceptFunctions(t *testing.T) {
	since(t, 8, "a provider's function")
	accept(t, resource.TestStep{
		Config: `
output "cn" { value = provider::ciscophone::common_name("9871", "00:1A:2B:3C:4D:5E", "example.nl") }
output "render" { value = provider::ciscophone::render({ CDC_Server_1_ = "http://10.79.57.91" }) }
output "splice" { value = provider::ciscophone::splice("<flat-profile><A>1</A></flat-profile>", { A = "2" }) }
`,
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownOutputValue("cn", knownvalue.StringExact("CP-9871-SEP001A2B3C4D5E.example.nl")),
			statecheck.ExpectKnownOutputValue("render", knownvalue.StringExact("<flat-profile>\n<CDC_Server_1_ ua=\"na\">http://10.79.57.91</CDC_Server_1_>\n</flat-profile>\n")),
			statecheck.ExpectKnownOutputValue("splice", knownvalue.StringExact("<flat-profile><A>2</A></flat-profile>")),
		},
	})
}

// TestAcceptEnrollment has a phone whose certificate is there from the start;
// the phone that enrolls for real is in the end-to-end tests.
func TestAcceptEnrollment(t *testing.T) {
	a, p := newAuthority(t), newPage(t)
	p.show("fine", a.issue(phoneName, 0xa1), a.root)
	enrollment := func() string {
		return fmt.Sprintf(`
resource "ciscophone_enrollment" "a" {
  phone_url           = %q
  root_ca_fingerprint = %q
  common_name         = %q
  enrollment_id = "kept-1"
  timeouts = { create = "5s", update = "5s" }
}
`, p.srv.URL+"/", a.fingerprint(), phoneName)
	}
	serial := func(want string) []statecheck.StateCheck {
		return []statecheck.StateCheck{statecheck.ExpectKnownValue("ciscophone_enrollment.a", tfjsonpath.New("serial"), knownvalue.StringExact(want))}
	}
	accept(t,
		resource.TestStep{Config: enrollment(), ConfigStateChecks: serial("a1")},
		resource.TestStep{
			PreConfig:        func() { p.show("renewed", a.issue(phoneName, 0xa2), a.root) },
			Config:           enrollment(),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		},
		resource.TestStep{ResourceName: "ciscophone_enrollment.a", ImportState: true, ImportStateId: p.srv.URL + "/", ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "phone_url",
			ImportStateVerifyIgnore: []string{"common_name", "enrollment_id", "root_ca_fingerprint", "root_fingerprint", "timeouts", "verified"}},
	)
}
