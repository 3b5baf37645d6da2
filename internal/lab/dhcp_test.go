// SPDX-License-Identifier: MPL-2.0

package lab

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/dhcp4"
	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

func dhcpServer(t *testing.T, address string) *DHCPServer {
	t.Helper()
	value, err := hex.DecodeString(option43.ExampleHex)
	if err != nil {
		t.Fatal(err)
	}
	s := &DHCPServer{Address: netip.MustParsePrefix(address), Option43: value, Classes: option43.VendorClasses, Domain: "example.nl"}
	// Serve makes the tables; a closed connection ends it at once.
	n := &closedConn{}
	if err := s.Serve(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	return s
}

func question(client byte, kind dhcp4.Type, class string, list []byte, more ...dhcp4.Option) *dhcp4.Message {
	return &dhcp4.Message{Op: dhcp4.Request, XID: 7, Client: [6]byte{5: client}, Options: append([]dhcp4.Option{
		{Code: dhcp4.OptionType, Value: []byte{byte(kind)}}, {Code: dhcp4.OptionVendorClass, Value: []byte(class)},
		{Code: dhcp4.OptionParameters, Value: list},
	}, more...)}
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
		for _, kind := range []dhcp4.Type{dhcp4.Discover, dhcp4.RequestType} {
			a := s.answer(question(1, kind, c.class, c.list))
			if a == nil || a.XID != 7 || a.YourIP != netip.MustParseAddr("10.43.0.2") {
				t.Fatalf("%s: %+v", name, a)
			}
			v, ok := a.Get(43)
			if ok != c.v43 || ok && !bytes.Equal(v, s.Option43) {
				t.Errorf("%s: option 43 is %x", name, v)
			}
			if v, ok := a.Get(15); ok != c.v15 || ok && string(v) != "example.nl" {
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
		a := s.answer(question(i, dhcp4.Discover, "", nil))
		if a == nil {
			t.Fatalf("client %d gets nothing", i)
		}
		if was, ok := got[a.YourIP.String()]; ok {
			t.Errorf("clients %d and %d both have %s", was, i, a.YourIP)
		}
		got[a.YourIP.String()] = i
	}
	for _, free := range []string{"10.43.0.1", "10.43.0.3", "10.43.0.4", "10.43.0.5", "10.43.0.6"} {
		if got[free] == 0 {
			t.Errorf("nobody has %s: %v", free, got)
		}
	}
	if a := s.answer(question(6, dhcp4.Discover, "", nil)); a != nil {
		t.Errorf("a sixth client has %s", a.YourIP)
	}
	s.answer(question(3, dhcp4.Release, "", nil))
	if a := s.answer(question(6, dhcp4.Discover, "", nil)); a == nil {
		t.Error("a released address is not handed out")
	}
	if a := s.answer(question(1, dhcp4.RequestType, "", nil, dhcp4.Option{Code: dhcp4.OptionRequestedIP, Value: []byte{10, 43, 0, 77}})); a == nil || a.Type() != dhcp4.Nak {
		t.Errorf("a request for another's address: %+v, want NAK", a)
	}
	if a := s.answer(question(1, dhcp4.RequestType, "", nil, dhcp4.Option{Code: dhcp4.OptionServerID, Value: []byte{10, 43, 0, 9}})); a != nil {
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
