// SPDX-License-Identifier: MPL-2.0

package option43_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

// dhcp is a message in Ethernet, optionally tagged, with the options given.
func dhcp(kind byte, vlan bool, options ...[]byte) []byte {
	p := make([]byte, 12, 400)
	if vlan {
		p = append(p, 0x81, 0, 0, 7)
	}
	p = append(p, 8, 0)
	ip := make([]byte, 20)
	ip[0], ip[9] = 0x45, 17
	p = append(p, ip...)
	p = append(p, 0, 67, 0, 68, 0, 0, 0, 0)
	m := make([]byte, 236)
	copy(m[28:], []byte{0x00, 0x1a, 0x2b, 0x3c, 0x4d, 0x5e})
	p = append(append(p, m...), 99, 130, 83, 99, 53, 1, kind)
	for _, o := range options {
		p = append(p, o...)
	}
	return append(p, 255)
}

func option(code byte, v string) []byte { return append([]byte{code, byte(len(v))}, v...) }

type captureFormat struct {
	name  string
	write func(packets ...[]byte) []byte
}

func captures() []captureFormat {
	pcap := func(order binary.AppendByteOrder, magic uint32) func(...[]byte) []byte {
		return func(packets ...[]byte) []byte {
			b := order.AppendUint32(nil, magic)
			b = append(b, make([]byte, 16)...)
			b = order.AppendUint32(b, 1)
			for i, p := range packets {
				b = order.AppendUint32(b, 1700000000+uint32(i))
				b = order.AppendUint32(b, 5000)
				b = order.AppendUint32(b, uint32(len(p)))
				b = order.AppendUint32(b, uint32(len(p)))
				b = append(b, p...)
			}
			return b
		}
	}
	ng := func(order binary.AppendByteOrder, unknown int) func(...[]byte) []byte {
		return func(packets ...[]byte) []byte {
			block := func(b []byte, kind uint32, body []byte) []byte {
				for len(body)%4 != 0 {
					body = append(body, 0)
				}
				n := uint32(len(body) + 12)
				b = order.AppendUint32(order.AppendUint32(b, kind), n)
				return order.AppendUint32(append(b, body...), n)
			}
			b := block(nil, 0x0A0D0D0A, append(order.AppendUint32(nil, 0x1A2B3C4D), 0, 1, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255))
			idb := order.AppendUint16(nil, 1)
			idb = append(idb, 0, 0, 0, 0, 0, 0)
			idb = order.AppendUint16(order.AppendUint16(idb, 9), 1)
			idb = append(idb, 9, 0, 0, 0) // nanoseconds
			b = block(b, 1, idb)
			b = block(b, 0x0BAD, make([]byte, unknown))
			for i, p := range packets {
				stamp := (1700000000+uint64(i))*1e9 + 5000*1000
				body := order.AppendUint32(nil, 0)
				body = order.AppendUint32(body, uint32(stamp>>32))
				body = order.AppendUint32(body, uint32(stamp))
				body = order.AppendUint32(body, uint32(len(p)))
				body = order.AppendUint32(body, uint32(len(p)))
				b = block(b, 6, append(body, p...))
			}
			return b
		}
	}
	return []captureFormat{
		{"pcap", pcap(binary.LittleEndian, 0xA1B2C3D4)},
		{"pcap, big endian", pcap(binary.BigEndian, 0xA1B2C3D4)},
		{"pcapng", ng(binary.LittleEndian, 300)},
		{"pcapng, big endian", ng(binary.BigEndian, 300)},
		{"pcapng, an unknown block that is long", ng(binary.LittleEndian, 300<<10)},
	}
}

