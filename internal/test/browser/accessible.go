// SPDX-License-Identifier: MPL-2.0

package browser

import (
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// axe is the source of axe-core, the engine that accessibility testers use. The
// file comes from npm, see tools/axe.
func axe(t testing.TB) string {
	t.Helper()
	path := os.Getenv("CISCOPHONE_AXE")
	if path == "" {
		if peer.Required() {
			peer.Missing(t, "CISCOPHONE_AXE")
		}
		t.Log("accessibility by axe-core: not run: CISCOPHONE_AXE names no axe.min.js")
		return ""
	}
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}

// Accessible judges the page that is open: by the tree that Chromium gives to
// screen readers everything a person can act on has a name, and there is one
// main heading; by axe-core the page keeps WCAG 2.2 AA and the engine's best
// practices, contrast of colors included; and nothing is wider than the window.
func (b *Tab) Accessible() {
	b.t.Helper()
	where := Eval[string](b, "location.pathname + ' at ' + innerWidth + ' px'")
	for _, f := range b.Unnamed() {
		b.t.Errorf("%s: %s", where, f)
	}
	for _, f := range b.Violations() {
		b.t.Errorf("%s: %s", where, f)
	}
	if wide := Eval[int](b, "document.documentElement.scrollWidth - innerWidth"); wide > 0 {
		b.t.Errorf("%s: the page is %d px wider than its window", where, wide)
	}
}

// acted are the roles whose name a person must hear.
var acted = map[string]bool{
	"textbox": true, "button": true, "link": true, "combobox": true, "checkbox": true, "radio": true, "meter": true,
	"table": true, "group": true, "heading": true, "region": true, "navigation": true, "RootWebArea": true, "option": true,
}

// Unnamed gives what a screen reader could not name.
func (b *Tab) Unnamed() []string {
	b.t.Helper()
	tree, err := chromedp.Call(b.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		b.t.Fatalf("browser: %v", err)
	}
	var found []string
	headings, mains := 0, 0
	for _, n := range tree.Nodes {
		if n.Ignored || n.Role == nil {
			continue
		}
		role := text(n.Role)
		switch role {
		case "heading":
			for _, p := range n.Properties {
				if p.Name == "level" && text(p.Value) == "1" {
					headings++
				}
			}
		case "main":
			mains++
		}
		if acted[role] && strings.TrimSpace(text(n.Name)) == "" {
			found = append(found, "a "+role+" has no name")
		}
	}
	if headings != 1 || mains != 1 {
		found = append(found, "there is not exactly one heading of level 1 and one main part")
	}
	return found
}

// text is the value of a property, without the quotes of JSON.
func text(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	return strings.Trim(string(v.Value), `"`)
}

// Violations gives what axe-core finds, one line each; nothing without it.
func (b *Tab) Violations() []string {
	b.t.Helper()
	if b.axe == "" {
		return nil
	}
	if !Eval[bool](b, "typeof axe === 'object'") {
		b.do(chromedp.Evaluate[chromedp.Void](b.axe + ";undefined"))
	}
	return Eval[[]string](b, `axe.run(document, {resultTypes: ["violations"]}).then(r =>
		r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + v.help + ": " + n.target.join(" ") + ": " + n.failureSummary.replace(/\s+/g, " "))))`)
}

// Announces fails unless a live region of the page holds text: what a screen
// reader speaks without being asked.
func (b *Tab) Announces(text string) {
	b.t.Helper()
	got := Eval[string](b, "[...document.querySelectorAll('[role=status],[role=alert],[aria-live]')].map(e => e.innerText).join('|')")
	if !strings.Contains(got, text) {
		b.t.Errorf("the page announces %q, want %q", got, text)
	}
}
