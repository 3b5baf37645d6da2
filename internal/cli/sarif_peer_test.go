// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"cmp"
	"encoding/json"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// validatorSettings keep Microsoft's validator from asking for every address
// in the log whether it can be reached.
const validatorSettings = `<?xml version="1.0" encoding="utf-8"?>
<Properties>
  <Properties Key="SARIF2006.UrisShouldBeReachable.Options">
    <Property Key="RuleEnabled" Value="Disabled" />
  </Properties>
</Properties>
`

// TestSARIFByMicrosoft: the validator of the SARIF SDK has no error and no
// warning, neither by the standard nor by what GitHub's code scanning asks for
// beyond it. Its notes are advice that does not fit: a rule's id there is "CS2001".
func TestSARIFByMicrosoft(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("SARIF by Microsoft's validator: not run: it is built for linux/amd64")
	}
	validator := peer.Built(t, "CISCOPHONE_SARIF")
	dir := t.TempDir()
	for name, text := range map[string]string{
		"settings.xml": validatorSettings, "in/odd name%.xml": "<flat-profile>\n\t<Station_Name>東京😀</Station_Name><CDC_Server_1_>https://x/</CDC_Server_1_>\n</flat-profile>\n",
		"in/fix.xml": "<flat-profile>\n<CDC_Servr_1_>http://192.0.2.1/</CDC_Servr_1_>\n</flat-profile>\n", "in/broken.xml": "<flat-profile>", "in/clean.xml": cleanPhone,
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	lint := exec.Command("cfgxml", "lint", "--format", "sarif", "--min-severity", "info", "in", "nowhere.xml")
	lint.Dir = dir
	log, err := lint.Output()
	if got := exitCode(t, err); got != term.ExitInternal {
		t.Fatalf("status %d", got)
	}
	var without map[string]any
	if err := json.Unmarshal(log, &without); err != nil {
		t.Fatal(err)
	}
	driver := without["runs"].([]any)[0].(map[string]any)["tool"].(map[string]any)["driver"].(map[string]any)
	for _, r := range driver["rules"].([]any) {
		delete(r.(map[string]any), "help")
	}
	worse, err := json.Marshal(without)
	if err != nil {
		t.Fatal(err)
	}
	problems := validateSARIF(t, validator, dir, map[string][]byte{"log.sarif": log, "without-help.sarif": worse})
	if len(problems["log.sarif"]) > 0 {
		t.Errorf("%q\n%s", problems["log.sarif"], log)
	}
	if len(problems["without-help.sarif"]) == 0 { // it would find something
		t.Error("rules without help, which GitHub asks for, are not found")
	}
}

// validateSARIF gives what the validator has of errors and warnings, by the
// names of the logs.
func validateSARIF(t *testing.T, validator, dir string, logs map[string][]byte) (problems map[string][]string) {
	t.Helper()
	out := filepath.Join(dir, "validated.sarif")
	args := []string{"validate", "--config", filepath.Join(dir, "settings.xml"), "--rule-kind", "Sarif;Ghas", "--output", out}
	for name, log := range logs {
		args = append(args, filepath.Join(dir, name))
		if err := os.WriteFile(filepath.Join(dir, name), log, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(validator, 0o755); err != nil { // npm runs no script that would
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), validator, args...)
	cmd.Env = append(os.Environ(), "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1") // no ICU is needed
	text, err := cmd.CombinedOutput()
	data, readErr := os.ReadFile(out)
	if readErr != nil {
		t.Fatalf("the validator: %v\n%s", err, text)
	}
	var validated sarifRead
	if err := json.Unmarshal(data, &validated); err != nil {
		t.Fatal(err)
	}
	problems = map[string][]string{}
	for _, r := range validated.Runs[0].Results {
		if r.Level != "note" {
			file := path.Base(r.Locations[0].PhysicalLocation.ArtifactLocation.URI)
			problems[file] = append(problems[file], cmp.Or(r.Level, "warning")+" "+r.RuleID)
		}
	}
	return problems
}
