// SPDX-License-Identifier: MPL-2.0

package option43

import (
	"errors"
	"io"
	"iter"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Exchange is what one client asked in one transaction, and what servers
// answered.
type Exchange struct {
	Client      [6]byte
	Transaction uint32
	VendorClass string // option 60, empty where no question of the client was seen
	Kind        ClientKind
	Events      []Event // in the order of the capture
	Findings    []Finding
}

// Event is one message of an exchange.
type Event struct {
	Packet   int
	Time     time.Time
	Type     string     // DISCOVER, OFFER and so on
	Server   netip.Addr // who answers, or whose offer is taken; may be invalid
	Address  netip.Addr // given or asked for; may be invalid
	Relay    netip.Addr // may be invalid
	Asked    []byte     // option 55, of a question
	Option43 []byte     // of an answer; nil where it has none
	Domain   string     // option 15
	Text     string     // option 56: why a server refuses
	Repeated bool       // the client sent the same before in this exchange

	kind          byte
	codes         []byte
	instances     int
	damage        string
	asksForVendor bool
}

// ClientKind says what a client is by its option 60.
type ClientKind uint8

const (
	// OtherClient is a client that is not a phone of Cisco's, or not known.
	OtherClient ClientKind = iota
	// OtherPhone is a phone of Cisco's that does not take these sub-options.
	OtherPhone
	// Phone is a Desk Phone 9800 or Video Phone 8875.
	Phone
)

// KindOf returns what a client with the option 60 is.
func KindOf(vendorClass string) ClientKind {
	// The 9811 is sold, but in no document that lists the strings of option 60.
	if slices.Contains(VendorClasses, vendorClass) || vendorClass == "DP-9811" {
		return Phone
	}
	for _, prefix := range []string{"CP-", "DP-", "Cisco Systems, Inc. IP Phone", "Cisco IP Phone"} {
		if len(vendorClass) >= len(prefix) && strings.EqualFold(vendorClass[:len(prefix)], prefix) {
			return OtherPhone
		}
	}
	return OtherClient
}

// maxExchanges and maxEvents bound the memory for a capture of a flood of made-up
// addresses.
const (
	maxExchanges = 1 << 16
	maxEvents    = 64 // of one exchange
)

// ErrTooMany is returned by [Exchanges] for a capture with more exchanges than
// are kept.
var ErrTooMany = errors.New("more than 65,536 exchanges: split the capture, for instance with tcpdump -r FILE -w PART ether host MAC")

// Exchanges joins the messages of a capture, as [Messages] yields them, to
// exchanges, in the order in which they begin, and judges each in a scope of which
// the messages say domain and options themselves. An error comes back with the
// exchanges before it; a capture that ends within a packet is one
// (io.ErrUnexpectedEOF).
func Exchanges(messages iter.Seq2[*Message, error], scope Scope) ([]*Exchange, error) {
	if messages == nil {
		return nil, nil
	}
	type key struct {
		client      [6]byte
		transaction uint32
	}
	known := map[key]*Exchange{}
	var all []*Exchange
	var failed error
	for m, err := range messages {
		if err != nil {
			failed = err
			break
		}
		if m == nil {
			continue
		}
		k := key{m.Client, m.Transaction}
		x := known[k]
		if x == nil {
			if len(all) == maxExchanges {
				failed = ErrTooMany
				break
			}
			x = &Exchange{Client: m.Client, Transaction: m.Transaction}
			known[k] = x
			all = append(all, x)
		}
		x.add(m)
	}
	if failed != nil && !errors.Is(failed, io.ErrUnexpectedEOF) && !errors.Is(failed, ErrTooMany) {
		return nil, failed
	}
	judgeAll(all, scope)
	return all, failed
}

// add takes a message in. What the message holds is valid until the next one.
func (x *Exchange) add(m *Message) {
	if len(x.Events) == maxEvents {
		return
	}
	if !m.FromServer() && m.VendorClass != "" {
		x.VendorClass = m.VendorClass
		x.Kind = KindOf(m.VendorClass)
	}
	e := Event{
		Packet: m.Packet, Time: m.Time, Type: m.TypeName(), Server: m.Server, Address: m.Address, Relay: m.Relay, Domain: m.Domain, Text: m.Text,
		Asked: slices.Clone(m.ParameterList), kind: m.Type, codes: slices.Clone(m.Codes), instances: m.Instances, damage: m.Damage,
		asksForVendor: slices.Contains(m.ParameterList, 43),
	}
	if m.Instances > 0 {
		e.Option43 = append([]byte{}, m.Option43...)
	}
	e.Repeated = slices.ContainsFunc(x.Events, func(o Event) bool {
		return o.kind == e.kind && o.Relay == e.Relay && o.Server == e.Server && o.Address == e.Address
	})
	x.Events = append(x.Events, e)
}

// fromServer reports whether the event is an answer.
func (e *Event) fromServer() bool {
	return e.kind == typeOffer || e.kind == typeAck || e.kind == typeNak
}

// count returns how many events have the type.
func (x *Exchange) count(kind byte) int {
	n := 0
	for i := range x.Events {
		if x.Events[i].kind == kind {
			n++
		}
	}
	return n
}

// first returns the packet of the first event with the type, or of the first
// event.
func (x *Exchange) first(kind byte) int {
	for i := range x.Events {
		if x.Events[i].kind == kind {
			return x.Events[i].Packet
		}
	}
	return x.Events[0].Packet
}

// Problems counts the findings that keep a phone from its parameters.
func (x *Exchange) Problems() int {
	n := 0
	for _, f := range x.Findings {
		if f.Level == LevelProblem {
			n++
		}
	}
	return n
}
