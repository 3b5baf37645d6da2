// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
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
		"nothing":                   nil,
		"what is there":             {Set(cdc.ParamServer, "before"), SetUserAccess(cdc.ParamServer, "na"), SetSecret(cdc.ParamChallengePassword, secret.New("before"))},
		"removal of what is absent": {Remove("Absent")},
		"access of what is absent":  {SetUserAccess("Absent", "ro")},
	} {
		if out, err := d.Edit(edits...); err != nil || out != d {
			t.Errorf("%s: %v, another document", name, err)
		}
	}
}

// As many edits as there are parameters, and duplicates of edits among them.
func TestManyEdits(t *testing.T) {
	d := mustParse(t, string(benchDocument(2000)))
	var edits []Edit
	want := map[string]string{}
	for p := range d.All() {
		want[p.Name()] = "value of " + p.Name()
		edits = append(edits, SetUserAccess(p.Name(), "rw"), Set(p.Name(), want[p.Name()]))
	}
	for i := range 2000 {
		name := fmt.Sprintf("New_%d_", i)
		edits = append(edits, Set(name, "new"))
		want[name] = "new"
	}
	e, err := d.Edit(edits...)
	if err != nil {
		t.Fatal(err)
	}
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
	if out, err := e.Edit(all...); err != nil || out.Len() != 0 {
		t.Errorf("removing all leaves %q, %v", out.Bytes(), err)
	}
}

func TestEditErrorsAreTyped(t *testing.T) {
	d := mustParse(t, "<flat-profile/>")
	for _, e := range []Edit{Set("1", ""), Set("A", " "), Set("A", "\x00"), SetUserAccess("A", "all"), Set("A/B", "1"), SetUserAccess("A", ""), Remove("")} {
		out, err := d.Edit(Set("Good", "1"), e)
		var typed *EditError
		if !errors.As(err, &typed) || out != nil || typed.Name != e.name {
			t.Errorf("%v: %q, %v", e, out.Bytes(), err)
		}
	}
}

func TestEditStrings(t *testing.T) {
	for want, e := range map[string]Edit{
		"set A":                        Set("A", "secret"),
		"set user access of A (ua=na)": SetUserAccess("A", "na"),
		"remove A":                     Remove("A"),
	} {
		if e.String() != want || fmt.Sprintf("%+v", e) != want {
			t.Errorf("%q, want %q", e.String(), want)
		}
	}
}

func TestBuild(t *testing.T) {
	out, err := Build(Set("A", "a<b"), Set("CDC_Server_1_", "http://a/"), SetUserAccess("B", "rw"), Set("B", ""))
	const want = "<flat-profile>\n<A>a&lt;b</A>\n<CDC_Server_1_ ua=\"na\">http://a/</CDC_Server_1_>\n<B ua=\"rw\"></B>\n</flat-profile>\n"
	if err != nil || string(out.Bytes()) != want {
		t.Errorf("got %s, %v", out.Bytes(), err)
	}
	if out, err := Build(); err != nil || string(out.Bytes()) != "<flat-profile>\n</flat-profile>\n" {
		t.Errorf("got %s, %v", out.Bytes(), err)
	}
	if _, err := Build(Set("A", "\n")); err == nil {
		t.Error("a line break is accepted")
	}
}

// A Document that has not been read is empty, be it nil or the zero one.
func TestUnreadDocument(t *testing.T) {
	for _, d := range []*Document{nil, {}} {
		if d.Len() != 0 || d.Bytes() != nil || d.Count(cdc.ParamServer) != 0 || len(d.Redacted()) != 0 || len(d.Format(FormatOptions{})) != 0 {
			t.Errorf("%v is not empty", d)
		}
		for p := range d.All() {
			t.Errorf("it has %v", p)
		}
		for c := range d.Comments() {
			t.Errorf("it has %v", c)
		}
		if _, ok := d.At(0); ok || len(d.Notes()) != 0 {
			t.Error("an empty document has something at 0")
		}
		if d.Position(3) != (Position{0, 1, 1, 1}) || !d.Enrollment().Equal(Enrollment{}) || len(Diff(d, d)) != 0 {
			t.Error("an empty document says something")
		}
		if _, err := d.Edit(Set("A", "1")); !errors.Is(err, errNotRead) {
			t.Errorf("editing it: %v", err)
		}
		if _, err := Compile(d, "A"); !errors.Is(err, errNotRead) {
			t.Errorf("compiling it: %v", err)
		}
		full := mustParse(t, "<flat-profile><A>1</A></flat-profile>")
		if got := fmt.Sprint(Diff(d, full), Diff(full, d)); got != "A: added \"1\"\n A: removed, was \"1\"\n" {
			t.Errorf("compared with it: %q", got)
		}
	}
	var none Param
	if none.Name() != "" || none.Value() != "" || none.UserAccess() != "" || none.RawValue() != nil || none.Group() != "" || none.Form() != SelfClosed {
		t.Error("the zero Param says something")
	}
}

// TestEditInto: the result is that of Edit, whatever the buffer held before, and
// the document stays as it is.
func TestEditInto(t *testing.T) {
	t.Parallel()
	const text = "<flat-profile>\n<A>one</A>\n<B/>\n</flat-profile>\n"
	d := mustParse(t, text)
	var buffer []byte
	for _, edits := range [][]Edit{{Set("A", "a value & more"), Set("C", "x")}, {}, {Set("B", "two")}, {Remove("A")}, {Set("A", strings.Repeat("long ", 500)+"end")}} {
		want, err := d.Edit(edits...)
		if err != nil {
			t.Fatal(err)
		}
		got, err := d.EditInto(&buffer, edits...)
		if err != nil || string(got.Bytes()) != string(want.Bytes()) || got.Len() != want.Len() || string(d.Bytes()) != text {
			t.Errorf("%v: %q, %v, want %q", edits, got.Bytes(), err, want.Bytes())
		}
	}
	if _, err := d.EditInto(&buffer, Set("A", " padded")); err == nil {
		t.Error("a value with white space around it is written")
	}
}
