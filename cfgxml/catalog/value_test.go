// SPDX-License-Identifier: MPL-2.0

package catalog

import (
	"errors"
	"testing"
)

func TestCheckAccepts(t *testing.T) {
	for _, c := range []struct {
		kind   Type
		values []string
	}{
		{Text, []string{"", "anything", "1h"}},
		{Secret, []string{"", "anything", "****"}},
		{YesNo, []string{"", "Yes", "No", "yes", "NO"}},
		{Choice, []string{"", "IPv4 Only", "ipv4 only", "Dual Mode|IPv4 Only"}},
		{Number, []string{"", "0", "3600", "-2", "+5", ".5", "0.02", "12.", "0x68", "0XB8", "0xaF09"}},
		{Schedule, []string{"", "0", "3600", "3600+600", "1800,3600,7200,14400", "60,120,240,480,960,1920,3840,7680,15360,30720,61440,86400",
			"1800+300,3600+600,7200+900", "1800,3600,7200,14400+3600", " 60, 120 + 5 "}},
		{Clock, []string{"", "0000", "0330", "0959", "2359", "2400"}},
	} {
		p := Parameter{Type: c.kind}
		switch c.kind {
		case YesNo:
			p.Choices = yesNo
		case Choice:
			p.Choices = []string{"IPv4 Only", "Dual Mode"}
		}
		for _, value := range c.values {
			if err := p.Check(value); err != nil {
				t.Errorf("%v %q: %v", c.kind, value, err)
			}
		}
	}
}

// A value that is wrong is named by its wrong part.
func TestCheckRefuses(t *testing.T) {
	yesOrNo := Parameter{Type: YesNo, Choices: yesNo}
	choice := Parameter{Type: Choice, Choices: []string{"IPv4 Only", "Dual Mode"}}
	number, schedule, clock := Parameter{Type: Number}, Parameter{Type: Schedule}, Parameter{Type: Clock}
	for _, c := range []struct {
		p                   Parameter
		value, part, reason string
	}{
		{yesOrNo, "On", "On", "not among its choices"},
		{choice, "IPv4", "IPv4", "not among its choices"},
		{choice, "Dual Mode|", "Dual Mode|", "not among its choices"},
		{number, "1h", "1h", "not a number"},
		{number, "3600s", "3600s", "not a number"},
		{number, "1,2", "1,2", "not a number"},
		{number, "1/2", "1/2", "not a number"},
		{number, "1:2", "1:2", "not a number"},
		{number, ".", ".", "not a number"},
		{number, "-", "-", "not a number"},
		{number, "1.2.3", "1.2.3", "not a number"},
		{number, "0x", "0x", "not a number"},
		{number, "0xg1", "0xg1", "not a number"},
		{number, "0x1`", "0x1`", "not a number"},
		{number, "1x10", "1x10", "not a number"},
		{schedule, "1h", "1h", "not a number of seconds"},
		{schedule, "-5", "-5", "not a number of seconds"},
		{schedule, "1.5", "1.5", "not a number of seconds"},
		{schedule, "60,2h,3600", "2h", "not a number of seconds"},
		{schedule, "60, 2h ,3600", "2h", "not a number of seconds"},
		{schedule, "60+x,120", "x", "not a number of seconds"},
		{schedule, "60,90+ 5m,120", "5m", "not a number of seconds"},
		{schedule, "60+1+2", "1+2", "not a number of seconds"},
		{schedule, "60;120", "60;120", "not a number of seconds"},
		{schedule, "60,120+", "120+", "not a delay"},
		{schedule, "+600", "+600", "not a delay"},
		{schedule, "60,+5,7", "+5", "not a delay"},
		{schedule, "60,,120", "", "not a delay"},
		{schedule, "60,", "", "not a delay"},
		{clock, "330", "330", "not a time of the day"},
		{clock, "03:30", "03:30", "not a time of the day"},
		{clock, "0360", "0360", "not a time of the day"},
		{clock, "2401", "2401", "not a time of the day"},
		{clock, "033a", "033a", "not a time of the day"},
		{clock, "00330", "00330", "not a time of the day"},
	} {
		var wrong *ValueError
		if err := c.p.Check(c.value); !errors.As(err, &wrong) {
			t.Errorf("%v %q: %v", c.p.Type, c.value, err)
			continue
		}
		if part := c.value[wrong.Start:wrong.End]; part != c.part || wrong.Reason != c.reason || wrong.Cure == "" {
			t.Errorf("%v %q: %q is %s, want %q is %s", c.p.Type, c.value, part, wrong.Reason, c.part, c.reason)
		}
	}
	if got, want := clock.Check("1").Error(), "not a time of the day: give four digits, hours and minutes: 0330"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// FuzzCheck: a wrong part lies within its value.
func FuzzCheck(f *testing.F) {
	for _, value := range []string{"60,120+5", "60,,", "+", "0x", "2400", "a|b", " 1 + , 2"} {
		f.Add(uint8(Schedule), value)
	}
	f.Fuzz(func(t *testing.T, kind uint8, value string) {
		var wrong *ValueError
		if errors.As(Parameter{Type: Type(kind % 8), Choices: yesNo}.Check(value), &wrong) {
			_ = value[wrong.Start:wrong.End]
		}
	})
}
