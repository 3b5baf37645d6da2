// SPDX-License-Identifier: MPL-2.0

package option43

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// maxRuns bounds how many runs of digits of a text are tried.
const maxRuns = 64

// word is a part of a text without blanks, quotes and brackets.
type word struct {
	text string
	at   int
}

// words splits a text at everything that stands around digits but is not
// usual between them.
func words(s string) []word {
	var all []word
	start := -1
	for i, r := range s {
		if unicode.IsSpace(r) || strings.ContainsRune("'\"`;={}[]()<>|\\“”‘’", r) {
			if start >= 0 {
				all = append(all, word{s[start:i], start})
			}
			start = -1
		} else if start < 0 {
			start = i
		}
	}
	if start >= 0 {
		all = append(all, word{s[start:], start})
	}
	return all
}

// readDigits reads each run of words that consist of hexadecimal digits and
// separators, so that labels around them do no harm.
func readDigits(s string) []reading {
	var all []reading
	ws := words(s)
	for end := len(ws); end > 0 && len(all) < maxRuns; {
		if !isDigits(ws[end-1].text) {
			end--
			continue
		}
		start := end
		for start > 0 && isDigits(ws[start-1].text) {
			start--
		}
		if end-start > 1 || ws[start].text != "43" || len(ws) == 1 { // not the number of the option alone
			all = append(all, readRun(ws[start:end])...)
		}
		if typo := typoBeside(ws, start, end); typo != nil {
			all = append(all, *typo)
		}
		end = start
	}
	return all
}

// readRun reads a run of words as hexadecimal and as decimal digits.
func readRun(run []word) []reading {
	first := reading{form: "hexadecimal digits", at: run[0].at}
	if len(run) == 1 {
		first.form = "hexadecimal digits" + separated(run[0].text)
	}
	first.value, first.at, first.err = parseHex(run)
	all := []reading{first}
	if value, ok := parseDecimal(run); ok {
		all = append(all, reading{form: "decimal numbers", value: value, at: run[0].at})
	}
	// "43 0b0b…" and "43,0b:0b:…": the number of the option stands in front.
	if rest, ok := strings.CutPrefix(run[0].text, "43"); ok && len(parts(run)) > 1 && parts(run)[0].text == "43" {
		r := reading{form: "hexadecimal digits behind the option's number", stated: rest == "" || rest[0] == ','}
		r.value, r.at, r.err = parseHex(append([]word{{rest, run[0].at + len("43")}}, run[1:]...))
		all = append(all, r)
	}
	return all
}

// separated names what stands between the bytes of one word.
func separated(w string) string {
	switch {
	case strings.Contains(w, ":"):
		return " with colons"
	case strings.Contains(w, "-"):
		return " with dashes"
	case strings.Contains(w, ","):
		return " with commas"
	case strings.Contains(w, "."):
		return " with dots"
	}
	return ""
}

// parts splits words into what stands between separators.
func parts(run []word) []word {
	var all []word
	for _, w := range run {
		start := 0
		for i := 0; i <= len(w.text); i++ {
			if i < len(w.text) && !strings.ContainsRune(":-.,", rune(w.text[i])) {
				continue
			}
			if i > start {
				all = append(all, word{w.text[start:i], w.at + start})
			}
			start = i + 1
		}
	}
	return all
}

// parseHex reads a run as hexadecimal digits. Numbers of one digit are bytes
// where every number is one: dhclient drops leading zeros.
func parseHex(run []word) (value []byte, at int, err error) {
	ps := parts(run)
	single := len(ps) > 1
	for _, p := range ps {
		single = single && len(bare(p.text)) <= 2
	}
	for _, p := range ps {
		digits := bare(p.text)
		if digits == "" {
			return nil, p.at, errors.New("0x without a digit behind it: write two hexadecimal digits for each byte")
		}
		if len(digits) == 1 && (single || digits != p.text) {
			digits = "0" + digits
		}
		if len(digits)%2 != 0 {
			return nil, p.at, fmt.Errorf("an odd number of hexadecimal digits, %d, without a separator: write two for each byte", len(digits))
		}
		if value, err = hex.AppendDecode(value, []byte(digits)); err != nil {
			bad := strings.IndexFunc(digits, func(r rune) bool { return !isHexDigit(r) })
			return nil, p.at + bad, fmt.Errorf("%q is not a hexadecimal digit", digits[bad])
		}
	}
	return value, run[0].at, nil
}

// bare is a number without 0x.
func bare(p string) string { return strings.TrimPrefix(strings.TrimPrefix(p, "0x"), "0X") }

// parseDecimal reads a run of numbers up to 255, one for each byte.
func parseDecimal(run []word) ([]byte, bool) {
	ps := parts(run)
	if len(ps) < 4 {
		return nil, false
	}
	var out []byte
	for _, p := range ps {
		n, err := strconv.ParseUint(p.text, 10, 8)
		if err != nil {
			return nil, false
		}
		out = append(out, byte(n))
	}
	return out, true
}

func isHexDigit(r rune) bool {
	return '0' <= r && r <= '9' || 'a' <= r && r <= 'f' || 'A' <= r && r <= 'F'
}

func isDigits(w string) bool {
	digits := false
	for _, r := range strings.NewReplacer("0x", "0", "0X", "0").Replace(w) {
		if !isHexDigit(r) && !strings.ContainsRune(":-.,", r) {
			return false
		}
		digits = digits || isHexDigit(r)
	}
	return digits
}

// typoBeside returns an error for a word beside a run that is nearly digits: a
// wrong letter among them.
func typoBeside(ws []word, start, end int) *reading {
	for _, i := range [...]int{end, start - 1} {
		if i < 0 || i >= len(ws) {
			continue
		}
		if at, r, ok := typo(ws[i].text); ok {
			return &reading{at: ws[i].at + at, rank: rankTypo, err: notADigit(r)}
		}
	}
	return nil
}

// typo returns the first rune that is not a digit of a word with at least as
// many digits as other runes.
func typo(w string) (at int, bad rune, ok bool) {
	digits, others := 0, 0
	for i, r := range w {
		switch {
		case isHexDigit(r), strings.ContainsRune(":-.,", r):
			digits++
		default:
			if others++; others == 1 {
				at, bad = i, r
			}
		}
	}
	return at, bad, others > 0 && digits >= others
}

func notADigit(r rune) error {
	return fmt.Errorf("%q is not a hexadecimal digit: want two for each byte, such as 0a01010b12…", r)
}

// noDigits says why a text without any reading cannot be one.
func noDigits(s string) error {
	var longest word
	for _, w := range words(s) {
		if len(w.text) > len(longest.text) {
			longest = w
		}
	}
	if longest.text == "" {
		return errors.New("there are no hexadecimal digits: the text is empty")
	}
	at := strings.IndexFunc(longest.text, func(r rune) bool { return !isHexDigit(r) && !strings.ContainsRune(":-.,", r) })
	if at < 0 {
		return positioned(s, longest.at, errors.New("there are no hexadecimal digits, an example is 0a01010b12…"))
	}
	for i, r := range longest.text {
		if i == at {
			return positioned(s, longest.at+at, notADigit(r))
		}
	}
	return positioned(s, longest.at, errors.New("there are no hexadecimal digits"))
}
