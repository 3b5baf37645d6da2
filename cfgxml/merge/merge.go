// SPDX-License-Identifier: MPL-2.0

package merge

import (
	"errors"
	"fmt"
	"slices"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// Documents merges the changes that ours and theirs made to base. It keeps what
// a merge by lines would keep: parameters, comments, blank lines and order of
// both sides. What stops a merge by lines, such as two changes on neighboring
// lines, a re-ordered file or other line ends, does not stop this one:
// parameters are compared by name, and the value of a parameter, each of its
// attributes and the comment behind it merge apart from each other.
//
// What one side added is in the result or in a conflict. A parameter that one
// side removed and the other changed is a conflict.
//
// Where one side replaced a secret by a mask, as a phone's export shows it, the
// error wraps [secret.ErrMask], and the Result has those parameters as conflicts.
// Any other error is a [*LossError] and the Result is nil: the documents are such
// that their merge would lose something, and [Lines] merges them as text.
func Documents(base, ours, theirs *cfgxml.Document) (*Result, error) {
	if base == nil || ours == nil || theirs == nil {
		return nil, errors.New("merge: a document is missing")
	}
	m := newMerger(base, ours, theirs)
	masked := m.findMasks()
	for _, c := range diff3(keys(m.base), keys(m.ours), keys(m.theirs)) {
		m.chunk(m.base[c.base[0]:c.base[1]], m.ours[c.ours[0]:c.ours[1]], m.theirs[c.theirs[0]:c.theirs[1]], c.stable)
	}
	m.repeatedConflicts()
	r := m.result(base, ours, theirs)
	if err := m.check(r); err != nil {
		return nil, err
	}
	return r, masked
}

type merger struct {
	base, ours, theirs []token
	byKey              [3]map[string]*token // parameters of base, ours, theirs
	byName             [3]map[string]*token // of several of one name the last, which the phone keeps
	repeated           []string             // names that occur more than once, in order
	theirPlace         map[string]bool      // parameters that theirs moved and ours left in place
	masked             map[string]bool      // parameters that a side replaced by a mask
	out                []item
}

// An item is a place of the result: a token, or a conflict.
type item struct {
	token    *token
	text     string
	conflict *Conflict
}

func newMerger(base, ours, theirs *cfgxml.Document) *merger {
	m := &merger{base: tokens(base), ours: tokens(ours), theirs: tokens(theirs), theirPlace: map[string]bool{}, masked: map[string]bool{}}
	for i, side := range [][]token{m.base, m.ours, m.theirs} {
		m.byKey[i], m.byName[i] = map[string]*token{}, map[string]*token{}
		for j := range side {
			t := &side[j]
			if t.kind != parameter {
				continue
			}
			m.byKey[i][t.key] = t
			name := t.param.Name()
			if m.byName[i][name] != nil && !slices.Contains(m.repeated, name) {
				m.repeated = append(m.repeated, name)
			}
			m.byName[i][name] = t
		}
	}
	inOurs, inTheirs := match(keys(m.base), keys(m.ours)), match(keys(m.base), keys(m.theirs))
	for i := range m.base {
		m.theirPlace[m.base[i].key] = inOurs[i] >= 0 && inTheirs[i] < 0
	}
	return m
}

func keys(tokens []token) []string {
	out := make([]string, len(tokens))
	for i := range tokens {
		out[i] = tokens[i].key
	}
	return out
}

// chunk merges one stretch of the comparison.
func (m *merger) chunk(base, ours, theirs []token, stable bool) {
	switch {
	case stable:
		for i := range ours {
			text, _ := pick(base[i].text, ours[i].text, theirs[i].text) // if no parameter, they differ in white space at most
			m.emit(&ours[i], text)
		}
	case slices.Equal(keys(base), keys(ours)) && !m.contested(base, 1, 2):
		for i := range theirs {
			m.emit(&theirs[i], theirs[i].text)
		}
	case slices.Equal(keys(base), keys(theirs)) && !m.contested(base, 2, 1):
		for i := range ours {
			m.emit(&ours[i], ours[i].text)
		}
	default:
		m.both(base, ours, theirs)
	}
}

// contested reports whether one side changed a parameter of the stretch that
// the other removed; the sides are indexes of byKey.
func (m *merger) contested(base []token, kept, removed int) bool {
	for i := range base {
		b := &base[i]
		if t := m.byKey[kept][b.key]; t != nil && m.byKey[removed][b.key] == nil && !sameParameter(b, t) {
			return true
		}
	}
	return false
}

// emit appends one token; a parameter only where it belongs.
func (m *merger) emit(t *token, text string) {
	if t.kind == parameter {
		m.parameter(t)
		return
	}
	m.out = append(m.out, item{token: t, text: text})
}

// both merges a stretch in which both sides added, removed or moved something.
// Ours gives the order; what theirs added comes behind the token that precedes
// it there.
func (m *merger) both(base, ours, theirs []token) {
	if r := textConflict(base, ours, theirs); r != nil {
		for _, p := range r.pieces {
			m.out = append(m.out, item{text: p.text, conflict: p.conflict})
		}
		return
	}
	first := len(m.out)
	gone := minus(base, theirs) // what theirs took away
	for i := range ours {
		if t := &ours[i]; gone[t.key] > 0 {
			gone[t.key]--
		} else {
			m.emit(t, t.text)
		}
	}
	more := minus(theirs, base)
	for key, n := range minus(ours, base) { // added by both
		more[key] -= n
	}
	at := len(m.out)
	for i := range theirs { // what comes before the first known token goes before it
		if j := m.position(theirs[i].key, first); j >= 0 {
			at = j
			break
		}
	}
	for i := range theirs {
		t := &theirs[i]
		if j := m.position(t.key, at); j >= 0 {
			at = j + 1
			continue
		}
		if t.kind != parameter && more[t.key] <= 0 {
			continue
		}
		more[t.key]--
		n := len(m.out)
		if m.emit(t, t.text); len(m.out) > n {
			m.out = slices.Insert(m.out[:n], at, m.out[n])
			at++
		}
	}
}

// position finds a token of the stretch that begins at first.
func (m *merger) position(key string, first int) int {
	if key == "" { // blank lines are all alike
		return -1
	}
	for i := first; i < len(m.out); i++ {
		if m.out[i].token != nil && m.out[i].token.key == key {
			return i
		}
	}
	return -1
}

// parameter emits a parameter at the place of one side, unless the other side
// decides on its place or removed it.
func (m *merger) parameter(t *token) {
	b, o, th := m.byKey[0][t.key], m.byKey[1][t.key], m.byKey[2][t.key]
	x := item{token: t, text: t.text}
	switch {
	case o != nil && th != nil:
		if moved := m.theirPlace[t.key]; moved && t != th || !moved && t != o {
			return
		}
		var ok bool
		if x.text, ok = mergeParameter(b, o, th); !ok || m.masked[t.key] {
			x.conflict = newConflict(b, o, th)
		}
	case m.masked[t.key]:
		x.conflict = newConflict(b, o, th)
	case b == nil: // one side added it
	case sameParameter(b, t): // the other side removed it
		return
	default:
		x.conflict = newConflict(b, o, th)
	}
	m.out = append(m.out, x)
}

// repeatedConflicts looks at parameters that occur more than once: each of the
// elements may have merged, and the last one, which counts, still says what only
// one side meant, or stays where one side removed all.
func (m *merger) repeatedConflicts() {
	for _, name := range m.repeated {
		b, o, t := m.byName[0][name], m.byName[1][name], m.byName[2][name]
		want, ok := pick(version(b), version(o), version(t))
		if ok && want != "" {
			continue
		}
		for i := len(m.out) - 1; i >= 0; i-- {
			if x := &m.out[i]; x.token != nil && x.token.kind == parameter && x.token.param.Name() == name {
				if x.conflict == nil {
					x.conflict = newConflict(b, o, t)
				}
				break
			}
		}
	}
}

// version is what a document says of a parameter, to be compared.
func version(t *token) string {
	if t == nil {
		return ""
	}
	return "=" + t.param.Value() + "\x00" + t.param.UserAccess()
}

// sameParameter reports whether two tokens differ in layout at most.
func sameParameter(a, b *token) bool {
	if a.text == b.text {
		return true
	}
	x, y := a.split(), b.split()
	x.lead, x.close, x.lineEnd = y.lead, y.close, y.lineEnd
	return x.join() == y.join()
}

// minus counts the tokens of a, by key, that b does not have. Parameters do not
// count: they are known by name, wherever they are.
func minus(a, b []token) map[string]int {
	n := map[string]int{}
	for i := range a {
		if a[i].kind != parameter {
			n[a[i].key]++
		}
	}
	for i := range b {
		if n[b[i].key] > 0 {
			n[b[i].key]--
		}
	}
	return n
}

// textConflict merges by lines a stretch in which both sides changed the same
// comments or tags. It returns nil where the stretch is none of that kind.
func textConflict(base, ours, theirs []token) *Result {
	if len(base) == 0 || len(base) != len(ours) || len(base) != len(theirs) {
		return nil
	}
	for i := range base {
		if base[i].kind == parameter || base[i].kind != ours[i].kind || base[i].kind != theirs[i].kind {
			return nil
		}
	}
	join := func(list []token) []byte {
		var b []byte
		for i := range list {
			b = append(b, list[i].text...)
		}
		return b
	}
	return Lines(join(base), join(ours), join(theirs))
}

// findMasks notes the parameters whose secret a side replaced by a mask, and
// returns an error that names the first.
func (m *merger) findMasks() error {
	var err error
	for i, side := range [][]token{m.ours, m.theirs} {
		for j := range side {
			t := &side[j]
			if t.kind != parameter || secret.Check(t.param.Value(), catalog.IsSecret(t.param.RawName())) == nil {
				continue
			}
			if b := m.byKey[0][t.key]; b != nil && b.param.Value() == t.param.Value() {
				continue
			}
			m.masked[t.key] = true
			if err == nil {
				err = fmt.Errorf("%s in %s: %w", t.param.Name(), [...]string{"ours", "theirs"}[i], secret.ErrMask)
			}
		}
	}
	return err
}
