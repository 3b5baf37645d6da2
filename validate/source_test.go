// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
)

// Each rule names what it rests on, and is no more severe than that carries.
func TestSeverityFollowsSource(t *testing.T) {
	t.Parallel()
	for _, r := range Rules() {
		if r.Source.Text == "" || strings.ContainsAny(r.Source.Text, "\n") || strings.HasSuffix(r.Source.Text, ".") {
			t.Errorf("%s: source %q, want one line without a full stop", r.ID, r.Source.Text)
		}
		if most := r.Source.Basis.Most(); r.Severity > most {
			t.Errorf("%s is %s, but %s carries %s at most", r.ID, r.Severity, r.Source.Basis, most)
		}
		if r.Source.Basis == Site && r.ID != ruleServerAllowed.ID {
			t.Errorf("%s: only a rule about the site's settings rests on them", r.ID)
		}
		if r.Source.Basis == Documented && !strings.ContainsAny(r.Source.Text, "CRNMX") { // Cisco, RFC, NIST, Microsoft, XML
			t.Errorf("%s: documented by %q, which names no document", r.ID, r.Source.Text)
		}
		if strings.Contains(r.Why, "o public page says") || strings.Contains(r.Why, "o page says") {
			if r.Severity == Error && !r.Source.isDocument() {
				t.Errorf("%s is an error, and says that no page says so", r.ID)
			}
		}
		if r.Severity == Error && r.Source.Basis == Guard && r.Ignorable {
			t.Errorf("%s guards something, and can be ignored", r.ID)
		}
	}
	if Basis(9).String() != "unknown" || Advice.String() != "advice" || Basis(-1).String() != "unknown" {
		t.Error("names of bases are wrong")
	}
	for basis, most := range map[Basis]Severity{Site: Error, Documented: Error, Inferred: Warning, Advice: Info, Guard: Error} {
		if basis.Most() != most {
			t.Errorf("%s: at most %s, want %s", basis, basis.Most(), most)
		}
	}
}

func (s Source) isDocument() bool { return s.Basis == Documented }

// A rule is one object: it has a check, and looks at parameters that there are.
func TestRulesHaveChecks(t *testing.T) {
	t.Parallel()
	ofComments := map[string]bool{ruleIgnoreComment.ID: true, ruleIgnoreUnused.ID: true, ruleIgnoreRefused.ID: true}
	for _, r := range Rules() {
		has := r.Value != nil || r.Check != nil || r.tag != nil || r.stranger != nil || r.document != nil || r.again != nil
		if has == ofComments[r.ID] {
			t.Errorf("%s: has a check: %v", r.ID, has)
		}
		if r.Value != nil && r.of == nil && len(r.Params) == 0 {
			t.Errorf("%s looks at no parameter", r.ID)
		}
		for _, param := range r.Params {
			if _, ok := catalog.Lookup(param); !ok {
				t.Errorf("%s looks at %s, which is not in the catalog", r.ID, param)
			}
		}
	}
}
