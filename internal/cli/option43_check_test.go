// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
)

// TestOption43CheckTraps: what a capture shows of a DHCP server configured in
// the obvious way, and what check says of it.
func TestOption43CheckTraps(t *testing.T) {
	t.Parallel()
	name := func(s string) []byte { return append([]byte{60, byte(len(s))}, s...) }
	class, list := name("DP-9871"), []byte{55, 3, 1, 43, 15}
	ask, request := dhcpMessage(1, class, list), dhcpMessage(3, class, list)
	half := len(exampleOption()) / 2
	value := exampleOption()[2:]
	domain := func(s string) []byte { return append([]byte{15, byte(len(s))}, s...) }
	offer := dhcpMessage(2, exampleOption(), domain("example.nl"))
	ack := func(options ...[]byte) []string { // the last message of an exchange that is well before it
		return []string{string(request), string(dhcpMessage(5, options...))}
	}
	texts := func(packets ...[]byte) []string {
		var all []string
		for _, p := range packets {
			all = append(all, string(p))
		}
		return all
	}
	for name, c := range map[string]struct {
		packets []string
		want    string
		status  int
	}{
		"as it should be":    {append(texts(ask, offer), ack(exampleOption(), domain("example.nl"))...), "4 DHCP messages of phones, 0 problems", term.ExitClean},
		"nobody answers":     {texts(ask, ask, ask, ask, ask), "no answer: no server answers", term.ExitFindings},
		"not acknowledged":   {texts(ask, offer), "offered, but not acknowledged: the client does not request", term.ExitFindings},
		"refused":            {texts(ask, offer, request, dhcpMessage(6, []byte{56, 4, 'b', 'u', 's', 'y'})), `refused (NAK): the server refuses the address and says "busy"`, term.ExitFindings},
		"another series":     {texts(dhcpMessage(1, name("CP-8841-3PCC"), list), offer, dhcpMessage(3, name("CP-8841-3PCC"), list), dhcpMessage(5, exampleOption())), `a phone of another series, option 60 is "CP-8841-3PCC", is sent`, term.ExitFindings},
		"a PC gets it":       {texts(dhcpMessage(1, name("MSFT 5.0"), list), offer, dhcpMessage(3, name("MSFT 5.0"), list), dhcpMessage(5, exampleOption())), `not a phone, option 60 is "MSFT 5.0", is sent`, term.ExitFindings},
		"does not ask":       {texts(dhcpMessage(1, class, []byte{55, 2, 1, 15})), "does not ask for option 43 (option 55: its parameter request list", term.ExitFindings},
		"gets nothing":       {ack(domain("example.nl")), "does the server match option 60 exactly, and has it", term.ExitFindings},
		"gets it empty":      {ack([]byte{43, 0}), "is mandatory and missing", term.ExitFindings},
		"in two pieces":      {ack(append([]byte{43, byte(half)}, value[:half]...), append([]byte{43, byte(len(value) - half)}, value[half:]...)), "in 2 pieces", term.ExitFindings},
		"with an end mark":   {ack(append(append([]byte{43, byte(len(value) + 1)}, value...), 255)), "end mark 255", term.ExitFindings},
		"in file":            {texts(request, inFile(dhcpMessage(5, []byte{52, 1, 1}))), "options go on in the fields file and sname", term.ExitClean},
		"TFTP beside it":     {ack(exampleOption(), []byte{66, 1, 'a'}), "option 66 is in the same scope", term.ExitClean},
		"domain without dot": {ack(exampleOption(), domain("corp")), "has no dot", term.ExitClean},
		"no phone":           {texts(dhcpMessage(1, name("MSFT 5.0"))), "0 DHCP messages of phones", term.ExitFindings},
		"nearly a phone":     {texts(dhcpMessage(1, name("DP-9871X"))), `a phone of another series, option 60 is "DP-9871X": it does not take`, term.ExitFindings},
	} {
		packets := make([][]byte, len(c.packets))
		for i, p := range c.packets {
			packets[i] = []byte(p)
		}
		file := filepath.Join(t.TempDir(), "phones.pcap")
		if err := os.WriteFile(file, []byte(capture(packets...)), 0o600); err != nil {
			t.Fatal(err)
		}
		var out, errs bytes.Buffer
		status := Run(t.Context(), []string{"option43", "check", file}, strings.NewReader(""), &out, &errs)
		if status != c.status || !strings.Contains(out.String(), c.want) {
			t.Errorf("%s: status %d, want %d and %q:\n%s%s", name, status, c.status, c.want, out.String(), errs.String())
		}
		if strings.Contains(out.String()+errs.String(), "D233CCF9B9952A15") {
			t.Errorf("%s: the challenge is printed", name)
		}
	}
}

// inFile puts the example into the field file of a message.
func inFile(packet []byte) []byte {
	at := bytes.Index(packet, []byte{99, 130, 83, 99}) - 236
	copy(packet[at+108:], append(exampleOption(), 255))
	return packet
}
