// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"github.com/phonecfg/terraform-provider-ciscophone/scep/ca"
)

// dhcpServer is a cable with a DHCP server at its other end.
type dhcpServer struct {
	options []dhcpv4.Modifier // of its answers
	answer  func(to *dhcpv4.DHCPv4) []*dhcpv4.DHCPv4

	mu       sync.Mutex
	asked    []*dhcpv4.DHCPv4
	queue    chan []byte
	deadline chan struct{}
	timer    *time.Timer
}

func newDHCPServer(options ...dhcpv4.Modifier) *dhcpServer {
	s := &dhcpServer{options: options, queue: make(chan []byte, 16), deadline: make(chan struct{}, 1)}
	s.answer = func(to *dhcpv4.DHCPv4) []*dhcpv4.DHCPv4 { return []*dhcpv4.DHCPv4{s.reply(to)} }
	return s
}

func (s *dhcpServer) reply(to *dhcpv4.DHCPv4) *dhcpv4.DHCPv4 {
	t := dhcpv4.MessageTypeOffer
	if to.MessageType() == dhcpv4.MessageTypeRequest {
		t = dhcpv4.MessageTypeAck
	}
	m, err := dhcpv4.NewReplyFromRequest(to, append([]dhcpv4.Modifier{
		dhcpv4.WithMessageType(t), dhcpv4.WithYourIP(net.IPv4(10, 43, 0, 100)), dhcpv4.WithOption(dhcpv4.OptServerIdentifier(net.IPv4(10, 43, 0, 1))),
		dhcpv4.WithNetmask(net.CIDRMask(24, 32)), dhcpv4.WithOption(dhcpv4.OptRouter(net.IPv4(10, 43, 0, 254))), dhcpv4.WithLeaseTime(600),
	}, s.options...)...)
	if err != nil {
		panic(err)
	}
	m.ClientHWAddr = bytes.Clone(m.ClientHWAddr)
	return m
}

func (s *dhcpServer) WriteTo(b []byte, to net.Addr) (int, error) {
	if to.String() != "255.255.255.255:67" {
		return 0, errors.New("sent to " + to.String())
	}
	m, err := dhcpv4.FromBytes(b)
	if err != nil {
		return 0, err
	}
	s.mu.Lock()
	s.asked = append(s.asked, m)
	s.mu.Unlock()
	for _, a := range s.answer(m) {
		s.queue <- a.ToBytes()
	}
	return len(b), nil
}

func (s *dhcpServer) ReadFrom(b []byte) (int, net.Addr, error) {
	from := &net.UDPAddr{IP: net.IPv4(10, 43, 0, 1), Port: dhcpv4.ServerPort}
	select {
	case m := <-s.queue: // an answer that is there comes before a deadline that has passed
		return copy(b, m), from, nil
	default:
	}
	select {
	case m := <-s.queue:
		return copy(b, m), from, nil
	case <-s.deadline:
		return 0, nil, os.ErrDeadlineExceeded
	}
}

// SetReadDeadline makes a second pass in a millisecond.
func (s *dhcpServer) SetReadDeadline(t time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timer != nil {
		s.timer.Stop()
	}
	select {
	case <-s.deadline: // of the time before
	default:
	}
	s.timer = time.AfterFunc(time.Until(t)/1000, func() {
		select {
		case s.deadline <- struct{}{}:
		default:
		}
	})
	return nil
}

func (s *dhcpServer) SetDeadline(t time.Time) error    { return s.SetReadDeadline(t) }
func (s *dhcpServer) SetWriteDeadline(time.Time) error { return nil }
func (s *dhcpServer) Close() error                     { return nil }
func (s *dhcpServer) LocalAddr() net.Addr              { return &net.UDPAddr{Port: dhcpv4.ClientPort} }

func option(code byte, value []byte) dhcpv4.Modifier {
	return dhcpv4.WithGeneric(dhcpv4.GenericOptionCode(code), value)
}

