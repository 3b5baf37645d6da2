// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"fmt"
	"strings"
)

// Kind says how a parameter differs between two documents.
type Kind uint8

const (
	Added             Kind = iota + 1 // only the new document has it
	Removed                           // only the old document has it
	Changed                           // its value differs
	UserAccessChanged                 // its ua attribute differs
	Duplicate                         // it occurs another number of times
)

// String gives "added", "removed", "changed", "user access changed" or
// "duplicate".
func (k Kind) String() string {
	switch k {
	case Added:
		return "added"
	case Removed:
		return "removed"
	case Changed:
		return "changed"
	case UserAccessChanged:
		return "user access changed"
	case Duplicate:
		return "duplicate"
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// MarshalText gives the String form.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Change is one difference between two documents.
type Change struct {
	Kind Kind   `json:"kind"`
	Name string `json:"name"`
	// Group names the groups around the parameter, see [Param.Group].
	Group string `json:"group,omitempty"`
	// Old and New are the values; "(secret)" stands for one that is not empty
	// and must not be shown.
	Old string `json:"old"`
	New string `json:"new"`
	// OldUA and NewUA are the user access of both sides.
	OldUA string `json:"oldUserAccess,omitempty"`
	NewUA string `json:"newUserAccess,omitempty"`
	// OldCount and NewCount are how often the parameter occurs.
	OldCount int `json:"oldCount"`
	NewCount int `json:"newCount"`
	// Secret says that Old and New are masked.
	Secret bool `json:"secret"`
	// Reenrolls says that the phone requests a new certificate.
	Reenrolls bool `json:"reenrolls"`
	// OldOffset and NewOffset are the byte offsets of the elements, -1 for none.
	OldOffset int `json:"oldOffset"`
	NewOffset int `json:"newOffset"`
}

// String gives one line, such as
//
//	CDC_Server_1_: "http://a/" -> "http://b/"; the phone requests a new certificate
func (c Change) String() string {
	var b strings.Builder
	b.WriteString(c.Name)
	b.WriteString(": ")
	show := func(v string) string {
		if c.Secret && v == secretText {
			return v
		}
		return fmt.Sprintf("%q", v)
	}
	switch c.Kind {
	case Added:
		b.WriteString("added " + show(c.New))
	case Removed:
		b.WriteString("removed, was " + show(c.Old))
	case Changed:
		if c.Secret && c.Old == c.New {
			b.WriteString("changed " + secretText)
		} else {
			b.WriteString(show(c.Old) + " -> " + show(c.New))
		}
	case UserAccessChanged:
		fmt.Fprintf(&b, "user access %q -> %q", c.OldUA, c.NewUA)
	case Duplicate:
		fmt.Fprintf(&b, "occurs %d times instead of %d; the last counts", c.NewCount, c.OldCount)
	}
	if c.Reenrolls {
		b.WriteString("; the phone requests a new certificate")
	}
	return b.String()
}

// Changes is what [Diff] finds. As JSON it is an array of objects.
type Changes []Change

// Reenrolls reports whether a phone that has read the old document requests a
// new certificate when it reads the new one.
func (cs Changes) Reenrolls() bool {
	for i := range cs {
		if cs[i].Reenrolls {
			return true
		}
	}
	return false
}

// String gives one line for each change.
func (cs Changes) String() string {
	var b strings.Builder
	for i := range cs {
		b.WriteString(cs[i].String())
		b.WriteByte('\n')
	}
	return b.String()
}

// Diff compares what a phone reads in two documents, parameter by parameter.
// Order, comments, white space and spelling (references, CDATA, empty
// elements) make no difference. Changes of the old document's parameters come
// in its order, then what the new document adds in its own.
func Diff(old, new *Document) Changes {
	var cs Changes
	oldNames, newNames := old.index(), new.index()
	for i := range old.nodes {
		name := old.nameOf(i)
		was := oldNames.slot(old, name)
		if int(was.last) != i+1 {
			continue // not the one that counts
		}
		is := newNames.slot(new, name)
		cs = diffOne(cs, old, was, new, is)
	}
	for i := range new.nodes {
		is := newNames.slot(new, new.nameOf(i))
		if int(is.last) != i+1 {
			continue
		}
		if oldNames.slot(old, new.nameOf(i)).last == 0 {
			cs = diffOne(cs, old, &nameSlot{}, new, is)
		}
	}
	return cs
}

func diffOne(cs Changes, old *Document, was *nameSlot, new *Document, is *nameSlot) Changes {
	c := Change{OldCount: int(was.count), NewCount: int(is.count), OldOffset: -1, NewOffset: -1}
	var p, q Param
	if was.last > 0 {
		p = Param{old, old.nodes[was.last-1]}
		c.Name, c.Group, c.OldUA = p.Name(), p.Group(), p.UserAccess()
		c.OldOffset = int(p.n.start)
	}
	if is.last > 0 {
		q = Param{new, new.nodes[is.last-1]}
		c.Name, c.Group, c.NewUA = q.Name(), q.Group(), q.UserAccess()
		c.NewOffset = int(q.n.start)
	}
	c.Old, c.New = p.Value(), q.Value()
	c.Secret = IsSecret(c.Name)
	same := c.Old == c.New
	if c.Secret {
		if c.Old != "" {
			c.Old = secretText
		}
		if c.New != "" {
			c.New = secretText
		}
	}
	enrolls := IsEnrollment(c.Name)
	switch {
	case was.last == 0:
		c.Kind, c.Reenrolls = Added, enrolls && q.Value() != ""
		cs = append(cs, c)
	case is.last == 0:
		c.Kind, c.Reenrolls = Removed, false
		cs = append(cs, c)
	case !same:
		c.Kind, c.Reenrolls = Changed, enrolls
		cs = append(cs, c)
	}
	if c.Reenrolls = false; was.last > 0 && is.last > 0 && c.OldUA != c.NewUA {
		c.Kind = UserAccessChanged
		cs = append(cs, c)
	}
	if was.count != is.count && max(was.count, is.count) > 1 {
		c.Kind = Duplicate
		cs = append(cs, c)
	}
	return cs
}
