// SPDX-License-Identifier: MPL-2.0

package fleet

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/record"
)

// A Join gathers what sources say. It is not safe for concurrent use.
type Join struct {
	expect  Expectation
	phones  []state
	byMAC   map[uint64]int32   // by key
	byName  map[string]int32   // lower case, of phones whose name does not hold their MAC address
	later   map[looseKey]event // by what is all that these records name: the serial number
	revoked map[string][]revocation
	issuers map[string]string

	certs  chunk[certificate]
	events chunk[event]

	sources   []record.Report
	current   int32 // the source being read
	complete  bool  // one of them holds everything its CA issued
	uses      bool  // one of them tells who was seen
	malformed int   // records of such sources that could not be read
	strangers int   // records about phones that are not in the inventory
}

// Strangers returns how many records are about phones that are not in the
// inventory, or about no phone that can be told.
func (j *Join) Strangers() int { return j.strangers + len(j.later) }

// key is a MAC address as a number, which maps look up faster.
func key(mac device.MAC) uint64 {
	var b [8]byte
	copy(b[:], mac[:])
	return binary.LittleEndian.Uint64(b[:])
}

// state is what is known of one phone. Times are in seconds, 0 is unknown: there
// are a hundred thousand of them.
type state struct {
	phone                     Phone
	certs                     []certificate // the newest ones
	accepted, shown, rejected *event        // the last of each
	said                      *event        // the last that the phone said of a resync
	others                    []int32       // phones that showed this one's certificate
}

type certificate struct {
	serial, name, issuer, reason string
	notBefore, notAfter, revoked int64
	from, revokedFrom            origin
	usage                        record.Usage
	isRevoked                    bool
}

// revocation is an entry of a revocation list.
type revocation struct {
	at             int64
	reason, issuer string
	from           origin
}

// event is a use of a certificate.
type event struct {
	serial, name, reason string
	at, notAfter         int64
	from                 origin
	owner                int32 // whose certificate it is by its name, -1 when it is this phone's
	failed               bool  // a resync
}

// origin is a line of a source.
type origin struct{ source, line int32 }

// looseKey is of a use that names the phone by the serial number only.
type looseKey struct {
	kind   record.Kind
	serial string
}

// chunk makes room for single values, many at once: one allocation for each would
// take longer than reading what is kept in it.
type chunk[T any] struct{ free []T }

// room returns an empty slice with room for one.
func (c *chunk[T]) room() []T {
	const many = 512
	if len(c.free) == 0 {
		c.free = make([]T, many)
	}
	room := c.free[:0:1]
	c.free = c.free[1:]
	return room
}

// keptCertificates is how many certificates of a phone are remembered: those with
// the latest ends.
const keptCertificates = 4

// Add takes a fact. It is what [record.Source.Read] calls.
func (j *Join) Add(f *record.Fact) {
	if f == nil {
		return
	}
	byName, named := j.named(f)
	switch f.Kind {
	case record.Issued, record.Revoked:
		if f.Name == "" && f.Kind == record.Revoked { // a revocation list
			if j.revoked == nil {
				j.revoked = map[string][]revocation{}
			}
			serial := strings.Clone(f.Serial)
			j.revoked[serial] = append(j.revoked[serial], revocation{at: seconds(f.At), reason: f.Reason, issuer: j.issuer(f.Issuer), from: j.from(f)})
			return
		}
		if !named {
			j.strangers++
			return
		}
		j.certificate(byName, f)
	default:
		j.use(f, byName, named)
	}
}

// named returns the phone whose certificate the record is about, by the
// certificate's name or, where it has none, by the identity.
func (j *Join) named(f *record.Fact) (int32, bool) {
	name := f.Name
	if name == "" {
		name, _, _ = strings.Cut(f.User, "@")
	}
	if mac, ok := macIn(name); ok {
		i, known := j.byMAC[key(mac)]
		return i, known
	}
	if j.byName == nil {
		return 0, false
	}
	i, known := j.byName[strings.ToLower(name)]
	return i, known
}

func (j *Join) certificate(i int32, f *record.Fact) {
	p := &j.phones[i]
	at := slices.IndexFunc(p.certs, func(c certificate) bool { return c.serial == f.Serial })
	if at < 0 {
		if p.certs == nil {
			p.certs = j.certs.room()
		}
		p.certs = append(p.certs, certificate{serial: strings.Clone(f.Serial), name: p.text(f.Name)})
		at = len(p.certs) - 1
	}
	c := &p.certs[at]
	c.from = j.from(f)
	c.notBefore, c.notAfter = cmp.Or(seconds(f.NotBefore), c.notBefore), cmp.Or(seconds(f.NotAfter), c.notAfter)
	if f.Issuer != "" {
		c.issuer = j.issuer(f.Issuer)
	}
	if f.Usage != 0 {
		c.usage = f.Usage
	}
	if f.Kind == record.Revoked {
		c.isRevoked, c.revoked, c.reason, c.revokedFrom = true, seconds(f.At), strings.Clone(f.Reason), c.from
	}
	if len(p.certs) > keptCertificates {
		oldest := 0
		for n := range p.certs {
			if p.certs[n].notAfter < p.certs[oldest].notAfter {
				oldest = n
			}
		}
		p.certs = slices.Delete(p.certs, oldest, oldest+1)
	}
}

