// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"cmp"
	"slices"
	"sync"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// Document checks a whole document and returns its problems sorted by position,
// those that an ignore comment silences left out. See the package comment for
// the comments.
func Document(d *cfgxml.Document, s Settings) []Problem { return Layers(s, d) }

// Layers checks documents that a phone reads one after the other, as it does with
// those of Profile_Rule, Profile_Rule_B, Profile_Rule_C and Profile_Rule_D: a
// parameter has the value that the last of them gives it. Each document is checked
// by itself as well. A problem's Layer says which document it is in. A nil document
// is an empty one.
func Layers(s Settings, docs ...*cfgxml.Document) []Problem {
	if len(docs) == 0 {
		return nil
	}
	c := runs.Get().(*Run)
	defer c.release()
	c.start(&s)
	for _, d := range docs {
		c.docs = append(c.docs, cmp.Or(d, &noDocument))
	}
	for c.layer, c.doc = range c.docs {
		c.look()
	}
	c.checkValues()
	if !s.Partial {
		c.checkTogether()
	}
	for c.layer, c.doc = range c.docs {
		c.applyIgnores()
	}
	return c.finish()
}

var noDocument cfgxml.Document

// runs keeps the tables of names seen, the only things of any size a run needs.
var runs = sync.Pool{New: func() any {
	t := facts()
	return &Run{seen: make([]int32, len(t.facts)), after: make([]int32, len(t.facts)), slots: make([]slot, len(t.slots))}
}}

// release forgets all the documents' bytes and the problems, which are the
// caller's, and keeps the tables.
func (c *Run) release() {
	clear(c.seen)
	clear(c.slots)
	clear(c.strangers)
	*c = Run{seen: c.seen, after: c.after, slots: c.slots, strangers: c.strangers[:0]}
	runs.Put(c)
}

// look applies the rules that look at one document, whatever the others say.
func (c *Run) look() {
	clear(c.seen)
	c.strangers, c.named = c.strangers[:0], nil
	c.count = counts{}
	found := len(c.problems)
	c.walk()
	if c.foreign() { // what the walk said about values holds for other phones
		kept := slices.DeleteFunc(c.problems[found:], func(p Problem) bool {
			return p.Rule == ruleChoice.ID || p.Rule == ruleCase.ID || p.Rule == ruleNumber.ID
		})
		c.problems = c.problems[:found+len(kept)]
		c.count.empty = 0
	}
	for _, p := range c.strangers {
		for _, r := range ofStrangers {
			r.stranger(c.as(r), c.here(nameOf(p)))
		}
	}
	for _, r := range ofDocuments {
		r.document(c.as(r))
	}
}

// here says that v is in the document at hand.
func (c *Run) here(v Value) Value {
	v.layer = c.layer
	return v
}

// walk looks at every parameter once.
func (c *Run) walk() {
	t := facts()
	everywhere := c.settings.everywhere()
	last := int32(0)
	for p := range c.doc.All() {
		name := p.RawName()
		i := t.find(name, c.after[last])
		if i < 0 {
			c.lookAt(c.stranger(t, p), p, everywhere)
			continue
		}
		c.after[last], last = i, i
		f := &t.facts[i]
		if f.earlier {
			c.count.earlier++
			c.strangers = append(c.strangers, p)
		} else {
			c.count.known++
		}
		if f.slot >= 0 {
			c.slots[f.slot] = slot{param: p, layer: c.layer}
		}
		if c.seen[i] != 0 {
			if before, ok := c.doc.At(int(c.seen[i]) - 1); ok {
				c.checkAgain(before, p)
			}
		}
		start, _ := p.Span()
		c.seen[i] = int32(start + 1)
		c.lookAt(f, p, everywhere)
	}
}

// stranger takes note of a parameter that is not in the catalog and returns what
// is known of it all the same.
func (c *Run) stranger(t *factTable, p cfgxml.Param) *fact {
	name := p.RawName()
	if before, ok := c.named[string(name)]; ok {
		c.checkAgain(before, p)
	}
	if c.named == nil {
		c.named = map[string]cfgxml.Param{}
	}
	c.named[string(name)] = p
	if f := t.family(name); f != nil {
		c.count.known++
		return f
	}
	c.count.unknown++
	c.strangers = append(c.strangers, p)
	return t.unknown(p.Name())
}

func (c *Run) checkAgain(before, p cfgxml.Param) {
	for _, r := range ofDoubles {
		r.again(c.as(r), before, p)
	}
}

// lookAt applies the rules that look at any parameter of a kind.
func (c *Run) lookAt(f *fact, p cfgxml.Param, everywhere []*Rule) {
	c.checkTag(f, p)
	s := &c.suspect // not on the stack: rules are called through pointers
	*s = suspect{Param: p, raw: p.RawValue()}
	if len(s.raw) == 0 {
		if f.choices != nil {
			if c.count.empty == 0 {
				c.count.firstEmpty = p
			}
			c.count.empty++
		}
		return
	}
	s.signs = signsIn(s.raw)
	var v Value
	for _, r := range f.rules {
		if r.signs != 0 && s.signs&r.signs == 0 && !f.secret || r.suspects != nil && !r.suspects(f, s) {
			continue
		}
		if v.param.RawName() == nil {
			v = c.here(valueOf(p))
			v.fact = f
		}
		if v.IsSet() {
			r.Value(c.as(r), v)
		}
	}
	for _, r := range everywhere {
		if v = c.here(valueOf(p)); v.IsSet() {
			v.fact = f
			r.Value(c.as(r), v)
		}
	}
}

// foreign reports whether the document at hand is one for other phones.
func (c *Run) foreign() bool {
	strange := c.count.unknown + c.count.earlier
	return strange >= 10 && 3*strange > c.count.known
}
