// SPDX-License-Identifier: MPL-2.0

package option43_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/option43"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// block is one of pcapng, little endian, padded.
func block(kind uint32, body []byte) []byte {
	for len(body)%4 != 0 {
		body = append(body, 0)
	}
	n := uint32(len(body) + 12)
	b := binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, kind), n)
	return binary.LittleEndian.AppendUint32(append(b, body...), n)
}

// section starts a file of pcapng.
func section() []byte {
	return block(0x0A0D0D0A, append(binary.LittleEndian.AppendUint32(nil, 0x1A2B3C4D), 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255))
}

// ethernet is an interface block with options behind it.
func ethernet(options ...byte) []byte {
	return block(1, append([]byte{1, 0, 0, 0, 0, 0, 0, 0}, options...))
}

// enhanced is a packet block that says how long its packet is.
func enhanced(length int, stamp uint64, p []byte) []byte {
	le := binary.LittleEndian
	b := le.AppendUint32(nil, 0)
	b = le.AppendUint32(le.AppendUint32(b, uint32(stamp>>32)), uint32(stamp))
	b = le.AppendUint32(le.AppendUint32(b, uint32(length)), uint32(length))
	return block(6, append(b, p...))
}

// reads returns the messages of a file as "packet time" and its error.
func reads(file ...[]byte) (string, error) {
	var got []string
	for m, err := range option43.Messages(bytes.NewReader(bytes.Join(file, nil))) {
		if err != nil {
			return strings.Join(got, " "), err
		}
		got = append(got, fmt.Sprint(m.Packet, m.Time.UTC().Format(" 15:04:05.999999999")))
	}
	return strings.Join(got, " "), nil
}

