// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// A Conflict is a parameter that both sides of a merge changed, and not to the
// same.
type Conflict struct {
	// Name is the parameter.
	Name string
	// Base, Ours and Theirs are what the three documents say.
	Base, Ours, Theirs Side
	// Secret says that the sides hide their values.
	Secret bool
}

// Side is what one document of a merge says about a parameter.
type Side struct {
	Present    bool   // the document has the element
	Value      string // "(secret)" for a secret that is not empty
	UserAccess string // the attribute ua, "" where it is absent
}

// String gives one line, such as
//
//	Station_Name: "Desk" became "Lobby" in ours and was removed in theirs
func (c Conflict) String() string {
	became := func(s Side) string {
		if !s.Present {
			return "was removed"
		}
		verb := "became "
		if !c.Base.Present {
			verb = "was added as "
		}
		return verb + c.show(s)
	}
	var b strings.Builder
	b.WriteString(c.Name + ": ")
	if c.Base.Present {
		b.WriteString(c.show(c.Base) + " ")
	}
	b.WriteString(became(c.Ours) + " in ours and " + became(c.Theirs) + " in theirs")
	return b.String()
}

func (c Conflict) show(s Side) string {
	text := s.Value
	if !c.Secret || text != secret.Mask {
		text = fmt.Sprintf("%q", text)
	}
	if c.Base.UserAccess != c.Ours.UserAccess || c.Base.UserAccess != c.Theirs.UserAccess {
		text += fmt.Sprintf(" with user access %q", s.UserAccess)
	}
	return text
}

// Merge brings the changes that theirs made to base into ours, parameter by
// parameter and as the phone reads them: order, comments, white space and
// spelling are no changes, and the last of several elements counts. The result
// is ours with what theirs changed spliced in and every other byte kept; it is
// the bytes of ours themselves if there is nothing to bring in.
//
// A value and its user access merge apart from each other. What both changed
// to the same is no conflict. What both changed differently stays as in ours
// and is listed, in the order of base, then of theirs; so is a parameter that
// one side removed and the other changed. A secret of which theirs shows only
// a mask ("*****"), as a phone's export does, counts as unchanged.
//
// The error is an [*EditError] where theirs has what [Document.Edit] does not
// write, such as an unknown user access.
func Merge(base, ours, theirs *Document) ([]byte, []Conflict, error) {
	m := merger{ours: ours}
	t := pairUp(base, theirs)
	for i := range t.pairs {
		x := &t.pairs[i]
		if x.old >= 0 && x.new >= 0 && base.cfg == theirs.cfg &&
			bytes.Equal(Param{base, base.nodes[x.old]}.bytes(), Param{theirs, theirs.nodes[x.new]}.bytes()) {
			continue // written alike, so read alike: nearly always
		}
		was, is := base.side(int(x.old)), theirs.side(int(x.new))
		if !is.same(was) {
			name := string(t.name(x))
			last, _ := ours.find(name)
			m.parameter(name, was, ours.side(last), is)
		}
	}
	if len(m.edits) == 0 && len(m.bare) == 0 {
		return ours.data, m.conflicts, nil
	}
	list, err := ours.plan(nil, m.edits)
	if err != nil {
		return nil, m.conflicts, err
	}
	list = append(list, m.bare...)
	slices.SortStableFunc(list, bySpot)
	return ours.appendSpliced(make([]byte, 0, len(ours.data)+len(ours.data)/16), list), m.conflicts, nil
}

type merger struct {
	ours      *Document
	edits     []Edit
	bare      []splice // take a user access away, which no Edit does
	conflicts []Conflict
}

// mergeSide is what one document says about a parameter; the zero value is an
// absent one.
type mergeSide struct {
	param     Param
	present   bool
	set       bool
	value, ua []byte
}

