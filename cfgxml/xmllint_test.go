// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// What Parse accepts is well-formed to libxml2, and what Parse refuses is not,
// except where a phone takes less than XML allows (wellFormed in the vectors).
func TestVectorsAgainstXmllint(t *testing.T) {
	tool := peer.Program(t, "xmllint")
	t.Parallel()
	dir := t.TempDir()
	var good []string
	for _, v := range loadVectors[scanVector](t, "scan.json") {
		if len(v.Options) > 0 {
			continue
		}
		file := filepath.Join(dir, v.fileName())
		if err := os.WriteFile(file, v.bytes(t), 0o600); err != nil {
			t.Fatal(err)
		}
		if v.Error == nil || v.WellFormed {
			good = append(good, file)
			continue
		}
		if exec.Command(tool, "--noout", file).Run() == nil {
			t.Errorf("%s: xmllint accepts %q", v.Name, v.bytes(t))
		}
	}
	var out bytes.Buffer
	cmd := exec.Command(tool, append([]string{"--noout"}, good...)...)
	cmd.Stderr = &out
	if err := cmd.Run(); err != nil {
		t.Errorf("xmllint refuses a vector: %v\n%s", err, out.String())
	}
}
