// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"bytes"
	"cmp"
	"slices"
	"sort"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

var ruleIgnoreComment = Rule{
	ID:       "ignore-comment",
	Severity: Warning,
	Source:   Source{Guard, "what is ignored is ignored for a reason"},
	Summary:  "an ignore comment has no reason or names an unknown rule",
	Why: `A comment that silences a rule must say which and why: cfgxml:ignore RULE reason. Without a reason nobody can tell later
whether it still holds, so it has no effect. Several rules are separated by commas without space.`,
	Bad: `<!-- cfgxml:ignore non-ascii -->
<User_ID_1_ ua="na">Café</User_ID_1_>`,
	Good: `<!-- cfgxml:ignore non-ascii tried on a 9861 with 3.5(1) -->
<User_ID_1_ ua="na">Café</User_ID_1_>`,
}

var ruleIgnoreUnused = Rule{
	ID:       "ignore-unused",
	Severity: Warning,
	Source:   Source{Guard, "what is ignored is ignored for a reason"},
	Summary:  "an ignore comment silences nothing",
	Why: `The rule it names finds nothing on its line, or on the next one: the problem was solved, or the comment was left behind when
the line moved. It would silence a later problem without anybody having decided so.`,
	Bad: `<!-- cfgxml:ignore non-ascii tried on a 9861 with 3.5(1) -->
<User_ID_1_ ua="na">Cafe</User_ID_1_>`,
	Good: `<User_ID_1_ ua="na">Cafe</User_ID_1_>`,
}

var ruleIgnoreRefused = Rule{
	ID:       "ignore-refused",
	Severity: Warning,
	Source:   Source{Guard, "what is ignored is ignored for a reason"},
	Summary:  "an ignore comment names a rule that cannot be ignored",
	Why: `Rules that keep a secret from being lost or laid open, and the rules about ignore comments, cannot be silenced. What they report
has to be corrected.`,
	Bad: `<!-- cfgxml:ignore masked-secret the portal writes it so -->
<Password_1_ ua="na">*****</Password_1_>`,
	Good: `<Password_1_ ua="na">w8Hc-Lr2p-Vt6n</Password_1_>`,
}

// IgnoreComment returns the comment that silences the problem when it is put on the
// line before it; empty for a rule that cannot be ignored. The reason must not be
// empty; it is put on one line, and -- in it, which no comment may hold, becomes -.
func (p Problem) IgnoreComment(reason string) string {
	if r, ok := RuleByID(p.Rule); !ok || !r.Ignorable {
		return ""
	}
	reason = strings.Join(strings.Fields(reason), " ")
	for strings.Contains(reason, "--") {
		reason = strings.ReplaceAll(reason, "--", "-")
	}
	return "<!-- " + ignoreMark + " " + p.Rule + " " + reason + " -->"
}

// applyIgnores takes out the problems that comments silence and reports comments
// that are wrong or of no use.
func (c *Run) applyIgnores() {
	if !bytes.Contains(c.doc.Bytes(), []byte(":ignore")) {
		return
	}
	ignores := c.ignores()
	if len(ignores) == 0 {
		return
	}
	inFile := map[string]*ignore{} // by rule
	inPart := map[string][]*ignore{}
	for i := range ignores {
		if ig := &ignores[i]; !ig.file {
			inPart[ig.rule] = append(inPart[ig.rule], ig)
		} else if inFile[ig.rule] == nil {
			inFile[ig.rule] = ig
		}
	}
	for _, list := range inPart {
		slices.SortStableFunc(list, func(a, b *ignore) int { return cmp.Compare(a.from, b.from) })
	}
	c.problems = slices.DeleteFunc(c.problems, func(p Problem) bool {
		if p.Layer != c.layer {
			return false
		}
		silenced := false
		list := inPart[p.Rule]
		if i := sort.Search(len(list), func(i int) bool { return list[i].from > p.Start }) - 1; i >= 0 && p.Start < list[i].to {
			list[i].used, silenced = true, true
		}
		if ig := inFile[p.Rule]; ig != nil {
			ig.used, silenced = true, true
		}
		return silenced
	})
	for _, ig := range ignores {
		if r, err := c.settings.rule(ig.rule); err == nil && !ig.used && c.settings.severity(r) != 0 {
			c.as(&ruleIgnoreUnused).report(ig.at, "remove the comment", "the comment ignores %s, which finds nothing here", ig.rule)
		}
	}
}

// ignore is one rule named in one ignore comment, and where it silences the rule.
type ignore struct {
	rule     string
	at       Value // of the comment
	file     bool  // the whole file
	from, to int   // else problems that start here
	used     bool
}

// ignores reads all ignore comments, each with the parameters around it.
func (c *Run) ignores() []ignore {
	const form = "write <!-- cfgxml:ignore rule-id reason -->"
	var marks []cfgxml.Comment
	for comment := range c.doc.Comments() {
		if _, ok := ParseIgnore(comment.Text); ok {
			marks = append(marks, comment)
		}
	}
	if len(marks) == 0 {
		return nil
	}
	var out []ignore
	var prev cfgxml.Param
	read := func(next cfgxml.Param) {
		comment := marks[0]
		marks = marks[1:]
		at := c.here(place(comment.Start, comment.End))
		ig, _ := ParseIgnore(comment.Text)
		switch {
		case len(ig.Rules) == 0:
			c.as(&ruleIgnoreComment).report(at, form, "the ignore comment names no rule")
			return
		case ig.Reason == "":
			c.as(&ruleIgnoreComment).report(at, form, "the ignore comment for %s gives no reason", quote(strings.Join(ig.Rules, ",")))
			return
		}
		from, to := c.ignoredPart(comment, prev, next)
		for _, id := range ig.Rules {
			switch r, err := c.settings.rule(id); {
			case err != nil:
				c.as(&ruleIgnoreComment).report(at, form, "the ignore comment names an %v", err)
			case !r.Ignorable:
				c.as(&ruleIgnoreRefused).report(at, "correct what it reports", "%s cannot be ignored: %s", id, r.Summary)
			default:
				out = append(out, ignore{rule: id, at: at, file: ig.File, from: from, to: to})
			}
		}
	}
	for p := range c.doc.All() {
		start, _ := p.Span()
		for len(marks) > 0 && marks[0].Start < start {
			read(p)
		}
		if len(marks) == 0 {
			return out
		}
		prev = p
	}
	for len(marks) > 0 {
		read(cfgxml.Param{})
	}
	return out
}

// ignoredPart returns the part of the document a comment between two parameters
// is about: the line it is on if a parameter is before it there, else everything
// up to the end of the line on which the next parameter ends.
func (c *Run) ignoredPart(comment cfgxml.Comment, prev, next cfgxml.Param) (from, to int) {
	first := c.doc.Position(comment.Start)
	from = comment.Start - first.Column + 1
	if prevStart, prevEnd := prev.Span(); prev.RawName() != nil && prevEnd > from {
		return min(from, prevStart), c.lineEnd(max(comment.End, prevEnd))
	}
	if next.RawName() == nil {
		return 0, 0
	}
	_, nextEnd := next.Span()
	return comment.End, c.lineEnd(nextEnd)
}

// lineEnd returns the offset of the line break at or after offset. It remembers
// the last answer, so that a thousand comments about one long line cost one look.
func (c *Run) lineEnd(offset int) int {
	if offset < c.line.from || offset > c.line.to {
		c.line.from, c.line.to = offset, len(c.doc.Bytes())
		if i := bytes.IndexByte(c.doc.Bytes()[offset:], '\n'); i >= 0 {
			c.line.to = offset + i
		}
	}
	return c.line.to
}
