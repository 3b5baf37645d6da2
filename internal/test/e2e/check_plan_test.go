// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"errors"
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
	w.plan("-out=first.plan")
	file := filepath.Join(w.dir, "first.json")
	if err := os.WriteFile(file, []byte(w.ok("show", "-json", "first.plan")), 0o600); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "cfgxml")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", program, "../../../cmd/cfgxml").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.CommandContext(t.Context(), program, "check-plan", file).CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("check-plan: %v, want status 1", err)
	}
	for _, want := range []string{
		"2 phones re-enroll; 2 resources change\n",
		`ciscophone_config.phone["` + info.Phones[0].Name + `"] (` + info.Phones[0].Config + "): create, re-enrolls\n",
		`CDC_Server_1_: added "` + info.SCEPURL + `"; the phone requests a new certificate`,
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("check-plan does not say %q:\n%s", want, out)
		}
	}
}
