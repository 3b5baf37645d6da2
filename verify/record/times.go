// SPDX-License-Identifier: MPL-2.0

package record

import (
	"fmt"
	"strings"
	"time"
)

// asn1Time reads a time as certificates and index.txt have it: YYMMDDhhmmssZ
// (years from 1950 to 2049) or YYYYMMDDhhmmssZ. A fraction of a second, which RFC
// 5280 forbids, is not read.
func asn1Time(s string) (time.Time, error) {
	digits := len(s) - 1
	if digits != 12 && digits != 14 || s[digits] != 'Z' {
		return time.Time{}, fmt.Errorf("%q is not a time such as 261230100000Z", s)
	}
	year := number(s[:digits-10])
	if digits == 12 {
		if year += 1900; year < 1950 {
			year += 100
		}
	}
	rest := s[digits-10 : digits]
	month, day := number(rest[0:2]), number(rest[2:4])
	hour, minute, second := number(rest[4:6]), number(rest[6:8]), number(rest[8:10])
	return date(s, year, month, day, hour, minute, second, time.UTC)
}

// sqlTime reads a time as FreeRADIUS's %S has it: 2026-12-01 11:07:53.
func sqlTime(s string, zone *time.Location) (time.Time, error) {
	if len(s) != 19 || s[4] != '-' || s[7] != '-' || s[10] != ' ' && s[10] != 'T' || s[13] != ':' || s[16] != ':' {
		return time.Time{}, fmt.Errorf("%q is not a time such as 2026-12-01 11:07:53", s)
	}
	return date(s, number(s[0:4]), number(s[5:7]), number(s[8:10]), number(s[11:13]), number(s[14:16]), number(s[17:19]), zone)
}

// date refuses what time.Date would move into another month, day or hour.
func date(s string, year, month, day, hour, minute, second int, zone *time.Location) (time.Time, error) {
	if year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) ||
		hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 {
		return time.Time{}, fmt.Errorf("%q is not a time", s)
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, 0, zone).UTC(), nil
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// number reads decimal digits. For anything else it returns a number so far below
// zero that date refuses it.
func number(s string) int {
	n := 0
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return -10_000
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// detailAt reads the time at the head of a block of FreeRADIUS's module detail.
func detailAt(s string, r *run) (time.Time, error) {
	t, err := time.ParseInLocation(detailTime, s, r.zone)
	if err != nil {
		return t, fmt.Errorf("%q is not a time such as Tue Dec  1 11:07:53 2026", s)
	}
	return t.UTC(), nil
}

// layouts are those that programs write and that mean one thing only.
var layouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05.999999999-0700", "2006-01-02 15:04:05-07:00", "2006-01-02 15:04:05.999999999 -0700 MST",
	"2006-01-02 15:04:05.999999999", "2006-01-02 15:04", "2006-01-02",
	"Jan _2 15:04:05 2006 MST",                              // OpenSSL, nginx, Apache
	"02/Jan/2006:15:04:05 -0700",                            // access logs
	"02.01.2006 15:04:05", "02.01.2006 15:04", "02.01.2006", // German
}

// anyTime reads a time that may be written in many ways, among them seconds since
// 1970. A date with slashes is refused: whether the day or the month comes first
// depends on the country.
func anyTime(s string, zone *time.Location) (time.Time, error) {
	if t, err := sqlTime(s, zone); err == nil {
		return t, nil
	}
	if t, err := asn1Time(s); err == nil {
		return t, nil
	}
	if whole, fraction, _ := strings.Cut(s, "."); len(whole) == 10 && number(whole) >= 0 && (fraction == "" || number(fraction[:min(9, len(fraction))]) >= 0) {
		return time.Unix(int64(number(whole)), 0).UTC(), nil
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t.UTC(), nil
		}
	}
	if strings.Count(s, "/") == 2 {
		return time.Time{}, fmt.Errorf("%q may begin with the month or with the day: add layout=01/02/2006 or layout=02/01/2006, with the time as it is written", s)
	}
	return time.Time{}, fmt.Errorf("%q is not a time that is known: add layout=, how 2 January 2006, 15:04:05 would be written", s)
}
