// SPDX-License-Identifier: MPL-2.0

package secret_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

const clear = "Gentle-Otter-42"

type exported struct {
	Name   string
	Secret secret.Text
}

type unexported struct {
	name  string
	inner struct{ secret secret.Text }
	list  []secret.Text
	byKey map[string]*secret.Text
}

func holders() []any {
	s := secret.New(clear)
	u := unexported{name: "x", list: []secret.Text{s}, byKey: map[string]*secret.Text{"a": &s}}
	u.inner.secret = s
	return []any{s, &s, []secret.Text{s}, [1]secret.Text{s}, map[string]secret.Text{"a": s}, map[secret.Text]int{s: 1},
		exported{"x", s}, &exported{"x", s}, u, &u, struct{ u unexported }{u}, struct{ p *unexported }{&u}, any(exported{"x", s})}
}

// TestNothingPrintsASecret: no printer of the standard library, wherever the
// secret stands.
func TestNothingPrintsASecret(t *testing.T) {
	t.Parallel()
	for _, v := range holders() {
		var out bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%08b", "%t", "%T", "%50v", "%-50s", "%p"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		text, _ := json.Marshal(v)
		out.Write(text)
		if err := xml.NewEncoder(&out).Encode(v); err != nil {
			out.WriteString(err.Error())
		}
		if err := gob.NewEncoder(&out).Encode(v); err != nil {
			out.WriteString(err.Error())
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("m", "v", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "v", v)
		out.WriteString(fmt.Errorf("it is %v", v).Error())
		follow(&out, reflect.ValueOf(v))
		out.WriteString(cmp.Diff(v, nil, cmp.Exporter(func(reflect.Type) bool { return true })))
		if shows(out.Bytes(), clear) {
			t.Errorf("%T: %s", v, out.String())
		}
	}
}

// shows reports whether four bytes of text in a row stand in out, or their
// hexadecimal digits.
func shows(out []byte, text string) bool {
	for i := range len(text) - 3 {
		part := text[i : i+4]
		if bytes.Contains(out, []byte(part)) || bytes.Contains(bytes.ToLower(out), fmt.Appendf(nil, "%x", part)) {
			return true
		}
	}
	return false
}

// follow prints what reflection reaches, as go-spew and kr/pretty do.
func follow(out *bytes.Buffer, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			follow(out, v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			follow(out, v.Field(i))
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			follow(out, v.Index(i))
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			follow(out, k)
			follow(out, v.MapIndex(k))
		}
	case reflect.String:
		out.WriteString(v.String())
	}
}

func TestPrintsTheMask(t *testing.T) {
	t.Parallel()
	for _, s := range []secret.Text{{}, secret.New(clear)} {
		text, err := json.Marshal(exported{"x", s})
		got := []string{s.String(), s.GoString(), fmt.Sprint(s), fmt.Sprintf("%#v|%x", s, s), s.LogValue().String(), string(text), fmt.Sprint(err)}
		want := []string{"(secret)", "(secret)", "(secret)", "(secret)|(secret)", "(secret)", `{"Name":"x","Secret":"(secret)"}`, "<nil>"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	element, err := xml.Marshal(exported{"x", secret.New(clear)})
	if string(element) != "<exported><Name>x</Name><Secret>(secret)</Secret></exported>" || err != nil {
		t.Errorf("%s, %v", element, err)
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("0123456789", 30)
	for _, text := range []string{"", "x", clear, long, "\x00\xff", "é"} {
		s := secret.New(text)
		if s.Reveal() != text || s.Len() != len(text) || s.IsZero() != (text == "") {
			t.Errorf("%q: %q, %d bytes, zero %t", text, s.Reveal(), s.Len(), s.IsZero())
		}
		if !s.Equal(secret.New(text)) || !reflect.DeepEqual(s, secret.New(text)) || s.Equal(secret.New(text+"x")) || secret.New("y").Equal(s) {
			t.Errorf("%q is not equal to itself, or to another", text)
		}
	}
	if !secret.New("****").Masked() || secret.New(clear).Masked() || (secret.Text{}).Masked() {
		t.Error("Masked")
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	var e exported
	if err := json.Unmarshal([]byte(`{"Name":"x","Secret":"Gentle-\u004ftter-42"}`), &e); err != nil || e.Secret.Reveal() != clear {
		t.Errorf("%v, %q", err, e.Secret.Reveal())
	}
	if err := json.Unmarshal([]byte(`{"Secret":null}`), &e); err != nil || e.Secret.Reveal() != clear {
		t.Errorf("null: %v, %q", err, e.Secret.Reveal())
	}
	var x exported
	if err := xml.Unmarshal([]byte("<exported><Secret>Gentle-Otter-42</Secret></exported>"), &x); err != nil || x.Secret.Reveal() != clear {
		t.Errorf("%v, %q", err, x.Secret.Reveal())
	}
	// What is printed does not come back as the secret.
	for _, v := range []any{exported{"x", secret.New(clear)}, exported{}} {
		text, _ := json.Marshal(v)
		if err := json.Unmarshal(text, &e); !errors.Is(err, secret.ErrMask) || e.Secret.Reveal() != clear {
			t.Errorf("%s: %v, %q", text, err, e.Secret.Reveal())
		}
	}
	for _, text := range []string{`{"Secret":4711}`, `{"Secret":["Gentle-Otter-42"]}`, `{"Secret":{"Gentle-Otter-42":1}}`, `{"Secret":true}`} {
		err := json.Unmarshal([]byte(text), &e)
		if err == nil || shows([]byte(err.Error()), clear) || strings.Contains(err.Error(), "4711") || !strings.Contains(err.Error(), "must be a JSON string") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
