// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
)

// TestInterruptedWhileReading: an interrupt ends waiting for standard input, and
// is said once.
func TestInterruptedWhileReading(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"lint", "-"}, {"fmt"}, {"get", "-", "Station_Name"}, {"set", "-", "Station_Name=x"},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		r, w := io.Pipe()
		defer w.Close()
		var out, errs bytes.Buffer
		status := make(chan int, 1)
		go func() { status <- Run(ctx, args, r, &out, &errs) }()
		time.AfterFunc(50*time.Millisecond, cancel)
		select {
		case s := <-status:
			if s != term.ExitInternal || strings.Count(errs.String(), "interrupted") != 1 {
				t.Errorf("%q: status %d, says %q", args, s, errs.String())
			}
		case <-time.After(time.Minute):
			t.Fatalf("%q does not heed the interrupt", args)
		}
	}
}
