// SPDX-License-Identifier: MPL-2.0

package merge_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/merge"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/testdata/fullsize"
)

func profile(elements string) []byte {
	return []byte("<flat-profile>\n" + strings.ReplaceAll(elements, ">;<", ">\n<") + "\n</flat-profile>\n")
}

func TestDocuments(t *testing.T) {
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
		"re-ordered":       {"<A>1</A>;<B>1</B>", "<A>1</A>;<B>2</B>", "<B>1</B>;<A>1</A>", "<B>2</B>;<A>1</A>", nil},
		"spelling": {
			"<A>x</A>;<B/>", "<A>x</A>;<B></B>", "<!-- new --><A>&#x78;</A>;<B />", "<!-- new -->;<A>&#x78;</A>;<B ></B>", nil,
		},
		"theirs added":    {"<A/>", "<A/>", "<A/>;<B ua=\"rw\">1</B>", "<A/>;<B ua=\"rw\">1</B>", nil},
		"theirs removed":  {"<A/>;<B>1</B>", "<A/>;<B>1</B>", "<A/>", "<A/>", nil},
		"ours removed":    {"<A/>;<B>1</B>", "<A/>", "<A/>;<B>1</B>", "<A/>", nil},
		"both removed":    {"<A/>;<B>1</B>", "<A/>", "<A/>", "<A/>", nil},
		"both added":      {"<A/>", "<A/>;<B>1</B>", "<B>1</B>;<A/>", "<A/>;<B>1</B>", nil},
		"theirs emptied":  {"<A>1</A>", "<A>1</A>", "<A/>", "<A/>", nil},
		"access":          {"<A ua=\"na\">1</A>", "<A ua=\"na\">2</A>", "<A ua='rw'>1</A>", "<A ua='rw'>2</A>", nil},
		"access taken":    {"<A>1</A>", "<A>1</A>", "<A ua=\"rw\">1</A>", "<A ua=\"rw\">1</A>", nil},
		"access dropped":  {"<A ua = 'na' >1</A>", "<A ua = 'na' >2</A>", "<A>1</A>", "<A>2</A>", nil},
		"last one counts": {"<A>0</A>;<A>1</A>", "<A>0</A>;<A>1</A>", "<A>1</A>", "<A>1</A>", nil},

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
			`<A ua="na">1</A>`, `<A ua="ro">1</A>`, `<A ua="rw">5</A>`, `<A ua="ro">1</A>`,
			[]string{`A: "1" with user access "na" became "1" with user access "ro" in ours and became "5" with user access "rw" in theirs`},
		},
		"a secret apart": {
			"<Admin_Password>one</Admin_Password>", "<Admin_Password>two</Admin_Password>", "<Admin_Password>three</Admin_Password>",
			"<Admin_Password>two</Admin_Password>",
			[]string{`Admin_Password: (secret) became (secret) in ours and became (secret) in theirs`},
		},
	} {
		base, ours, theirs := parse(t, profile(c.base)), parse(t, profile(c.ours)), parse(t, profile(c.theirs))
		r, err := merge.Documents(base, ours, theirs)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := r.Bytes(); string(got) != string(profile(c.want)) {
			t.Errorf("%s: %q; want %q", name, got, profile(c.want))
		}
		var lines []string
		for _, c := range r.Conflicts() {
			lines = append(lines, c.String())
		}
		if !slices.Equal(lines, c.conflicts) {
			t.Errorf("%s: conflicts %q, want %q", name, lines, c.conflicts)
		}
	}
}

func TestDocumentsKeepsEveryOtherByteOfOurs(t *testing.T) {
	base := parse(t, fullsize.Document(fullsize.Options{}))
	ourBytes := bytes.Replace(fullsize.Document(fullsize.Options{CRLF: true}), []byte("<Station_Name "), []byte("<!-- ours -->\t<Station_Name "), 1)
	edits := []cfgxml.Edit{cfgxml.Set("Proxy_3_", "sbc.example.net"), cfgxml.Set("VLAN_ID", "17"), cfgxml.SetUserAccess("VLAN_ID", "ro"), cfgxml.Remove("Asset_ID")}
	theirs, want := edit(t, base, edits...), edit(t, parse(t, ourBytes), edits...)
	r, err := merge.Documents(base, parse(t, ourBytes), theirs)
	if err != nil || len(r.Conflicts()) > 0 {
		t.Fatal(err, r.Conflicts())
	}
	if !bytes.Equal(r.Bytes(), want.Bytes()) {
		t.Error("more or less than the three changes was merged")
	}
}

// A mask is never taken for a password, nor for "as it was".
func TestDocumentsRefusesMasks(t *testing.T) {
	base := parse(t, profile("<Admin_Password>one</Admin_Password>;<A/>"))
	for _, mask := range []string{
		"<Admin_Password>*****</Admin_Password>;<A/>", "<Admin_Password>(secret)</Admin_Password>;<A/>", "<Admin_Password>one</Admin_Password>;<A>(secret)</A>",
		"<Admin_Password>one</Admin_Password>;<A/>;<Profile_Rule>[--key (secret)] http://h/</Profile_Rule>",
	} {
		masked := parse(t, profile(mask))
		for _, pair := range [][2]*cfgxml.Document{{base, masked}, {masked, base}} {
			r, err := merge.Documents(base, pair[0], pair[1])
			if !errors.Is(err, secret.ErrMask) || r == nil || len(r.Conflicts()) != 1 {
				t.Errorf("%s: %v, want ErrMask and a conflict", mask, err)
			}
		}
		if r, err := merge.Documents(masked, masked, masked); err != nil || len(r.Conflicts()) > 0 {
			t.Errorf("%s in all three: %v", mask, err)
		}
	}
}

