// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"iter"
	"slices"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// Diff compares what a phone reads in two documents, parameter by parameter.
// Order, comments, white space and spelling (references, CDATA, forms of an
// empty element) make no difference, and of a name that occurs more than once
// the last occurrence counts. Changes of the old document's parameters come in
// its order, then those that only the new document has, in its own. A phone whose
// SCEP server is emptied keeps its certificate, whatever else changes.
func Diff(old, new *Document) Changes {
	var cs Changes
	p := pairs{old: old, new: new}
	for a, b := range p.all() {
		if !a.same(b) {
			cs = p.appendChanges(cs, a, b)
		}
	}
	if server, ok := new.Get(cdc.ParamServer); ok && server == "" {
		for i := range cs {
			cs[i].Reenrolls = false
		}
	}
	return cs
}

// pairs walks two documents parameter by parameter.
type pairs struct {
	old, new   *Document
	challenges []string // of both documents, once asked for
}

// side is one parameter in one of two documents: its last occurrence, and how
// many there are. The zero side is an absent one.
type side struct {
	Param
	count int
}

func (s side) present() bool { return s.count > 0 }

// same reports whether both sides are written alike, and so are read alike.
func (s side) same(t side) bool {
	return s.count == t.count && bytes.Equal(s.bytes(), t.bytes())
}

// all pairs the parameters that may differ by name, in the order of old, then of
// new for those that only new has there. Documents that are compared are mostly
// alike, so the elements that both begin and end with are left out: a name that
// stands only among them occurs as often in both, and its last element is the same.
func (p *pairs) all() iter.Seq2[side, side] {
	return func(yield func(a, b side) bool) {
		olds, news := p.old.tables().nodes, p.new.tables().nodes
		from, oldEnd, newEnd := 0, len(olds), len(news)
		for from < min(oldEnd, newEnd) && p.alike(from, from) {
			from++
		}
		for from < min(oldEnd, newEnd) && p.alike(oldEnd-1, newEnd-1) {
			oldEnd, newEnd = oldEnd-1, newEnd-1
		}
		seen := map[string]bool{}
		visit := func(d *Document, end int) bool {
			for i := from; i < end; i++ {
				name := string(d.nameOf(i))
				if seen[name] {
					continue
				}
				seen[name] = true
				if !yield(p.old.side(name), p.new.side(name)) {
					return false
				}
			}
			return true
		}
		_ = visit(p.old, oldEnd) && visit(p.new, newEnd)
	}
}

// alike reports whether node i of old and node j of new have one name and are
// written alike.
func (p *pairs) alike(i, j int) bool {
	m, n := &p.old.tab.nodes[i], &p.new.tab.nodes[j]
	if !bytes.Equal(p.old.data[m.start:m.end], p.new.data[n.start:n.end]) {
		return false
	}
	flat := int32(m.group) == p.old.tab.profile.group && int32(n.group) == p.new.tab.profile.group
	return flat || bytes.Equal(p.old.nameOf(i), p.new.nameOf(j))
}

func (d *Document) side(name string) side {
	last, count := d.find(name)
	if count == 0 {
		return side{}
	}
	return side{Param{d, d.tab.nodes[last]}, count}
}

// bytes returns the whole element.
func (p Param) bytes() []byte {
	if p.d == nil {
		return nil
	}
	return p.d.data[p.n.start:p.n.end]
}

func (p *pairs) appendChanges(cs Changes, a, b side) Changes {
	c := Change{
		OldCount: a.count, NewCount: b.count, OldOffset: -1, NewOffset: -1,
		Old: a.Value(), New: b.Value(), OldUA: secret.Redact(a.UserAccess()), NewUA: secret.Redact(b.UserAccess()),
	}
	if a.present() {
		c.Name, c.OldOffset = a.Name(), int(a.n.start)
	}
	if b.present() {
		c.Name, c.NewOffset = b.Name(), int(b.n.start)
	}
	same := c.Old == c.New
	enrolls := cdc.IsParam(c.Name)
	if c.Secret = catalog.IsSecret(c.Name) || p.shows(c.Old) || p.shows(c.New); c.Secret {
		c.Old, c.New = mask(c.Old), mask(c.New)
	}
	add := func(k Kind, reenrolls bool) {
		c.Kind, c.Reenrolls = k, reenrolls
		cs = append(cs, c)
	}
	switch {
	case !a.present():
		add(Added, enrolls && c.New != "") // empty is what the phone starts with
	case !b.present():
		add(Removed, false) // the phone keeps what it has
	case !same:
		add(Changed, enrolls)
	}
	if a.present() && b.present() && c.OldUA != c.NewUA {
		add(UserAccessChanged, false)
	}
	if a.count != b.count && max(a.count, b.count) > 1 {
		add(Duplicate, false)
	}
	return cs
}

// shows reports whether a value that is not secret by its name must not be
// shown all the same, because it carries a credential or either challenge.
func (p *pairs) shows(v string) bool {
	if v == "" || len(secret.Spans(v)) > 0 {
		return v != ""
	}
	if p.challenges == nil {
		for _, d := range [...]*Document{p.old, p.new} {
			c, _ := d.Get(cdc.ParamChallengePassword)
			p.challenges = append(p.challenges, c)
		}
	}
	return slices.ContainsFunc(p.challenges, func(c string) bool {
		return v == c || len(c) >= minSearched && strings.Contains(v, c)
	})
}

func mask(v string) string {
	if v == "" {
		return ""
	}
	return secret.Mask
}
