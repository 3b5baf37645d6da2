// SPDX-License-Identifier: MPL-2.0

// Package fleet joins what many sources say to one verdict for each phone.
//
//	j := fleet.New(phones, fleet.Expectation{Now: time.Now()})
//	for _, s := range sources {
//		report, err := s.Read(ctx, record.Options{}, j.Add)
//		if err != nil {
//			return err
//		}
//		j.Read(report)
//	}
//	for r := range j.Results() {
//		fmt.Println(r.Phone.MAC, r.Verdict, r.Why)
//	}
//
// A CA knows which certificates it issued, a RADIUS server which ones are in use.
// [InUse] needs the latter: the network let the phone in, or it showed the
// certificate to a TLS server. What no source tells is [Unknown]. [NoCertificate]
// needs a source that holds everything its CA issued and was read without a fault.
//
// The memory does not grow with the number of records, only with that of phones.
package fleet

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/inventory"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/record"
)

// A Phone is one that should hold a certificate.
type Phone struct {
	device.Identity
	// Name is the common name its certificate must have, macros expanded. Empty
	// means the names that a phone forms by itself: that of its MIC, alone or with
	// a domain behind it.
	Name string
	// IssuedAfter is when this phone's parameters changed, where that is known of
	// each phone; see Expectation.
	IssuedAfter time.Time
	// Labels are what else the inventory has, such as the site, by name.
	Labels []Label
}

// A Label is something that an inventory says of a phone.
type Label struct{ Name, Value string }

// FromInventory returns the phone that a row of an inventory is about. Its common
// name is that of the column CDC_Common_Name_1_ with its macros expanded or, with a
// domain, the one which the phone forms of that.
func FromInventory(row inventory.Row) (Phone, error) {
	id, err := row.Phone()
	if err != nil {
		return Phone{}, err
	}
	p := Phone{Identity: id}
	switch name, domain := row.Fields[cdc.ParamCommonName], row.Fields["domain"]; {
	case name != "":
		p.Name = id.Macros().Expand(name)
	case domain != "" && id.Model != (device.Model{}):
		p.Name = id.CommonName(domain)
	}
	for key, value := range row.Fields {
		if !inventory.Parameter(key) && key != "mac" && key != "model" && key != "serial" && key != "domain" {
			p.Labels = append(p.Labels, Label{key, value})
		}
	}
	slices.SortFunc(p.Labels, func(a, b Label) int { return strings.Compare(a.Name, b.Name) })
	return p, nil
}

// An Expectation says what a right certificate is, and when a right one needs
// attention.
type Expectation struct {
	// Now is the time of the verdicts. It must be set.
	Now time.Time
	// ExpiresWithin makes a certificate that ends within it a finding.
	ExpiresWithin time.Duration
	// SeenWithin makes a phone a finding that nobody saw within it; 0 is any time.
	SeenWithin time.Duration
	// IssuedAfter is when the phones' parameters changed. Certificates that began
	// before are old; of one that began less than verify.Backdated before, and of
	// one whose beginning no source has, it cannot be told. Zero is not compared.
	IssuedAfter time.Time
	// Issuer is the common name of the CA that must have issued them, or its
	// distinguished name (RFC 2253). Empty is not compared.
	Issuer string
}

// A Verdict sums up what the sources say of a phone.
type Verdict string

// The verdicts. All but InUse are findings; Unknown and NotSeen are not proof of a
// fault.
const (
	InUse          Verdict = "in use"
	NotSeen        Verdict = "issued, not seen"
	ExpiresSoon    Verdict = "expires soon"
	RenewalOverdue Verdict = "renewal overdue"
	OldParameters  Verdict = "old parameters"
	Refused        Verdict = "refused by the network"
	Wrong          Verdict = "wrong certificate"
	Expired        Verdict = "expired"
	Revoked        Verdict = "revoked"
	Failed         Verdict = "failed"
	NoCertificate  Verdict = "no certificate"
	Unknown        Verdict = "unknown"
)

