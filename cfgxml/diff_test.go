// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestChangesAsJSON(t *testing.T) {
	old := mustParse(t, `<flat-profile><A ua="na">1</A><Admin_Password>x</Admin_Password></flat-profile>`)
	new := mustParse(t, `<flat-profile><A ua="na">2</A><Admin_Password>y</Admin_Password><CDC_Server_1_ ua="na">s</CDC_Server_1_></flat-profile>`)
	got, err := json.Marshal(Diff(old, new))
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"kind":"changed","name":"A","old":"1","new":"2","old_user_access":"na","new_user_access":"na","old_count":1,"new_count":1,"secret":false,"reenrolls":false,"old_offset":14,"new_offset":14},` +
		`{"kind":"changed","name":"Admin_Password","old":"(secret)","new":"(secret)","old_count":1,"new_count":1,"secret":true,"reenrolls":false,"old_offset":30,"new_offset":30},` +
		`{"kind":"added","name":"CDC_Server_1_","old":"","new":"s","new_user_access":"na","old_count":0,"new_count":1,"secret":false,"reenrolls":true,"old_offset":-1,"new_offset":64}]`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	var back Changes
	if err := json.Unmarshal(got, &back); err != nil || !slices.Equal(back, Diff(old, new)) {
		t.Errorf("read back: %v, %v", back, err)
	}
	for k := range Kind(7) {
		text, err := k.MarshalText()
		var read Kind
		if known := k >= Added && k <= Duplicate; (err == nil) != known || (read.UnmarshalText(text) == nil) != known || known && read != k {
			t.Errorf("%v is %q, %v, and %v read back", k, text, err, read)
		}
	}
	if none, err := json.Marshal(Diff(old, old)); err != nil || string(none) != "[]" {
		t.Errorf("no changes are %s, %v", none, err)
	}
}

// A document with its parameters the other way round is no different.
func TestDiffOfReversedOrder(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(string(benchDocument(500))), "\n")
	var reversed []string
	for i := len(lines) - 2; i > 0; i-- {
		if !strings.HasPrefix(lines[i], "<!--") {
			reversed = append(reversed, lines[i])
		}
	}
	old := mustParse(t, strings.Join(lines, "\n"))
	new := mustParse(t, "<flat-profile>"+strings.Join(reversed, "")+"</flat-profile>")
	if cs := Diff(old, new); len(cs) > 0 || old.Len() != new.Len() {
		t.Errorf("%d changes of %d and %d parameters", len(cs), old.Len(), new.Len())
	}
}

func TestReenrolls(t *testing.T) {
	const before = `<flat-profile><CDC_Server_1_>http://a/</CDC_Server_1_><X>1</X></flat-profile>`
	for _, c := range []struct {
		name, after string
		want        bool
	}{
		{"nothing", before, false},
		{"another parameter", strings.Replace(before, "1</X>", "2</X>", 1), false},
		{"the server", strings.Replace(before, "http://a/", "http://b/", 1), true},
		{"the server emptied", strings.Replace(before, "http://a/", "", 1), false},
		{"the server left out: the phone keeps it", strings.Replace(before, "<CDC_Server_1_>http://a/</CDC_Server_1_>", "", 1), false},
		{"another CDC parameter", strings.Replace(before, "<X>", "<CDC_Common_Name_1_>n</CDC_Common_Name_1_><X>", 1), true},
		{"a name that only looks like one", strings.Replace(before, "<X>", "<CDC_Comon_Name_1_>n</CDC_Comon_Name_1_><X>", 1), false},
		{"another number", strings.Replace(before, "<X>", "<CDC_Server_2_>http://b/</CDC_Server_2_><X>", 1), false},
	} {
		if got := Diff(mustParse(t, before), mustParse(t, c.after)).Reenrolls(); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
