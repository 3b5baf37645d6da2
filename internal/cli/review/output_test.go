// SPDX-License-Identifier: MPL-2.0

package review

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// TestWorkflowCommands: the name of a file is no command to GitHub.
func TestWorkflowCommands(t *testing.T) {
	t.Parallel()
	f := Finding{File: "::stop-commands::x\n::error::y", Problem: validate.Problem{Rule: "r", Message: "m"}}
	if got := harmless(place(f)); strings.HasPrefix(got, ":") || strings.Contains(got, "\n") {
		t.Errorf("%q", got)
	}
	if got := annotation(f); strings.Contains(got, "\n") || strings.Count(got, "::") != 2 {
		t.Errorf("%q", got)
	}
}

// TestSARIFLimit: of more results than GitHub takes, as many as it takes are
// written, and the log says that some are not.
func TestSARIFLimit(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	o := &sarifOutput{app: &term.App{Stdout: &out, Stderr: &errs, Getenv: os.Getenv}, limit: 3}
	warning := Finding{Problem: validate.Problem{Rule: "non-ascii", Severity: validate.Warning, Message: "m"}, File: "a.xml"}
	rest := warning
	rest.more = 5
	for _, findings := range [][]Finding{{warning, warning}, {warning, warning, rest}} {
		if err := o.write(Result{File: "a.xml", findings: findings}); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.flush(); err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	if err := json.Unmarshal(out.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	notes := log.Runs[0].Invocations[0]
	const want = "6 findings are left out: code scanning takes no log with more than 3 results"
	if n := len(log.Runs[0].Results); n != 3 || !notes.ExecutionSuccessful || len(notes.ToolExecutionNotifications) != 1 || notes.ToolExecutionNotifications[0].Message.Text != want {
		t.Errorf("%d results, %+v", n, notes)
	}
	if !strings.Contains(errs.String(), want) {
		t.Errorf("says %q", errs.String())
	}
}
