// SPDX-License-Identifier: MPL-2.0

package cfgxml_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/testdata/fullsize"
)

func parse(t interface {
	Helper()
	Fatal(...any)
}, data []byte, opts ...cfgxml.Option) *cfgxml.Document {
	t.Helper()
	d, err := cfgxml.Parse(data, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTemplateFillsEveryForm(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"a value":         {"<flat-profile>\n<A ua=\"na\">old</A>\n</flat-profile>\n", "<flat-profile>\n<A ua=\"na\">a &amp; b</A>\n</flat-profile>\n"},
		"white space":     {"<flat-profile><A> old\r\n</A></flat-profile>", "<flat-profile><A> a &amp; b\r\n</A></flat-profile>"},
		"an empty pair":   {"<flat-profile><A></A></flat-profile>", "<flat-profile><A>a &amp; b</A></flat-profile>"},
		"self-closed":     {"<flat-profile><A ua=\"rw\" /></flat-profile>", "<flat-profile><A ua=\"rw\">a &amp; b</A></flat-profile>"},
		"CDATA":           {"<flat-profile><A><![CDATA[<]]></A></flat-profile>", "<flat-profile><A>a &amp; b</A></flat-profile>"},
		"the last of two": {"<flat-profile><A>1</A><A>2</A></flat-profile>", "<flat-profile><A>1</A><A>a &amp; b</A></flat-profile>"},
		"absent":          {"<flat-profile>\r\n  <B/>\r\n</flat-profile>", "<flat-profile>\r\n  <B/>\r\n  <A>a &amp; b</A>\r\n</flat-profile>"},
	} {
		tmpl, err := cfgxml.Compile(parse(t, []byte(c.in)), "A")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := tmpl.Append(nil, "a & b")
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
		}
	}
}

// A filled template reads as the edited document does, and differs from it in
// no byte outside the values.
func TestTemplateIsEdit(t *testing.T) {
	data := fullsize.Document(fullsize.Options{CRLF: true})
	d := parse(t, data)
	fields := []string{cdc.ParamServer, "Station_Name", cdc.ParamChallengePassword, "Display_Name_1_", "Asset_ID", "GPP_A"}
	tmpl, err := cfgxml.Compile(d, fields...)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		values := make([]string, len(fields))
		edits := make([]cfgxml.Edit, len(fields))
		for i, name := range fields {
			values[i] = rapid.StringMatching(`(|[!-~é]([ -~é]{0,20}[!-~é])?)`).Filter(func(s string) bool {
				return !secret.New(s).Masked()
			}).Draw(t, name)
			edits[i] = cfgxml.Set(name, values[i])
		}
		got, err := tmpl.Append(nil, values...)
		if err != nil {
			t.Fatal(err)
		}
		edited, err := d.Edit(edits...)
		if err != nil {
			t.Fatal(err)
		}
		if changes := cfgxml.Diff(edited, parse(t, got)); len(changes) != 0 {
			t.Fatalf("reads otherwise than the edited document: %v", changes)
		}
		filled := parse(t, got)
		for i, name := range fields {
			if v, ok := filled.Get(name); !ok || v != values[i] {
				t.Fatalf("%s is %q, want %q", name, v, values[i])
			}
		}
		if len(got) < tmpl.Size() {
			t.Fatalf("%d bytes, less than the size %d", len(got), tmpl.Size())
		}
	})
}

func TestTemplateRefuses(t *testing.T) {
	d := parse(t, []byte("<flat-profile><A/><CDC_Challenge_Password_1_/></flat-profile>"))
	for name, fields := range map[string][]string{
		"no name":   {""},
		"not XML":   {"a b"},
		"a twin":    {"A", "B", "A"},
		"namespace": {"x:A"},
	} {
		var bad *cfgxml.EditError
		if _, err := cfgxml.Compile(d, fields...); !errors.As(err, &bad) {
			t.Errorf("%s: %v, want an EditError", name, err)
		}
	}
	tmpl, err := cfgxml.Compile(d, "A", cdc.ParamChallengePassword)
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range map[string][]string{
		"too few":         {"a"},
		"too many":        {"a", "b", "c"},
		"white space":     {"a ", "b"},
		"a line break":    {"a\nb", "b"},
		"a control":       {"a\x01b", "b"},
		"not UTF-8":       {"a\xffb", "b"},
		"a mask":          {"a", "*****"},
		"a secret's tail": {"a", "hush-hush "},
	} {
		dst := []byte("kept")
		out, err := tmpl.Append(dst, values...)
		if err == nil || string(out) != "kept" {
			t.Errorf("%s: %q, %v", name, out, err)
		}
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: the error holds the secret: %v", name, err)
		}
	}
	if _, err := tmpl.Append(nil, "a", "***"); !errors.Is(err, secret.ErrMask) {
		t.Errorf("a mask: %v", err)
	}
}

func TestTemplateDoesNotAllocate(t *testing.T) {
	d := parse(t, fullsize.Document(fullsize.Options{}))
	tmpl, err := cfgxml.Compile(d, cdc.ParamServer, cdc.ParamCommonName, "Station_Name")
	if err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 0, tmpl.Size()+1000)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := tmpl.Append(buffer, "http://scep.example.net/", "CP-9871-SEP001A2B3C4D5E", `Lobby "East"`); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestTemplateIsSafeForConcurrentUse(t *testing.T) {
	d := parse(t, fullsize.Document(fullsize.Options{}))
	tmpl, err := cfgxml.Compile(d, "Station_Name", "User_ID_1_")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			var buffer []byte
			for j := range 50 {
				var err error
				name := fmt.Sprintf("desk %d-%d", i, j)
				if buffer, err = tmpl.Append(buffer[:0], name, "62"); err != nil {
					t.Error(err)
					return
				}
				if !bytes.Contains(buffer, []byte("<Station_Name ua=\"na\">"+name+"</Station_Name>")) {
					t.Errorf("%s is not in its document", name)
				}
			}
		})
	}
	wg.Wait()
}

// Whatever document and value: a filled template is well-formed and reads as
// filled, or the value is refused.
func FuzzTemplate(f *testing.F) {
	f.Add([]byte("<flat-profile>\n<A ua=\"na\">old</A>\n</flat-profile>\n"), "A", "a & b")
	f.Add([]byte("<flat-profile/>"), "CDC_Server_1_", "http://x/")
	f.Add([]byte("<device><flat-profile><A><![CDATA[x]]> </A><A/></flat-profile></device>"), "A", "")
	f.Add([]byte("\ufeff<?xml version=\"1.0\"?>\r\n<flat-profile>\r\n\t<B/>\r\n</flat-profile>\r\n"), "Wi-Fi_Password_1_", "***")
	f.Fuzz(func(t *testing.T, data []byte, name, value string) {
		d, err := cfgxml.Parse(data)
		if err != nil {
			return
		}
		tmpl, err := cfgxml.Compile(d, name)
		if err != nil {
			return
		}
		out, err := tmpl.Append(nil, value)
		if err != nil {
			if _, editErr := d.Edit(cfgxml.Set(name, value)); editErr == nil {
				t.Fatalf("refused, but Edit takes it: %v", err)
			}
			return
		}
		filled, err := cfgxml.Parse(out)
		if err != nil {
			t.Fatalf("filled to %q: %v", out, err)
		}
		if got, ok := filled.Get(name); !ok || got != value {
			t.Fatalf("reads %q, want %q", got, value)
		}
		for _, c := range cfgxml.Diff(d, filled) {
			if c.Name != name {
				t.Fatalf("changed something else: %v", c)
			}
		}
	})
}
