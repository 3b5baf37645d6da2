// SPDX-License-Identifier: MPL-2.0

package lab

import (
	"bytes"
	"encoding/hex"
	"net"
	"net/netip"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

func dhcpServer(t *testing.T, address string) *DHCPServer {
	t.Helper()
	value, err := hex.DecodeString(option43.ExampleHex)
	if err != nil {
		t.Fatal(err)
	}
	s := &DHCPServer{Address: netip.MustParsePrefix(address), Option43: func() []byte { return value }, Classes: option43.VendorClasses, Domain: "example.nl"}
	// Serve makes the tables; a closed connection ends it at once.
	n := &closedConn{}
	if err := s.Serve(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	return s
}

func question(t *testing.T, client byte, kind dhcpv4.MessageType, class string, list []uint8, more ...dhcpv4.Modifier) *dhcpv4.DHCPv4 {
	t.Helper()
	m, err := dhcpv4.New(append([]dhcpv4.Modifier{
		dhcpv4.WithTransactionID(dhcpv4.TransactionID{0, 0, 0, 7}), dhcpv4.WithHwAddr(net.HardwareAddr{0, 0, 0, 0, 0, client}),
		dhcpv4.WithMessageType(kind), dhcpv4.WithOption(dhcpv4.OptClassIdentifier(class)), dhcpv4.WithGeneric(dhcpv4.OptionParameterRequestList, list),
	}, more...)...)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// ask is the answer to a question, nil for none.
func (s *DHCPServer) ask(t *testing.T, m *dhcpv4.DHCPv4) *dhcpv4.DHCPv4 {
	t.Helper()
	a, err := s.answer(m)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestDHCPServerKnowsPhonesByOption60(t *testing.T) {
	t.Parallel()
	s := dhcpServer(t, "10.43.0.1/24")
	for name, c := range map[string]struct {
		class string
		list  []byte
		v43   bool
		v15   bool
	}{
		"a phone":                      {"DP-9871", []byte{1, 43, 15}, true, true},
		"one that asks for neither":    {"DP-9871", []byte{1}, false, false},
		"one that asks for the domain": {"CP-8875", []byte{15}, false, true},
		"a longer name":                {"DP-9871X", []byte{43, 15}, false, false},
		"no phone":                     {"MSFT 5.0", []byte{43, 15}, false, false},
	} {
		for _, kind := range []dhcpv4.MessageType{dhcpv4.MessageTypeDiscover, dhcpv4.MessageTypeRequest} {
			a := s.ask(t, question(t, 1, kind, c.class, c.list))
			if a == nil || a.TransactionID != [4]byte{0, 0, 0, 7} || a.OpCode != dhcpv4.OpcodeBootReply || !a.YourIPAddr.Equal(net.IPv4(10, 43, 0, 2)) {
				t.Fatalf("%s: %+v", name, a)
			}
			v, ok := a.Options[43]
			if ok != c.v43 || ok && !bytes.Equal(v, s.Option43()) {
				t.Errorf("%s: option 43 is %x", name, v)
			}
			if v, ok := a.Options[15]; ok != c.v15 || ok && string(v) != "example.nl" {
				t.Errorf("%s: option 15 is %q", name, v)
			}
		}
	}
}

func TestDHCPServerLeases(t *testing.T) {
	t.Parallel()
	s := dhcpServer(t, "10.43.0.2/29") // .1, .3 to .6 are free
	got := map[string]byte{}
	for i := byte(1); i <= 5; i++ {
		a := s.ask(t, question(t, i, dhcpv4.MessageTypeDiscover, "", nil))
		if a == nil {
			t.Fatalf("client %d gets nothing", i)
		}
		if was, ok := got[a.YourIPAddr.String()]; ok {
			t.Errorf("clients %d and %d both have %s", was, i, a.YourIPAddr)
		}
		got[a.YourIPAddr.String()] = i
	}
	for _, free := range []string{"10.43.0.1", "10.43.0.3", "10.43.0.4", "10.43.0.5", "10.43.0.6"} {
		if got[free] == 0 {
			t.Errorf("nobody has %s: %v", free, got)
		}
	}
	if a := s.ask(t, question(t, 6, dhcpv4.MessageTypeDiscover, "", nil)); a != nil {
		t.Errorf("a sixth client has %s", a.YourIPAddr)
	}
	s.ask(t, question(t, 3, dhcpv4.MessageTypeRelease, "", nil))
	if a := s.ask(t, question(t, 6, dhcpv4.MessageTypeDiscover, "", nil)); a == nil {
		t.Error("a released address is not handed out")
	}
	if a := s.ask(t, question(t, 1, dhcpv4.MessageTypeRequest, "", nil, dhcpv4.WithOption(dhcpv4.OptRequestedIPAddress(net.IPv4(10, 43, 0, 77))))); a == nil || a.MessageType() != dhcpv4.MessageTypeNak {
		t.Errorf("a request for another's address: %+v, want NAK", a)
	}
	if a := s.ask(t, question(t, 1, dhcpv4.MessageTypeRequest, "", nil, dhcpv4.WithOption(dhcpv4.OptServerIdentifier(net.IPv4(10, 43, 0, 9))))); a != nil {
		t.Error("answered what was meant for another server")
	}
	if err := (&DHCPServer{Address: netip.MustParsePrefix("10.0.0.1/31")}).Serve(t.Context(), &closedConn{}); err == nil {
		t.Error("a network without room was taken")
	}
}

func TestDHCPOnAnInterfaceThatIsNot(t *testing.T) {
	t.Parallel()
	if _, err := addressOf("no-such-iface"); err == nil {
		t.Error("found")
	}
}
