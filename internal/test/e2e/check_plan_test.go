// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestCheckPlan: what cfgxml check-plan tells of a plan that a real CLI made with
// this provider.
func TestCheckPlan(t *testing.T) {
	t.Parallel()
	w := newWork(t, "quickstart")
	w.needs(8, functions)
	info := startLab(t, 2, time.Minute).Info()
	w.variables(quickstart(info))
	check := w.checkPlan()
	status, out := check()
	if status != 1 {
		t.Errorf("check-plan: status %d, want 1", status)
	}
	for _, want := range []string{
		"2 phones re-enroll; 2 resources change\n",
		`ciscophone_config.phone["` + info.Phones[0].Name + `"] (` + info.Phones[0].Config + "): create, re-enrolls\n",
		`CDC_Server_1_: added "` + info.SCEPURL + `"; the phone requests a new certificate`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("check-plan does not say %q:\n%s", want, out)
		}
	}
}

// checkPlan builds cfgxml and returns what shows a plan with the given arguments to
// it.
func (w *work) checkPlan() func(args ...string) (status int, out string) {
	w.t.Helper()
	program := filepath.Join(w.t.TempDir(), "cfgxml")
	if out, err := exec.CommandContext(w.t.Context(), "go", "build", "-buildvcs=false", "-o", program, "../../../cmd/cfgxml").CombinedOutput(); err != nil {
		w.t.Fatalf("%v\n%s", err, out)
	}
	return func(args ...string) (int, string) {
		w.t.Helper()
		w.plan(append(args, "-out=checked.plan")...)
		file := filepath.Join(w.dir, "checked.json")
		if err := os.WriteFile(file, []byte(w.ok("show", "-json", "checked.plan")), 0o600); err != nil {
			w.t.Fatal(err)
		}
		out, err := exec.CommandContext(w.t.Context(), program, "check-plan", file).CombinedOutput()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			w.t.Fatal(err)
		}
		if exit == nil {
			return 0, string(out)
		}
		return exit.ExitCode(), string(out)
	}
}

// TestCheckPlanCountsLosses: what on_destroy would clear or delete is a finding, and
// what a replacement writes again in place is none.
func TestCheckPlanCountsLosses(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"text", "file"} {
		t.Run(from, func(t *testing.T) {
			t.Parallel()
			countsLosses(t, from)
		})
	}
}

func countsLosses(t *testing.T, from string) {
	w := newWork(t, "")
	store := t.TempDir()
	configure := func(how string, phones ...string) {
		inventory := fmt.Sprintf(`inventory = "mac,model\n%s"`, strings.Join(phones, ""))
		if from == "file" {
			w.write("phones.csv", "mac,model\n"+strings.ReplaceAll(strings.Join(phones, ""), `\n`, "\n"))
			inventory = `inventory_file = abspath("phones.csv")`
		}
		w.write("main.tf", head(store)+fmt.Sprintf(`resource "ciscophone_fleet" "all" {
  must_exist = false
  %s
  scep_server         = "http://scep.example.net/scep"
  root_ca_fingerprint = %q
  on_destroy          = %q
}
`, inventory, rootFingerprint, how))
	}
	const a, b, c = `001A2B3C4D01,9841\n`, `001A2B3C4D02,9841\n`, `001A2B3C4D03,9841\n`
	check := w.checkPlan()
	for _, how := range []string{"delete", "clear", "keep"} {
		configure(how, a, b, c)
		w.apply()
		lost := func(n int) string { return fmt.Sprintf("%d files %sed", n, strings.TrimSuffix(how, "e")) }
		for _, step := range []struct {
			name string
			args []string
			rows []string
			lost int
		}{
			{"nothing changes", nil, []string{a, b, c}, 0},
			{"two leave", nil, []string{a}, 2},
			{"destroy", []string{"-destroy"}, []string{a, b, c}, 3},
			{"replace", []string{"-replace=ciscophone_fleet.all"}, []string{a, b, c}, 0},
			{"replace, two leave", []string{"-replace=ciscophone_fleet.all"}, []string{c}, 2},
		} {
			configure(how, step.rows...)
			status, out := check(step.args...)
			want := step.lost
			if how == "keep" {
				want = 0
			}
			if strings.Contains(out, lost(want)) != (want > 0) || want > 0 && status != 1 || strings.Contains(out, "file deleted") {
				t.Errorf("%s, %s: status %d, want %d files\n%s", how, step.name, status, want, out)
			}
			if want == 0 && strings.Contains(out, " files ") && (strings.Contains(out, "deleted") || strings.Contains(out, "cleared")) {
				t.Errorf("%s, %s: nothing is lost\n%s", how, step.name, out)
			}
		}
	}
}
