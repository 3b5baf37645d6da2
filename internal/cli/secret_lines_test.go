// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
)

// TestSecretOfTwoLines: a file that holds more than the password is the wrong
// file; no CA and no phone takes a password with a line break.
func TestSecretOfTwoLines(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "challenge")
	if err := os.WriteFile(file, []byte("Geheim-12\r\nnext\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"set", "-", "--secret", "CDC_Challenge_Password_1_=@" + file},
		{"enroll", "http://127.0.0.1:1/scep", "--fingerprint", strings.Repeat("ab", 32), "--common-name", "x", "--challenge", "@" + file, "-o", filepath.Join(t.TempDir(), "x.pem")},
	} {
		var out, errs bytes.Buffer
		status := Run(t.Context(), args, strings.NewReader("<flat-profile/>"), &out, &errs)
		if status != term.ExitUsage || !strings.Contains(errs.String(), "more than one line") || strings.Contains(errs.String(), "Geheim") {
			t.Errorf("%q: status %d, says %q", args[0], status, errs.String())
		}
	}
}
