// SPDX-License-Identifier: MPL-2.0

package option43

import (
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// dumpLine is a line of a dump: the offset as it is written, and the rest.
type dumpLine struct {
	offset, rest string
	repeat       bool // "*": the line before it, until the next offset
}

// readDump reads the dumps of xxd, hexdump, od, tcpdump -xx and Wireshark. What
// the words are (bytes, or numbers of two bytes in either order, hexadecimal or
// octal) shows in the offsets and in what decodes.
func readDump(s string) []reading {
	var all []reading
	for _, d := range dumps(s) {
		for _, base := range [...]int{16, 8, 10} {
			for _, w := range dumpWords {
				if value, ok := undump(d.lines, base, w); ok {
					all = append(all, reading{form: "hex dump" + w.name, value: value, at: d.at})
				}
			}
		}
	}
	return all
}

// dump is one of a text, which may have several: tcpdump writes one a packet.
type dump struct {
	lines []dumpLine
	at    int
}

// dumps returns the runs of lines that start with an offset.
func dumps(s string) []dump {
	var all []dump
	start, open := 0, false
	for line := range strings.Lines(s) {
		text := strings.TrimSpace(line)
		offset, rest, _ := strings.Cut(text, " ")
		offset = strings.TrimSuffix(strings.TrimPrefix(offset, "0x"), ":")
		if open && text == "*" {
			d := &all[len(all)-1]
			d.lines = append(d.lines, dumpLine{repeat: true})
		} else if len(offset) < 4 || leading(offset, 8, isHexDigit) != len(offset) {
			open = open && text == ""
		} else {
			if !open || strings.Trim(offset, "0") == "" {
				if len(all) == maxRuns {
					return all
				}
				all, open = append(all, dump{at: start}), true
			}
			d := &all[len(all)-1]
			d.lines = append(d.lines, dumpLine{offset: offset, rest: rest})
		}
		start += len(line)
	}
	return all
}

// dumpWord is one way to read the words of a dump.
type dumpWord struct {
	name string
	read func(word string) ([]byte, bool)
	// text reports whether a column of characters may stand behind the words,
	// which could be taken for words.
	text bool
}

var dumpWords = []dumpWord{
	{"", readHexWord, true},
	{" of little-endian numbers", func(w string) ([]byte, bool) {
		b, ok := readHexWord(w)
		slices.Reverse(b)
		return b, ok
	}, true},
	{" of bits", func(w string) ([]byte, bool) {
		n, err := strconv.ParseUint(w, 2, 8)
		return []byte{byte(n)}, err == nil && len(w) == 8
	}, false},
	{" of octal numbers of two bytes", func(w string) ([]byte, bool) {
		n, err := strconv.ParseUint(w, 8, 16)
		return binary.LittleEndian.AppendUint16(nil, uint16(n)), err == nil && len(w) == 6
	}, false},
	{" of octal numbers", func(w string) ([]byte, bool) {
		n, err := strconv.ParseUint(w, 8, 8)
		return []byte{byte(n)}, err == nil && len(w) == 3
	}, false},
	{" of decimal numbers", func(w string) ([]byte, bool) {
		b, ok := parseDecimalByte(w)
		return []byte{b}, ok
	}, false},
	{" of characters", func(w string) ([]byte, bool) {
		if len(w) == 1 {
			return []byte(w), true
		}
		if len(w) == 3 && w[0] != '\\' {
			w = `\` + w
		}
		b, bad := unescape(w)
		return b, bad < 0 && len(b) == 1
	}, false},
}

func readHexWord(w string) ([]byte, bool) {
	b, err := hex.DecodeString(w)
	return b, err == nil && len(b) > 0 && len(b) <= 16
}

// undump joins the lines of a dump whose offsets have the base.
func undump(lines []dumpLine, base int, w dumpWord) ([]byte, bool) {
	var out, last []byte
	column := 0 // where the words of a whole line end
	for i, l := range lines {
		next := -1 // the offset of the next line
		if i+1 < len(lines) && !lines[i+1].repeat {
			n, err := strconv.ParseUint(lines[i+1].offset, base, 31)
			if err != nil {
				return nil, false
			}
			next = int(n)
		}
		if l.repeat {
			if len(last) == 0 || next > maxText {
				return nil, false
			}
			for len(out) < next {
				out = append(out, last[:min(len(last), next-len(out))]...)
			}
			continue
		}
		offset, err := strconv.ParseUint(l.offset, base, 31)
		if err != nil || int(offset) != len(out) {
			return nil, false
		}
		if strings.TrimSpace(l.rest) == "" { // hexdump and od end with an offset
			return out, i == len(lines)-1 && len(out) > 0
		}
		if next < 0 {
			last, _ = dumpBytes(l.rest, max(16, len(last)), column, w)
		} else if last, column = dumpBytes(l.rest, next-len(out), len(l.rest), w); len(last) > next-len(out) {
			last = last[:max(0, next-len(out))] // a number of two bytes, half of it filled
		}
		if len(last) == 0 || next >= 0 && len(out)+len(last) != next {
			return nil, false
		}
		out = append(out, last...)
	}
	return out, len(out) > 0
}

// dumpBytes decodes the words of a line until the column where they end, and
// returns that column. Where no other line tells it (column 0), a column of
// characters stands behind two blanks, except after the eighth byte.
func dumpBytes(s string, want, column int, w dumpWord) (out []byte, end int) {
	rest := s
	if column > 0 {
		rest = s[:min(column, len(s))]
	}
	for len(out) < want {
		word, after, _ := strings.Cut(strings.TrimLeft(rest, " \t"), " ")
		b, ok := w.read(word)
		if !ok {
			break
		}
		out, rest = append(out, b...), after
		wide := strings.HasPrefix(rest, " ")
		if column == 0 && wide && w.text && (len(out) != 8 || strings.HasPrefix(rest, "  ")) {
			break
		}
	}
	return out, len(s) - len(rest)
}