// use takes a record of a certificate that was shown, accepted or refused.
func (j *Join) use(f *record.Fact, byName int32, named bool) {
	i, known := byName, named
	if !f.MAC.IsZero() && (!named || j.phones[byName].phone.MAC != f.MAC) {
		i, known = j.byMAC[key(f.MAC)]
	}
	if !known && !named && f.Serial != "" && f.MAC.IsZero() {
		j.keep(f)
		return
	}
	if !known {
		j.strangers++
		if named && f.Name != "" && !f.MAC.IsZero() {
			j.phones[byName].others = add(j.phones[byName].others, -1)
		}
		return
	}
	p := &j.phones[i]
	last := p.last(f.Kind)
	e := event{at: seconds(f.At), notAfter: seconds(f.NotAfter), from: j.from(f), owner: -1, failed: f.Kind == record.ResyncFailed}
	if named && f.Name != "" && byName != i {
		e.owner = byName
		j.phones[byName].others = add(j.phones[byName].others, i)
	}
	if *last == nil || (*last).at <= e.at {
		e.serial, e.name, e.reason = p.text(f.Serial), p.text(f.Name), strings.Clone(f.Reason)
		if *last == nil {
			*last = &append(j.events.room(), e)[0]
		} else {
			**last = e
		}
	}
}

// keep remembers the last use of each certificate whose phone is not known yet.
func (j *Join) keep(f *record.Fact) {
	loose := looseKey{f.Kind, f.Serial}
	if old, ok := j.later[loose]; ok && old.at > seconds(f.At) {
		return
	}
	if j.later == nil {
		j.later = map[looseKey]event{}
	}
	loose.serial = strings.Clone(loose.serial)
	j.later[loose] = event{serial: loose.serial, reason: strings.Clone(f.Reason), at: seconds(f.At), notAfter: seconds(f.NotAfter), from: j.from(f), owner: -1}
}

func add(list []int32, i int32) []int32 {
	if len(list) >= keptCertificates || slices.Contains(list, i) {
		return list
	}
	return append(list, i)
}

// last returns where the last event of a kind is kept.
func (p *state) last(kind record.Kind) **event {
	switch kind {
	case record.Accepted:
		return &p.accepted
	case record.Shown:
		return &p.shown
	case record.Resynced, record.ResyncFailed:
		return &p.said
	}
	return &p.rejected
}

// text returns a copy of s, or the same text where the phone has it already.
func (p *state) text(s string) string {
	switch {
	case s == p.phone.Name:
		return p.phone.Name
	case s == "":
		return ""
	}
	for i := range p.certs {
		switch c := &p.certs[i]; s {
		case c.serial:
			return c.serial
		case c.name:
			return c.name
		}
	}
	return strings.Clone(s)
}

// issuer returns a copy that all certificates of one CA share.
func (j *Join) issuer(s string) string {
	if have, ok := j.issuers[s]; ok {
		return have
	}
	if j.issuers == nil {
		j.issuers = map[string]string{}
	}
	s = strings.Clone(s)
	j.issuers[s] = s
	return s
}

func (j *Join) from(f *record.Fact) origin { return origin{j.current, int32(f.Line)} }

// settle gives the records that name a serial number only to the phones whose
// certificates have them, now that all sources were read.
func (j *Join) settle() {
	if len(j.later) == 0 && len(j.revoked) == 0 {
		return
	}
	bySerial := make(map[string]int32, len(j.phones))
	for i := range j.phones {
		for _, c := range j.phones[i].certs {
			bySerial[c.serial] = int32(i)
		}
	}
	for loose, e := range j.later {
		i, known := bySerial[loose.serial]
		if !known {
			continue
		}
		delete(j.later, loose)
		p := &j.phones[i]
		if last := p.last(loose.kind); *last == nil || (*last).at <= e.at {
			*last = &e
		}
	}
	for serial, list := range j.revoked {
		i, known := bySerial[serial]
		if !known {
			continue
		}
		for n := range j.phones[i].certs {
			c := &j.phones[i].certs[n]
			for _, r := range list {
				if c.serial == serial && !c.isRevoked && (c.issuer == "" || c.issuer == r.issuer) {
					c.isRevoked, c.revoked, c.reason, c.revokedFrom = true, r.at, r.reason, r.from
				}
			}
		}
	}
}

// seconds is the time as it is kept, 0 where it is not known.
func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}
