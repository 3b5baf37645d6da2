// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"bytes"
	"slices"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

var ruleIgnoreComment = Rule{
	ID:       "ignore-comment",
	Severity: Warning,
	Summary:  "an ignore comment has no reason or names an unknown rule",
	Why: `A comment that silences a rule must say which and why: cfgxml:ignore RULE reason. Without a reason nobody can tell later
whether it still holds, so it has no effect. Several rules are separated by commas without space.`,
	Bad: `<!-- cfgxml:ignore non-ascii -->
<Station_Name ua="na">Café</Station_Name>`,
	Good: `<!-- cfgxml:ignore non-ascii tried on a 9861 with 3.5(1) -->
<Station_Name ua="na">Café</Station_Name>`,
}

var ruleIgnoreUnused = Rule{
	ID:       "ignore-unused",
	Severity: Warning,
	Summary:  "an ignore comment silences nothing",
	Why: `The rule it names finds nothing on its line, or on the next one: the problem was solved, or the comment was left behind when
the line moved. It would silence a later problem without anybody having decided so.`,
	Bad: `<!-- cfgxml:ignore non-ascii tried on a 9861 with 3.5(1) -->
<Station_Name ua="na">Cafe</Station_Name>`,
	Good: `<Station_Name ua="na">Cafe</Station_Name>`,
}

var ruleIgnoreRefused = Rule{
	ID:       "ignore-refused",
	Severity: Warning,
	Summary:  "an ignore comment names a rule that cannot be ignored",
	Why: `Rules that keep a secret from being lost or laid open, and the rules about ignore comments, cannot be silenced. What they report
has to be put right.`,
	Bad: `<!-- cfgxml:ignore masked-secret the portal writes it so -->
<Password_1_ ua="na">*****</Password_1_>`,
	Good: `<Password_1_ ua="na">w8Hc-Lr2p-Vt6n</Password_1_>`,
}

const (
	ignoreMark = "cfgxml:ignore"
	fileMark   = "-file"
)

// ignore is one rule named in one ignore comment.
type ignore struct {
	rule string
	at   subject // of the comment
	line int     // on which it silences; 0 for the whole file
	used bool
}

// applyIgnores takes out the problems that comments silence and reports comments
// that are wrong or of no use.
func (c *pass) applyIgnores() {
	if !bytes.Contains(c.doc.Bytes(), []byte(":ignore")) {
		return
	}
	var ignores []ignore
	for comment := range c.doc.Comments() {
		if text, ok := strings.CutPrefix(strings.Trim(comment.Text, space), ignoreMark); ok {
			ignores = c.readIgnore(ignores, comment, text)
		}
	}
	if len(ignores) == 0 {
		return
	}
	c.problems = slices.DeleteFunc(c.problems, func(p Problem) bool {
		r, ok := RuleByID(p.Rule)
		if !ok || !r.Ignorable || p.Start < 0 {
			return false
		}
		line := 0
		silenced := false
		for i := range ignores {
			ig := &ignores[i]
			if ig.rule != p.Rule {
				continue
			}
			if ig.line > 0 && line == 0 {
				line = c.doc.Position(p.Start).Line
			}
			if ig.line == 0 || ig.line == line {
				ig.used, silenced = true, true
			}
		}
		return silenced
	})
	for _, ig := range ignores {
		if !ig.used && c.settings.severity(ruleOf(ig.rule)) != 0 {
			c.report(&ruleIgnoreUnused, ig.at, "remove the comment", "the comment ignores %s, which finds nothing here", ig.rule)
		}
	}
}

// readIgnore reads what follows the mark: "[-file] rule[,rule…] reason".
func (c *pass) readIgnore(ignores []ignore, comment cfgxml.Comment, text string) []ignore {
	at := subject{start: comment.Start, end: comment.End}
	const form = "write <!-- cfgxml:ignore rule-id reason -->"
	line := c.ignoredLine(comment)
	if rest, ok := strings.CutPrefix(text, fileMark); ok {
		text, line = rest, 0
	}
	fields := strings.Fields(text)
	if text != "" && !isSpace(text[0]) || len(fields) == 0 {
		c.report(&ruleIgnoreComment, at, form, "the ignore comment names no rule")
		return ignores
	}
	if len(fields) == 1 {
		c.report(&ruleIgnoreComment, at, form, "the ignore comment for %s gives no reason", quote(fields[0]))
		return ignores
	}
	for id := range strings.SplitSeq(fields[0], ",") {
		switch r, err := findRule(id); {
		case err != nil:
			c.report(&ruleIgnoreComment, at, form, "the ignore comment names an %v", err)
		case !r.Ignorable:
			c.report(&ruleIgnoreRefused, at, "put the problem right", "%s cannot be ignored: %s", id, r.Summary)
		default:
			ignores = append(ignores, ignore{rule: id, at: at, line: line})
		}
	}
	return ignores
}

// ignoredLine returns the line on which a comment silences: its own if anything
// but white space and comments stands there too, else the next line that has
// more than that.
func (c *pass) ignoredLine(comment cfgxml.Comment) int {
	data := c.doc.Bytes()
	before := data[bytes.LastIndexByte(data[:comment.Start], '\n')+1 : comment.Start]
	if len(withoutComments(before)) > 0 {
		return c.doc.Position(comment.Start).Line
	}
	rest := data[comment.End:]
	for at := comment.End; len(rest) > 0; {
		line := rest
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			line = rest[:i+1]
		}
		// A comment may go over several lines.
		if i := bytes.Index(line, []byte("<!--")); i >= 0 && !bytes.Contains(line[i:], []byte("-->")) {
			end := bytes.Index(rest, []byte("-->"))
			if end < 0 {
				break
			}
			line = rest[:end+3]
		}
		if len(withoutComments(line)) > 0 {
			first := at + bytes.IndexFunc(line, func(r rune) bool { return !isSpace(byte(r)) })
			return c.doc.Position(max(first, at)).Line
		}
		at, rest = at+len(line), rest[len(line):]
	}
	return c.doc.Position(comment.Start).Line
}

// withoutComments returns a line without comments and white space at its ends.
func withoutComments(line []byte) []byte {
	for {
		line = bytes.Trim(line, space)
		start := bytes.Index(line, []byte("<!--"))
		if start < 0 {
			return line
		}
		end := bytes.Index(line[start:], []byte("-->"))
		if end < 0 {
			return line
		}
		if rest := bytes.Trim(line[start+end+3:], space); start == 0 {
			line = rest
		} else {
			return line[:start]
		}
	}
}

// ruleOf finds the rule itself; the id is known to exist.
func ruleOf(id string) *Rule {
	for _, r := range rules {
		if r.ID == id {
			return r
		}
	}
	return nil
}