func parse(t testing.TB, data []byte) *cfgxml.Document {
	t.Helper()
	d, err := cfgxml.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func edit(t testing.TB, d *cfgxml.Document, edits ...cfgxml.Edit) *cfgxml.Document {
	t.Helper()
	out, err := d.Edit(edits...)
	if err != nil {
		t.Fatal(err)
	}
	return out
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

func TestLaws(t *testing.T) {
	documents := func(t *rapid.T, base, ours, theirs *cfgxml.Document) (*cfgxml.Document, []string) {
		r, err := merge.Documents(base, ours, theirs)
		var loss *merge.LossError
		if errors.As(err, &loss) && slices.ContainsFunc([]*cfgxml.Document{base, ours, theirs}, func(d *cfgxml.Document) bool { return d.Count(loss.What) > 1 }) {
			t.Skip("repeated parameters that only lines can merge")
		}
		if err != nil {
			t.Fatalf("%v\nbase %q\nours %q\ntheirs %q", err, base.Bytes(), ours.Bytes(), theirs.Bytes())
		}
		var names []string
		for _, c := range r.Conflicts() {
			names = append(names, c.Name)
		}
		slices.Sort(names)
		names = slices.Compact(names)
		d, err := cfgxml.Parse(r.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		return d, names
	}
	rapid.Check(t, func(t *rapid.T) {
		x, y, z := drawDocument(t, "x"), drawDocument(t, "y"), drawDocument(t, "z")

		if got, conflicts := documents(t, x, y, x); !bytes.Equal(got.Bytes(), y.Bytes()) || conflicts != nil {
			t.Fatalf("theirs unchanged: %q with conflicts %q, want ours %q", got.Bytes(), conflicts, y.Bytes())
		}
		if got, conflicts := documents(t, x, y, y); !bytes.Equal(got.Bytes(), y.Bytes()) || conflicts != nil {
			t.Fatalf("both changed alike: %q with conflicts %q, want ours %q", got.Bytes(), conflicts, y.Bytes())
		}
		if got, conflicts := documents(t, x, x, y); readsLike(got, y) != nil || conflicts != nil {
			t.Fatalf("ours unchanged: %q with conflicts %q, want what %q says: %q", got.Bytes(), conflicts, y.Bytes(), readsLike(got, y))
		}
		one, conflicts1 := documents(t, x, y, z)
		other, conflicts2 := documents(t, x, z, y)
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

func FuzzDocuments(f *testing.F) {
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
		r, err := merge.Documents(base, ours, base)
		if err != nil {
			if !errors.Is(err, secret.ErrMask) {
				t.Fatal(err)
			}
		} else if len(r.Conflicts()) > 0 || !bytes.Equal(r.Bytes(), b) {
			t.Fatalf("unchanged theirs: %q, %v", r.Bytes(), r.Conflicts())
		}
		if r, err = merge.Documents(base, ours, theirs); err != nil {
			return
		}
		merged, err := cfgxml.Parse(r.Bytes())
		if err != nil {
			t.Fatalf("merged to %q: %v", r.Bytes(), err)
		}
		for p := range merged.All() {
			if ours.Count(p.Name()) == 0 && theirs.Count(p.Name()) == 0 {
				t.Fatalf("%s is in neither", p.Name())
			}
		}
	})
}

func Example() {
	base, _ := cfgxml.Parse([]byte("<flat-profile>\n<Station_Name>Desk</Station_Name>\n<VLAN_ID>1</VLAN_ID>\n</flat-profile>\n"))
	ours, _ := cfgxml.Parse([]byte("<flat-profile>\n<!-- lobby -->\n<Station_Name>Lobby</Station_Name>\n<VLAN_ID>1</VLAN_ID>\n</flat-profile>\n"))
	theirs, _ := cfgxml.Parse([]byte("<flat-profile>\n<Station_Name>Front desk</Station_Name>\n<VLAN_ID>20</VLAN_ID>\n</flat-profile>\n"))
	merged, err := merge.Documents(base, ours, theirs)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range merged.Conflicts() {
		fmt.Println("conflict:", c)
	}
	fmt.Printf("%s", merged.Marked(merge.Labels{Ours: "ours", Theirs: "theirs"}))
	// Output:
	// conflict: Station_Name: "Desk" became "Lobby" in ours and became "Front desk" in theirs
	// <flat-profile>
	// <!-- lobby -->
	// <<<<<<< ours
	// <Station_Name>Lobby</Station_Name>
	// =======
	// <Station_Name>Front desk</Station_Name>
	// >>>>>>> theirs
	// <VLAN_ID>20</VLAN_ID>
	// </flat-profile>
}
