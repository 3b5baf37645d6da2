// SPDX-License-Identifier: MPL-2.0

package fleet

import (
	"fmt"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
)

// Facts returns what the verdict rests on: the certificates of the phone and the
// last time that one of them was accepted, shown or refused.
func (r Result) Facts() []Fact {
	if r.state == nil {
		return nil
	}
	p, facts := r.state, make([]Fact, 0, len(r.state.certs)+1)
	add := func(what, serial string, when int64, from origin) {
		f := Fact{What: what, Serial: serial, At: at(when)}
		if int(from.source) < len(r.join.sources) {
			s := r.join.sources[from.source]
			f.Source, f.Line = s.Source, int(from.line)
			if f.At.IsZero() {
				f.At = s.Changed
			}
		}
		facts = append(facts, f)
	}
	for i := range p.certs {
		c := &p.certs[i]
		add("issued", c.serial, c.notBefore, c.from)
		if c.isRevoked {
			add("revoked", c.serial, c.revoked, c.revokedFrom)
		}
	}
	said := "resynced"
	if p.said != nil && p.said.failed {
		said = "resync failed"
	}
	for _, e := range []struct {
		what string
		*event
	}{{said, p.said}, {"accepted", p.accepted}, {"shown", p.shown}, {"refused", p.rejected}} {
		if e.event != nil {
			add(e.what, e.serial, e.at, e.from)
		}
	}
	return facts
}

// remarks say what contradicts the verdict, or each other.
func (v *verdict) remarks() {
	p, c := v.p, v.subject()
	if c != nil {
		if name := p.phone.Name; name != "" && c.name != name && strings.EqualFold(c.name, name) {
			v.note("the common name %q differs from %q in case: FreeRADIUS compares case", foreign.Text(c.name), name)
		}
		if strings.Contains(p.phone.Name, "$") {
			v.note("the common name %s has a macro that only the phone can expand: it was not compared", p.phone.Name)
		}
		if a := p.accepted; a != nil && c.isRevoked && c.revoked != 0 && a.at > c.revoked && a.serial == c.serial {
			v.note("the network accepted it%s, after it was revoked: the RADIUS server does not check revocation", on(a.at))
		}
		if a := p.accepted; a != nil && a.serial == c.serial && c.notAfter != 0 && a.at > c.notAfter {
			v.note("the network accepted it%s, after its end: compare the clocks", on(a.at))
		}
	}
	if said := p.said; said != nil && said.failed && v.r.Verdict != Failed {
		v.note("the phone says that it could not fetch its file%s%s", on(said.at), because(said.reason))
	}
	if v.seen != nil && v.seen.serial != "" && v.used == nil && v.seen.owner < 0 && v.complete && v.malformed == 0 {
		v.note("the certificate that it showed, serial %s, is not in the CA's records", v.seen.serial)
	}
	if v.seen != nil && v.seen.owner >= 0 && c != nil {
		v.note("it showed the certificate of %s", v.phones[v.seen.owner].phone.MAC)
	}
	for _, i := range p.others {
		if i < 0 {
			v.note("a device that is not in the inventory showed its certificate")
			continue
		}
		v.note("its certificate was shown by %s", v.phones[i].phone.MAC)
	}
	if valid := v.valid(); len(valid) > 1 {
		v.note("it has %d valid certificates: serial %s", len(valid), strings.Join(valid, ", "))
	}
}

func (v *verdict) valid() (serials []string) {
	for _, c := range v.p.certs {
		if !c.isRevoked && c.notAfter > v.now {
			serials = append(serials, c.serial)
		}
	}
	return serials
}

func (v *verdict) note(format string, args ...any) {
	v.r.Notes = append(v.r.Notes, fmt.Sprintf(format, args...))
}
