// SPDX-License-Identifier: MPL-2.0

package repo_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

var metric = regexp.MustCompile(`ciscophone_[a-z_]+`)

// TestMonitoring: what examples/monitoring/verify.sh writes has every figure that
// the alerts ask for, also where a source cannot be read; a file that is there
// stays where the command line is wrong.
func TestMonitoring(t *testing.T) {
	t.Parallel()
	atRoot(t)
	shell, bin, dir := peer.Program(t, "sh"), buildCommand(t), t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	to := filepath.Join(dir, "figures.prom")
	script := func(inventory string) error {
		cmd := exec.Command(shell, "examples/monitoring/verify.sh")
		cmd.Env = append(os.Environ(), "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"), "INVENTORY="+inventory, "TO="+to,
			"INDEX="+file("index.txt", "V\t270927112008Z\t\t01\tunknown\t/CN=CP-9871-SEP001A2B3C4D5E\n"), "RADIUS_LOG="+filepath.Join(dir, "absent"))
		return cmd.Run()
	}
	if err := script(file("phones.csv", "mac,model\n001A2B3C4D5E,9871\n")); err != nil {
		t.Fatal(err)
	}
	figures, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	has := map[string]bool{}
	for _, name := range metric.FindAllString(string(figures), -1) {
		has[name] = true
	}
	data, err := os.ReadFile("examples/monitoring/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	var rules struct {
		Groups []struct {
			Rules []struct{ Alert, Expr string }
		}
	}
	if err := yaml.Unmarshal(data, &rules); err != nil || len(rules.Groups) == 0 {
		t.Fatal(err)
	}
	for _, r := range rules.Groups[0].Rules {
		names := metric.FindAllString(r.Expr, -1)
		if len(names) == 0 {
			t.Errorf("%s asks for no figure", r.Alert)
		}
		for _, name := range names {
			if !has[name] {
				t.Errorf("%s asks for %s, which nobody writes", r.Alert, name)
			}
		}
		for _, verdict := range regexp.MustCompile(`verdict=~?"([^"]*)"`).FindAllStringSubmatch(r.Expr, -1) {
			for v := range strings.SplitSeq(verdict[1], "|") {
				if !strings.Contains(string(figures), `ciscophone_phones{verdict="`+v+`"}`) {
					t.Errorf("%s asks for the verdict %q, which does not exist", r.Alert, v)
				}
			}
		}
	}
	if err := script(filepath.Join(dir, "no.csv")); err == nil {
		t.Error("an inventory that is not there is no failure")
	}
	if after, err := os.ReadFile(to); err != nil || string(after) != string(figures) {
		t.Errorf("the figures are gone: %v", err)
	}
	if promtool, err := exec.LookPath("promtool"); err == nil {
		if out, err := exec.Command(promtool, "check", "rules", "examples/monitoring/alerts.yml").CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
}