// Verdicts are all of them, the right one first and those that cannot be told last.
var Verdicts = []Verdict{InUse, NotSeen, ExpiresSoon, RenewalOverdue, OldParameters, Refused, Wrong, Expired, Revoked, Failed, NoCertificate, Unknown}

// A Result is the verdict for one phone, and what it rests on.
type Result struct {
	Phone   Phone
	Verdict Verdict
	Why     string    // one sentence; empty for a phone in use
	Issued  bool      // a valid certificate is on record that is as expected, be it seen in use or not
	Name    string    // common name of the certificate the verdict is about
	Serial  string    // its serial number, lower case hexadecimal
	End     time.Time // of its validity
	Seen    time.Time // when the network or a server last accepted one of the phone's
	Notes   []string  // what contradicts it or is worth a look

	join  *Join
	state *state
}

// A Fact is what one record says of the phone.
type Fact struct {
	What   string    // "issued", "accepted", …
	Serial string    // of the certificate
	At     time.Time // when it happened, else when its source was written
	Source string    // "index:/var/lib/ca/index.txt"
	Line   int       // in it, from 1; 0 in a folder
}

// New returns a join of the records of these phones. An error names two that
// cannot be told apart.
func New(phones []Phone, e Expectation) (*Join, error) {
	if e.Now.IsZero() {
		return nil, errors.New("the time of the verdicts is not given")
	}
	j := &Join{expect: e, phones: make([]state, len(phones)), byMAC: make(map[uint64]int32, len(phones))}
	for i, p := range phones {
		j.phones[i].phone = p
		if other, taken := j.byMAC[key(p.MAC)]; taken {
			return nil, fmt.Errorf("two phones have the MAC address %s: number %d and %d of the inventory", p.MAC, other+1, i+1)
		}
		j.byMAC[key(p.MAC)] = int32(i)
		if mac, ok := macIn(p.Name); p.Name == "" || ok && mac == p.MAC {
			continue // found by its MAC address
		}
		if j.byName == nil {
			j.byName = map[string]int32{}
		}
		name := strings.ToLower(p.Name)
		if other, taken := j.byName[name]; taken {
			return nil, fmt.Errorf("two phones have the common name %s: %s and %s", p.Name, phones[other].MAC, p.MAC)
		}
		j.byName[name] = int32(i)
	}
	return j, nil
}

// macIn finds the MAC address in a name such as CP-9871-SEP001A2B3C4D5E.example.nl.
func macIn(name string) (device.MAC, bool) {
	var mac device.MAC
	for at := 0; at+15 <= len(name); at++ {
		if name[at]|0x20 != 's' || name[at+1]|0x20 != 'e' || name[at+2]|0x20 != 'p' {
			continue
		}
		if digits(name[at+3:at+15], &mac) {
			return mac, true
		}
	}
	if len(name) >= 12 && (len(name) == 12 || !alphanumeric(name[12])) && digits(name[:12], &mac) { // $MAU alone or with a domain
		return mac, true
	}
	return device.MAC{}, false
}

func digits(s string, mac *device.MAC) bool {
	for i := range mac {
		high, low := nibble(s[2*i]), nibble(s[2*i+1])
		if high|low > 15 {
			return false
		}
		mac[i] = high<<4 | low
	}
	return true
}

func nibble(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 0xff
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// Read notes that a source has been read, to its end or not: facts that are added
// from now on are of the next one.
func (j *Join) Read(r record.Report) {
	j.sources = append(j.sources, r)
	j.current = int32(len(j.sources))
	j.uses = j.uses || r.Uses
	if r.Complete {
		j.complete = true
		j.malformed += r.Malformed
	}
}

// At returns the time of the verdicts.
func (j *Join) At() time.Time { return j.expect.Now }

// Reports returns what was noted of the sources.
func (j *Join) Reports() []record.Report { return j.sources }