// TestS27S50FromDHCPToCertificate: a factory-reset phone asks as the document
// says, and goes from the server's bytes to a certificate by itself.
func TestS27S50FromDHCPToCertificate(t *testing.T) {
	t.Parallel()
	s := newDHCPServer()
	var offers []Offer
	w := newWorld(t, func(_ *ca.Config, c *Config) {
		c.ConfigURL = ""
		c.DHCP = func() (net.PacketConn, error) { return s, nil }
		c.OnLease = func(o Offer) { offers = append(offers, o) }
	})
	s.options = []dhcpv4.Modifier{option(43, w.lease(nil).Option43), option(15, []byte("example.nl\x00"))}
	w.phone.Tick(t.Context())
	if got := w.holds().Leaf().Subject.CommonName; got != "CP-9871-SEP001A2B3C4D5E.example.nl" {
		t.Errorf("common name %q", got)
	}
	for i, m := range s.asked {
		if mac := w.config.Identity.MAC; m.ClassIdentifier() != "DP-9871" || !bytes.Equal(m.ClientHWAddr, mac[:]) || !m.IsBroadcast() {
			t.Errorf("message %d: option 60 %q, client %s, broadcast %t", i, m.ClassIdentifier(), m.ClientHWAddr, m.IsBroadcast())
		}
		for _, code := range []byte{1, 3, 43, 60, 15, 66, 160, 159, 150} {
			if !m.IsOptionRequested(dhcpv4.GenericOptionCode(code)) {
				t.Errorf("message %d does not ask for option %d", i, code)
			}
		}
	}
	if len(s.asked) != 2 || s.asked[0].MessageType() != dhcpv4.MessageTypeDiscover || s.asked[1].MessageType() != dhcpv4.MessageTypeRequest || s.asked[0].TransactionID != s.asked[1].TransactionID {
		t.Errorf("%d messages, want a DISCOVER and its REQUEST", len(s.asked))
	}
	want := Offer{Address: netip.MustParsePrefix("10.43.0.100/24"), Router: netip.MustParseAddr("10.43.0.254"), Server: netip.MustParseAddr("10.43.0.1"), Term: 10 * time.Minute}
	if len(offers) != 1 || offers[0].Address != want.Address || offers[0].Router != want.Router || offers[0].Server != want.Server || offers[0].Term != want.Term {
		t.Errorf("offers %+v", offers)
	}

	// In use, it asks no more; reset, it asks again.
	w.phone.Tick(t.Context())
	if len(s.asked) != 2 {
		t.Error("a phone in use asked for option 43")
	}
	w.phone.FactoryReset()
	w.phone.Tick(t.Context())
	w.holds()
	if len(s.asked) != 4 {
		t.Errorf("%d messages after the reset, want 4", len(s.asked))
	}
	if strings.Contains(w.log.String(), testChallenge) {
		t.Error("the challenge is in the log")
	}
}

// TestDHCPSaysWhatIsWrong: what comes back, and what the page shows.
func TestDHCPSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	good := newWorld(t, nil).lease(nil).Option43
	for name, c := range map[string]struct {
		options []dhcpv4.Modifier
		want    error
		page    string
	}{
		"end mark":      {[]dhcpv4.Modifier{option(43, append(bytes.Clone(good), 255))}, nil, "end mark"},
		"TFTP beside":   {[]dhcpv4.Modifier{option(43, good), option(66, []byte("tftp.example.nl"))}, ErrProvisioned, "option 66"},
		"150 beside":    {[]dhcpv4.Modifier{option(43, good), option(150, []byte{10, 0, 0, 1})}, ErrProvisioned, "option 150"},
		"159 and 160":   {[]dhcpv4.Modifier{option(160, []byte("http://a")), option(43, good), option(159, []byte("http://a"))}, ErrProvisioned, "option 160 159"},
		"no option 43":  {nil, nil, ""},
		"empty text 66": {[]dhcpv4.Modifier{option(43, good), option(66, nil)}, nil, ""},
	} {
		w := newWorld(t, func(_ *ca.Config, c *Config) { c.ConfigURL = "" })
		o, err := w.phone.AskDHCP(t.Context(), newDHCPServer(c.options...))
		if !o.Address.IsValid() {
			t.Errorf("%s: no address: %v", name, err)
		}
		if c.want != nil && !errors.Is(err, c.want) || (c.page != "") != (err != nil) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if c.page != "" {
			w.failed(c.page)
		}
	}
}

func TestS28InUseTakesTheAddressOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.phone.Tick(t.Context())
	before := w.phone.Status()
	o, err := w.phone.AskDHCP(t.Context(), newDHCPServer(option(43, w.lease(nil).Option43), option(15, []byte("example.nl"))))
	if !errors.Is(err, ErrNotReset) || !o.Address.IsValid() {
		t.Errorf("%v, %v", o.Address, err)
	}
	if after := w.phone.Status(); after.Server != before.Server || after.UserID != before.UserID || after.State != before.State {
		t.Errorf("option 43 reached a phone in use: %+v", after)
	}
}

