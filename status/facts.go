// SPDX-License-Identifier: MPL-2.0

// Package status reads what a phone says of itself: the status document of its
// web page, /admin/status.xml, and the same document in a report.
//
//	doc, err := status.Parse(body)
//	facts := status.Read(doc, status.Builtin()...)
//	if facts.State(status.Installed) == status.Unknown {
//		// the phone may hold a certificate or not: nothing in the document tells
//	}
//
// No public page says how a 9800 or 8875 names the facts about its custom device
// certificate there. So the names are data, a [Vocabulary], and a document that
// has none of them leaves a fact unknown: it never means "no". [Learn] drafts a
// vocabulary from a document of a real phone.
package status

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// A Fact is something that a phone says of itself.
type Fact string

// The facts about the phone and its certificate.
const (
	Product  Fact = "product"       // model, such as DP-9871
	MAC      Fact = "mac"           // of the phone itself
	Serial   Fact = "serial_number" // of the phone
	Firmware Fact = "firmware"
	UserID   Fact = "user_id" // for wired 802.1X

	Installed         Fact = "installed" // state: a custom device certificate is on the phone
	CommonName        Fact = "common_name"
	Issuer            Fact = "issuer"
	CertificateSerial Fact = "certificate_serial"
	NotBefore         Fact = "not_before"
	NotAfter          Fact = "not_after"
	Chain             Fact = "chain"       // base64 of DER, leaf first
	LastResult        Fact = "last_result" // of the latest enrollment, in the phone's words
	Authenticated     Fact = "802.1x"      // state: the port is open
)

// kind says how the text of a fact is read.
type kind int

const (
	kindText kind = iota
	kindTime
	kindState
)

var kinds = map[Fact]kind{
	Product: kindText, MAC: kindText, Serial: kindText, Firmware: kindText, UserID: kindText,
	Installed: kindState, CommonName: kindText, Issuer: kindText, CertificateSerial: kindText,
	NotBefore: kindTime, NotAfter: kindTime, Chain: kindText, LastResult: kindText, Authenticated: kindState,
}

// ofCertificate are the facts that say something about a certificate.
var ofCertificate = []Fact{Installed, CommonName, Issuer, CertificateSerial, NotBefore, NotAfter, Chain, LastResult}

func factNames() string {
	var names []string
	for _, f := range slices.Sorted(maps.Keys(kinds)) {
		names = append(names, string(f))
	}
	return strings.Join(names, ", ")
}

// State is the value of a fact that is true or not.
type State int8

// The zero State is Unknown: nothing was found that says so or otherwise.
const (
	Unknown State = iota
	Yes
	No
)

// String returns "yes", "no" or "unknown".
func (s State) String() string {
	switch s {
	case Yes:
		return "yes"
	case No:
		return "no"
	}
	return "unknown"
}

// A Value is what a document says of one fact.
type Value struct {
	Text    string    // as the document has it
	Time    time.Time // in UTC, for facts that are times
	State   State     // for facts that are states
	Element string    // the name of the element it was read from
}

// Facts are the facts that were found, by name. A fact that is absent is unknown.
type Facts map[Fact]Value

// Text returns the text of a fact, "" when it is unknown.
func (f Facts) Text(fact Fact) string { return f[fact].Text }

// Time returns the time of a fact, zero when it is unknown.
func (f Facts) Time(fact Fact) time.Time { return f[fact].Time }

// State returns the state of a fact.
func (f Facts) State(fact Fact) State { return f[fact].State }

// AboutCertificate reports whether any of the facts says something about a custom
// device certificate.
func (f Facts) AboutCertificate() bool {
	return slices.ContainsFunc(ofCertificate, func(fact Fact) bool { _, ok := f[fact]; return ok })
}

// Read returns the facts of a document. Of several vocabularies the first that
// knows a fact counts. A text that cannot be read as its vocabulary says, such as
// a date of another layout or a state that is not listed, leaves the fact unknown.
// Nothing is denied by a document that is cut off: what denies it may be missing.
func Read(d *Document, vocabularies ...*Vocabulary) Facts {
	facts := Facts{}
	if d == nil {
		return facts
	}
	for _, v := range vocabularies {
		if v == nil {
			continue
		}
		for fact, places := range v.facts {
			if _, known := facts[fact]; known {
				continue
			}
			for _, p := range places {
				if value, ok := p.read(d, kinds[fact]); ok && (value.State != No || d.Cut == nil) {
					facts[fact] = value
					break
				}
			}
		}
	}
	return facts
}

// read finds the place in a document, and reports whether its text says anything.
func (p *place) read(d *Document, kind kind) (Value, bool) {
	nth := max(p.Occurrence, 1)
	for _, e := range d.Entries {
		if e.Name != p.Element || !p.in(e.Group) {
			continue
		}
		if nth--; nth > 0 {
			continue
		}
		v := Value{Text: e.Value, Element: e.Name}
		if p.pattern != nil {
			m := p.pattern.FindStringSubmatch(e.Value)
			if m == nil {
				return Value{}, false
			}
			v.Text = m[min(1, len(m)-1)]
		}
		return v, v.as(kind, p)
	}
	return Value{}, false
}

func (p *place) in(group string) bool {
	return p.Group == "" || p.Group == group || p.Group == "." && group == ""
}

// as reads the text as a fact of its kind.
func (v *Value) as(kind kind, p *place) bool {
	switch kind {
	case kindTime:
		for _, layout := range p.Layouts {
			if t, err := time.Parse(layout, v.Text); err == nil {
				v.Time = t.UTC()
				return true
			}
		}
		return false
	case kindState:
		for _, re := range p.yes {
			if re.MatchString(v.Text) {
				v.State = Yes
				return true
			}
		}
		for _, re := range p.no {
			if re.MatchString(v.Text) {
				v.State = No
				return true
			}
		}
		return false
	}
	return v.Text != ""
}
