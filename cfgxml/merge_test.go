// SPDX-License-Identifier: MPL-2.0

package cfgxml_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/testdata/fullsize"
)

func profile(elements string) []byte {
	return []byte("<flat-profile>\n" + strings.ReplaceAll(elements, ">;<", ">\n<") + "\n</flat-profile>\n")
}

func TestMerge(t *testing.T) {
	for name, c := range map[string]struct {
		base, ours, theirs, want string
		conflicts                []string
	}{
		"nothing": {"<A>1</A>", "<A>1</A>", "<A>1</A>", "<A>1</A>", nil},
		"theirs changed": {
			"<A>1</A>;<B>1</B>", "<A>1</A>;<B>1</B>", "<A>2</A>;<B>1</B>", "<A>2</A>;<B>1</B>", nil,
		},
		"each changed another": {
			"<A>1</A>;<B>1</B>", "<A>1</A>;<B>3</B>", "<A>2</A>;<B>1</B>", "<A>2</A>;<B>3</B>", nil,
		},
		"both to the same": {"<A>1</A>", "<A>2</A>", "<A> 2 </A>", "<A>2</A>", nil},
		"re-ordered":       {"<A>1</A>;<B>1</B>", "<A>1</A>;<B>2</B>", "<B>1</B>;<A>1</A>", "<A>1</A>;<B>2</B>", nil},
		"spelling": {
			"<A>x</A>;<B/>", "<A>x</A>;<B></B>", "<!-- new --><A>&#x78;</A>;<B />", "<A>x</A>;<B></B>", nil,
		},
		"theirs added":    {"<A/>", "<A/>", "<A/>;<B ua=\"rw\">1</B>", "<A/>;<B ua=\"rw\">1</B>", nil},
		"theirs removed":  {"<A/>;<B>1</B>", "<A/>;<B>1</B>", "<A/>", "<A/>", nil},
		"ours removed":    {"<A/>;<B>1</B>", "<A/>", "<A/>;<B>1</B>", "<A/>", nil},
		"both removed":    {"<A/>;<B>1</B>", "<A/>", "<A/>", "<A/>", nil},
		"both added":      {"<A/>", "<A/>;<B>1</B>", "<B>1</B>;<A/>", "<A/>;<B>1</B>", nil},
		"theirs emptied":  {"<A>1</A>", "<A>1</A>", "<A/>", "<A></A>", nil},
		"access":          {"<A ua=\"na\">1</A>", "<A ua=\"na\">2</A>", "<A ua='rw'>1</A>", "<A ua=\"rw\">2</A>", nil},
		"access taken":    {"<A>1</A>", "<A>1</A>", "<A ua=\"rw\">1</A>", "<A ua=\"rw\">1</A>", nil},
		"access dropped":  {"<A ua = 'na' >1</A>", "<A ua = 'na' >2</A>", "<A>1</A>", "<A >2</A>", nil},
		"last one counts": {"<A>0</A>;<A>1</A>", "<A>0</A>;<A>1</A>", "<A>1</A>", "<A>0</A>;<A>1</A>", nil},

		"changed apart": {
			"<A>1</A>", "<A>2</A>", "<A>3</A>", "<A>2</A>",
			[]string{`A: "1" became "2" in ours and became "3" in theirs`},
		},
		"added apart": {
			"<B/>", "<A>2</A>;<B/>", "<B/>;<A>3</A>", "<A>2</A>;<B/>",
			[]string{`A: was added as "2" in ours and was added as "3" in theirs`},
		},
		"removed here, changed there": {
			"<A>1</A>;<B/>", "<B/>", "<A>3</A>;<B/>", "<B/>",
			[]string{`A: "1" was removed in ours and became "3" in theirs`},
		},
		"changed here, removed there": {
			"<A>1</A>;<B/>", "<A>2</A>;<B/>", "<B/>", "<A>2</A>;<B/>",
			[]string{`A: "1" became "2" in ours and was removed in theirs`},
		},
		"access apart, value not": {
			`<A ua="na">1</A>`, `<A ua="ro">1</A>`, `<A ua="rw">5</A>`, `<A ua="ro">5</A>`,
			[]string{`A: "1" with user access "na" became "1" with user access "ro" in ours and became "5" with user access "rw" in theirs`},
		},
		"a secret apart": {
			"<Admin_Password>one</Admin_Password>", "<Admin_Password>two</Admin_Password>", "<Admin_Password>three</Admin_Password>",
			"<Admin_Password>two</Admin_Password>",
			[]string{`Admin_Password: (secret) became (secret) in ours and became (secret) in theirs`},
		},
		"a secret masked": {
			"<Admin_Password>one</Admin_Password>", "<Admin_Password>one</Admin_Password>", "<Admin_Password ua=\"na\">*****</Admin_Password>",
			"<Admin_Password ua=\"na\">one</Admin_Password>", nil,
		},
		"a new secret masked": {"<A/>", "<A/>", "<A/>;<Admin_Password>***</Admin_Password>", "<A/>", nil},
	} {
		base, ours, theirs := parse(t, profile(c.base)), parse(t, profile(c.ours)), parse(t, profile(c.theirs))
		got, conflicts, err := cfgxml.Merge(base, ours, theirs)
		if err != nil || string(got) != string(profile(c.want)) {
			t.Errorf("%s: %q, %v; want %q", name, got, err, profile(c.want))
		}
		var lines []string
		for _, c := range conflicts {
			lines = append(lines, c.String())
		}
		if !slices.Equal(lines, c.conflicts) {
			t.Errorf("%s: conflicts %q, want %q", name, lines, c.conflicts)
		}
	}
}

