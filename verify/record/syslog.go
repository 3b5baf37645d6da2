// SPDX-License-Identifier: MPL-2.0

package record

import (
	"fmt"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
)

// syslog is what a log server wrote of phones whose template has Cisco's messages
// about resyncs:
//
//	DP-9871 001a2b3c4d5e -- Successful resync https://…
//	DP-9871 001a2b3c4d5e -- Resync failed: File not found
//
// Other lines say nothing.
type syslog struct{}

func openSyslog(*Source) (reader, error) { return syslog{}, nil }

func (syslog) read(r *run) error {
	return r.lines(func(line string, number int) error {
		before, message, ok := strings.Cut(line, " -- ")
		if !ok {
			return nil
		}
		r.fact = Fact{Line: number, Kind: Resynced}
		if why, failed := strings.CutPrefix(message, "Resync failed"); failed {
			r.fact.Kind, r.fact.Reason = ResyncFailed, strings.TrimSpace(strings.TrimPrefix(why, ":"))
		} else if !strings.HasPrefix(message, "Successful resync") {
			return nil // among them "Requesting resync"
		}
		var err error
		if r.fact.MAC, err = device.ParseMAC(before[strings.LastIndexByte(before, ' ')+1:]); err != nil {
			return fmt.Errorf("before \"--\": %w", err)
		}
		if r.fact.At, err = syslogTime(before, r); err != nil {
			return err
		}
		r.found(&r.fact)
		return nil
	})
}

// syslogTime reads the time at the beginning of a line, with a priority before it
// or without: that of RFC 5424, or that of RFC 3164, which has no year.
func syslogTime(line string, r *run) (time.Time, error) {
	if line != "" && line[0] == '<' {
		_, line, _ = strings.Cut(line, ">")
		line = strings.TrimPrefix(line, "1 ")
	}
	word, _, _ := strings.Cut(line, " ")
	if t, err := time.Parse(time.RFC3339Nano, word); err == nil {
		return t.UTC(), nil
	}
	if len(line) < len(time.Stamp) {
		return time.Time{}, fmt.Errorf("the line begins with %.40q, not with a time", line)
	}
	year := r.report.Changed.In(r.zone).Year()
	// In a leap year, so that 29 February is read whichever year it is.
	t, err := time.ParseInLocation("2006 "+time.Stamp, "2000 "+line[:len(time.Stamp)], r.zone)
	if err != nil {
		return t, fmt.Errorf("the line begins with %.40q, not with a time such as Dec  1 11:07:53", line)
	}
	for ; year > 0; year-- { // the latest year that is not after the file
		at := time.Date(year, t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, r.zone)
		if at.Day() == t.Day() && !at.After(r.report.Changed.Add(24*time.Hour)) {
			return at.UTC(), nil
		}
	}
	return t, fmt.Errorf("the time %q has no year, and the file has no time", line[:len(time.Stamp)])
}
