// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// testdata/err holds for each rule a document, RULE.xml, and all that is said
// about it under the settings of the rule's examples, RULE.out. -update writes the
// .out files, and a .xml file from the rule's bad example where there is none.
func TestGolden(t *testing.T) {
	t.Parallel()
	const dir = "testdata/err"
	if *update {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	known := map[string]bool{}
	for _, r := range Rules() {
		known[r.ID+".xml"], known[r.ID+".out"] = true, true
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			in, out := filepath.Join(dir, r.ID+".xml"), filepath.Join(dir, r.ID+".out")
			text, err := os.ReadFile(in)
			if err != nil && *update {
				text = []byte(profile(r.Bad))
				err = os.WriteFile(in, text, 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
			d := parse(t, string(text))
			got := listing(d, Document(d, r.with))
			if !strings.Contains(got, "["+r.ID+"]") {
				t.Errorf("%s does not break the rule:\n%s", in, got)
			}
			if *update {
				if err := os.WriteFile(out, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(out)
			if err != nil || got != string(want) {
				t.Errorf("got\n%s\nwant (%v)\n%s", got, err, want)
			}
		})
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !known[e.Name()] && !*update {
			t.Errorf("%s/%s belongs to no rule", dir, e.Name())
		}
	}
}

// listing writes problems as goldens have them: where, what, and the very bytes.
func listing(d *cfgxml.Document, problems []Problem) string {
	var b strings.Builder
	for _, p := range problems {
		from, to := d.Position(p.Start), d.Position(p.End)
		fmt.Fprintf(&b, "%d:%d-%d:%d: %s\n", from.Line, from.Column, to.Line, to.Column, p.String())
		if p.Hint != "" {
			fmt.Fprintf(&b, "  hint: %s\n", p.Hint)
		}
		fmt.Fprintf(&b, "  at: %.80q\n", d.Bytes()[p.Start:p.End])
	}
	return b.String()
}
