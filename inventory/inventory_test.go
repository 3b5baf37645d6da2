// SPDX-License-Identifier: MPL-2.0

package inventory_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/phonecfg/terraform-provider-ciscophone/inventory"
)

func ExampleParse() {
	rows, err := inventory.Parse("MAC Address;Model;site\r\n001A2B3C4D5E;9871;ams\r\n;;\r\n")
	if err != nil {
		fmt.Println(err)
		return
	}
	phone, err := rows[0].Phone()
	fmt.Println(phone.MAC, phone.Model, err)
	fmt.Println(rows[0].Fill("{site}/SEP$MAU.xml", nil))
	// Output:
	// 00:1a:2b:3c:4d:5e DP-9871 <nil>
	// ams/SEP$MAU.xml <nil>
}

func utf16Of(s string, bigEndian bool) string {
	var b strings.Builder
	for _, u := range append([]uint16{0xfeff}, utf16.Encode([]rune(s))...) {
		if bigEndian {
			b.WriteByte(byte(u >> 8))
		}
		b.WriteByte(byte(u))
		if !bigEndian {
			b.WriteByte(byte(u >> 8))
		}
	}
	return b.String()
}

func TestParse(t *testing.T) {
	t.Parallel()
	type fields = map[string]string
	one := []inventory.Row{{Line: 2, Fields: fields{"mac": "001A2B3C4D01", "model": "9841"}}}
	for name, c := range map[string]struct {
		in   string
		want []inventory.Row
	}{
		"nothing":               {" \r\n", nil},
		"no rows":               {"mac,model\n", nil},
		"commas":                {"mac,model\n001A2B3C4D01,9841\n", one},
		"semicolons, CRLF":      {"mac;model\r\n001A2B3C4D01;9841\r\n", one},
		"tabs":                  {"mac\tmodel\n001A2B3C4D01\t9841\n", one},
		"BOM":                   {"\ufeffmac,model\n001A2B3C4D01,9841\n", one},
		"UTF-16LE":              {utf16Of("mac;model\r\n001A2B3C4D01;9841\r\n", false), one},
		"UTF-16BE":              {utf16Of("mac;model\r\n001A2B3C4D01;9841\r\n", true), one},
		"other case":            {"MAC,Model\n001A2B3C4D01,9841\n", one},
		"a spoken header":       {" MAC-Address , Phone model \n001A2B3C4D01,9841\n", one},
		"a column without name": {"mac,model,\n001A2B3C4D01,9841,\n", one},
		"an empty column":       {"mac,model,site\n001A2B3C4D01,9841,\n", one},
		"blank rows":            {"mac;model;x\n001A2B3C4D01;9841;\n;;\n\n;\n", one},
		"more blank cells":      {"mac,model\n001A2B3C4D01,9841,,,\n", one},
		"sep=":                  {"sep=;\r\nmac;model\r\n001A2B3C4D01;9841\r\n", []inventory.Row{{Line: 3, Fields: one[0].Fields}}},
		"a comment first":       {"# phones, all of them\nmac,model\n001A2B3C4D01,9841\n", []inventory.Row{{Line: 3, Fields: one[0].Fields}}},
		"no-break spaces":       {"mac,model\n\u00a0001A2B3C4D01\u00a0,9841\n", one},
		"JSON by MAC address":   {"{\n\"001A2B3C4D01\": {\"model\": 9841}}", one},
		"JSON":                  {"[\n{\"MAC\": \"001A2B3C4D01\", \"model\": 9841, \"site\": null}]", one},
		"YAML":                  {"# x\n- {mac: 001A2B3C4D01, model: 9841, site: }\n", one},
		"YAML merged": {"- &a {mac: 001A2B3C4D01, model: 9841, site: x, up: true}\n- {<<: *a, mac: 001A2B3C4D02, site: ~}\n", []inventory.Row{
			{Line: 1, Fields: fields{"mac": "001A2B3C4D01", "model": "9841", "site": "x", "up": "true"}},
			{Line: 2, Fields: fields{"mac": "001A2B3C4D02", "model": "9841", "up": "true"}}}},
		"YAML merged twice": {"- {<<: [{a: 1, b: 1}, {b: 2, c: 2}], mac: &m 00:1A}\n- {mac: *m}\n", []inventory.Row{
			{Line: 1, Fields: fields{"a": "1", "b": "1", "c": "2", "mac": "00:1A"}}, {Line: 2, Fields: fields{"mac": "00:1A"}}}},
	} {
		got, err := inventory.Parse(c.in)
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"phones": "neither CSV",
		"mac;model;n\n001A2B3C4D01;9841;Z\xfcrich\n": `line 2: the text is not UTF-8, and which encoding it has is not guessed: save the sheet as "CSV UTF-8"`,
		"\xff\xfea":                             "ends within a character",
		"mac,model,MAC\n":                       `line 1: two columns are "mac" ("mac" and "MAC")`,
		"mac,model,site,site\n":                 `two columns are "site"`,
		"mac,model,\n001A2B3C4D01,9841,x\n":     `line 2: "x" stands in column 3, which has no name`,
		"mac,model\n001A2B3C4D01,9841,x\n":      `line 2: "x" stands in column 3`,
		"mac,model,site\n\n001A2B3C4D01,9841\n": "line 3: 2 columns, the header has 3",
		"mac,model\n\"001A,9841\n":              "line 2",
		"sep=;\nmac;model\n1;2;3\n":             "line 3",
		`[{"mac":"a","mac":"b"}]`:               "line 1, column mac: this object has it already",
		"[\n{\"mac\":\"a\",\n\"MAC\":\"b\"}]":   "line 3, column mac: this object has it already",
		`[{"mac":{"a":1}}]`:                     "column mac: want a text or a number",
		`["x"]`:                                 "want an object for each phone",
		`[{"mac":"a"}`:                          "line 1: the list does not end",
		`{"a":1}`:                               "line 1: want an object for each phone",
		`{"a":{"mac":"b"}}`:                     "stands below the key",
		`{"a":{}`:                               "the list does not end",
		`[{"mac":"a"}] x`:                       "more behind the list",
		"- mac: a\n  mac: b\n":                  "line 2, column mac: this object has it already",
		"- mac: a\n  MAC: b\n":                  "line 2, column mac",
		"- mac: [a]\n":                          "line 1, column mac: want a text",
		"- x\n":                                 "line 1: want an object",
		"- {<<: 7}\n":                           "want a mapping to merge",
		"- {a: *nope}\n":                        "nope",
	} {
		_, err := inventory.Parse(in)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", in, err, want)
		}
	}
	_, err := inventory.Parse("mac,model,\n1,2,3\n")
	var at *inventory.Error
	if !errors.As(err, &at) || at.Line != 2 {
		t.Errorf("%v", err)
	}
	bomb := "- &a0 {x: 1}\n"
	for i := range 12 {
		bomb += fmt.Sprintf("- &a%d {<<: [%s]}\n", i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 10), ", "))
	}
	if _, err := inventory.Parse(bomb); err == nil {
		t.Error("merge keys without end are accepted")
	}
}

