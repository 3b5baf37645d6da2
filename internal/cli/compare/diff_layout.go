// SPDX-License-Identifier: MPL-2.0

package compare

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// A waiverChange is an ignore comment that one side has and the other has not:
// from then on, or no longer, a finding is not shown.
type waiverChange struct {
	Kind   string   `json:"kind"` // added or removed
	Rules  []string `json:"rules"`
	Reason string   `json:"reason"`
	File   bool     `json:"whole_file,omitempty"`
	line   int      // in the document that has it
}

// String is "waiver added for cdc-server-scheme: our proxy".
func (w waiverChange) String() string {
	rules := strings.Join(w.Rules, ", ")
	if w.File {
		rules += " in the whole file"
	}
	return foreign.Text(fmt.Sprintf("waiver %s for %s: %s", w.Kind, rules, w.Reason))
}

// A layoutDiff is what differs between two documents besides parameters.
type layoutDiff struct {
	waivers []waiverChange
	notes   []string // what else differs, in words
}

// compareLayout looks at what a comparison by parameter passes over.
func compareLayout(old, new *cfgxml.Document) layoutDiff {
	var l layoutDiff
	if bytes.Equal(old.Bytes(), new.Bytes()) {
		return l
	}
	before, after := commentsOf(old), commentsOf(new)
	removed := l.addWaivers("removed", before, after)
	added := l.addWaivers("added", after, before)
	slices.SortStableFunc(l.waivers, func(a, b waiverChange) int { return cmp.Compare(a.line, b.line) })
	if added > 0 {
		l.notes = append(l.notes, term.Count(added, "comment")+" added")
	}
	if removed > 0 {
		l.notes = append(l.notes, term.Count(removed, "comment")+" removed")
	}
	if n := otherAttributes(old, new); n > 0 {
		l.notes = append(l.notes, "attributes of "+term.Count(n, "parameter")+" differ")
	}
	if !sameOrder(old, new) {
		l.notes = append(l.notes, "re-ordered")
	}
	if a, b := lineEnds(old.Bytes()), lineEnds(new.Bytes()); a != b {
		l.notes = append(l.notes, fmt.Sprintf("line ends %s instead of %s", b, a))
	}
	return l
}

// summary says in one line what differs where no parameter does.
func (l layoutDiff) summary() string {
	var parts []string
	for _, kind := range []string{"added", "removed"} {
		var rules []string
		n := 0
		for _, w := range l.waivers {
			if w.Kind == kind {
				n++
				rules = append(rules, w.Rules...)
			}
		}
		if n > 0 {
			parts = append(parts, foreign.Text(fmt.Sprintf("%s %s (%s)", term.Count(n, "ignore comment"), kind, strings.Join(rules, ", "))))
		}
	}
	parts = append(parts, l.notes...)
	if len(parts) == 0 {
		return "layout only"
	}
	return "no parameter differs; " + strings.Join(parts, ", ")
}

// comments are the comments of a document by their text, with the line of each.
type comments map[string][]int

func commentsOf(d *cfgxml.Document) comments {
	out := comments{}
	for c := range d.Comments() {
		text := strings.Join(strings.Fields(c.Text), " ")
		out[text] = append(out[text], d.Position(c.Start).Line)
	}
	return out
}

// addWaivers notes the ignore comments that only one side has, and counts the
// other comments that only it has.
func (l *layoutDiff) addWaivers(kind string, side, other comments) int {
	n := 0
	for _, text := range slices.Sorted(maps.Keys(side)) {
		lines := side[text]
		more := len(lines) - len(other[text])
		if more <= 0 {
			continue
		}
		if ig, ok := validate.ParseIgnore(text); ok && ig.Reason != "" {
			for _, line := range lines[len(lines)-more:] {
				l.waivers = append(l.waivers, waiverChange{kind, ig.Rules, secret.Redact(ig.Reason), ig.File, line})
			}
		} else {
			n += more
		}
	}
	return n
}

// otherAttributes counts the parameters of both sides whose attributes differ
// but for user access, which is a change of the parameter.
func otherAttributes(old, new *cfgxml.Document) int {
	n := 0
	for p := range new.All() {
		was, ok := old.Lookup(p.Name())
		if !ok {
			continue
		}
		a, _ := was.Attr("group")
		b, _ := p.Attr("group")
		if a != b {
			n++
		}
	}
	return n
}

// sameOrder reports whether the parameters that both have come in one order.
func sameOrder(old, new *cfgxml.Document) bool {
	names := func(d, other *cfgxml.Document) []string {
		var out []string
		for p := range d.All() {
			if name := p.Name(); other.Count(name) > 0 {
				out = append(out, name)
			}
		}
		return out
	}
	return slices.Equal(names(old, new), names(new, old))
}

func lineEnds(data []byte) string {
	lf, crlf := bytes.Count(data, []byte("\n")), bytes.Count(data, []byte("\r\n"))
	switch {
	case crlf == 0:
		return "LF"
	case crlf == lf:
		return "CRLF"
	}
	return "mixed"
}
