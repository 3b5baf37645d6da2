// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"bytes"
	"strings"
	"testing"
)

func TestBaseline(t *testing.T) {
	t.Parallel()
	before := Document(parse(t, profile(`<User_ID_1_>é</User_ID_1_>
<Primary_DNS>a</Primary_DNS><Primary_DNS>b</Primary_DNS><Primary_DNS>c</Primary_DNS>
<Password_1_>***</Password_1_>`)), Settings{})
	if ids(before) != "non-ascii duplicate-parameter duplicate-parameter masked-secret" {
		t.Fatalf("the document has other problems: %v", before)
	}
	var b Baseline
	b.Add("a.xml", before)
	if b.Len() != 3 {
		t.Errorf("%d problems accepted, want 3: masked-secret cannot be", b.Len())
	}
	var text bytes.Buffer
	if err := b.Write(&text); err != nil {
		t.Fatal(err)
	}
	want := `{
  "version": 1,
  "problems": [
    {
      "file": "a.xml",
      "param": "Primary_DNS",
      "rule": "duplicate-parameter",
      "count": 2
    },
    {
      "file": "a.xml",
      "param": "User_ID_1_",
      "rule": "non-ascii",
      "count": 1
    }
  ]
}
`
	if text.String() != want {
		t.Errorf("got\n%s\nwant\n%s", text.String(), want)
	}
	read, err := ReadBaseline(&text)
	if err != nil {
		t.Fatal(err)
	}
	// The lines moved, one problem was solved, two are new.
	after := Document(parse(t, profile(`
<User_ID_2_>é</User_ID_2_>
<Primary_DNS>a</Primary_DNS>
<Primary_DNS>b</Primary_DNS>
<Password_1_>***</Password_1_>`)), Settings{})
	if got := read.Filter("a.xml", after); ids(got) != "non-ascii masked-secret" || got[0].Param != "User_ID_2_" {
		t.Errorf("new problems: %v", got)
	}
	stale := read.Stale()
	if len(stale) != 2 || stale[0] != (BaselineEntry{"a.xml", "Primary_DNS", "duplicate-parameter", 1}) || stale[1] != (BaselineEntry{"a.xml", "User_ID_1_", "non-ascii", 1}) {
		t.Errorf("stale: %v", stale)
	}
	if got := read.Filter("b.xml", before); len(got) != len(before) {
		t.Errorf("another file's problems are accepted: %v", got)
	}
}

func TestBaselineOfNothing(t *testing.T) {
	t.Parallel()
	var b Baseline
	problems := []Problem{{Rule: "non-ascii", Param: "X"}}
	if got := b.Filter("a.xml", problems); len(got) != 1 || len(b.Stale()) != 0 {
		t.Errorf("the zero baseline accepts %v", got)
	}
	var text bytes.Buffer
	if err := b.Write(&text); err != nil || !strings.Contains(text.String(), `"problems": []`) {
		t.Errorf("%v\n%s", err, text.String())
	}
}

func TestReadBaselineErrors(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                           "EOF",
		"[]":                         "cannot unmarshal",
		`{"version":2}`:              "version 2, want 1",
		`{"version":1,"problem":[]}`: "unknown field",
		`{"version":1,"problems":[{"file":"a","rule":"","count":1}]}`:  "want a rule",
		`{"version":1,"problems":[{"file":"a","rule":"x","count":0}]}`: "at least 1",
	} {
		if _, err := ReadBaseline(strings.NewReader(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", in, err, want)
		}
	}
}
