// SPDX-License-Identifier: MPL-2.0

package dhcp4

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func sample() *Message {
	return &Message{
		Op: Reply, XID: 0xdeadbeef, Broadcast: true, YourIP: netip.MustParseAddr("10.43.0.100"), ServerIP: netip.MustParseAddr("10.43.0.1"),
		Client: [6]byte{0, 0x1a, 0x2b, 0x3c, 0x4d, 0x5e},
		Options: []Option{
			{OptionType, []byte{byte(Offer)}}, {OptionVendor, bytes.Repeat([]byte{7}, 286)}, {OptionDomainName, []byte("example.nl")}, {80, nil},
		},
	}
}

func TestMessageThereAndBack(t *testing.T) {
	t.Parallel()
	m := sample()
	b := m.Append(nil)
	got, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(m, got, cmpopts.EquateComparable(netip.Addr{}), cmpopts.EquateEmpty()); d != "" {
		t.Error(d)
	}
	if got.Type() != Offer {
		t.Errorf("type %d", got.Type())
	}
	if short := (&Message{Op: Request}).Append(nil); len(short) != minMessage {
		t.Errorf("a short message has %d bytes, BOOTP asks for %d", len(short), minMessage)
	}
}

// TestOptionsInFileAndSname: ISC dhcpd puts what does not fit a small message
// there, without an end mark in the options.
func TestOptionsInFileAndSname(t *testing.T) {
	t.Parallel()
	b := (&Message{Op: Reply}).Append(nil)[:headerLength+4]
	b = append(b, OptionType, 1, byte(Ack), OptionOverload, 1, 3, OptionVendor, 2, 1, 2)
	copy(b[108:], []byte{OptionVendor, 2, 3, 4, 0, 0, 255, 9})
	copy(b[44:], []byte{OptionVendor, 1, 5, OptionDomainName, 1, 'a', 255})
	m, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if v, _ := m.Get(OptionVendor); !bytes.Equal(v, []byte{1, 2, 3, 4, 5}) {
		t.Errorf("option 43 is %v", v)
	}
	if v, _ := m.Get(OptionDomainName); string(v) != "a" {
		t.Errorf("option 15 is %q", v)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	good := sample().Append(nil)
	change := func(f func(b []byte) []byte) []byte { return f(bytes.Clone(good)) }
	for name, c := range map[string]struct {
		b    []byte
		want string
	}{
		"short":      {good[:239], "at least 240"},
		"token ring": {change(func(b []byte) []byte { b[1] = 6; return b }), "want Ethernet"},
		"BOOTP":      {change(func(b []byte) []byte { b[236] = 0; return b }), "magic cookie"},
		"long":       {make([]byte, maxOptionsInMemory+1), "no DHCP message"},
		"cut":        {good[:250], "reaches beyond"},
		"cut in file": {change(func(b []byte) []byte {
			b = append(b[:240], OptionOverload, 1, 1)
			b[234], b[235] = 43, 200
			b[108] = 0
			return b
		}), "file"},
	} {
		if _, err := Parse(c.b); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(sample().Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Parse(b)
		if err != nil {
			return
		}
		again, err := Parse(m.Append(nil))
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if d := cmp.Diff(m, again, cmpopts.EquateComparable(netip.Addr{}), cmpopts.EquateEmpty()); d != "" {
			t.Error(d)
		}
	})
}