func TestMessages(t *testing.T) {
	t.Parallel()
	value := string(unhex(t, option43.ExampleHex))
	other := dhcp(1, false)
	other[23] = 6 // TCP
	packets := [][]byte{
		dhcp(1, false, option(60, "DP-9871"), option(55, "\x01\x2b\x3c\x0f")),
		other,
		{1, 2, 3},
		dhcp(2, true, option(43, value[:40]), option(15, "example.nl"), option(43, value[40:]), option(66, "tftp")),
	}
	for _, f := range captures() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			file := f.write(packets...)
			n := 0
			for m, err := range option43.Messages(bytes.NewReader(file)) {
				if err != nil {
					t.Fatal(err)
				}
				if m.Client != [6]byte{0x00, 0x1a, 0x2b, 0x3c, 0x4d, 0x5e} || m.Damage != "" {
					t.Errorf("message %+v", m)
				}
				switch n++; n {
				case 1:
					if m.TypeName() != "DISCOVER" || m.VendorClass != "DP-9871" || !bytes.Contains(m.ParameterList, []byte{43}) || m.FromServer() || m.Instances != 0 {
						t.Errorf("first message %+v", m)
					}
					if want := time.Unix(1700000000, 5e6).UTC(); !m.Time.Equal(want) {
						t.Errorf("time %v, want %v", m.Time, want)
					}
				case 2:
					if m.TypeName() != "OFFER" || m.Packet != 4 || m.Domain != "example.nl" || m.Instances != 2 || string(m.Option43) != value || !m.FromServer() || !bytes.Contains(m.Codes, []byte{66}) {
						t.Errorf("second message %+v", m)
					}
				}
			}
			if n != 2 {
				t.Errorf("%d messages, want 2", n)
			}
			// Stopping early ends it, and a file cut anywhere says so without a panic.
			for range option43.Messages(bytes.NewReader(file)) {
				break
			}
			for _, err := range option43.Messages(bytes.NewReader(file[:len(file)-5])) {
				if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("cut short: %v", err)
				}
			}
		})
	}
}

// overloaded is a message whose option 43 begins in the options, without an end
// mark behind it, and goes on in the fields file and sname.
func overloaded(value string) []byte {
	b := dhcp(5, false, option(52, "\x03"), option(43, value[:20]))
	b = b[:len(b)-1]
	m := b[len(b)-(240+3+3+22):]
	copy(m[108:], option(43, value[20:60]))
	copy(m[44:], append(option(43, value[60:]), option(15, "example.nl")...))
	m[44+2+len(value)-60+12] = 255
	return b
}

// TestMessagesOverload: ISC dhcpd's answer to a client with a small message.
func TestMessagesOverload(t *testing.T) {
	t.Parallel()
	value := string(unhex(t, option43.ExampleHex))
	packet := overloaded(value)
	for m, err := range option43.Messages(bytes.NewReader(captures()[0].write(packet))) {
		if err != nil || string(m.Option43) != value || m.Instances != 3 || m.Domain != "example.nl" || m.Damage != "" || !bytes.Contains(m.Codes, []byte{52}) {
			t.Errorf("%+v, %v", m, err)
		}
	}
	if got, err := option43.ParseText(wireshark(packet)); err != nil || string(got.Value) != value {
		t.Errorf("the dump of the packet: %x, %v", got.Value, err)
	}
}

// TestMessagesStream: a capture of a gigabyte takes the memory of a short one.
func TestMessagesStream(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a gigabyte")
	}
	web := dhcp(1, false)
	web[23] = 6 // TCP
	web = append(web, make([]byte, 1000)...)
	minute := captures()[0].write(append(slices.Repeat([][]byte{web}, 1000), dhcp(2, false, option(43, string(unhex(t, option43.ExampleHex)))))...)
	head, body := minute[:24], minute[24:]
	const size = 1 << 30
	file := io.MultiReader(bytes.NewReader(head), &repeated{body: body, left: size / len(body)})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	n := 0
	for m, err := range option43.Messages(file) {
		if err != nil || len(m.Option43) != 69 {
			t.Fatalf("%+v, %v", m, err)
		}
		n++
	}
	runtime.ReadMemStats(&after)
	if n != size/len(body) {
		t.Errorf("%d messages, want %d", n, size/len(body))
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 2<<20 {
		t.Errorf("reading a gigabyte allocated %d bytes", got)
	}
}

// repeated is its body so many times.
type repeated struct {
	body     []byte
	at, left int
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.body[r.at:])
	if r.at += n; r.at == len(r.body) {
		r.at, r.left = 0, r.left-1
	}
	return n, nil
}

func TestMessagesRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"empty":       {"", "fewer than four"},
		"text":        {"hello, world", "neither pcap nor pcapng"},
		"compressed":  {"\x1f\x8b\x08\x08....", "gunzip"},
		"cut header":  {"\xd4\xc3\xb2\xa1" + strings.Repeat("\x00", 28), "ends within a packet"},
		"long packet": {"\xd4\xc3\xb2\xa1" + strings.Repeat("\x00", 28) + "\xff\xff\xff\x7f" + strings.Repeat("\x00", 99), "plausible"},
		"short block": {"\x0a\x0d\x0d\x0a\x04\x00\x00\x00\x4d\x3c\x2b\x1a", "block of 4 bytes"},
		"no order":    {"\x0a\x0d\x0d\x0a\x1c\x00\x00\x00" + strings.Repeat("\x00", 20), "byte-order"},
	} {
		var got error
		for _, err := range option43.Messages(strings.NewReader(c.in)) {
			got = err
		}
		if got == nil || !strings.Contains(got.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, got, c.want)
		}
	}
}

