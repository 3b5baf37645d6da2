// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
)

// TestSetAtOnce: of many who change one file at once each sees its change in
// the file or is told that it is not.
func TestSetAtOnce(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a.xml")
	if err := os.WriteFile(file, []byte("<flat-profile>\n</flat-profile>\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const n = 16
	var wg sync.WaitGroup
	var status [n]int
	var says [n]bytes.Buffer
	for i := range n {
		wg.Go(func() {
			var out bytes.Buffer
			status[i] = Run(t.Context(), []string{"set", file, "-w", fmt.Sprintf("GPP_%c=%d", 'A'+i, i)}, strings.NewReader(""), &out, &says[i])
		})
	}
	wg.Wait()
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		in := strings.Contains(string(got), fmt.Sprintf("<GPP_%c", 'A'+i))
		if ok := status[i] == term.ExitClean; ok != in {
			t.Errorf("change %d: status %d, says %q, in the file: %v", i, status[i], says[i].String(), in)
		}
	}
}
