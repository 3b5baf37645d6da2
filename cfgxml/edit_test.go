// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

func TestNoOpEditGivesTheSameBytes(t *testing.T) {
	data := benchDocument(50)
	d := mustParse(t, string(data))
	for name, edits := range map[string][]Edit{
		"nothing":                     nil,
		"what is there":               {Set(cdc.ParamServer, "before").UserAccess("na"), SetSecret(cdc.ParamChallengePassword, secret.New("before"))},
		"removal of what is absent":   {Remove("Absent")},
		"access of what is absent":    {SetUserAccess("Absent", "ro")},
		"the last edit undoes others": {Set(cdc.ParamServer, "x"), Remove(cdc.ParamServer), Set(cdc.ParamServer, "before")},
	} {
		out, err := d.Edit(edits...)
		if err != nil || &out[0] != &d.Bytes()[0] || len(out) != len(d.Bytes()) {
			t.Errorf("%s: %v, not the same slice", name, err)
		}
		room := make([]byte, 3, len(data)+3)
		out, err = d.AppendEdit(room, edits...)
		if err != nil || !bytes.Equal(out[3:], data) || &out[0] != &room[0] {
			t.Errorf("%s: AppendEdit: %v", name, err)
		}
	}
}

// As many edits as there are parameters, and duplicates of edits among them.
func TestManyEdits(t *testing.T) {
	d := mustParse(t, string(benchDocument(2000)))
	var edits []Edit
	want := map[string]string{}
	for p := range d.All() {
		for _, v := range []string{"first", "value of " + p.Name()} {
			edits = append(edits, Set(p.Name(), v))
			want[p.Name()] = v
		}
	}
	for i := range 2000 {
		name := fmt.Sprintf("New_%d_", i)
		edits = append(edits, Set(name, "new"))
		want[name] = "new"
	}
	out, err := d.Edit(edits...)
	if err != nil {
		t.Fatal(err)
	}
	e := mustParse(t, string(out))
	if e.Len() != len(want) {
		t.Errorf("%d parameters, want %d", e.Len(), len(want))
	}
	for name, v := range want {
		if got, ok := e.Get(name); !ok || got != v {
			t.Errorf("%s is %q", name, got)
		}
	}
	var all []Edit
	for p := range e.All() {
		all = append(all, Remove(p.Name()))
	}
	if out, err = e.Edit(all...); err != nil || mustParse(t, string(out)).Len() != 0 {
		t.Errorf("removing all leaves %q, %v", out, err)
	}
}

func TestEditErrorsAreTyped(t *testing.T) {
	d := mustParse(t, "<flat-profile/>")
	for _, e := range []Edit{Set("1", ""), Set("A", " "), Set("A", "\x00"), Set("A", "").UserAccess("all"), Set("A/B", "1"), SetUserAccess("A", ""), Remove("")} {
		out, err := d.Edit(Set("Good", "1"), e)
		var typed *EditError
		if !errors.As(err, &typed) || out != nil || typed.Name != e.Name() {
			t.Errorf("%v: %q, %v", e, out, err)
		}
		dst, err := d.AppendEdit([]byte("kept"), e)
		if err == nil || string(dst) != "kept" {
			t.Errorf("%v: AppendEdit gives %q, %v", e, dst, err)
		}
		pieces, text, err := d.AppendPieces(nil, []byte("kept"), Set("Good", "1"), e)
		if err == nil || pieces != nil || string(text) != "kept" {
			t.Errorf("%v: AppendPieces gives %q, %q, %v", e, pieces, text, err)
		}
	}
}

func TestEditStrings(t *testing.T) {
	for want, e := range map[string]Edit{
		"set A":                        Set("A", "secret"),
		"set A (ua=rw)":                SetSecret("A", secret.New("secret")).UserAccess("rw"),
		"set user access of A (ua=na)": SetUserAccess("A", "na"),
		"remove A":                     Remove("A"),
	} {
		if e.String() != want || fmt.Sprintf("%+v", e) != want {
			t.Errorf("%q, want %q", e.String(), want)
		}
	}
}

// A server's work for one phone, reading, four edits and writing into buffers
// it keeps, allocates nothing.
func TestEditAllocations(t *testing.T) {
	data := benchDocument(3000)
	d, out := new(Document), []byte(nil)
	var pieces [][]byte
	var text []byte
	once := func() {
		if err := d.Reset(data); err != nil {
			t.Fatal(err)
		}
		var err error
		if out, err = d.AppendEdit(out[:0], benchEdits...); err != nil {
			t.Fatal(err)
		}
		if pieces, text, err = d.AppendPieces(pieces[:0], text[:0], benchEdits...); err != nil {
			t.Fatal(err)
		}
	}
	once()
	if n := testing.AllocsPerRun(20, once); n > 4 {
		t.Errorf("%v allocations", n)
	}
}

func TestBuild(t *testing.T) {
	out, err := Build(Set("A", "a<b"), Set("CDC_Server_1_", "http://a/"), Set("B", "").UserAccess("rw"), Set("A", "2"))
	const want = "<flat-profile>\n<CDC_Server_1_ ua=\"na\">http://a/</CDC_Server_1_>\n<B ua=\"rw\"></B>\n<A>2</A>\n</flat-profile>\n"
	if err != nil || string(out) != want {
		t.Errorf("got %s, %v", out, err)
	}
	if out, err := Build(); err != nil || string(out) != "<flat-profile>\n</flat-profile>\n" {
		t.Errorf("got %s, %v", out, err)
	}
	if _, err := Build(Set("A", "\n")); err == nil {
		t.Error("a line break is accepted")
	}
}

func TestTree(t *testing.T) {
	tree, err := mustParse(t, "<flat-profile><!-- c --><A ua='na'><![CDATA[<1>]]></A></flat-profile>").Tree()
	if err != nil {
		t.Fatal(err)
	}
	if a := tree.FindElement("//A"); a == nil || a.Text() != "<1>" || a.SelectAttrValue("ua", "") != "na" {
		t.Errorf("A is %v", a)
	}
	if _, err := mustParse(t, "<flat-profile>x & y<A/></flat-profile>", Tolerant()).Tree(); err == nil || !strings.Contains(err.Error(), "cannot make a tree") {
		t.Errorf("a document that is not well-formed: %v", err)
	}
}

// A Document that has not been read is empty, and so is one whose reading failed.
func TestUnreadDocument(t *testing.T) {
	failed := mustParse(t, string(benchDocument(10)))
	if failed.Reset([]byte("<flat-profile>")) == nil {
		t.Fatal("an unclosed document is accepted")
	}
	for _, d := range []*Document{{}, failed} {
		if d.Len() != 0 || d.Bytes() != nil || d.Count(cdc.ParamServer) != 0 || len(d.Redacted()) != 0 || len(d.Format(FormatOptions{})) != 0 {
			t.Errorf("%v is not empty", d)
		}
		if d.Position(3) != (Position{0, 1, 1, 1}) || !d.Enrollment().Equal(Enrollment{}) || len(Diff(d, d)) != 0 {
			t.Error("an empty document says something")
		}
		if _, err := d.Edit(Set("A", "1")); !errors.Is(err, errNotRead) {
			t.Errorf("editing it: %v", err)
		}
	}
	var none Param
	if none.Name() != "" || none.Value() != "" || none.UserAccess() != "" || none.RawValue() != nil || none.Group() != "" || none.Form() != SelfClosed {
		t.Error("the zero Param says something")
	}
}