// TestLinkTypes: DHCP is found in the frames of every link type that tcpdump
// writes where phones are, also behind VLAN tags; and what is not read is named.
func TestLinkTypes(t *testing.T) {
	t.Parallel()
	ip := dhcp(1, false, option(60, "DP-9871"))[14:]
	ether := func(tags ...byte) []byte { return append(append(make([]byte, 12), tags...), 8, 0) }
	for name, c := range map[string]struct {
		kind uint32
		head []byte
		want string
	}{
		"Ethernet":              {1, ether(), ""},
		"VLAN":                  {1, ether(0x81, 0, 0, 7), ""},
		"VLAN in a VLAN":        {1, ether(0x88, 0xa8, 0, 1, 0x81, 0, 0, 7), ""},
		"old VLAN in a VLAN":    {1, ether(0x91, 0, 0, 1, 0x81, 0, 0, 7), ""},
		"IPv6":                  {1, append(make([]byte, 12), 0x86, 0xdd), "none"},
		"cooked":                {113, append(make([]byte, 14), 8, 0), ""},
		"cooked, VLAN":          {113, append(append(make([]byte, 14), 0x81, 0, 0, 7), 8, 0), ""},
		"cooked, version 2":     {276, append([]byte{8, 0}, make([]byte, 18)...), ""},
		"cooked, version 2, v6": {276, append([]byte{0x86, 0xdd}, make([]byte, 18)...), "none"},
		"loopback":              {0, []byte{2, 0, 0, 0}, ""},
		"loopback of OpenBSD":   {108, []byte{0, 0, 0, 2}, ""},
		"raw":                   {101, nil, ""},
		"raw of BSD":            {12, nil, ""},
		"raw of OpenBSD":        {14, nil, ""},
		"raw IPv4":              {228, nil, ""},
		"802.11":                {105, nil, "link type of the capture is 105"},
	} {
		file := captures()[0].write(append(c.head, ip...))
		binary.LittleEndian.PutUint32(file[20:], c.kind)
		got := "none"
		for m, err := range option43.Messages(bytes.NewReader(file)) {
			if got = ""; err != nil {
				got = err.Error()
			} else if m.VendorClass != "DP-9871" || m.Packet != 1 {
				t.Errorf("%s: %+v", name, m)
			}
		}
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		// Cut anywhere before the options, a frame is passed over.
		frame := append(append([]byte{}, c.head...), ip...)
		var cut [][]byte
		for n := range len(c.head) + 20 + 8 + 240 {
			cut = append(cut, frame[:n])
		}
		file = captures()[0].write(cut...)
		binary.LittleEndian.PutUint32(file[20:], c.kind)
		for m, err := range option43.Messages(bytes.NewReader(file)) {
			if err == nil {
				t.Errorf("%s, cut: %+v", name, m)
			}
		}
	}
}

// TestMessagesUnreadable: what keeps a capture from being read is not taken for
// a capture that is too short.
func TestMessagesUnreadable(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is gone")
	var got error
	for _, err := range option43.Messages(iotest.ErrReader(broken)) {
		got = err
	}
	if !errors.Is(got, broken) {
		t.Errorf("%v, want %v", got, broken)
	}
}

func FuzzMessages(f *testing.F) {
	for _, w := range captures() {
		if b := w.write(dhcp(5, true, option(43, "\x0b\x01a"))); len(b) < 4096 {
			f.Add(b)
		}
	}
	f.Add(captures()[0].write(overloaded(string(unhex(f, option43.ExampleHex)))))
	f.Fuzz(func(t *testing.T, b []byte) {
		for m, err := range option43.Messages(bytes.NewReader(b)) {
			if err == nil && len(m.Option43) > len(b) {
				t.Fatalf("%d bytes of option 43 from %d", len(m.Option43), len(b))
			}
		}
	})
}

func BenchmarkMessages(b *testing.B) {
	noise := dhcp(1, false)
	noise[23] = 6
	noise = append(noise, make([]byte, 600)...)
	packets := make([][]byte, 10000)
	for i := range packets {
		packets[i] = noise
	}
	packets[5000] = dhcp(2, false, option(43, "\x0b\x01a"))
	file := captures()[0].write(packets...)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		for _, err := range option43.Messages(bytes.NewReader(file)) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}
