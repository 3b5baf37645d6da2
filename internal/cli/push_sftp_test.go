// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/sshd"
)

// TestPushSFTP pushes to a real server, which is known or not let in.
func TestPushSFTP(t *testing.T) {
	t.Parallel()
	d := sshd.Start(t)
	dir := t.TempDir()
	for name, text := range map[string]string{"phones.csv": "mac,model\n001A2B3C4D5E,9871\n", "base.xml": "<flat-profile>\n</flat-profile>\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		known, says string
		status      int
	}{
		{filepath.Join(dir, "phones.csv"), "nothing was written", term.ExitInternal}, // no host keys
		{d.Known, "1 file written", term.ExitClean},
		{d.Known, "0 files written, 1 as they should be already", term.ExitClean},
	} {
		var out, errs bytes.Buffer
		status := Run(t.Context(), []string{"push", "--inventory", filepath.Join(dir, "phones.csv"), "--template", filepath.Join(dir, "base.xml"),
			"--store", d.URL(d.Root), "--identity", d.Key, "--known-hosts", c.known}, strings.NewReader(""), &out, &errs)
		if status != c.status || !strings.Contains(errs.String(), c.says) {
			t.Errorf("status %d: %s\nwant %d and %q", status, errs.String(), c.status, c.says)
		}
	}
	if data, err := os.ReadFile(filepath.Join(d.Root, "SEP001A2B3C4D5E.xml")); err != nil || string(data) != "<flat-profile>\n</flat-profile>\n" {
		t.Errorf("%v %s", err, data)
	}
}
