// SPDX-License-Identifier: MPL-2.0

package merge

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// A Result is what [Documents] made of two people's changes.
type Result struct {
	pieces []piece
}

// A piece is text that was merged, or a conflict.
type piece struct {
	text     string
	conflict *Conflict
}

// Conflicts lists what both sides changed and not to the same, in the order of
// the result.
func (r *Result) Conflicts() []Conflict {
	var list []Conflict
	for _, p := range r.pieces {
		if p.conflict != nil {
			list = append(list, *p.conflict)
		}
	}
	return list
}

// Bytes returns the merged document. Where there is a conflict it has what ours
// says, so it must not be taken for merged unless Conflicts is empty.
func (r *Result) Bytes() []byte {
	var out []byte
	for _, p := range r.pieces {
		if p.conflict != nil {
			out = append(out, p.conflict.ours...)
		} else {
			out = append(out, p.text...)
		}
	}
	return out
}

// Labels says how [Result.Marked] draws conflicts.
type Labels struct {
	Ours, Theirs string // names of the sides
	Base         string // with a name, the base is shown, too, as git's conflict style diff3 has it
	Size         int    // characters of a marker; 0 means 7
}

// Marked returns the merged document with both sides of each conflict between
// the lines that git draws. With conflicts it is not well formed, on purpose.
func (r *Result) Marked(l Labels) []byte {
	if l.Size <= 0 {
		l.Size = 7
	}
	end := r.lineEnd()
	var out []byte
	full := func(text string) { // ends the line
		out = append(out, text...)
		if text != "" && !strings.HasSuffix(text, "\n") {
			out = append(out, end...)
		}
	}
	marker := func(char, label string) {
		full(strings.TrimRight(strings.Repeat(char, l.Size)+" "+label, " ") + end)
	}
	for _, p := range r.pieces {
		c := p.conflict
		if c == nil {
			out = append(out, p.text...)
			continue
		}
		if len(out) > 0 && out[len(out)-1] != '\n' {
			out = append(out, end...)
		}
		marker("<", l.Ours)
		full(c.ours)
		if l.Base != "" {
			marker("|", l.Base)
			full(c.base)
		}
		marker("=", "")
		full(c.theirs)
		marker(">", l.Theirs)
	}
	return out
}

func (r *Result) lineEnd() string {
	for _, p := range r.pieces {
		if strings.HasSuffix(p.text, "\r\n") || p.conflict != nil && strings.HasSuffix(p.conflict.ours, "\r\n") {
			return "\r\n"
		}
	}
	return "\n"
}

// result turns the items into text. Documents that each have one kind of line
// end give one, too, so that lines of one side fit between those of the other.
func (m *merger) result(base, ours, theirs *cfgxml.Document) *Result {
	fit := func(s string) string { return s }
	b, ok1 := uniformEnd(base.Bytes())
	o, ok2 := uniformEnd(ours.Bytes())
	t, ok3 := uniformEnd(theirs.Bytes())
	end, _ := pick(b, o, t)
	if ok1 && ok2 && ok3 && (b != o || b != t) {
		fit = func(s string) string {
			s = strings.ReplaceAll(s, "\r\n", "\n")
			return strings.ReplaceAll(s, "\n", end)
		}
	}
	r := new(Result)
	for i, x := range m.out {
		if i > 0 && x.token != nil && x.token.startsLine {
			if last := &r.pieces[i-1]; last.conflict == nil && last.text != "" && !strings.HasSuffix(last.text, "\n") {
				last.text += end
			}
		}
		if c := x.conflict; c != nil {
			c.base, c.ours, c.theirs = fit(c.base), fit(c.ours), fit(c.theirs)
		}
		r.pieces = append(r.pieces, piece{fit(x.text), x.conflict})
	}
	return r
}

// uniformEnd returns the line end that all lines of data have; a document of
// one line has "\n".
func uniformEnd(data []byte) (string, bool) {
	lf, crlf := bytes.Count(data, []byte("\n")), bytes.Count(data, []byte("\r\n"))
	if crlf > 0 {
		return "\r\n", lf == crlf
	}
	return "\n", true
}

// LossError reports a merge that would lose something.
type LossError struct {
	What string // names the parameter or the comment
}

// Error says what would be lost.
func (e *LossError) Error() string {
	return e.What + " would be lost or changed: merge these documents as text, or by hand"
}

// check holds the result to the promise of [Documents].
func (m *merger) check(r *Result) error {
	d, err := cfgxml.Parse(r.Bytes())
	if err != nil {
		return &LossError{fmt.Sprintf("the form of the document (%v)", err)}
	}
	inConflict := map[string]bool{}
	var text strings.Builder // of all conflicts
	for _, c := range r.Conflicts() {
		inConflict[c.Name] = true
		text.WriteString(c.ours + c.theirs)
	}
	merged := tokens(d)
	have := map[string]*token{} // by name, the last
	comments := map[string]int{}
	for i := range merged {
		switch t := &merged[i]; t.kind {
		case parameter:
			have[t.param.Name()] = t
		case comment:
			comments[t.key]++
		}
	}
	for _, side := range m.byName {
		for name := range side {
			if !inConflict[name] && !m.asExpected(name, have[name]) {
				return &LossError{name}
			}
		}
	}
	for _, side := range [][]token{m.ours, m.theirs} {
		for key, n := range minus(side, m.base) {
			if n > 0 && strings.HasPrefix(key, "c") && comments[key] < n && !strings.Contains(text.String(), "<!--") {
				return &LossError{fmt.Sprintf("the comment %q", secret.Redact(key[1:]))}
			}
		}
	}
	return nil
}

// asExpected reports whether a parameter of the result has the value of the
// side that changed it.
func (m *merger) asExpected(name string, got *token) bool {
	if want, ok := pick(version(m.byName[0][name]), version(m.byName[1][name]), version(m.byName[2][name])); ok {
		return version(got) == want
	}
	return got != nil // value and user access, each of another side
}

// Lines merges any text by lines, as git does without a driver.
func Lines(base, ours, theirs []byte) *Result {
	b, o, t := lines(base), lines(ours), lines(theirs)
	r := new(Result)
	for _, c := range diff3(b, o, t) {
		join := func(all []string, at [2]int) string { return strings.Join(all[at[0]:at[1]], "") }
		x, y, z := join(b, c.base), join(o, c.ours), join(t, c.theirs)
		if text, ok := pick(x, y, z); ok {
			r.pieces = append(r.pieces, piece{text: text})
		} else {
			r.pieces = append(r.pieces, piece{conflict: &Conflict{base: x, ours: y, theirs: z}})
		}
	}
	return r
}

func lines(data []byte) []string {
	var out []string
	for line := range bytes.Lines(data) {
		out = append(out, string(line))
	}
	return out
}
