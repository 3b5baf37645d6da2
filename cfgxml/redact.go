// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// minSearched is the length from which the challenge password is looked for
// inside other text; a shorter one would be found everywhere.
const minSearched = 4

// Redacted gives a copy of the document without its secrets, to be shown or to
// be digested: a digest of the whole file would let anyone who has it try
// passwords until one fits. The copy stays the same when only secrets change,
// as long as none becomes empty or ceases to be.
//
// "(secret)" takes the place of
//   - every value, not empty, of a parameter that [catalog.IsSecret] names,
//   - any other value that equals one of those,
//   - any value inside of which [secret.Spans] finds one: after --key in a rule,
//     in a URL, the same in comments, attributes and text between elements,
//   - the value of a secret parameter in an element that is commented out,
//   - the challenge password's text, if it has four bytes or more, wherever it
//     stands in a value, an attribute or a comment.
//
// It cannot know of a secret under a name that does not tell.
func (d *Document) Redacted() []byte {
	if len(d.Bytes()) == 0 {
		return nil
	}
	r := redactor{d: d, secrets: map[string]struct{}{}}
	for p := range d.All() {
		if catalog.IsSecret(p.RawName()) {
			if v := p.ValueBytes(); len(v) > 0 {
				r.secrets[string(v)] = struct{}{}
			}
		}
	}
	if c, ok := d.Get(cdc.ParamChallengePassword); ok && len(c) >= minSearched && !secret.IsMask(c) {
		p, _ := d.Lookup(cdc.ParamChallengePassword)
		r.spellings = [][]byte{[]byte(c), appendEscaped(nil, c), trimSpace(p.RawValue())}
	}
	return r.run()
}

type redactor struct {
	d         *Document
	secrets   map[string]struct{}
	spellings [][]byte // of the challenge password
	out       []byte
	at        int // what lies before is written
}

func (r *redactor) run() []byte {
	d := r.d
	r.out = make([]byte, 0, len(d.data)+len(d.data)/16)
	between := 0
	for _, n := range d.tab.nodes {
		r.search(between, int(n.start))
		between = int(n.end)
		if n.flags&flagAttrs != 0 {
			r.search(int(n.start)+1+int(n.size), int(n.open))
		}
		if r.hides(Param{d, n}) {
			r.replace(int(n.open), int(n.close))
		} else if n.flags&flagCooked != 0 { // there may be comments inside
			r.search(int(n.open), int(n.close))
		}
	}
	r.search(between, len(d.data))
	return append(r.out, d.data[r.at:]...)
}

// hides reports whether the value of p must not be seen.
func (r *redactor) hides(p Param) bool {
	if p.n.open == p.n.close {
		return false
	}
	v := p.ValueBytes()
	if len(v) == 0 {
		return false
	}
	if _, ok := r.secrets[string(v)]; ok { // secrets by name are all in the set
		return true
	}
	for _, s := range r.spellings {
		if bytes.Contains(v, s) {
			return true
		}
	}
	return len(secret.Spans(string(v))) > 0
}

// search replaces the challenge password, and whatever [SecretSpans] finds,
// between start and end: in comments, attributes and stray text.
func (r *redactor) search(start, end int) {
	text := r.d.data[start:end]
	if len(trimSpace(text)) == 0 {
		return
	}
	spans := SecretSpans(text)
	for _, s := range r.spellings {
		for at := 0; ; {
			i := bytes.Index(text[at:], s)
			if i < 0 {
				break
			}
			spans = append(spans, secret.Span{Start: at + i, End: at + i + len(s)})
			at += i + len(s)
		}
	}
	slices.SortFunc(spans, func(a, b secret.Span) int { return cmp.Compare(a.Start, b.Start) })
	for i := 0; i < len(spans); {
		from, to := spans[i].Start, spans[i].End
		for i++; i < len(spans) && spans[i].Start < to; i++ {
			to = max(to, spans[i].End)
		}
		if len(trimSpace(text[from:to])) > 0 {
			r.replace(start+from, start+to)
		}
	}
}

func (r *redactor) replace(start, end int) {
	r.out = append(r.out, r.d.data[r.at:start]...)
	r.out = append(r.out, secret.Mask...)
	r.at = end
}
