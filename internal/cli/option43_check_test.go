// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOption43CheckTraps: what a capture shows of a DHCP server configured in
// the obvious way, and what check says of it.
func TestOption43CheckTraps(t *testing.T) {
	t.Parallel()
	class := append([]byte{60, 7}, "DP-9871"...)
	ask := dhcpMessage(1, class, []byte{55, 3, 1, 43, 15})
	half := len(exampleOption()) / 2
	value := exampleOption()[2:]
	domain := func(s string) []byte { return append([]byte{15, byte(len(s))}, s...) }
	for name, c := range map[string]struct {
		packets []string
		want    string
		status  int
	}{
		"as it should be":    {[]string{string(ask), string(dhcpMessage(2, exampleOption(), domain("example.nl")))}, "2 DHCP messages of phones, 0 problems", ExitClean},
		"does not ask":       {[]string{string(dhcpMessage(1, class, []byte{55, 2, 1, 15}))}, "does not ask for option 43 (option 55)", ExitFindings},
		"gets nothing":       {[]string{string(ask), string(dhcpMessage(5, domain("example.nl")))}, "does the server match option 60 exactly?", ExitFindings},
		"gets it empty":      {[]string{string(ask), string(dhcpMessage(5, []byte{43, 0}))}, "is mandatory and missing", ExitFindings},
		"in two pieces":      {[]string{string(ask), string(dhcpMessage(5, append([]byte{43, byte(half)}, value[:half]...), append([]byte{43, byte(len(value) - half)}, value[half:]...)))}, "in 2 pieces", ExitFindings},
		"with an end mark":   {[]string{string(ask), string(dhcpMessage(5, append(append([]byte{43, byte(len(value) + 1)}, value...), 255)))}, "end mark 255", ExitFindings},
		"in file":            {[]string{string(ask), string(inFile(dhcpMessage(5, []byte{52, 1, 1})))}, "options go on in the fields file and sname", ExitClean},
		"TFTP beside it":     {[]string{string(ask), string(dhcpMessage(5, exampleOption(), []byte{66, 1, 'a'}))}, "option 66 stands in the same scope", ExitClean},
		"domain without dot": {[]string{string(ask), string(dhcpMessage(5, exampleOption(), domain("corp")))}, "has no dot", ExitClean},
		"no phone":           {[]string{string(dhcpMessage(1, append([]byte{60, 8}, "DP-9871X"...)))}, "0 DHCP messages of phones", ExitFindings},
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
