// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

var update = flag.Bool("update", false, "write docs/rules and the golden files from what the rules say now")

// profile wraps lines into a document.
func profile(lines string) string {
	if strings.Contains(lines, "<flat-profile") {
		return lines
	}
	return "<flat-profile>\n" + lines + "\n</flat-profile>\n"
}

func parse(t testing.TB, text string, opts ...cfgxml.Option) *cfgxml.Document {
	t.Helper()
	d, err := cfgxml.Parse([]byte(text), opts...)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return d
}

func byRule(problems []Problem, id string) []Problem {
	return slices.DeleteFunc(slices.Clone(problems), func(p Problem) bool { return p.Rule != id })
}

// Every rule reports its bad example and not its good one.
func TestRuleExamples(t *testing.T) {
	t.Parallel()
	for _, r := range Rules() {
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			if r.Bad == "" || r.Good == "" {
				t.Fatal("a rule needs a bad and a good example")
			}
			all := check(t, r, r.Bad)
			bad := byRule(all, r.ID)
			if len(bad) == 0 {
				t.Errorf("the bad example is not reported; it gives %v", all)
			}
			for _, p := range bad {
				if p.Severity != r.Severity {
					t.Errorf("the example is reported as %s, the rule says %s", p.Severity, r.Severity)
				}
			}
			other := check(t, r, r.Good)
			if good := byRule(other, r.ID); len(good) != 0 {
				t.Errorf("the good example is reported: %v", good)
			}
			// Nor may the good example trade one problem for another. Lines of one
			// CDC parameter lack the others.
			for _, p := range other {
				if p.Severity > Info && !strings.HasSuffix(p.Rule, "-missing") && !strings.HasSuffix(p.Rule, "-without-server") {
					t.Errorf("the good example has another problem: %v", p)
				}
			}
		})
	}
}

// check applies all rules to one of the rule's examples.
func check(t testing.TB, r Rule, lines string) []Problem {
	t.Helper()
	return Document(parse(t, profile(lines)), r.with)
}

func TestRulesAreComplete(t *testing.T) {
	t.Parallel()
	id := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seen := map[string]bool{}
	for _, r := range Rules() {
		if !id.MatchString(r.ID) || seen[r.ID] {
			t.Errorf("rule id %q is not of the form word-word or stands twice", r.ID)
		}
		seen[r.ID] = true
		if r.Severity < Info || r.Severity > Error || r.Summary == "" || r.Why == "" {
			t.Errorf("%s: severity, summary or reason is missing", r.ID)
		}
		if strings.HasSuffix(r.Summary, ".") || strings.ContainsRune(r.Summary, '\n') {
			t.Errorf("%s: the summary is one line without a full stop", r.ID)
		}
		if got, ok := RuleByID(r.ID); !ok || got.Summary != r.Summary {
			t.Errorf("RuleByID(%q) does not find it", r.ID)
		}
	}
	if len(seen) < 35 {
		t.Errorf("%d rules, want at least 35", len(seen))
	}
	if _, ok := RuleByID("no-such-rule"); ok {
		t.Error("RuleByID finds a rule that does not exist")
	}
}

const docs = "../docs/rules"

// docs/rules holds one page for each rule and nothing else, each as the rule
// says. -update writes them.
func TestRulePages(t *testing.T) {
	t.Parallel()
	want := map[string]string{"README.md": index()}
	for _, r := range Rules() {
		want[r.ID+".md"] = page(t, r)
	}
	if *update {
		if err := os.MkdirAll(docs, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range want {
			if err := os.WriteFile(filepath.Join(docs, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	entries, err := os.ReadDir(docs)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, ok := want[e.Name()]; !ok {
			t.Errorf("%s/%s belongs to no rule", docs, e.Name())
		}
	}
	for name, text := range want {
		got, err := os.ReadFile(filepath.Join(docs, name))
		if err != nil || string(got) != text {
			t.Errorf("%s/%s is not what the rule says (%v): run go test ./validate -update", docs, name, err)
		}
	}
}

func page(t testing.TB, r Rule) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!-- Written from package validate by: go test ./validate -update -->\n# %s\n\n", r.ID)
	fmt.Fprintf(&b, "**%s**: %s.\n\n%s\n\n", r.Severity, r.Summary, strings.TrimSpace(r.Why))
	fmt.Fprintf(&b, "Source (%s): %s.\n\n", r.Source.Basis, r.Source.Text)
	setting := ""
	if r.withWords != "" {
		setting = ", " + r.withWords
	}
	fmt.Fprintf(&b, "Reported%s:\n\n```xml\n%s\n```\n\n", setting, r.Bad)
	for _, p := range byRule(check(t, r, r.Bad), r.ID) {
		fmt.Fprintf(&b, "> %s: %s  \n", p.Severity, p.Message)
		if p.Hint != "" {
			fmt.Fprintf(&b, "> hint: %s\n", p.Hint)
		}
	}
	fmt.Fprintf(&b, "\nRight:\n\n```xml\n%s\n```\n\n", r.Good)
	if r.Ignorable {
		fmt.Fprintf(&b, "To keep it as it is, give a reason on the line or the line before: `<!-- cfgxml:ignore %s reason -->`.\n", r.ID)
	} else {
		b.WriteString("This rule cannot be ignored or disabled.\n")
	}
	if r.Fixable {
		b.WriteString("\nThe right value follows from the wrong one: the problem carries a fix.\n")
	}
	return b.String()
}

func index() string {
	var b strings.Builder
	b.WriteString("<!-- Written from package validate by: go test ./validate -update -->\n# Rules\n\n| rule | severity | finds |\n|---|---|---|\n")
	for _, r := range Rules() {
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s |\n", r.ID, r.ID, r.Severity, strings.ReplaceAll(r.Summary, "|", `\|`))
	}
	return b.String()
}
