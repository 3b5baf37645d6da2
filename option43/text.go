// SPDX-License-Identifier: MPL-2.0

package option43

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxText bounds what ParseText reads: the dump of a whole DHCP packet or the
// configuration of a server has a few thousand characters.
const maxText = 64 << 10

// Reading is option 43 as [ParseText] found it.
type Reading struct {
	Value []byte   // the option's bytes, not judged yet: that is for [Decode]
	Form  string   // how the text holds them, such as "hexadecimal digits"
	Notes []string // what the reader had to decide, in whole sentences
}

// ParseText reads option 43 from what people have at hand:
//
//   - hexadecimal digits with any separators, alone or behind a label;
//   - the dump of the value, of the whole option or of a DHCP packet by xxd,
//     hexdump, od, tcpdump or Wireshark;
//   - base64, \x0b and \013 escapes, lists of numbers such as a C array;
//   - the configuration of every server that [Snippet] writes, and more;
//   - Network Registrar's form, (10 1)(11 http://…)(12 …);
//   - the bytes themselves, as a file holds them.
//
// Where a text can be read in several ways, the reading wins that decodes as
// sub-options 10 to 15; of two that do, the one that the text names. An option
// with its own code and length in front, also in several parts (RFC 3396), is
// unpacked. Errors name the line and the column and quote nothing of the text,
// because a challenge password may be in it.
func ParseText(s string) (Reading, error) {
	if len(s) > maxText {
		return Reading{}, fmt.Errorf("%d bytes of text are too many for an option of %d bytes: at most %d are read; cut out the part with option 43", len(s), MaxLength, maxText)
	}
	s, err := decodeText(s)
	if err != nil {
		return Reading{}, err
	}
	var all []reading
	if isBinary(s) {
		all = readRaw(s)
		s = strings.ReplaceAll(s, "\x00", " ")
	}
	if !isBinary(s) {
		for _, read := range [...]func(string) []reading{
			readSuboptions, readLabeled, readDump, readEscapes, readDigits, readBase64,
		} {
			all = append(all, read(s)...)
		}
	}
	return choose(s, all)
}

// reading is one way in which a text can be read.
type reading struct {
	form   string
	value  []byte
	stated bool   // the text itself says that this is option 43
	at     int    // where it starts
	err    error  // why it cannot be read in this way; value is nothing then
	note   string // what had to be decided
	rank   int
}

// The ranks of readings. One that decodes wins, then one that the text states.
const (
	rankError = iota
	rankPlain
	rankTypo // digits with something else among them
	rankShaped
	rankStated
	rankStatedShaped
	rankDecodes
	rankStatedDecodes
)

func (r *reading) judge() {
	r.unpack()
	shaped, decodes := false, false
	if r.err == nil {
		_, err := Decode(r.value)
		decodes = err == nil
		shaped = decodes || isShaped(r.value)
	}
	if r.err == nil {
		r.rank = rankPlain
	}
	if shaped {
		r.rank = rankShaped
	}
	if r.stated {
		r.rank = rankStated
	}
	if shaped && r.stated {
		r.rank = rankStatedShaped
	}
	if decodes {
		r.rank = rankDecodes
	}
	if decodes && r.stated {
		r.rank = rankStatedDecodes
	}
}

// isShaped reports whether b is a row of sub-options with known codes, whatever
// their values are.
func isShaped(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	for len(b) > 0 {
		if len(b) < 2 || !Code(b[0]).known() || len(b) < 2+int(b[1]) {
			return false
		}
		b = b[2+int(b[1]):]
	}
	return true
}