// TestDHCPPutsUpWithTheNetwork: answers for others, damaged ones, none, a
// refusal, an end.
func TestDHCPPutsUpWithTheNetwork(t *testing.T) {
	t.Parallel()
	ask := func(ctx context.Context, s *dhcpServer) error {
		w := newWorld(t, func(_ *ca.Config, c *Config) { c.ConfigURL = "" })
		_, err := w.phone.AskDHCP(ctx, s)
		return err
	}
	s := newDHCPServer()
	s.answer = func(to *dhcpv4.DHCPv4) []*dhcpv4.DHCPv4 {
		other, stranger, question := s.reply(to), s.reply(to), s.reply(to)
		other.TransactionID[0]++
		stranger.ClientHWAddr[5]++
		question.OpCode = dhcpv4.OpcodeBootRequest
		s.queue <- []byte("noise")
		return []*dhcpv4.DHCPv4{other, stranger, question, s.reply(to)}
	}
	if err := ask(t.Context(), s); err != nil {
		t.Errorf("among the answers to others: %v", err)
	}

	s = newDHCPServer()
	s.answer = func(*dhcpv4.DHCPv4) []*dhcpv4.DHCPv4 { return nil }
	if err := ask(t.Context(), s); !errors.Is(err, ErrNoServer) || len(s.asked) != 3 {
		t.Errorf("without an answer: %v after %d questions, want 3", err, len(s.asked))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := ask(ctx, s); !errors.Is(err, context.Canceled) {
		t.Errorf("at the end: %v", err)
	}

	s = newDHCPServer()
	s.answer = func(to *dhcpv4.DHCPv4) []*dhcpv4.DHCPv4 {
		m := s.reply(to)
		if to.MessageType() == dhcpv4.MessageTypeRequest {
			m.UpdateOption(dhcpv4.OptMessageType(dhcpv4.MessageTypeNak))
		}
		return []*dhcpv4.DHCPv4{m}
	}
	if err := ask(t.Context(), s); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("refused: %v", err)
	}

	s = newDHCPServer()
	s.answer = func(to *dhcpv4.DHCPv4) []*dhcpv4.DHCPv4 {
		m := s.reply(to)
		m.DeleteOption(dhcpv4.OptionServerIdentifier)
		return []*dhcpv4.DHCPv4{m}
	}
	if err := ask(t.Context(), s); err == nil || !strings.Contains(err.Error(), "option 54") {
		t.Errorf("a nameless server: %v", err)
	}

	s = newDHCPServer()
	s.answer = func(to *dhcpv4.DHCPv4) []*dhcpv4.DHCPv4 {
		refusal, m := s.reply(to), s.reply(to)
		refusal.UpdateOption(dhcpv4.OptMessageType(dhcpv4.MessageTypeNak))
		refusal.UpdateOption(dhcpv4.OptServerIdentifier(net.IPv4(10, 43, 0, 9)))
		if to.MessageType() == dhcpv4.MessageTypeDiscover {
			return []*dhcpv4.DHCPv4{m}
		}
		return []*dhcpv4.DHCPv4{refusal, m}
	}
	if err := ask(t.Context(), s); err != nil {
		t.Errorf("another server's refusal counted: %v", err)
	}

	s = newDHCPServer()
	s.answer = func(to *dhcpv4.DHCPv4) []*dhcpv4.DHCPv4 {
		m := s.reply(to)
		if to.MessageType() == dhcpv4.MessageTypeRequest {
			m.YourIPAddr = nil
		}
		return []*dhcpv4.DHCPv4{m}
	}
	if err := ask(t.Context(), s); err == nil || !strings.Contains(err.Error(), "no address") {
		t.Errorf("an acknowledgement of nothing: %v", err)
	}
}