// TestPcapng: what blocks may and may not be, at the bounds.
func TestPcapng(t *testing.T) {
	t.Parallel()
	packet := dhcp(1, false, option(60, "DP-9871"))
	for len(packet)%4 != 0 {
		packet = append(packet, 0)
	}
	long := append(packet[:len(packet):len(packet)], make([]byte, 256<<10-32-len(packet))...)
	simple := func(n int, p []byte) []byte {
		return block(3, append(binary.LittleEndian.AppendUint32(nil, uint32(n)), p...))
	}
	const second = 1e6
	for name, c := range map[string]struct {
		file []byte
		want string
		err  string
	}{
		"no packets":                 {section(), "", ""},
		"an empty block":             {append(section(), block(0xBAD, nil)...), "", ""},
		"a packet":                   {bytes.Join([][]byte{section(), ethernet(), enhanced(len(packet), 3*second+7, packet)}, nil), "1 00:00:03.000007", ""},
		"a packet of no bytes":       {bytes.Join([][]byte{section(), ethernet(), enhanced(0, 0, nil), enhanced(len(packet), 0, packet)}, nil), "2 00:00:00", ""},
		"longer than its block":      {bytes.Join([][]byte{section(), ethernet(), enhanced(len(packet)+1, 0, packet), section()}, nil), "", "a packet longer than its block"},
		"the longest block":          {bytes.Join([][]byte{section(), ethernet(), enhanced(len(long), 0, long)}, nil), "1 00:00:00", ""},
		"a longer block":             {bytes.Join([][]byte{section(), ethernet(), enhanced(len(long), 0, append(long, 0))}, nil), "", "a block of 262148 bytes: at most 262144 are plausible"},
		"a long interface":           {append(section(), ethernet(make([]byte, 256<<10)...)...), "", "are plausible"},
		"a long simple packet":       {append(append(section(), ethernet()...), simple(1, make([]byte, 256<<10))...), "", "are plausible"},
		"a long block of others":     {bytes.Join([][]byte{section(), ethernet(), block(0xBAD, make([]byte, 256<<10)), enhanced(len(packet), 0, packet)}, nil), "1 00:00:00", ""},
		"a cut block of others":      {append(section(), block(0xBAD, make([]byte, 256<<10))[:256<<10]...), "", "ends within a packet"},
		"a short interface":          {append(section(), block(1, []byte{1, 0, 0, 0})...), "", "an interface block that is cut short"},
		"a short packet block":       {append(append(section(), ethernet()...), block(6, make([]byte, 16))...), "", "a packet block that is cut short"},
		"no interface":               {append(section(), enhanced(0, 0, nil)...), "", "a packet of interface 0, but the file has 0 interfaces"},
		"a simple packet":            {bytes.Join([][]byte{section(), ethernet(), simple(len(packet), packet)}, nil), "1 00:00:00", ""},
		"a simple packet, cut":       {bytes.Join([][]byte{section(), ethernet(), simple(9999, packet)}, nil), "1 00:00:00", ""},
		"two simple packets":         {bytes.Join([][]byte{section(), ethernet(), simple(0, nil), simple(len(packet), packet)}, nil), "2 00:00:00", ""},
		"a simple packet alone":      {append(section(), simple(len(packet), packet)...), "", "a simple packet block without length or interface"},
		"a simple block of nothing":  {append(append(section(), ethernet()...), block(3, nil)...), "", "without length or interface"},
		"two lengths":                {append(section()[:24], 29, 0, 0, 0), "", "a block whose two lengths differ"},
		"no multiple of four":        {append(section(), 0xBA, 0xD, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0, 0), "", "a block of 13 bytes: the file is damaged"},
		"a short block":              {append(section(), 0xBA, 0xD, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0), "", "a block of 8 bytes: the file is damaged"},
		"another section":            {bytes.Join([][]byte{section(), ethernet(), section(), enhanced(0, 0, nil)}, nil), "", "but the file has 0 interfaces"},
		"milliseconds":               {bytes.Join([][]byte{section(), ethernet(9, 0, 1, 0, 3, 0, 0, 0), enhanced(len(packet), 3007, packet)}, nil), "1 00:00:03.007", ""},
		"seconds, behind another":    {bytes.Join([][]byte{section(), ethernet(2, 0, 5, 0, 'e', 't', 'h', '0', '0', 0, 0, 0, 9, 0, 1, 0, 0, 0, 0, 0), enhanced(len(packet), 7, packet)}, nil), "1 00:00:07", ""},
		"the end of the options":     {bytes.Join([][]byte{section(), ethernet(0, 0, 0, 0, 9, 0, 1, 0, 0, 0, 0, 0), enhanced(len(packet), 7*second, packet)}, nil), "1 00:00:07", ""},
		"an option cut short":        {bytes.Join([][]byte{section(), ethernet(9, 0, 8, 0, 0, 0, 0, 0), enhanced(len(packet), 7*second, packet)}, nil), "1 00:00:07", ""},
		"an empty option":            {bytes.Join([][]byte{section(), ethernet(9, 0, 0, 0, 9, 0, 1, 0, 0, 0, 0, 0), enhanced(len(packet), 7, packet)}, nil), "1 00:00:07", ""},
		"finer than a nanosecond":    {bytes.Join([][]byte{section(), ethernet(9, 0, 1, 0, 12, 0, 0, 0), enhanced(len(packet), 7, packet)}, nil), "1 " + time.Time{}.Format("15:04:05"), ""},
		"nanoseconds":                {bytes.Join([][]byte{section(), ethernet(9, 0, 1, 0, 9, 0, 0, 0), enhanced(len(packet), 3e9+7, packet)}, nil), "1 00:00:03.000000007", ""},
		"as many interfaces as fit":  {append(append(section(), bytes.Repeat(ethernet(), 65536)...), enhanced(len(packet), 0, packet)...), "1 00:00:00", ""},
		"one interface more":         {append(section(), bytes.Repeat(ethernet(), 65537)...), "", "more than 65,536 interfaces"},
		"where an error is":          {bytes.Join([][]byte{section(), ethernet(), enhanced(0, 0, nil), enhanced(1, 0, nil)}, nil), "", "capture: byte 112, packet 2: a packet longer"},
		"a damaged second section":   {append(section(), block(0x0A0D0D0A, make([]byte, 16))...), "", "a section without the byte-order mark"},
		"an unreadable kind of link": {bytes.Join([][]byte{section(), block(1, []byte{105, 0, 0, 0, 0, 0, 0, 0}), enhanced(len(packet), 0, packet)}, nil), "", "the link type of the capture is 105"},
		"one readable":               {bytes.Join([][]byte{section(), block(1, []byte{105, 0, 0, 0, 0, 0, 0, 0}), enhanced(4, 0, packet[:4]), section(), ethernet(), enhanced(len(packet), 0, packet)}, nil), "2 00:00:00", ""},
	} {
		got, err := reads(c.file)
		if strings.Join(strings.Fields(got), " ") != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %q, %v; want %q and %q", name, got, err, c.want, c.err)
		}
	}
}

