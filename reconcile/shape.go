// SPDX-License-Identifier: MPL-2.0

package reconcile

import (
	"bytes"
	"crypto/sha256"
	"encoding"
	"slices"
	"sync"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
)

// Shapes knows what documents look like that differ in the values of a few
// parameters only, as those of a fleet do. Such a document is compared and
// digested by these values, without being parsed. The results are those of
// [cfgxml.Diff] and [cfgxml.Document.Redacted]. It is safe for concurrent use.
type Shapes struct {
	mu     sync.Mutex
	latest []*shape // the latest first
}

// maxShapes bounds how many shapes are kept.
const maxShapes = 8

// RedactedSum returns SHA-256 of the document without its secrets. The named
// parameters are those whose value may be another in the next document; doc is
// data as a document, or nil. The error is that of [cfgxml.Parse].
func (m *Shapes) RedactedSum(data []byte, doc *cfgxml.Document, names []string) (sum [sha256.Size]byte, err error) {
	s, values := m.known(data)
	if s != nil {
		if sum, ok := s.redactedSum(values); ok {
			return sum, nil
		}
	}
	if doc == nil {
		if doc, err = cfgxml.Parse(data); err != nil {
			return sum, err
		}
	}
	if s == nil {
		names = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return catalog.IsSecret(name) })
		m.learn(doc, names)
	}
	return sha256.Sum256(doc.Redacted()), nil
}

// brief returns documents that differ as before and after do, nil if before has
// another shape.
func (m *Shapes) brief(before []byte, after *cfgxml.Document, names []string) (was, is *cfgxml.Document) {
	s, values := m.known(after.Bytes())
	if s == nil {
		s, values = m.learn(after, names)
	}
	if s == nil {
		return nil, nil
	}
	former := s.whole.values(before)
	if former == nil {
		return nil, nil
	}
	if was, is = s.document(former), s.document(values); was == nil || is == nil {
		return nil, nil
	}
	return was, is
}

// known returns the shape of data and the open values, nil where none fits.
func (m *Shapes) known(data []byte) (*shape, [][]byte) {
	if len(data) > cfgxml.DefaultMaxSize {
		return nil, nil
	}
	m.mu.Lock()
	latest := m.latest
	m.mu.Unlock()
	for _, s := range latest {
		if values := s.whole.values(data); values != nil {
			return s, values
		}
	}
	return nil, nil
}

// learn adds the shape of a document, nil where it cannot be told by its values.
func (m *Shapes) learn(doc *cfgxml.Document, names []string) (*shape, [][]byte) {
	s := newShape(doc, names)
	if s == nil {
		return nil, nil
	}
	if other, values := m.known(doc.Bytes()); other != nil { // somebody was faster
		return other, values
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.latest = append([]*shape{s}, m.latest[:min(len(m.latest), maxShapes-1)]...)
	return s, s.whole.values(doc.Bytes())
}

// A shape is what some documents have in common. It is made of one of them.
type shape struct {
	names []string // of the open parameters, in the order of the document
	whole pieces
	// brief is a document of the parameters on which the redaction and the comparison
	// of the open ones depend: these themselves, passwords, and the enrollment.
	brief pieces

	once sync.Once
	// redacted is the whole document without its secrets; nil where a password is
	// open, since what else is hidden depends on it.
	redacted pieces
	head     []byte // the state of SHA-256 after the first piece of redacted
}

// pieces are a text around the open values.
type pieces [][]byte

// values returns what stands between the pieces in data, nil where data has other
// pieces. A value holds no markup: it ends where the next "<" is.
func (p pieces) values(data []byte) [][]byte {
	values := make([][]byte, 0, len(p))
	rest, ok := bytes.CutPrefix(data, p[0])
	for _, piece := range p[1:] {
		end := bytes.IndexByte(rest, '<')
		if !ok || end < 0 {
			return nil
		}
		values = append(values, rest[:end])
		rest, ok = bytes.CutPrefix(rest[end:], piece)
	}
	if !ok || len(rest) > 0 {
		return nil
	}
	return values
}

func (p pieces) filled(values [][]byte) []byte {
	out := slices.Clone(p[0])
	for i, piece := range p[1:] {
		out = append(append(out, values[i]...), piece...)
	}
	return out
}

// newShape returns the shape of documents in which the named parameters are open,
// nil where they have none of them or one that is not simply text.
func newShape(doc *cfgxml.Document, names []string) *shape {
	s, data := &shape{}, slices.Clone(doc.Bytes()) // the document's may be a buffer
	open := map[int]bool{}
	for _, name := range names {
		if p, ok := doc.Lookup(name); ok {
			start, _ := p.Span()
			open[start] = true
		}
	}
	brief, at := []byte("<flat-profile>"), 0
	for p := range doc.All() {
		start, end := p.Span()
		from, to := p.ValueSpan()
		switch {
		case !open[start] && !catalog.IsSecret(p.RawName()) && !cdc.IsParam(p.Name()) && !slices.Contains(names, p.Name()):
		case p.Group() != "":
			return nil
		case !open[start]:
			brief = append(brief, data[start:end]...)
		case p.Form() == cfgxml.SelfClosed || bytes.IndexByte(p.RawValue(), '<') >= 0:
			return nil
		default:
			s.names = append(s.names, p.Name())
			s.whole, s.brief = append(s.whole, data[at:from]), append(s.brief, append(brief, data[start:from]...))
			brief, at = slices.Clone(data[to:end]), to
		}
	}
	if len(s.names) == 0 {
		return nil
	}
	s.whole, s.brief = append(s.whole, data[at:]), append(s.brief, append(brief, "</flat-profile>"...))
	return s
}

// document returns the brief document with the values, nil if they are not what a
// document can hold.
func (s *shape) document(values [][]byte) *cfgxml.Document {
	doc, err := cfgxml.Parse(s.brief.filled(values))
	if err != nil {
		return nil
	}
	return doc
}

// redact prepares what is digested of every document of the shape, by one of them.
func (s *shape) redact(values [][]byte) {
	if slices.ContainsFunc(s.names, func(name string) bool { return catalog.IsSecret(name) }) {
		return
	}
	doc, err := cfgxml.Parse(s.whole.filled(values))
	if err != nil {
		return
	}
	data, at := doc.Redacted(), 0
	redacted, err := cfgxml.Parse(data)
	if err != nil || redacted.Len() != doc.Len() {
		return
	}
	var ps pieces
	for _, name := range s.names {
		p, _ := redacted.Lookup(name)
		from, to := p.ValueSpan()
		ps, at = append(ps, data[at:from]), to
	}
	ps = append(ps, data[at:])
	h := sha256.New()
	h.Write(ps[0])
	if s.head, err = h.(encoding.BinaryMarshaler).MarshalBinary(); err == nil {
		s.redacted = ps
	}
}

// redactedSum returns SHA-256 of the redacted document with the values.
func (s *shape) redactedSum(values [][]byte) (sum [sha256.Size]byte, ok bool) {
	s.once.Do(func() { s.redact(values) })
	doc := s.document(values)
	if s.redacted == nil || doc == nil {
		return sum, false
	}
	redacted, err := cfgxml.Parse(doc.Redacted())
	h := sha256.New()
	if err != nil || h.(encoding.BinaryUnmarshaler).UnmarshalBinary(s.head) != nil {
		return sum, false
	}
	for i, name := range s.names {
		p, _ := redacted.Lookup(name)
		h.Write(p.RawValue())
		h.Write(s.redacted[i+1])
	}
	return [sha256.Size]byte(h.Sum(nil)), true
}
