// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whichever way elements are paired, the same changes come out.
func TestAlignedPairsAreThoseOfTheTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		elements := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
			name := rapid.SampledFrom([]string{"A", "B", "AA", "C_1_", "C_2_", "CDC_Server_1_"}).Draw(t, "name")
			return fmt.Sprintf(rapid.SampledFrom([]string{"<%[1]s/>", "<%[1]s>1</%[1]s>", "<%[1]s ua='na'>2</%[1]s>", "<%[1]s></%[1]s>"}).Draw(t, "form"), name)
		}), 0, 12)
		old := elements.Draw(t, "old")
		var new []string
		if rapid.Bool().Draw(t, "near") { // most of old, some of it changed
			for _, e := range old {
				switch rapid.IntRange(0, 6).Draw(t, "edit") {
				case 0:
				case 1:
					new = append(new, e, "<D/>")
				case 2:
					new = append(new, strings.ReplaceAll(e, "1<", "3<"))
				default:
					new = append(new, e)
				}
			}
		} else {
			new = elements.Draw(t, "new")
		}
		read := func(elements []string) *Document {
			group := ""
			if rapid.IntRange(0, 4).Draw(t, "grouped") == 0 {
				group = "<G>" + strings.Join(elements, "\n") + "</G>"
			}
			d, err := Parse([]byte("<flat-profile>" + strings.Join(elements, "\n") + group + "</flat-profile>"))
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		a, b := read(old), read(new)
		changes := func(p *pairTable) (cs Changes) {
			for i := range p.pairs {
				cs = p.compare(cs, &p.pairs[i])
			}
			return cs
		}
		table := newPairTable(a, b)
		table.readOld()
		table.readNew()
		aligned := align(a, b)
		if aligned == nil {
			t.Fatal("too different, with so few names")
		}
		if got, want := changes(aligned), changes(table); !slices.Equal(got, want) {
			t.Fatalf("aligned:\n%vby table:\n%v", got, want)
		}
	})
}

func TestAlignGivesUpOnDifferentDocuments(t *testing.T) {
	read := func(format string, n int) *Document {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		d, err := Parse([]byte("<flat-profile>" + b.String() + "</flat-profile>"))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	a, b := read("<A_%[1]d_>1</A_%[1]d_>", 1000), read("<B_%[1]d_>1</B_%[1]d_>", 1000)
	if align(a, b) != nil {
		t.Error("aligned two documents that have no name in common")
	}
	if n := len(Diff(a, b)); n != 2000 {
		t.Errorf("%d changes, want 2000", n)
	}
	changed := read("<A_%[1]d_>2</A_%[1]d_>", mostApart)
	if t1 := align(read("<A_%[1]d_>1</A_%[1]d_>", mostApart), changed); t1 == nil || len(t1.pairs) != mostApart {
		t.Errorf("%d changes are not too many", mostApart)
	}
}

// Documents of 100,000 parameters that defeat every short cut still take a
// moment: what is quadratic would take minutes.
func TestNothingIsQuadraticInTheNumberOfParameters(t *testing.T) {
	const n = 100_000
	read := func(element func(i int) string) *Document {
		var b strings.Builder
		b.WriteString("<flat-profile>")
		for i := range n {
			b.WriteString(element(i))
		}
		b.WriteString("</flat-profile>")
		d, err := Parse([]byte(b.String()))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	forward := read(func(i int) string { return fmt.Sprintf("<A_%[1]d_>1</A_%[1]d_>", i) })
	backward := read(func(i int) string { return fmt.Sprintf("<A_%[1]d_>2</A_%[1]d_>", n-i) })
	twins := read(func(i int) string { return fmt.Sprintf("<A_%[1]d_>3</A_%[1]d_>", i%2) })
	otherTwins := read(func(i int) string { return fmt.Sprintf("<A_%[1]d_>4</A_%[1]d_>", i/2%2) })
	start := time.Now()
	for _, pair := range [][2]*Document{{forward, backward}, {twins, otherTwins}, {forward, twins}} {
		Diff(pair[0], pair[1])
	}
	var fields []string
	for p := range forward.All() {
		fields = append(fields, p.Name())
	}
	template, err := Compile(forward, fields...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := template.Append(nil, fields...); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("%v", took)
	} else {
		t.Log(took)
	}
}
