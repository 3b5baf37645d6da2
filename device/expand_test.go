// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"pgregory.net/rapid"
)

// cases serves the tests and seeds the fuzzing. Values as in Cisco's examples:
// MAC address 000E08012345, GPP_A = ABCDEF.
var macros = device.Macros{"MA": "000e08012345", "MAU": "000E08012345", "A": "ABCDEF", "B": "$MAU", "U": "héllo"}

var expandCases = []struct{ name, in, want string }{
	{"nothing", "plain text", "plain text"},
	{"empty", "", ""},
	{"bare", "$MAU.cfg", "000E08012345.cfg"},
	{"parentheses", "$(MAU)config.cfg", "000E08012345config.cfg"},
	{"longest name", "$MAU $MA", "000E08012345 000e08012345"},
	{"letters follow a bare name", "$MAUconfig.cfg", "$MAUconfig.cfg"},
	{"underscore ends a name", "$MAU_lobby", "000E08012345_lobby"},
	{"unknown stays", "$STRANGE$MAU.cfg", "$STRANGE000E08012345.cfg"},
	{"unknown in parentheses stays", "$(STRANGE)$(MAU)", "$(STRANGE)000E08012345"},
	{"lower case is unknown", "$mau $(ma)", "$mau $(ma)"},
	{"not recursive", "$$MAU", "$MAU"},
	{"three dollars", "$$$MAU", "$000E08012345"},
	{"a value is not expanded again", "$B-$B", "$MAU-$MAU"},
	{"known to the table, value unknown here", "$SN/$(SN:2)", "$SN/$(SN:2)"},
	{"offset", "$(A:2)", "CDEF"},
	{"offset and length", "$(A:2:3)", "CDE"},
	{"offset 0", "$(A:0:1)", "A"},
	{"offset at the end", "[$(A:6)]", "[]"},
	{"offset past the end", "[$(A:99:2)]", "[]"},
	{"length past the end", "$(A:4:99)", "EF"},
	{"length 0", "[$(A:1:0)]", "[]"},
	{"length 0 from the start", "[$(A:0:0)]", "[]"},
	{"huge numbers", "[$(A:99999999999999999999:9)]", "[]"},
	{"characters, not bytes", "$(U:1:2)", "él"},
	{"lone dollar", "a$", "a$"},
	{"dollar and punctuation", "$-$.$ $(", "$-$.$ $("},
	{"open parenthesis", "$(MAU", "$(MAU"},
	{"the text ends in the name", "$(A", "$(A"},
	{"the text ends at a colon", "$(A:", "$(A:"},
	{"the text ends in the offset", "$(A:1", "$(A:1"},
	{"the text ends at the second colon", "$(A:1:", "$(A:1:"},
	{"the text ends in the length", "$(A:1:2", "$(A:1:2"},
	{"empty parentheses", "$()", "$()"},
	{"no name, but a number", "$(:1)", "$(:1)"},
	{"every letter and digit belongs to a name", "$MAUA $MAUZ $MAUa $MAUz $MAU0 $MAU9", "$MAUA $MAUZ $MAUa $MAUz $MAU0 $MAU9"},
	{"nothing else does", "$MAU@$MAU[$MAU`$MAU{$MAU/$MAU:$MAU-$MAU.", "000E08012345@000E08012345[000E08012345`000E08012345{000E08012345/000E08012345:000E08012345-000E08012345."},
	{"no number", "$(A:) $(A:x) $(A:1:) $(A:1:2:3) $(A:-1)", "$(A:) $(A:x) $(A:1:) $(A:1:2:3) $(A:-1)"},
	{"reference within a broken one", "$($MAU)", "$(000E08012345)"},
	{"space is no part of a name", "$(MAU )", "$(MAU )"},
}

