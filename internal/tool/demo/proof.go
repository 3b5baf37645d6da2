// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"fmt"
)

// proof is how a pushed file relates to the administrator's.
type proof struct {
	lines int    // of the administrator's file
	ends  string // "LF" or "CRLF"
	added int    // lines with a CDC parameter that the pushed file has
	size  int    // bytes of the administrator's file
}

// onlyCDCLines proves, byte for byte, that pushed is the administrator's file
// but for lines that hold a CDC parameter: with those lines taken out of both,
// the two are equal.
func onlyCDCLines(admin, pushed []byte) (proof, error) {
	rest, _ := withoutCDCLines(admin)
	restPushed, added := withoutCDCLines(pushed)
	if !bytes.Equal(rest, restPushed) {
		at := 0
		for at < len(rest) && at < len(restPushed) && rest[at] == restPushed[at] {
			at++
		}
		line := 1 + bytes.Count(rest[:at], []byte("\n"))
		return proof{}, fmt.Errorf("outside of the CDC lines the files differ, first in line %d of %d", line, bytes.Count(rest, []byte("\n")))
	}
	p := proof{lines: bytes.Count(admin, []byte("\n")), ends: "LF", added: added, size: len(admin)}
	if crlf := bytes.Count(admin, []byte("\r\n")); crlf == p.lines {
		p.ends = "CRLF"
		if bytes.Count(pushed, []byte("\r\n")) != bytes.Count(pushed, []byte("\n")) {
			return proof{}, fmt.Errorf("the administrator's lines end with CRLF and the new ones do not")
		}
	}
	return p, nil
}

func withoutCDCLines(data []byte) (rest []byte, taken int) {
	for line := range bytes.Lines(data) {
		if bytes.HasPrefix(bytes.TrimLeft(line, " \t"), []byte("<CDC_")) {
			taken++
			continue
		}
		rest = append(rest, line...)
	}
	return rest, taken
}
