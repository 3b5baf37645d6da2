// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"sync"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// Document checks a whole document and returns its problems sorted by position,
// those that an ignore comment silences left out. A nil document is an empty one. See the package comment for
// the comments.
func Document(d *cfgxml.Document, s Settings) []Problem {
	if d == nil {
		d = &cfgxml.Document{}
	}
	c := passes.Get().(*pass)
	defer c.release()
	c.start(&s)
	c.doc = d
	c.walk()
	if c.count.unknown+c.count.earlier > 0 {
		c.checkNames()
	}
	c.checkStrangers()
	c.checkParts()
	c.checkPasswords()
	c.checkWeb()
	c.checkResync()
	c.checkDHCP()
	c.checkForm()
	c.checkBytes()
	c.applyIgnores()
	sortProblems(c.problems)
	return c.problems
}

// passes keeps the tables of names seen, the only things of any size a pass needs.
var passes = sync.Pool{New: func() any {
	n := len(facts().facts)
	return &pass{seen: make([]int32, n), after: make([]int32, n)}
}}

// release forgets all the document's bytes and the problems, which are the
// caller's, and keeps the tables.
func (c *pass) release() {
	clear(c.seen)
	clear(c.strangers)
	*c = pass{seen: c.seen, after: c.after, strangers: c.strangers[:0]}
	passes.Put(c)
}

// walk looks at every parameter once.
func (c *pass) walk() {
	t := facts()
	last := int32(0)
	for p := range c.doc.All() {
		name := p.RawName()
		i := t.find(name, c.after[last])
		if i < 0 {
			c.checkStranger(p, t.family(name))
			continue
		}
		c.after[last], last = i, i
		f := &t.facts[i]
		if f.earlier {
			c.count.earlier++
		} else {
			c.count.known++
		}
		if f.watch != watchNone {
			c.watched[f.watch] = p
		}
		start, _ := p.Span()
		if c.seen[i] != 0 {
			if earlier, ok := c.doc.At(int(c.seen[i]) - 1); ok {
				c.checkDuplicate(earlier, p)
			}
		}
		c.seen[i] = int32(start + 1)
		c.checkTag(f, p)
		c.checkValue(f, p)
	}
}

// checkValue looks at a value.
func (c *pass) checkValue(f *fact, p cfgxml.Param) {
	raw := p.RawValue()
	switch {
	case len(raw) == 0:
		if f.choices != nil {
			if c.count.empty == 0 {
				c.count.firstEmpty = p
			}
			c.count.empty++
		}
		return
	case f.secret:
		c.checkSecret(f, p)
		return
	case f.choices != nil:
		c.checkChoice(f, p)
	case f.formed:
		if !isPlainNumber(f, p.ValueBytes()) {
			c.checkFormed(f, subjectOf(p))
		}
	case f.rule:
		checkRule(c, subjectOf(p))
	}
	c.checkMaskInside(p, raw)
	c.checkSpace(p, raw)
	c.checkQuotedEmpty(p, raw)
}

// checkParts applies the rules for the CDC parameters where they stand. The
// first of what is watched are these, in the order of [cdc.Params].
func (c *pass) checkParts() {
	var values [4]subject
	for i := range values {
		w := watchServer + watch(i)
		values[i] = nowhere(watchNames[w], "")
		if !c.stands(w) {
			continue
		}
		values[i] = c.subject(w)
		if values[i].value != "" {
			checkExampleValue(c, values[i])
			fieldChecks[watchNames[w]](c, values[i])
		}
	}
	p := parts{values[0], values[1], values[2], values[3]}
	checkEnrollment(c, p)
	c.checkAuthentication(p)
	c.checkSite(p.server)
}
