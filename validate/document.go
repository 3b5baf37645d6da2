// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"sync"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// Document checks a whole document and returns its problems sorted by position,
// those that an ignore comment silences left out. See the package comment for
// the comments.
func Document(d *cfgxml.Document, s Settings) []Problem {
	c := passes.Get().(*pass)
	defer c.release()
	c.start(&s)
	c.doc = d
	c.walk()
	c.checkParts()
	sortProblems(c.problems)
	return c.problems
}

// passes keeps the table of names seen, the only thing of any size a pass needs.
var passes = sync.Pool{New: func() any { return &pass{seen: make([]int32, len(facts().facts))} }}

// release forgets all the document's bytes and the problems, which are the
// caller's, and keeps the table.
func (c *pass) release() {
	seen := c.seen
	clear(seen)
	*c = pass{seen: seen}
	passes.Put(c)
}

// walk looks at every parameter once.
func (c *pass) walk() {
	t := facts()
	next := 0
	for p := range c.doc.All() {
		i := t.find(p.RawName(), next)
		if i < 0 {
			c.count.unknown++
			c.checkUnknown(p)
			continue
		}
		next = i + 1
		f := &t.facts[i]
		if f.watch != watchNone {
			c.watched[f.watch] = p
		}
		start, _ := p.Span()
		if c.seen[i] != 0 {
			c.checkDuplicate(f, int(c.seen[i])-1, p)
		}
		c.seen[i] = int32(start + 1)
		if f.choices != nil {
			c.checkChoice(f, p)
		}
	}
}

// checkParts applies the rules for the CDC parameters where they stand. They are
// the checks behind the tags of [cfgxml.Enrollment], called without the detour.
func (c *pass) checkParts() {
	var values [len(fieldChecks)]subject
	for i, f := range fieldChecks {
		p := c.watched[watchServer+watch(i)]
		if p.RawName() == nil {
			values[i] = nowhere(f.param, "")
			continue
		}
		values[i] = subjectOf(p)
		if values[i].value != "" {
			checkExampleValue(c, values[i])
			f.check(c, values[i])
		}
	}
	checkEnrollment(c, parts{values[0], values[1], values[2], values[3]})
}