func TestS19ExpandMacros(t *testing.T) {
	t.Parallel()
	for _, c := range expandCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := macros.Expand(c.in); got != c.want {
				t.Errorf("Expand(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestReferences(t *testing.T) {
	t.Parallel()
	got := device.References("x$MAU$(A:2:3)$$ $NO$MAUconfig $(MAUX) $P")
	want := []device.Reference{
		{Start: 1, End: 5, Name: "MAU", Known: true, Length: -1},
		{Start: 5, End: 13, Name: "A", Known: true, Offset: 2, Length: 3},
		{Start: 13, End: 15, Name: "$", Known: true, Length: -1},
		{Start: 16, End: 19, Name: "NO", Length: -1},
		{Start: 19, End: 29, Name: "MAUconfig", Length: -1, Prefix: "MAU"},
		{Start: 30, End: 37, Name: "MAUX", Length: -1},
		{Start: 38, End: 40, Name: "P", Known: true, Length: -1},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(device.Reference{}, "Macro")); diff != "" {
		t.Error(diff)
	}
	for _, r := range got {
		if r.Known != (r.Macro.Name == r.Name) {
			t.Errorf("%s: known %v, macro %+v", r.Name, r.Known, r.Macro)
		}
	}
	for s, prefix := range map[string]string{"$MAx": "MA", "$IPx": "IP", "$UPGCONDx": "UPGCOND", "$REGTMR12": "REGTMR1", "$UID12x": "UID12", "$Ax": "", "$M": "", "$(MAUx)": ""} {
		if refs := device.References(s); len(refs) != 1 || refs[0].Prefix != prefix {
			t.Errorf("%s: %+v, want the prefix %q", s, refs, prefix)
		}
	}
	for _, s := range []string{"no macro, $ 5", "$()", "$(:1)", "a$", "$(MAU", "$(A:1"} {
		if refs := device.References(s); refs != nil {
			t.Errorf("%q: got %v, want none", s, refs)
		}
	}
}

func TestExpandAllocates(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { macros.Expand("CP-9871-SEP001A2B3C4D5E.example.nl") }); n != 0 {
		t.Errorf("%v allocations for text without macros, want 0", n)
	}
	if n := testing.AllocsPerRun(100, func() { macros.Expand("CP-9871-SEP$MAU.example.nl") }); n > 2 {
		t.Errorf("%v allocations for one macro, want at most 2", n)
	}
	if n := testing.AllocsPerRun(100, func() { device.MaxExpandedLen("$MAU-$(A:2:3)-$MAUconfig") }); n != 0 {
		t.Errorf("%v allocations in MaxExpandedLen, want 0", n)
	}
}

var text = rapid.StringOfN(rapid.SampledFrom([]rune("$$$$((()):::AMUSNPUID019ab é")), 0, 60, -1)

// Doubling every dollar sign protects a text from expansion.
func TestExpandEscaped(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := text.Draw(t, "text")
		if got := macros.Expand(strings.ReplaceAll(s, "$", "$$")); got != s {
			t.Fatalf("%q became %q", s, got)
		}
	})
}

// References and Expand see the same references; values longer than the bound
// apart, no expansion is longer than MaxExpandedLen.
func TestReferencesAgreeWithExpand(t *testing.T) {
	t.Parallel()
	all := everyMacro()
	rapid.Check(t, func(t *rapid.T) { checkText(t, text.Draw(t, "text"), all) })
}

func FuzzExpand(f *testing.F) {
	for _, c := range expandCases {
		f.Add(c.in)
	}
	all := everyMacro()
	f.Fuzz(func(t *testing.T, s string) { checkText(t, s, all) })
}

// everyMacro gives each macro the longest value it can have.
func everyMacro() device.Macros {
	all := device.Macros{}
	for _, m := range device.MacroTable() {
		n := m.MaxLen
		if n == 0 {
			n = 100
		}
		all[m.Name] = strings.Repeat("é", n)
	}
	return all
}

func checkText(t interface{ Fatalf(string, ...any) }, s string, m device.Macros) {
	var b strings.Builder
	last, complete := 0, true
	for _, r := range device.References(s) {
		if _, ok := m[r.Name]; r.Known && !ok {
			complete = false // stays as it is, which no phone would leave
		}
		if r.Start < last || r.End <= r.Start+1 || r.End > len(s) || s[r.Start] != '$' {
			t.Fatalf("%q: reference out of place: %+v", s, r)
		}
		b.WriteString(s[last:r.Start])
		b.WriteString(m.Expand(s[r.Start:r.End]))
		last = r.End
	}
	b.WriteString(s[last:])
	got := m.Expand(s)
	if got != b.String() {
		t.Fatalf("Expand(%q) = %q, one by one %q", s, got, b.String())
	}
	if n, bounded := device.MaxExpandedLen(s); complete && bounded && utf8.RuneCountInString(got) > n {
		t.Fatalf("Expand(%q) has %d characters, MaxExpandedLen says %d", s, utf8.RuneCountInString(got), n)
	}
}