// TestDHCPAnswerInFile: option 43 arrives whole, where a server goes on with it
// in the fields file and sname, and a network mask with a hole is none.
func TestDHCPAnswerInFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(_ *ca.Config, c *Config) { c.ConfigURL = "" })
	value := w.lease(nil).Option43
	s := newDHCPServer(option(1, []byte{255, 0, 255, 0}))
	s.answer = func(to *dhcpv4.DHCPv4) []*dhcpv4.DHCPv4 {
		const file, sname = 108, 44
		b := s.reply(to).ToBytes()
		b = append(b[:bytes.LastIndexByte(b, 255)], 52, 1, 3, 43, 20)
		b = append(b, value[:20]...)
		copy(b[file:], append([]byte{43, byte(len(value) - 25)}, value[20:len(value)-5]...))
		copy(b[sname:], append([]byte{43, 5}, value[len(value)-5:]...))
		b[sname+7] = 255
		s.queue <- b
		return nil
	}
	o, err := w.phone.AskDHCP(t.Context(), s)
	if err != nil || !bytes.Equal(o.Option43, value) {
		t.Errorf("option 43 is %x, want %x: %v", o.Option43, value, err)
	}
	if o.Address != netip.MustParsePrefix("10.43.0.100/32") {
		t.Errorf("address %s", o.Address)
	}
}

// TestS40WiredOnly: Enable 802.1X and Certificate Select of option 43 decide what
// the wired port shows, and nothing else.
func TestS40WiredOnly(t *testing.T) {
	t.Parallel()
	var shown []Supplicant
	var status []Status
	for _, on := range []bool{false, true} {
		w := newWorld(t, func(_ *ca.Config, c *Config) { c.ConfigURL = "" })
		o := w.option43()
		if !on {
			o.Enable8021X, o.CertificateSelect = 0, 0
		}
		value, err := o.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if before := w.phone.Supplicant(); before.Custom || before.Enabled || before.Chain[0] != testMIC().Certificate {
			t.Error("before the enrollment the wired port shows something else than the MIC")
		}
		if err := w.phone.Lease(Lease{Option43: value, Domain: "example.nl"}); err != nil {
			t.Fatal(err)
		}
		if got := w.phone.Supplicant(); got.Custom || got.Enabled != on {
			t.Errorf("on %t: enabled %t, custom %t before there is a certificate", on, got.Enabled, got.Custom)
		}
		w.phone.Tick(t.Context())
		w.holds()
		shown = append(shown, w.phone.Supplicant())
		s := w.phone.Status()
		s.Dot1X, s.CertificateSelect = false, ""
		status = append(status, s)
	}
	if off := shown[0]; off.Enabled || off.Custom || off.Chain[0].Subject.CommonName != "CP-9871-SEP001A2B3C4D5E" {
		t.Errorf("off: enabled %t, custom %t, %s", off.Enabled, off.Custom, off.Chain[0].Subject)
	}
	if on := shown[1]; !on.Enabled || !on.Custom || on.Chain[0].Subject.CommonName != "CP-9871-SEP001A2B3C4D5E.example.nl" ||
		on.Identity != "CP-9871-SEP001A2B3C4D5E@example.nl" || !belongs(on.Key, on.Chain[0]) {
		t.Errorf("on: enabled %t, custom %t, %s as %s", on.Enabled, on.Custom, on.Chain[0].Subject, on.Identity)
	}
	a, b := status[0], status[1]
	if a.State != b.State || a.UserID != b.UserID || len(a.Certificates) != len(b.Certificates) || a.FIPS != b.FIPS || a.ChallengeSet != b.ChallengeSet ||
		a.InEffect().Leaf().Subject.CommonName != b.InEffect().Leaf().Subject.CommonName {
		t.Errorf("the two suboptions changed more than the wired port:\n%+v\n%+v", a, b)
	}
}

// TestDHCPSwitches: what is not documented is as Behavior says.
func TestDHCPSwitches(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(_ *ca.Config, c *Config) {
		c.ConfigURL, c.Behavior = "", Behavior{NoMICFallback: true, VendorClassInRequestOnly: true}
	})
	s := newDHCPServer(option(43, w.lease(nil).Option43))
	if _, err := w.phone.AskDHCP(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{false, true} {
		if got := s.asked[i].Options.Has(dhcpv4.OptionClassIdentifier); got != want {
			t.Errorf("message %d has option 60: %t, want %t", i, got, want)
		}
	}
	if got := w.phone.Supplicant(); got.Chain != nil || got.Key != nil {
		t.Errorf("the wired port shows %s without a custom certificate", got.Chain[0].Subject)
	}
	w.phone.Tick(t.Context())
	if got := w.phone.Supplicant(); !got.Custom || got.Chain == nil {
		t.Error("the wired port does not show the custom certificate")
	}
}