// unpack takes the value out of a DHCP message, or out of the whole option.
func (r *reading) unpack() {
	if r.err != nil {
		return
	}
	b := r.value
	if at := bytes.Index(b, magicCookie); at >= 0 {
		if at < cookieAt { // the options alone
			b, at = append(make([]byte, cookieAt), b[at:]...), cookieAt
		}
		r.stated = true
		r.value, r.err = messageOption(b[at-cookieAt:])
		r.note = "option 43 was taken out of the DHCP message."
		return
	}
	if len(b) > 2 && b[0] == 43 && Code(b[2]).known() {
		value, n, err := wholeOption(b)
		if err != nil {
			r.err = err
			return
		}
		r.value = value
		r.note = fmt.Sprintf("this is the option with its own code and length in front: 43 and %d were taken off.", b[1])
		if n > 1 {
			r.note = fmt.Sprintf("this is the option in %d parts, each with its own code and length in front: they were joined.", n)
		}
	}
}

// wholeOption joins the values of the options 43 that b consists of.
func wholeOption(b []byte) (value []byte, parts int, err error) {
	err = eachOptionOf(b, func(code byte, v []byte) {
		if code == 43 {
			value = append(value, v...)
			parts++
		}
	})
	if err != nil {
		return nil, 0, fmt.Errorf("this looks like the option with its own code and length in front, but %w; correct the second byte, or leave code and length out", err)
	}
	return value, parts, nil
}

// choose returns the best reading.
func choose(s string, all []reading) (Reading, error) {
	if len(all) == 0 {
		return Reading{}, noDigits(s)
	}
	for i := range all {
		all[i].judge()
	}
	best := slices.MaxFunc(all, func(a, b reading) int {
		if a.rank != b.rank {
			return a.rank - b.rank
		}
		if a.stated { // the first one: MaxFunc keeps it among equals
			return 0
		}
		return len(a.value) - len(b.value)
	})
	if best.err != nil {
		return Reading{}, positioned(s, best.at, best.err)
	}
	out := Reading{Value: best.value, Form: best.form}
	if best.note != "" {
		out.Notes = append(out.Notes, best.note)
	}
	for _, r := range all {
		if r.err != nil || r.rank < rankStated || bytes.Equal(r.value, best.value) {
			continue
		}
		if r.stated && best.stated {
			out.Notes = append(out.Notes, fmt.Sprintf("the text holds another option 43 with other values (%s): the one of %s was read.", position(s, r.at), position(s, best.at)))
			break
		}
		if r.rank == rankDecodes {
			out.Notes = append(out.Notes, fmt.Sprintf("the text also decodes as %s, to other values: it was read as %s.", r.form, best.form))
			break
		}
	}
	return out, nil
}

// decodeText returns the text of a file without a byte-order mark, as UTF-8.
func decodeText(s string) (string, error) {
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case strings.HasPrefix(s, "\xef\xbb\xbf"):
		return s[3:], nil
	case strings.HasPrefix(s, "\xfe\xff"):
		order = binary.BigEndian
	case !strings.HasPrefix(s, "\xff\xfe"):
		return s, nil
	}
	if len(s)%2 != 0 {
		return "", errors.New("the text starts as UTF-16, but has an odd number of bytes: save it as UTF-8")
	}
	units := make([]uint16, 0, len(s)/2)
	for b := []byte(s[2:]); len(b) > 0; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	return string(utf16.Decode(units)), nil
}

// isBinary reports whether s is bytes rather than text: every option 43 has the
// codes 11 and 12 in it, which no text has.
func isBinary(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\r\n", r) })
}

// readRaw reads the bytes themselves, with or without a line end behind them.
func readRaw(s string) []reading {
	all := []reading{{form: "raw bytes", value: []byte(s)}}
	if t := strings.TrimSuffix(strings.TrimSuffix(s, "\n"), "\r"); t != s {
		all = append(all, reading{form: "raw bytes with a line end behind them", value: []byte(t)})
	}
	return all
}

// positioned says where in a text of several words something is wrong.
func positioned(s string, at int, err error) error {
	return fmt.Errorf("%s: %w", position(s, at), err)
}

func position(s string, at int) string {
	at = min(max(at, 0), len(s))
	before := s[:at]
	line := strings.Count(before, "\n") + 1
	column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	return fmt.Sprintf("line %d, column %d", line, column)
}