// TestPcapBounds: the longest packet, and one byte more.
func TestPcapBounds(t *testing.T) {
	t.Parallel()
	packet := dhcp(1, false)
	long := append(packet, make([]byte, 256<<10-len(packet))...)
	if got, err := reads(captures()[0].write(long)); err != nil || !strings.HasPrefix(got, "1 ") {
		t.Errorf("the longest packet: %q, %v", got, err)
	}
	if got, err := reads(captures()[0].write(append(long, 0))); err == nil || !strings.Contains(err.Error(), "capture: byte 40, packet 1: a packet of 262145 bytes") {
		t.Errorf("a longer one: %q, %v", got, err)
	}
	file := captures()[0].write(packet, packet)
	for n, want := range map[int]string{len(file): "", len(file) - 1: "ends within a packet", 24: "", 23: "ends within a packet", 39: "ends within a packet", 3: "fewer than four bytes"} {
		_, err := reads(file[:n])
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("the first %d bytes: %v, want %q", n, err, want)
		}
	}
	stamp := captures()[0].write(packet)
	binary.LittleEndian.PutUint32(stamp, 0xA1B23C4D) // nanoseconds
	if got, err := reads(stamp); err != nil || !strings.HasSuffix(got, ":20.000005") {
		t.Errorf("nanoseconds: %q, %v", got, err)
	}
}

// TestMessageBounds: the shortest message, its fields, and types without a name.
func TestMessageBounds(t *testing.T) {
	t.Parallel()
	whole := dhcp(1, false)
	bare := whole[:14+20+8+240] // no options at all
	for n, want := range map[int]string{len(bare): "1 BOOTP", len(bare) - 1: ""} {
		got := ""
		for m, err := range option43.Messages(bytes.NewReader(captures()[0].write(bare[:n]))) {
			if err != nil {
				t.Fatal(err)
			}
			got = fmt.Sprint(m.Packet, " ", m.TypeName())
		}
		if got != want {
			t.Errorf("a message of %d bytes: %q, want %q", n, got, want)
		}
	}
	for kind, want := range []string{"BOOTP", "DISCOVER", "OFFER", "REQUEST", "DECLINE", "ACK", "NAK", "RELEASE", "INFORM", "unknown", "unknown"} {
		m := option43.Message{Type: byte(kind)}
		if m.TypeName() != want || m.FromServer() != (kind == 2 || kind == 5 || kind == 6) {
			t.Errorf("type %d is %s, from a server: %t", kind, m.TypeName(), m.FromServer())
		}
	}
	for name, change := range map[string]func([]byte){
		"IPv6":               func(b []byte) { b[14] = 0x65 },
		"TCP":                func(b []byte) { b[23] = 6 },
		"a fragment":         func(b []byte) { b[21] = 1 },
		"more fragments":     func(b []byte) { b[20] = 0x20 },
		"a short header":     func(b []byte) { b[14] = 0x44 },
		"from another port":  func(b []byte) { b[35] = 69 },
		"to another port":    func(b []byte) { b[37] = 69 },
		"from port 323":      func(b []byte) { b[34] = 1 },
		"without its cookie": func(b []byte) { b[14+20+8+239] = 0 },
	} {
		b := append([]byte{}, whole...)
		change(b)
		if got, err := reads(captures()[0].write(b)); got != "" || err != nil {
			t.Errorf("%s: %q, %v; want nothing", name, got, err)
		}
	}
	for _, ports := range [][2]byte{{67, 67}, {68, 67}, {67, 68}, {68, 68}} {
		b := append([]byte{}, whole...)
		b[35], b[37] = ports[0], ports[1]
		if got, err := reads(captures()[0].write(b)); !strings.HasPrefix(got, "1 ") || err != nil {
			t.Errorf("ports %d: %q, %v; want a message", ports, got, err)
		}
	}
	long := append([]byte{}, whole[:14]...)
	long = append(append(append(long, whole[14:34]...), 1, 1, 1, 0), whole[34:]...)
	long[14] = 0x46 // four bytes of options in the IPv4 header
	if got, err := reads(captures()[0].write(long)); !strings.HasPrefix(got, "1 ") || err != nil {
		t.Errorf("options of IPv4: %q, %v; want a message", got, err)
	}
}

