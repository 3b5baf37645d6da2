// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// NamedQuirk is a way to misbehave with a name to be asked for by.
type NamedQuirk struct {
	Name    string // "no-root"
	Meaning string // one line
	set     func(*Quirks)
}

// NamedQuirks are the quirks of servers that exist, and a few of attackers, for
// rehearsals: what do phones do before such a server?
func NamedQuirks() []NamedQuirk { return slices.Clone(namedQuirks) }

var namedQuirks = []NamedQuirk{
	{"no-root", "the root is not in GetCACert, as at step-ca by default", func(q *Quirks) { q.OmitRoot = true }},
	{"single", "one certificate, the issuing CA's, as at micromdm/scep", func(q *Quirks) { q.SingleDER = true }},
	{"ndes", "two RA certificates around the CA's; a key that has a certificate gets that one again", func(q *Quirks) { q.NDES, q.NDESSameKey = true, true }},
	{"ejbca", "capabilities, bag and replies of EJBCA in CA mode", func(q *Quirks) { q.EJBCA = true }},
	{"ios", "capabilities of a Cisco IOS CA: messages by GET, no AES", func(q *Quirks) { q.Caps = CapsIOS }},
	{"no-caps", "GetCACaps is not known", func(q *Quirks) { q.Caps = CapsNotFound }},
	{"des3-only", "nothing newer than triple DES and SHA-1", func(q *Quirks) { q.DES3Only = true }},
	{"sha1-replies", "replies are signed with SHA-1, as at step-ca and micromdm/scep", func(q *Quirks) { q.SHA1Replies = true }},
	{"renewal-needs-challenge", "Renewal is advertised and refused without the challenge password, as at step-ca and micromdm/scep",
		func(q *Quirks) { q.RenewalNeedsChallenge = true }},
	{"short-lived", "certificates live 10 days, less than the 15 at which phones renew", func(q *Quirks) { q.Lifetime = 10 * 24 * time.Hour }},
	{"rewrite-subject", "the common name is replaced", func(q *Quirks) { q.RewriteSubject = "somebody else" }},
	{"pending", "every request waits for an approval that never comes", func(q *Quirks) { q.PendingForever = true }},
	{"error-500", "requests are answered with HTTP status 500", func(q *Quirks) { q.Status = 500 }},
	{"slow", "every answer takes 3 seconds", func(q *Quirks) { q.Slow = 3 * time.Second }},
	{"chunked", "answers come in pieces, without a length", func(q *Quirks) { q.Chunked = true }},
	{"truncated", "replies break off in the middle", func(q *Quirks) { q.Truncate = true }},
	{"fake-ra", "attack: a phone's certificate stands among those of the CA", func(q *Quirks) { q.FakeRA = true }},
	{"insider", "attack: replies are signed by another phone", func(q *Quirks) { q.InsiderSigns = true }},
	{"wrong-nonce", "attack: replies answer another request", func(q *Quirks) { q.WrongNonce = true }},
	{"foreign-key", "attack: certificates are for another key", func(q *Quirks) { q.ForeignKey = true }},
}

// ParseQuirks combines named quirks. It errs for a name that is not one of
// [NamedQuirks], and names those.
func ParseQuirks(names ...string) (Quirks, error) {
	var q Quirks
	for _, name := range names {
		i := slices.IndexFunc(namedQuirks, func(n NamedQuirk) bool { return n.Name == name })
		if i < 0 {
			var known []string
			for _, n := range namedQuirks {
				known = append(known, n.Name)
			}
			return q, fmt.Errorf("unknown quirk %q: choose from %s", name, strings.Join(known, ", "))
		}
		namedQuirks[i].set(&q)
	}
	return q, nil
}