func TestMergeKeepsEveryOtherByteOfOurs(t *testing.T) {
	base := parse(t, fullsize.Document(fullsize.Options{}))
	ourBytes := bytes.Replace(fullsize.Document(fullsize.Options{CRLF: true}), []byte("<Station_Name "), []byte("<!-- ours -->\t<Station_Name "), 1)
	theirBytes, err := base.Edit(cfgxml.Set("Proxy_3_", "sbc.example.net"), cfgxml.Set("VLAN_ID", "17").UserAccess("ro"), cfgxml.Remove("Asset_ID"))
	if err != nil {
		t.Fatal(err)
	}
	ours := parse(t, ourBytes)
	got, conflicts, err := cfgxml.Merge(base, ours, parse(t, theirBytes))
	if err != nil || len(conflicts) > 0 {
		t.Fatal(err, conflicts)
	}
	want, err := ours.Edit(cfgxml.Set("Proxy_3_", "sbc.example.net"), cfgxml.Set("VLAN_ID", "17").UserAccess("ro"), cfgxml.Remove("Asset_ID"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("more or less than the three changes was spliced in")
	}
}

func TestMergeReportsWhatItCannotWrite(t *testing.T) {
	base, theirs := parse(t, profile("<A>1</A>")), parse(t, profile(`<A ua="all">1</A>`))
	var bad *cfgxml.EditError
	if out, _, err := cfgxml.Merge(base, base, theirs); !errors.As(err, &bad) || out != nil {
		t.Errorf("%q, %v; want an EditError", out, err)
	}
}

// drawDocument makes a small document with few names and values, so that
// three of them have much in common.
func drawDocument(t *rapid.T, label string) *cfgxml.Document {
	var b strings.Builder
	newline := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, label+" line end")
	b.WriteString("<flat-profile>" + newline)
	for range rapid.IntRange(0, 8).Draw(t, label+" elements") {
		name := rapid.SampledFrom([]string{"A", "B", "C", "D.1", "Enable_X-Y", "Admin_Password"}).Draw(t, "name")
		ua := rapid.SampledFrom([]string{"", "", ` ua="na"`, ` ua = 'rw'`, ` group="g" ua="ro"`}).Draw(t, "ua")
		switch value := rapid.SampledFrom([]string{"", "", "1", "2", "a&amp;b", "<![CDATA[<]]>", " 1 ", "/"}).Draw(t, "value"); value {
		case "/":
			b.WriteString("<" + name + ua + "/>")
		default:
			b.WriteString("<" + name + ua + ">" + value + "</" + name + ">")
		}
		b.WriteString(rapid.SampledFrom([]string{newline, newline, " <!-- note -->" + newline, ""}).Draw(t, "after"))
	}
	b.WriteString("</flat-profile>" + newline)
	d, err := cfgxml.Parse([]byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// readsLike reports changes that are more than another number of duplicates.
func readsLike(a, b *cfgxml.Document) []string {
	var out []string
	for _, c := range cfgxml.Diff(a, b) {
		if c.Kind != cfgxml.Duplicate {
			out = append(out, c.String())
		}
	}
	return out
}

func TestMergeLaws(t *testing.T) {
	merge := func(t *rapid.T, base, ours, theirs *cfgxml.Document) (*cfgxml.Document, []string) {
		out, conflicts, err := cfgxml.Merge(base, ours, theirs)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, c := range conflicts {
			names = append(names, c.Name)
		}
		slices.Sort(names)
		return parse(t, out), names
	}
	rapid.Check(t, func(t *rapid.T) {
		x, y, z := drawDocument(t, "x"), drawDocument(t, "y"), drawDocument(t, "z")

		if got, conflicts := merge(t, x, y, x); !bytes.Equal(got.Bytes(), y.Bytes()) || conflicts != nil {
			t.Fatalf("theirs unchanged: %q with conflicts %q, want ours %q", got.Bytes(), conflicts, y.Bytes())
		}
		if got, conflicts := merge(t, x, y, y); !bytes.Equal(got.Bytes(), y.Bytes()) || conflicts != nil {
			t.Fatalf("both changed alike: %q with conflicts %q, want ours %q", got.Bytes(), conflicts, y.Bytes())
		}
		if got, conflicts := merge(t, x, x, y); readsLike(got, y) != nil || conflicts != nil {
			t.Fatalf("ours unchanged: %q with conflicts %q, want what %q says: %q", got.Bytes(), conflicts, y.Bytes(), readsLike(got, y))
		}
		one, conflicts1 := merge(t, x, y, z)
		other, conflicts2 := merge(t, x, z, y)
		if !slices.Equal(conflicts1, conflicts2) {
			t.Fatalf("conflicts %q, but %q with the sides exchanged", conflicts1, conflicts2)
		}
		for _, c := range cfgxml.Diff(one, other) {
			if c.Kind != cfgxml.Duplicate && !slices.Contains(conflicts1, c.Name) {
				t.Fatalf("exchanging the sides changes %s without a conflict: %v", c.Name, c)
			}
		}
	})
}

func FuzzMerge(f *testing.F) {
	f.Add(profile("<A>1</A>"), profile("<A>2</A>"), profile("<A ua='rw'>1</A>;<B/>"))
	f.Add(profile("<A/>;<A>2</A>"), profile(""), profile("<A ua = \"\">&#65;</A>"))
	f.Add(profile("<Admin_Password>x</Admin_Password>"), profile("<Admin_Password/>"), profile("<Admin_Password>***</Admin_Password>"))
	f.Add([]byte("<flat-profile/>"), []byte("<flat-profile/>"), []byte("<device><flat-profile><CDC_Server_1_>h</CDC_Server_1_></flat-profile></device>"))
	f.Fuzz(func(t *testing.T, a, b, c []byte) {
		var documents [3]*cfgxml.Document
		for i, data := range [][]byte{a, b, c} {
			d, err := cfgxml.Parse(data)
			if err != nil {
				return
			}
			documents[i] = d
		}
		base, ours, theirs := documents[0], documents[1], documents[2]
		if out, conflicts, err := cfgxml.Merge(base, ours, base); err != nil || len(conflicts) > 0 || !bytes.Equal(out, b) {
			t.Fatalf("unchanged theirs: %q, %v, %v", out, conflicts, err)
		}
		out, _, err := cfgxml.Merge(base, ours, theirs)
		if err != nil {
			return
		}
		merged, err := cfgxml.Parse(out)
		if err != nil {
			t.Fatalf("merged to %q: %v", out, err)
		}
		for p := range merged.All() {
			if ours.Count(p.Name()) == 0 && theirs.Count(p.Name()) == 0 {
				t.Fatalf("%s is in neither", p.Name())
			}
		}
	})
}

func ExampleMerge() {
	base, _ := cfgxml.Parse([]byte("<flat-profile>\n<Station_Name>Desk</Station_Name>\n<VLAN_ID>1</VLAN_ID>\n</flat-profile>\n"))
	ours, _ := cfgxml.Parse([]byte("<flat-profile>\n<!-- lobby -->\n<Station_Name>Lobby</Station_Name>\n<VLAN_ID>1</VLAN_ID>\n</flat-profile>\n"))
	theirs, _ := cfgxml.Parse([]byte("<flat-profile>\n<Station_Name>Front desk</Station_Name>\n<VLAN_ID>20</VLAN_ID>\n</flat-profile>\n"))
	merged, conflicts, err := cfgxml.Merge(base, ours, theirs)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s", merged)
	for _, c := range conflicts {
		fmt.Println("conflict:", c)
	}
	// Output:
	// <flat-profile>
	// <!-- lobby -->
	// <Station_Name>Lobby</Station_Name>
	// <VLAN_ID>20</VLAN_ID>
	// </flat-profile>
	// conflict: Station_Name: "Desk" became "Lobby" in ours and became "Front desk" in theirs
}