// TestErrorPositions: errors of values have no offset, those of bytes have the
// one of the byte.
func TestErrorPositions(t *testing.T) {
	t.Parallel()
	p := option43.Parameters{ChallengePassword: secret.New("\x01"), FIPSMode: 7, Enable8021X: 3, CertificateSelect: 9, Server: strings.Repeat("http://a", 40)}
	seen := map[option43.Code]int{}
	for _, e := range errorsOf(p.Validate()) {
		if seen[e.Code]++; e.Offset != -1 {
			t.Errorf("%v has offset %d", e, e.Offset)
		}
		if strings.Contains(e.Error(), "offset") {
			t.Errorf("%v names an offset", e)
		}
	}
	for _, c := range []option43.Code{10, 11, 12, 13, 14, 15} {
		if seen[c] == 0 {
			t.Errorf("nothing about %s in %v", c, p.Validate())
		}
	}
	_, err := option43.Decode(append(unhex(t, option43.ExampleHex), 255, 1, 2))
	if err == nil || err.Error() != "option 43: offset 69: end mark 255 and 2 bytes behind it: the document knows no padding and no end mark; some servers add them (dnsmasq's vendor: and encap: forms do), use the raw form" {
		t.Errorf("%v", err)
	}
}

// TestSnippetBounds: the traps of long values are named from the first byte on at
// which they snap, and not before.
func TestSnippetBounds(t *testing.T) {
	t.Parallel()
	of := func(n int) option43.Parameters {
		p := option43.Example()
		p.RootCAFingerprint = bytes.Repeat([]byte{0xAB}, 32)
		p.Server += "/" + strings.Repeat("a", n-p.Len()-1)
		return p
	}
	for _, c := range []struct {
		format string
		n      int
		want   string
		is     bool
	}{
		{"dnsmasq", option43.SafeLength, "above 240 bytes", false},
		{"dnsmasq", option43.SafeLength + 1, "above 240 bytes", true},
		{"ios", 119, "IOS is said to take", false}, // a line of 253
		{"ios", 120, "IOS is said to take", true},
	} {
		text, err := option43.Snippet(c.format, of(c.n), option43.Target{})
		if err != nil || strings.Contains(text, c.want) != c.is {
			t.Errorf("%s, %d bytes: %v, says %q: want %t\n%s", c.format, c.n, err, c.want, c.is, text)
		}
	}
	for n, want := range map[int]string{240: "", 241: "above 240", 253: "above 240", 254: "Kea splits", 255: "Kea splits"} {
		var got string
		for _, w := range option43.Check(of(n), option43.Scope{}) {
			if w.Code == 0 {
				got = w.String()
			}
		}
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%d bytes: %q, want %q", n, got, want)
		}
	}
}
