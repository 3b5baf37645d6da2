// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"cmp"
	"fmt"
	"strings"
)

// Firmware is a PhoneOS release such as 3.5(1): release, feature, maintenance.
type Firmware struct{ Major, Minor, Maintenance int }

// Releases that brought what the rules ask for (release notes, help.webex.com
// article n1trwjh).
var (
	firmwareCDC        = Firmware{3, 2, 1} // 31 Oct 2024: CDC by SCEP; web pages need a password
	firmwareCommonName = Firmware{3, 5, 1} // 31 Jul 2025: CDC common name, macros in it
)

// otherLines is the major release at which the firmware of other product lines
// starts: multiplatform firmware of 6800, 7800 and 8800 phones is 11.x and 12.x,
// enterprise firmware 10.x to 14.x. PhoneOS was at 5.0(1) in August 2026.
const otherLines = 10

// ParseFirmware reads a release in the forms that release notes, phones and
// load names use: "3.5(1)", "3.5.1", "3-5-1", "3.5", "PhoneOS 3.5(1)", and
// "PhoneOS.3-5-1-0001-88.loads", where all after the third number is a
// build. A release of another product line is an error that names the lines.
func ParseFirmware(s string) (Firmware, error) {
	rest := strings.TrimSpace(s)
	if len(rest) > 7 && strings.EqualFold(rest[:7], "phoneos") {
		rest = strings.TrimLeft(rest[7:], " .-_")
	}
	var n [3]int
	fields, parenthesis, ok := 0, false, true
	for fields < len(n) && ok {
		if n[fields], rest, ok = leadingNumber(rest); !ok {
			break
		}
		if fields++; fields == len(n) || rest == "" || parenthesis {
			break
		}
		switch rest[0] {
		case '(':
			parenthesis, ok = true, fields == 2
		case '.', '-':
		default:
			ok = false
		}
		rest = rest[1:]
	}
	if parenthesis && ok {
		rest, ok = strings.CutPrefix(rest, ")")
	}
	if ok && fields >= 2 && n[0] >= otherLines {
		return Firmware{}, fmt.Errorf("firmware %q is not a PhoneOS release: 11.x and 12.x are multiplatform firmware of 6800, 7800 and 8800 phones; 9800 and 8875 phones run PhoneOS, such as 3.5(1)", s)
	}
	if !ok || fields < 2 || n[0] == 0 || rest != "" && !strings.ContainsRune(" .-_S", rune(rest[0])) {
		return Firmware{}, fmt.Errorf("unknown firmware release %q: want a form such as 3.5(1) or PhoneOS.3-5-1-0001", s)
	}
	return Firmware{n[0], n[1], n[2]}, nil
}

// leadingNumber reads up to five digits.
func leadingNumber(s string) (n int, rest string, ok bool) {
	i := 0
	for ; i < len(s) && i < 5 && '0' <= s[i] && s[i] <= '9'; i++ {
		n = n*10 + int(s[i]-'0')
	}
	return n, s[i:], i > 0
}

// String returns Cisco's form, "3.5(1)".
func (f Firmware) String() string {
	return fmt.Sprintf("%d.%d(%d)", f.Major, f.Minor, f.Maintenance)
}

// Compare returns a negative number if f is older than g, 0 if they are the
// same release, a positive number if f is newer.
func (f Firmware) Compare(g Firmware) int {
	return cmp.Or(cmp.Compare(f.Major, g.Major), cmp.Compare(f.Minor, g.Minor), cmp.Compare(f.Maintenance, g.Maintenance))
}