// side reads a node; -1 is an absent parameter.
func (d *Document) side(node int) mergeSide {
	if node < 0 {
		return mergeSide{}
	}
	p := Param{d, d.nodes[node]}
	m := mergeSide{param: p, present: true, set: p.isSet(), value: p.ValueBytes()}
	if span, ok := p.attrSpan("ua"); ok {
		m.ua = d.data[span.start:span.end]
	}
	return m
}

func (s mergeSide) sameValue(t mergeSide) bool {
	return s.present == t.present && s.set == t.set && string(s.value) == string(t.value)
}

func (s mergeSide) sameAccess(t mergeSide) bool { return string(s.ua) == string(t.ua) }

func (s mergeSide) same(t mergeSide) bool { return s.sameValue(t) && s.sameAccess(t) }

// parameter merges one parameter that theirs changed.
func (m *merger) parameter(name string, base, ours, theirs mergeSide) {
	if theirs.same(ours) {
		return
	}
	if theirs.present && catalog.IsSecret(name) && secret.IsMask(string(theirs.value)) {
		if !base.present {
			return // it shows that there is a secret, but not which
		}
		theirs.value, theirs.set = base.value, base.set
		if theirs.same(base) || theirs.same(ours) {
			return
		}
	}
	switch {
	case ours.same(base):
		m.take(name, ours, theirs, true, true)
	case !base.present || !ours.present || !theirs.present:
		m.conflict(name, base, ours, theirs)
	default:
		value, ok1 := side3(base.sameValue(ours), base.sameValue(theirs), ours.sameValue(theirs))
		access, ok2 := side3(base.sameAccess(ours), base.sameAccess(theirs), ours.sameAccess(theirs))
		if !ok1 || !ok2 {
			m.conflict(name, base, ours, theirs)
		}
		m.take(name, ours, theirs, value, access)
	}
}

// side3 decides for one of value and access whether to take theirs; ok is
// false if both changed it differently.
func side3(oursIsBase, theirsIsBase, same bool) (take, ok bool) {
	return oursIsBase && !theirsIsBase, oursIsBase || theirsIsBase || same
}

// take makes ours say what theirs says.
func (m *merger) take(name string, ours, theirs mergeSide, value, access bool) {
	if !theirs.present {
		m.edits = append(m.edits, Remove(name))
		return
	}
	value = value && !ours.sameValue(theirs)
	access = access && !ours.sameAccess(theirs)
	if access && len(theirs.ua) == 0 {
		start, end := ours.param.accessAttribute()
		m.bare = append(m.bare, splice{start: start, end: end})
		access = false
	}
	ua := ""
	if access {
		ua = attributeText(theirs.ua)
	}
	switch {
	case value && theirs.set:
		m.edits = append(m.edits, Set(name, string(theirs.value)).UserAccess(ua))
	case value:
		m.edits = append(m.edits, Edit{name: name, op: opClear, ua: ua})
	case access:
		m.edits = append(m.edits, SetUserAccess(name, ua))
	}
}

func (m *merger) conflict(name string, base, ours, theirs mergeSide) {
	secret := catalog.IsSecret(name)
	for _, s := range []mergeSide{base, ours, theirs} {
		secret = secret || carriesCredential(string(s.value))
	}
	side := func(s mergeSide) Side {
		value := string(s.value)
		if secret {
			value = mask(value)
		}
		return Side{s.present, value, attributeText(s.ua)}
	}
	m.conflicts = append(m.conflicts, Conflict{name, side(base), side(ours), side(theirs), secret})
}

// accessAttribute gives the span of ua="…" with the white space before it.
func (p Param) accessAttribute() (start, end int) {
	s, _ := p.attrSpan("ua")
	data := p.d.data
	start, end = int(s.start)-1, int(s.end)+1 // the quotes
	for data[start-1] != 'a' {                // white space and "="
		start--
	}
	start -= len("ua")
	for class[data[start-1]]&clsSpace != 0 {
		start--
	}
	return start, end
}
