// SPDX-License-Identifier: MPL-2.0

package option43_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

// said is one message of a made-up capture.
type said struct {
	kind    byte
	id      uint32
	client  byte // the last byte of the hardware address
	server  byte // the last byte of 10.43.0.x, 0 for none
	address byte
	relay   byte
	options [][]byte
}

// frame writes it in Ethernet.
func (s said) frame() []byte {
	options := s.options
	if s.server != 0 {
		options = append([][]byte{{54, 4, 10, 43, 0, s.server}}, options...)
	}
	if s.address != 0 && s.kind == 3 {
		options = append(options, []byte{50, 4, 10, 43, 0, s.address})
	}
	b := dhcp(s.kind, false, options...)
	m := b[14+20+8:]
	binary.BigEndian.PutUint32(m[4:], s.id)
	if s.address != 0 && s.kind != 3 {
		copy(m[16:], []byte{10, 43, 0, s.address})
	}
	if s.relay != 0 {
		copy(m[24:], []byte{10, 43, 9, s.relay})
	}
	m[33] = s.client
	return b
}

// exchanges reads a capture of the messages.
func exchanges(t *testing.T, scope option43.Scope, messages ...said) []*option43.Exchange {
	t.Helper()
	var packets [][]byte
	for _, m := range messages {
		packets = append(packets, m.frame())
	}
	all, err := option43.Exchanges(option43.Messages(bytes.NewReader(captures()[0].write(packets...))), scope)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func findings(all []*option43.Exchange) string {
	var b strings.Builder
	for _, x := range all {
		for _, f := range x.Findings {
			if !strings.Contains(f.Text, "travels in clear text") {
				fmt.Fprintf(&b, "%s %d: %s\n", f.Level, f.Packet, f.Text)
			}
		}
	}
	return b.String()
}

// TestExchanges: what captures show, and what is said of it. Each case lists all
// findings by how they begin.
func TestExchanges(t *testing.T) {
	t.Parallel()
	class, list := option(60, "DP-9871"), option(55, "\x01\x2b\x0f")
	value := string(unhex(t, option43.ExampleHex))
	ours, domain := option(43, value), option(15, "example.nl")
	other := option43.Example()
	other.Server = "http://10.79.57.92"
	different, err := other.Encode()
	if err != nil {
		t.Fatal(err)
	}
	discover := said{kind: 1, id: 1, options: [][]byte{class, list}}
	offer := said{kind: 2, id: 1, server: 1, address: 100, options: [][]byte{ours, domain}}
	request := said{kind: 3, id: 1, server: 1, address: 100, options: [][]byte{class, list}}
	ack := said{kind: 5, id: 1, server: 1, address: 100, options: [][]byte{ours, domain}}
	with := func(s said, f func(*said)) said { f(&s); return s }
	of := func(s said, id uint32) said { s.id = id; return s }
	asking := func(s said, options ...[]byte) said { s.options = options; return s }
	relayed := func(s said) said { s.relay = 7; return s }
	for name, c := range map[string]struct {
		in   []said
		want []string
	}{
		"good":                {[]said{discover, offer, request, ack}, nil},
		"renewal":             {[]said{request, ack}, nil},
		"inform":              {[]said{with(request, func(s *said) { s.kind, s.server, s.address = 8, 0, 0 }), ack}, nil},
		"nobody answers":      {[]said{discover, discover, discover, discover, discover}, []string{"note 1: the DISCOVER was sent 5 times", "problem 1: no answer: no server answers: is there a DHCP server or a relay on this network, with a free address in the scope, and was the capture taken where answers pass?"}},
		"each with a number":  {[]said{discover, of(discover, 2)}, []string{"problem 1: no answer", "problem 2: no answer"}},
		"answered later":      {[]said{discover, of(discover, 2), of(offer, 2), of(request, 2), of(ack, 2)}, []string{"warning 1: no answer: no server answers: is there a DHCP server or a relay on this network, with a free address in the scope?; a later exchange of the client was acknowledged"}},
		"answered before":     {[]said{discover, offer, request, ack, of(discover, 2)}, []string{"problem 5: no answer"}},
		"another's answer":    {[]said{discover, with(of(offer, 2), func(s *said) { s.client = 9 })}, []string{"problem 1: no answer", "note 2: the client's question is not in the capture", "problem 2: offered, but not acknowledged"}},
		"not taken":           {[]said{discover, offer}, []string{"problem 2: offered, but not acknowledged: the client does not request what it was offered"}},
		"not acknowledged":    {[]said{discover, offer, request, request}, []string{"note 3: the REQUEST was sent 2 times", "problem 3: offered, but not acknowledged: no server answers the REQUEST"}},
		"refused":             {[]said{request, with(ack, func(s *said) { s.kind, s.address, s.options = 6, 0, [][]byte{option(56, "wrong network")} })}, []string{`problem 2: refused (NAK): the server 10.43.0.1 refuses the address 10.43.0.100 and says "wrong network"`}},
		"refused, no reason":  {[]said{with(request, func(s *said) { s.address = 0 }), with(ack, func(s *said) { s.kind, s.server, s.address, s.options = 6, 0, 0, nil })}, []string{"problem 2: refused (NAK): the server refuses the address; it does not say why"}},
		"refused, then taken": {[]said{request, with(ack, func(s *said) { s.kind = 6 }), of(discover, 2), of(offer, 2), of(request, 2), of(ack, 2)}, []string{"warning 2: refused (NAK)"}},
		"declined":            {[]said{discover, offer, request, ack, with(request, func(s *said) { s.kind, s.address = 4, 0 })}, []string{"problem 5: the client declines the address, because something on the network uses it"}},
		"another series":      {[]said{asking(discover, option(60, "CP-8841-3PCC"), list), offer}, []string{`problem 2: a phone of another series, option 60 is "CP-8841-3PCC", is sent the sub-options of the 9800 and 8875, with the challenge: let the server compare option 60 with the whole of DP-9841, DP-9851, DP-9861, DP-9871, CP-8875`}},
		"it gets nothing":     {[]said{asking(discover, option(60, "CP-8841-3PCC"), list), asking(offer, domain)}, []string{`note 1: a phone of another series, option 60 is "CP-8841-3PCC": it does not take`}},
		"it gets its own":     {[]said{asking(discover, option(60, "Cisco Systems, Inc. IP Phone CP-7965G"), list), asking(offer, option(43, "\xf1\x04\x0a\x2b\x00\x01"))}, []string{"note 1: a phone of another series"}},
		"mixed sub-options":   {[]said{asking(discover, option(60, "MSFT 5.0"), list), asking(offer, option(43, "\x01\x01a\x0b\x01b"))}, nil},
		"a PC":                {[]said{asking(discover, option(60, "MSFT 5.0"), list), offer}, []string{`problem 2: a client that is not a phone, option 60 is "MSFT 5.0", is sent the sub-options for phones`}},
		"no option 60":        {[]said{asking(discover, list), offer, asking(request, list), ack}, []string{"note 1: the client sends no option 60"}},
		"not documented":      {[]said{asking(discover, option(60, "DP-9811"), list), offer, asking(request, option(60, "DP-9811"), list), ack}, nil},
		"does not ask":        {[]said{asking(discover, class, option(55, "\x01\x0f")), offer, request, ack}, []string{"problem 1: the client does not ask for option 43 (option 55: its parameter request list does not have it)"}},
		"asks for nothing":    {[]said{asking(discover, class), offer, request, ack}, []string{"problem 1: the client does not ask for option 43 (option 55: it has no parameter request list)"}},
		"offered without":     {[]said{discover, asking(offer, domain), request, asking(ack, domain)}, []string{"problem 2: the OFFER of 10.43.0.1 has no option 43", "problem 4: the ACK of 10.43.0.1 has no option 43"}},
		"two servers":         {[]said{discover, offer, with(offer, func(s *said) { s.server, s.options = 2, [][]byte{option(43, string(different))} }), request, ack}, []string{"problem 3: two servers answer with different options 43, 10.43.0.1 in packet 2 and 10.43.0.2 here"}},
		"one without":         {[]said{discover, offer, with(offer, func(s *said) { s.server, s.options = 2, nil }), request, ack}, []string{"problem 3: the OFFER of 10.43.0.2 has no option 43", "problem 3: two servers answer"}},
		"two alike":           {[]said{discover, offer, with(offer, func(s *said) { s.server = 2 }), request, ack}, nil},
		"ACK differs":         {[]said{discover, offer, request, asking(ack, option(43, string(different)))}, []string{"problem 4: the option 43 of the ACK differs from that of the OFFER in packet 2, both of 10.43.0.1"}},
		"relayed":             {[]said{discover, relayed(discover), relayed(offer), offer, request, ack}, []string{"note 2: relayed by 10.43.9.7"}},
		"another vendor's":    {[]said{discover, asking(offer, option(43, "\x01\x04\x0a\x2b\x00\x01\xf1\x00")), request, ack}, []string{"problem 2: option 43 is that of another vendor: its sub-options are 1, 241, and phones take 10 to 15", "problem 4: the option 43 of the ACK differs"}},
		"with an end mark":    {[]said{discover, asking(offer, option(43, value+"\xff")), request, asking(ack, option(43, value+"\xff"))}, []string{"problem 2: option 43: offset 69: end mark 255"}},
		"cut short":           {[]said{with(discover, func(s *said) { s.options = [][]byte{class, {55, 200, 1}} }), offer, request, ack}, []string{"problem 1: option 55 of the DHCP message says 200 bytes"}},
		"answer cut short":    {[]said{discover, offer, request, asking(ack, []byte{43, 200, 1})}, []string{"problem 4: option 43 of the DHCP message says 200 bytes"}},
		"a warning":           {[]said{discover, offer, request, asking(ack, ours, option(15, "corp"))}, []string{"warning 4: option 15: domain"}},
	} {
		got := findings(exchanges(t, option43.Scope{}, c.in...))
		lines := strings.Split(strings.TrimSuffix(got, "\n"), "\n")
		if got == "" {
			lines = nil
		}
		ok := len(lines) == len(c.want)
		for i := 0; ok && i < len(lines); i++ {
			ok = strings.HasPrefix(lines[i], c.want[i])
		}
		if !ok {
			t.Errorf("%s:\n%swant\n%s", name, got, strings.Join(c.want, "\n"))
		}
	}
}

// TestExchangesEvents: what each side said, in order, and which exchange it is of.
func TestExchangesEvents(t *testing.T) {
	t.Parallel()
	class, list := option(60, "DP-9871"), option(55, "\x01\x2b\x0f")
	all := exchanges(t, option43.Scope{},
		said{kind: 1, id: 0xABCD, options: [][]byte{class, list}},
		said{kind: 1, id: 7, client: 8, options: [][]byte{option(60, "CP-8875"), list}},
		said{kind: 2, id: 0xABCD, server: 1, address: 100, relay: 3, options: [][]byte{option(43, "\x0b\x01a"), option(15, "example.nl")}},
		said{kind: 3, id: 0xABCD, server: 1, address: 100, options: [][]byte{class, list}},
		said{kind: 5, id: 0xABCD, server: 1, address: 100},
	)
	if len(all) != 2 {
		t.Fatalf("%d exchanges, want 2", len(all))
	}
	x := all[0]
	if x.Transaction != 0xABCD || x.VendorClass != "DP-9871" || x.Kind != option43.Phone || x.Client[0] != 0 || all[1].Client[5] != 8 || all[1].VendorClass != "CP-8875" {
		t.Errorf("%+v, %+v", x, all[1])
	}
	var got []string
	for _, e := range x.Events {
		got = append(got, fmt.Sprintln(e.Packet, e.Type, e.Server, e.Address, e.Relay, e.Asked, e.Option43, e.Option43 == nil, e.Domain, e.Repeated, e.Time.Unix()-1700000000))
	}
	want := []string{
		"1 DISCOVER invalid IP invalid IP invalid IP [1 43 15] [] true false 0",
		"3 OFFER 10.43.0.1 10.43.0.100 10.43.9.3 [] [11 1 97] false example.nl false 2",
		"4 REQUEST 10.43.0.1 10.43.0.100 invalid IP [1 43 15] [] true false 3",
		"5 ACK 10.43.0.1 10.43.0.100 invalid IP [] [] true false 4",
	}
	for i := range want {
		if i >= len(got) || strings.Join(strings.Fields(got[i]), " ") != strings.Join(strings.Fields(want[i]), " ") {
			t.Fatalf("%q\nwant\n%q", got, want)
		}
	}
	if n := x.Problems(); n != 3 { // server and fingerprint of the OFFER, nothing in the ACK
		t.Errorf("%d problems in %q", n, findings(all))
	}
}

// TestExchangesBounded: a flood of addresses or of repetitions takes bounded
// memory, and what was left out is said.
func TestExchangesBounded(t *testing.T) {
	t.Parallel()
	m := &option43.Message{Type: 1, VendorClass: "DP-9871", ParameterList: []byte{43}}
	flood := func(n int, change func(i int), end error) func(func(*option43.Message, error) bool) {
		return func(yield func(*option43.Message, error) bool) {
			for i := range n {
				if change(i); !yield(m, nil) {
					return
				}
			}
			if end != nil {
				yield(nil, end)
			}
		}
	}
	all, err := option43.Exchanges(flood(65537, func(i int) { m.Transaction = uint32(i) }, nil), option43.Scope{})
	if !errors.Is(err, option43.ErrTooMany) || len(all) != 65536 {
		t.Errorf("%d exchanges, %v", len(all), err)
	}
	all, err = option43.Exchanges(flood(100, func(int) {}, io.ErrUnexpectedEOF), option43.Scope{})
	if !errors.Is(err, io.ErrUnexpectedEOF) || len(all) != 1 || len(all[0].Events) != 64 {
		t.Errorf("%d exchanges, %v", len(all), err)
	}
	broken := errors.New("the disk is gone")
	if all, err = option43.Exchanges(flood(1, func(int) {}, broken), option43.Scope{}); err != broken || all != nil {
		t.Errorf("%v, %v", all, err)
	}
}

func TestKindOf(t *testing.T) {
	t.Parallel()
	for class, want := range map[string]option43.ClientKind{
		"DP-9871": option43.Phone, "CP-8875": option43.Phone, "DP-9811": option43.Phone,
		"DP-9871X": option43.OtherPhone, "CP-9871": option43.OtherPhone, "dp-9871": option43.OtherPhone, "CP-": option43.OtherPhone,
		"Cisco Systems, Inc. IP Phone CP-8841": option43.OtherPhone, "Cisco IP Phone 7960": option43.OtherPhone,
		"": option43.OtherClient, "CP": option43.OtherClient, "Cisco AP c1130": option43.OtherClient, "MSFT 5.0": option43.OtherClient,
	} {
		if got := option43.KindOf(class); got != want {
			t.Errorf("KindOf(%q) = %d, want %d", class, got, want)
		}
	}
}
