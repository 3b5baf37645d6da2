// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func fixed(v float64, err error) func(*inputs) (float64, error) {
	return func(*inputs) (float64, error) { return v, err }
}

func TestReport(t *testing.T) {
	for name, c := range map[string]struct {
		bound  bound
		line   string
		status int
	}{
		"below":         {bound{name: "n", limit: 3, unit: "x", measure: fixed(2.5, nil)}, "n  2.50x  <=3.00x  ok", 0},
		"at most":       {bound{name: "n", limit: 3, measure: fixed(3, nil)}, "n  3  <=3  ok", 0},
		"above":         {bound{name: "n", limit: 3, unit: "x", measure: fixed(3.01, nil)}, "n  3.01x  <=3.00x  SHORT", 1},
		"enough":        {bound{name: "n", limit: 20, unit: "x", least: true, measure: fixed(20, nil)}, "n  20.00x  >=20.00x  ok", 0},
		"too little":    {bound{name: "n", limit: 20, unit: "x", least: true, measure: fixed(19, nil)}, "n  19.00x  >=20.00x  SHORT", 1},
		"not more":      {bound{name: "n", limit: 1, unit: "x", least: true, strict: true, measure: fixed(1, nil)}, "n  1.00x  >1.00x  SHORT", 1},
		"not less":      {bound{name: "n", limit: 1, unit: "x", strict: true, measure: fixed(1, nil)}, "n  1.00x  <1.00x  SHORT", 1},
		"a tool absent": {bound{name: "n", measure: fixed(0, &missingError{"xmllint on PATH"})}, "# n: not run: needs xmllint on PATH", 0},
		"failed":        {bound{name: "n", measure: fixed(0, errors.New("no"))}, "", 3},
	} {
		var out, talk bytes.Buffer
		status := report([]bound{c.bound}, nil, &out, &talk)
		line := strings.TrimSpace(out.String())
		if !strings.HasPrefix(line, "#") {
			line = strings.Join(strings.Fields(line), "  ")
		}
		if line != c.line || status != c.status {
			t.Errorf("%s: %q with status %d, want %q with %d", name, line, status, c.line, c.status)
		}
	}
}

func TestChoose(t *testing.T) {
	all := []bound{{name: "scan/walk"}, {name: "linear-scan"}, {name: "linear-diff"}}
	for args, want := range map[string]string{
		"":              "scan/walk linear-scan linear-diff",
		"linear":        "linear-scan linear-diff",
		"linear-d scan": "scan/walk linear-diff",
	} {
		got, err := choose(all, strings.Fields(args))
		if err != nil || strings.Join(allNames(got), " ") != want {
			t.Errorf("%q: %q, %v, want %q", args, allNames(got), err, want)
		}
	}
	var out, talk bytes.Buffer
	if status := run([]string{"warp"}, &out, &talk); status != 2 || !strings.Contains(talk.String(), "scan/walk") {
		t.Errorf("an unknown name: status %d, %q", status, talk.String())
	}
}

func TestBoundsHaveNamesOfTheirOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, b := range bounds {
		if b.name == "" || seen[b.name] || strings.ContainsAny(b.name, " #") || b.measure == nil {
			t.Errorf("bound %+v: want a name of its own without a space, and a measurement", b)
		}
		seen[b.name] = true
	}
}

func TestMedianAndRatio(t *testing.T) {
	if got := median([]float64{5, 1, 9}); got != 5 {
		t.Error(got)
	}
	if got := median([]float64{4, 1, 9, 5}); got != 4.5 {
		t.Error(got)
	}
	n := 0
	work := func(times int) func() {
		return func() {
			for range times {
				n++
			}
		}
	}
	if got := ratio(work(400_000), work(100_000)); got < 2 || got > 8 {
		t.Errorf("four times the work takes %v times as long", got)
	}
}
