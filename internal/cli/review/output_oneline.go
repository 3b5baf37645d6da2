// SPDX-License-Identifier: MPL-2.0

package review

import (
	"bufio"
	"fmt"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
)

// onelineOutput is one line for each finding, the form that editors and
// compilers share: FILE:LINE:COLUMN: SEVERITY: MESSAGE [RULE].
type onelineOutput struct{ w *bufio.Writer }

func newOnelineOutput(a *term.App) output { return &onelineOutput{bufio.NewWriter(a.Stdout)} }

func (o *onelineOutput) write(r Result) error {
	for _, f := range r.findings {
		fmt.Fprintf(o.w, "%s: %s: %s [%s]\n", place(f), f.Severity, f.Message, f.Rule)
	}
	return o.w.Flush()
}

func (o *onelineOutput) flush() error { return o.w.Flush() }