func TestPhone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ mac, model, want string }{
		{"001A2B3C4D01", "9841", ""},
		{"", "9841", "no mac: every phone needs"},
		{"001A2B3C4D01", "", "no model: every phone needs"},
		{"1.2E+11", "9841", "format the column as text"},
		{"1,23457E+11", "9841", "format the column as text"},
		{"11223344", "9841", "format the column as text"},
		{"1A2B3C4D01", "9841", "10 hexadecimal digits"},
		{"001A2B3C4D01", "8841", "8841"},
	} {
		_, err := inventory.Row{Fields: map[string]string{"mac": c.mac, "model": c.model}}.Phone()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q %q: %v, want %q", c.mac, c.model, err, c.want)
		}
	}
}

func TestFill(t *testing.T) {
	t.Parallel()
	r := inventory.Row{Fields: map[string]string{"site": "ams"}}
	known := func(label string) bool { return label == "site" || label == "floor" }
	for in, want := range map[string]string{
		"x": "x", "{site}-{site}": "ams-ams", "{Site}": "{Site}", "{nosuch}": "{nosuch}", "{floor}": "error: column floor", "{{site}}": "error: write {site}", "{": "{",
	} {
		got, err := r.Fill(in, known)
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != want && (err == nil || !strings.HasPrefix(want, "error: ") || !strings.Contains(got, strings.TrimPrefix(want, "error: "))) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if _, err := r.Fill("{nosuch}", nil); err == nil {
		t.Error("a label that nobody has is accepted where it must be known")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"mac,model\n1,2\n", "sep=;\na;b\n", "[{\"a\":1}]", "- {<<: {a: 1}}\n", "\xff\xfea\x00", "a\tb\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := inventory.Parse(text)
		if err != nil && rows != nil {
			t.Error("rows beside an error")
		}
		for _, r := range rows {
			_, _ = r.Phone()
		}
	})
}

func TestByMAC(t *testing.T) {
	t.Parallel()
	rows, err := inventory.Parse("MAC;Model;site;Station_Name\n00:1A:2B:3C:4D:5F;9871;ams;\n001a2b3c4d5e;9841;;\"A \"\"B\"\" <c>\"\n")
	if err != nil {
		t.Fatal(err)
	}
	text, err := inventory.ByMAC(rows)
	const want = `{"001a2b3c4d5e":{"Station_Name":"A \"B\" \u003cc\u003e","model":"9841"},"001a2b3c4d5f":{"model":"9871","site":"ams"}}`
	if err != nil || text != want {
		t.Errorf("%s, %v\nwant %s", text, err, want)
	}
	again, err := inventory.Parse(text)
	if err != nil || len(again) != 2 || again[0].Fields["Station_Name"] != `A "B" <c>` || again[1].Fields["mac"] != "001a2b3c4d5f" {
		t.Errorf("read again: %v, %v", again, err)
	}
	for name, rows := range map[string][]inventory.Row{
		"no model":  {{Line: 2, Fields: map[string]string{"mac": "001a2b3c4d5e"}}},
		"two":       {{Fields: map[string]string{"mac": "001a2b3c4d5e", "model": "9841"}}, {Line: 3, Fields: map[string]string{"mac": "00-1A-2B-3C-4D-5E", "model": "9841"}}},
		"no fields": {{}},
	} {
		if text, err := inventory.ByMAC(rows); err == nil {
			t.Errorf("%s: %s", name, text)
		}
	}
}
