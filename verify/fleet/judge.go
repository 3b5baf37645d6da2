// SPDX-License-Identifier: MPL-2.0

package fleet

import (
	"cmp"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
	"github.com/phonecfg/terraform-provider-ciscophone/verify"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/record"
)

const (
	// RenewsBefore is when a phone renews: within 15 days of the end, looked at
	// every four hours (Cisco, "Custom Device Certificate").
	RenewsBefore = 15 * 24 * time.Hour
	// renewsWithin is how long a phone that is switched on may take for it.
	renewsWithin = 24 * time.Hour
	// shownWithin is how long the network may take to ask for the new certificate.
	shownWithin = 24 * time.Hour
)

// Results returns a result for each phone, in the order in which they were given.
func (j *Join) Results() iter.Seq[Result] {
	j.settle()
	return func(yield func(Result) bool) {
		var v verdict
		for i := range j.phones {
			v.judge(j, &j.phones[i])
			v.remarks()
			if !yield(v.r) {
				return
			}
		}
	}
}

// verdict is a judgment in the making.
type verdict struct {
	*Join
	p      *state
	now    int64
	newest *certificate // with the latest end, revoked ones last
	seen   *event       // the last that was accepted or shown
	used   *certificate // the one that seen is about, if it is on record
	r      Result
}

// judge decides without saying why at length.
func (v *verdict) judge(j *Join, p *state) {
	*v = verdict{Join: j, p: p, now: j.expect.Now.Unix(), r: Result{Phone: p.phone, join: j, state: p}}
	for i := range p.certs {
		c := &p.certs[i]
		if v.newest == nil || !c.isRevoked && v.newest.isRevoked || c.isRevoked == v.newest.isRevoked && c.notAfter > v.newest.notAfter {
			v.newest = c
		}
	}
	if v.seen = p.accepted; v.seen == nil || p.shown != nil && p.shown.at > v.seen.at {
		v.seen = cmp.Or(p.shown, v.seen)
	}
	if v.seen != nil {
		v.r.Seen = at(v.seen.at)
		v.used = v.find(v.seen.serial)
	}
	v.decide()
	v.r.Issued = v.issued()
}

// find returns a certificate on record.
func (v *verdict) find(serial string) *certificate {
	for i := range v.p.certs {
		if v.p.certs[i].serial == serial && serial != "" {
			return &v.p.certs[i]
		}
	}
	return nil
}

// subject returns the certificate that counts: the one in use, unless it has ended
// and there is a newer one.
func (v *verdict) subject() *certificate {
	switch {
	case v.used == nil && v.seen != nil && v.seen.serial != "" && v.seen.owner < 0 && (v.newest == nil || v.seen.notAfter >= v.newest.notAfter):
		return &certificate{serial: v.seen.serial, name: v.seen.name, notAfter: v.seen.notAfter, from: v.seen.from}
	case v.used == nil || v.newest != v.used && (v.used.isRevoked || v.used.notAfter <= v.now):
		return v.newest
	}
	return v.used
}

// issued reports whether the newest certificate is as expected.
func (v *verdict) issued() bool {
	c, e := v.newest, v.expect
	return c != nil && !c.isRevoked && c.notAfter > v.now && c.notBefore <= v.now && v.rightName(c.name) && c.usage != record.NotForClients &&
		(e.Issuer == "" || c.issuer == "" || issuedBy(c.issuer, e.Issuer)) && (v.changed() == 0 || c.notBefore >= v.changed())
}

func (v *verdict) decide() {
	c, e := v.subject(), v.expect
	if c == nil {
		v.without()
		return
	}
	v.r.Name, v.r.Serial, v.r.End = foreign.Text(c.name), c.serial, at(c.notAfter)
	left := time.Duration(c.notAfter-v.now) * time.Second
	switch refused := v.p.rejected; {
	case c.isRevoked:
		v.say(Revoked, "revoked%s%s", on(c.revoked), because(c.reason))
	case c.notAfter != 0 && left <= 0:
		v.say(Expired, "ended%s", on(c.notAfter))
	case c.notBefore > v.now:
		v.say(Wrong, "not valid before %s: compare the clocks", stamp(c.notBefore))
	case !v.rightName(c.name):
		v.say(Wrong, "the common name is %q, want %s", foreign.Text(c.name), v.wanted())
	case c.usage == record.NotForClients:
		v.say(Wrong, "lacks the extended key usage clientAuth, which an EAP-TLS server asks for")
	case e.Issuer != "" && c.issuer != "" && !issuedBy(c.issuer, e.Issuer):
		v.say(Wrong, "issued by %q, want %q", foreign.Text(c.issuer), e.Issuer)
	case refused != nil && (v.seen == nil || refused.at > v.seen.at) && (refused.serial == "" || refused.serial == c.serial):
		v.say(Refused, "refused%s%s", on(refused.at), because(refused.reason))
	case c.notBefore != 0 && c.notBefore < v.changed()-int64(verify.Backdated.Seconds()):
		v.say(OldParameters, "issued%s, before the parameters changed", on(c.notBefore))
	case c.notAfter != 0 && left <= v.renewedBy() && (c.notBefore == 0 || c.notAfter-c.notBefore > int64(RenewsBefore.Seconds())):
		v.overdue(c, left)
	case c.notAfter != 0 && left <= e.ExpiresWithin:
		v.say(ExpiresSoon, "ends in %s", days(left))
	case v.seen == nil && !v.uses:
		v.say(Unknown, "it was issued a certificate; no source tells which phones were seen")
	case v.seen == nil:
		v.say(NotSeen, "no network and no server has seen the phone")
	case v.used == nil && v.seen.serial != c.serial && v.seen.serial != "":
		v.say(NotSeen, "the phone last showed another certificate, serial %s", v.seen.serial)
	case v.used != nil && v.used != c:
		v.say(NotSeen, "the phone last showed an older certificate, serial %s", v.used.serial)
	case e.SeenWithin > 0 && v.now-v.seen.at > int64(e.SeenWithin.Seconds()):
		v.say(NotSeen, "last seen%s", on(v.seen.at))
	case c.notBefore < v.changed() && c.notBefore == 0:
		v.say(Unknown, "no source says when its certificate was issued, so whether after the parameters changed")
	case c.notBefore < v.changed():
		v.say(Unknown, "issued about when the parameters changed%s: a CA may date a certificate back", on(c.notBefore))
	default:
		v.r.Verdict = InUse
	}
}

