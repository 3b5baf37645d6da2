// SPDX-License-Identifier: MPL-2.0

package dhcp4

import (
	"bytes"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/insomniacslk/dhcp/dhcpv4"
)

func sample(t testing.TB) *dhcpv4.DHCPv4 {
	t.Helper()
	m, err := dhcpv4.New(
		dhcpv4.WithTransactionID(dhcpv4.TransactionID{0xde, 0xad, 0xbe, 0xef}), dhcpv4.WithBroadcast(true),
		dhcpv4.WithHwAddr(net.HardwareAddr{0, 0x1a, 0x2b, 0x3c, 0x4d, 0x5e}), dhcpv4.WithYourIP(net.IPv4(10, 43, 0, 100)),
		dhcpv4.WithMessageType(dhcpv4.MessageTypeOffer), dhcpv4.WithGeneric(dhcpv4.OptionDomainName, []byte("example.nl")),
		dhcpv4.WithGeneric(dhcpv4.OptionVendorSpecificInformation, bytes.Repeat([]byte{7}, 286)), dhcpv4.WithGeneric(dhcpv4.OptionRapidCommit, nil),
	)
	if err != nil {
		t.Fatal(err)
	}
	m.OpCode = dhcpv4.OpcodeBootReply
	return m
}

// TestParse: what the library writes, an option of two pieces among it, reads
// the same here and there.
func TestParse(t *testing.T) {
	t.Parallel()
	b := sample(t).ToBytes()
	got, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := dhcpv4.FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(theirs, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(sample(t).Options, got.Options, cmpopts.EquateEmpty()); d != "" {
		t.Error(d)
	}
}

// TestOptionsInFileAndSname: ISC dhcpd puts what does not fit a small message
// there, without an end mark in the options. The library by itself fails.
func TestOptionsInFileAndSname(t *testing.T) {
	t.Parallel()
	const v43, v15 = byte(43), byte(15)
	b := append(sample(t).ToBytes()[:optionsAt:optionsAt], 53, 1, 5, overload, 1, inFile|inSname, v43, 2, 1, 2)
	copy(b[fileAt:], []byte{v43, 2, 3, 4, 0, 0, 255, 9})
	copy(b[snameAt:], []byte{v43, 1, 5, overload, 1, 0, v15, 1, 'a', 255})
	if _, err := dhcpv4.FromBytes(b); err == nil {
		t.Error("the library reads it without help: this package could go")
	}
	before := bytes.Clone(b)
	m, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if want := (dhcpv4.Options{53: {5}, v43: {1, 2, 3, 4, 5}, v15: {'a'}}); !cmp.Equal(want, m.Options) {
		t.Errorf("options %v, want %v", m.Options, want)
	}
	if m.BootFileName != "" || m.ServerHostName != "" {
		t.Errorf("options are taken for file %q and sname %q", m.BootFileName, m.ServerHostName)
	}
	if !bytes.Equal(b, before) {
		t.Error("the message was changed")
	}

	// Only what option 52 names holds options.
	b[optionsAt+5] = inFile
	if m, err = Parse(b); err != nil || !bytes.Equal(m.Options[v43], []byte{1, 2, 3, 4}) || m.Options[v15] != nil {
		t.Errorf("file only: %v, %v", m, err)
	}
	b[optionsAt+5] = inSname
	if m, err = Parse(b); err != nil || !bytes.Equal(m.Options[v43], []byte{1, 2, 5}) || m.BootFileName != "+\x02\x03\x04" {
		t.Errorf("sname only: %v, %v", m, err)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	good := sample(t).ToBytes()
	change := func(f func(b []byte) []byte) []byte { return f(bytes.Clone(good)) }
	for name, c := range map[string]struct {
		b    []byte
		want string
	}{
		"nothing":    {nil, "at least 240"},
		"short":      {good[:239], "at least 240"},
		"token ring": {change(func(b []byte) []byte { b[1] = 6; return b }), "want Ethernet"},
		"BOOTP":      {change(func(b []byte) []byte { b[236] = 0; return b }), "magic cookie"},
		"long":       {make([]byte, MaxMessage+1), "at most 1500"},
		"cut":        {good[:250], "reaches beyond"},
		"code alone": {append(good[:240:240], 53), "option 53 reaches beyond"},
		"cut in file": {change(func(b []byte) []byte {
			b = append(b[:240], overload, 1, inFile)
			b[234], b[235] = 43, 200
			return b
		}), "field file: option 43"},
	} {
		if _, err := Parse(c.b); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// FuzzParse: no message breaks it; what it reads can be written and read again;
// and where the library can read a message by itself, it reads the same.
func FuzzParse(f *testing.F) {
	good := sample(f).ToBytes()
	f.Add(good)
	f.Add(append(good[:optionsAt:optionsAt], 53, 1, 5, overload, 1, inFile|inSname))
	f.Add(append(good[:optionsAt:optionsAt], 43, 1, 5, 0, 43, 1, 6))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Parse(b)
		if err != nil {
			return
		}
		if len(b) > MaxMessage || len(m.ClientHWAddr) != 6 {
			t.Fatalf("%d bytes of %s were taken", len(b), m.ClientHWAddr)
		}
		if theirs, err := dhcpv4.FromBytes(b); err == nil && !theirs.Options.Has(dhcpv4.OptionOptionOverload) {
			if d := cmp.Diff(theirs, m); d != "" {
				t.Error(d)
			}
		}
		again, err := dhcpv4.FromBytes(m.ToBytes())
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if d := cmp.Diff(m.Options, again.Options, cmpopts.EquateEmpty()); d != "" {
			t.Error(d)
		}
	})
}
