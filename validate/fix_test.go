// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// A fixable rule's bad example becomes its good one, byte for byte; no other
// rule's is touched by a fix of that rule.
func TestFixesOfExamples(t *testing.T) {
	t.Parallel()
	for _, r := range Rules() {
		bad, good := profile(r.Bad), profile(r.Good)
		fixed, n := Apply([]byte(bad), byRule(check(t, r, r.Bad), r.ID))
		switch {
		case r.Fixable && (n == 0 || string(fixed) != good):
			t.Errorf("%s: %d fixed:\n%s\nwant\n%s", r.ID, n, fixed, good)
		case !r.Fixable && n > 0:
			t.Errorf("%s is not fixable, and fixed %d", r.ID, n)
		}
	}
}

// What is fixed is well-formed, is not found again, and is all that changed.
func TestFixesOfGoldens(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/err/*.xml")
	if err != nil || len(paths) == 0 {
		t.Fatal("no goldens", err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		checkFixes(t, data)
	}
}

func checkFixes(t *testing.T, data []byte) {
	t.Helper()
	d, err := cfgxml.Parse(data)
	if err != nil {
		return
	}
	before := Document(d, Settings{})
	fixed, n := Apply(data, before)
	after, err := cfgxml.Parse(fixed)
	if err != nil {
		t.Fatalf("fixed, the document cannot be read: %v\n%s\n%s", err, data, fixed)
	}
	if after.Len() != d.Len() {
		t.Errorf("%d parameters became %d:\n%s\n%s", d.Len(), after.Len(), data, fixed)
	}
	if n == 0 && string(fixed) != string(data) {
		t.Errorf("nothing fixed, and the document is another:\n%s", fixed)
	}
	// Fixes that touch leave some for the next round; rounds come to an end.
	for range 8 {
		if n == 0 {
			return
		}
		if d, err = cfgxml.Parse(fixed); err != nil {
			t.Fatal(err)
		}
		fixed, n = Apply(fixed, Document(d, Settings{}))
	}
	if n > 0 {
		t.Errorf("still %d to fix after eight rounds:\n%s\n%s", n, data, fixed)
	}
}

func TestApply(t *testing.T) {
	t.Parallel()
	data := []byte("0123456789")
	for _, c := range []struct {
		name  string
		fixes [][]Fix
		want  string
		fixed int
	}{
		{"none", [][]Fix{nil}, "0123456789", 0},
		{"replace", [][]Fix{{{2, 4, "xyz"}}}, "01xyz456789", 1},
		{"insert and delete", [][]Fix{{{0, 0, "a"}}, {{9, 10, ""}}}, "a012345678", 2},
		{"out of order", [][]Fix{{{8, 9, "b"}}, {{1, 2, "a"}}}, "0a234567b9", 2},
		{"two in one", [][]Fix{{{8, 9, "b"}, {1, 2, "a"}}}, "0a234567b9", 1},
		{"overlapping", [][]Fix{{{2, 5, "a"}}, {{4, 6, "b"}}}, "01a56789", 1},
		{"touching", [][]Fix{{{2, 5, "a"}}, {{5, 6, "b"}}}, "01a56789", 1},
		{"all or nothing", [][]Fix{{{2, 5, "a"}}, {{7, 8, "x"}, {4, 6, "b"}}}, "01a56789", 1},
		{"out of place", [][]Fix{{{-1, 2, "a"}}, {{8, 11, "a"}}, {{5, 4, "a"}}}, "0123456789", 0},
	} {
		var problems []Problem
		for _, f := range c.fixes {
			problems = append(problems, Problem{Fixes: f})
		}
		got, n := Apply(data, problems)
		if string(got) != c.want || n != c.fixed {
			t.Errorf("%s: %q and %d, want %q and %d", c.name, got, n, c.want, c.fixed)
		}
	}
	if string(data) != "0123456789" {
		t.Error("Apply changed the data it was given")
	}
}

// Without a document there is nothing to fix.
func TestNoFixWithoutDocument(t *testing.T) {
	t.Parallel()
	e := cfgxml.Enrollment{Server: "scep?x", RootCAFingerprint: strings.ToLower(sha256Print)}
	for _, problems := range [][]Problem{Enrollment(e, Settings{}), Field("CDC_Server_1", "x", Settings{}), Field("Certificate_Select", "custom installed", Settings{})} {
		if len(problems) == 0 {
			t.Error("no problems")
		}
		for _, p := range problems {
			if p.Fixes != nil {
				t.Errorf("%v has a fix: %v", p, p.Fixes)
			}
		}
	}
}