// changed returns when the phone's parameters changed, 0 where that does not count.
func (v *verdict) changed() int64 {
	after := v.expect.IssuedAfter
	if own := v.p.phone.IssuedAfter; !own.IsZero() {
		after = own
	}
	if after.IsZero() {
		return 0
	}
	return after.Unix()
}

// without decides about a phone without a certificate on record.
func (v *verdict) without() {
	refused := v.p.rejected
	switch {
	case v.seen != nil && v.seen.owner >= 0:
		v.say(Wrong, "it showed the certificate of %s", v.phones[v.seen.owner].phone.MAC)
	case refused != nil && (v.seen == nil || refused.at > v.seen.at):
		v.say(Refused, "refused%s%s; no source says that it was issued a certificate", on(refused.at), because(refused.reason))
	case v.seen != nil:
		v.say(Unknown, "it was let in%s; no source says with which certificate", on(v.seen.at))
	case v.p.said != nil && v.p.said.failed:
		v.say(Failed, "the phone says that it could not fetch its file%s%s; no source says that it was issued a certificate", on(v.p.said.at), because(v.p.said.reason))
	case v.complete && v.malformed == 0:
		v.say(NoCertificate, "the CA's records have none for it")
	case v.complete:
		v.say(Unknown, "the CA's records have none for it, but %d of them could not be read", v.malformed)
	default:
		v.say(Unknown, "no source mentions it")
	}
}

// renewedBy is how long before its end a certificate is overdue. A phone that was
// issued the next one has a day more to show it: networks ask once a day or oftener.
func (v *verdict) renewedBy() time.Duration {
	if v.newest != nil && v.newest != v.used && v.used != nil && !v.newest.isRevoked && v.newest.notAfter > v.used.notAfter {
		return RenewsBefore - renewsWithin - shownWithin
	}
	return RenewsBefore - renewsWithin
}

func (v *verdict) overdue(c *certificate, left time.Duration) {
	if newer := v.newest; newer != nil && newer != c && newer.notAfter > c.notAfter && !newer.isRevoked {
		v.say(RenewalOverdue, "ends in %s; a newer one was issued, serial %s, and the phone does not show it", days(left), newer.serial)
		return
	}
	v.say(RenewalOverdue, "ends in %s and was not renewed", days(left))
}

func (v *verdict) say(verdict Verdict, format string, args ...any) {
	v.r.Verdict, v.r.Why = verdict, fmt.Sprintf(format, args...)
}

// rightName compares names without regard to case, as Windows and DNS do; a
// difference of case is a remark.
func (v *verdict) rightName(name string) bool {
	p := v.p.phone
	switch {
	case name == "" || p.Name == "" && p.Model.MICPrefix == "" || strings.Contains(p.Name, "$"):
		return true // not known, or a macro that only the phone can expand
	case p.Name != "":
		return strings.EqualFold(name, p.Name)
	}
	mic := p.MICName()
	return len(name) >= len(mic) && strings.EqualFold(name[:len(mic)], mic) && (len(name) == len(mic) || name[len(mic)] == '.')
}

func (v *verdict) wanted() string {
	if p := v.p.phone; p.Name == "" {
		return fmt.Sprintf("%q, alone or with a domain", p.MICName())
	}
	return fmt.Sprintf("%q", v.p.phone.Name)
}

// issuedBy reports whether a distinguished name is want, or has the common name
// want.
func issuedBy(dn, want string) bool {
	return strings.EqualFold(dn, want) || strings.EqualFold(record.CommonName(dn), want)
}

func at(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

func stamp(seconds int64) string { return at(seconds).Format(time.RFC3339) }

func on(seconds int64) string {
	if seconds == 0 {
		return ""
	}
	return " on " + stamp(seconds)
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + foreign.Text(reason)
}

func days(d time.Duration) string {
	switch n := int(d / (24 * time.Hour)); n {
	case 0:
		return d.Round(time.Minute).String()
	case 1:
		return "1 day"
	default:
		return fmt.Sprintf("%d days", n)
	}
}
