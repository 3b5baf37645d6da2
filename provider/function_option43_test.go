// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

// example43 is the example of the document.
func example43(change ...any) tftypes.Value {
	all := map[string]any{
		"scep_server": "http://10.79.57.91", "root_ca_fingerprint": "12:04:08:70:62:5C:5B:75:5D:73:F5:92:52:85:F8:F5:FF:5D:55:AF",
		"challenge_password": "D233CCF9B9952A15", "fips_mode": "true", "enable_802_1x": "true", "certificate_select": "Custom installed",
	}
	for i := 0; i < len(change); i += 2 {
		all[change[i].(string)] = change[i+1]
	}
	var pairs []any
	for k, v := range all {
		pairs = append(pairs, k, v)
	}
	return strmap(pairs...)
}

func TestS42FunctionsOption43(t *testing.T) {
	t.Parallel()
	c := newWire(t, "")
	value, ferr := c.call("option43_encode", example43())
	if ferr != nil || readable(value) != strings.ToLower(option43.ExampleHex) {
		t.Fatalf("%v, %q, want the document's bytes", ferr, readable(value))
	}
	back, ferr := c.call("option43_decode", str(readable(value)))
	if ferr != nil {
		t.Fatal(ferr.Text)
	}
	var got map[string]tftypes.Value
	if err := back.As(&got); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"scep_server": "http://10.79.57.91", "root_ca_fingerprint": "12040870625C5B755D73F5925285F8F5FF5D55AF", "challenge_password": "D233CCF9B9952A15",
		"fips_mode": true, "enable_802_1x": true, "certificate_select": "Custom installed",
	} {
		v := got[name]
		switch want := want.(type) {
		case string:
			if readable(v) != want {
				t.Errorf("%s is %q, want %q", name, readable(v), want)
			}
		case bool:
			var b bool
			if err := v.As(&b); err != nil || b != want {
				t.Errorf("%s is %v, %v", name, b, err)
			}
		}
	}
	var warnings []tftypes.Value
	if err := got["warnings"].As(&warnings); err != nil || len(warnings) != 1 || !strings.Contains(readable(warnings[0]), "clear text") {
		t.Errorf("warnings %v, %v", warnings, err)
	}
	if s := fmt.Sprint(warnings); strings.Contains(s, "D233") {
		t.Error("a warning holds the challenge")
	}
}

func TestFunctionsOption43(t *testing.T) {
	t.Parallel()
	c := newWire(t, "")
	short, ferr := c.call("option43_encode", example43("challenge_password", nil, "fips_mode", nil, "enable_802_1x", "false", "certificate_select", "manufacturing installed"))
	if ferr != nil || readable(short) != "0b12"+hex.EncodeToString([]byte("http://10.79.57.91"))+"0c1412040870625c5b755d73f5925285f8f5ff5d55af0e01000f0100" {
		t.Errorf("%v, %s", ferr, readable(short))
	}
	back, ferr := c.call("option43_decode", str("0B:0B:31:30:2E:37:39:2E:35:37:2E:39:31 0c14 12040870625C5B755D73F5925285F8F5FF5D55AF"))
	if ferr != nil {
		t.Fatal(ferr.Text)
	}
	var got map[string]tftypes.Value
	if err := back.As(&got); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"challenge_password", "fips_mode", "enable_802_1x", "certificate_select"} {
		if v := got[name]; !v.IsNull() {
			t.Errorf("%s is %v, want null", name, v)
		}
	}
	const pearl = "do-not-print-me"
	for name, bad := range map[string]struct {
		function string
		argument tftypes.Value
		want     string
	}{
		"no server":             {"option43_encode", example43("scep_server", nil), "is missing"},
		"https":                 {"option43_encode", example43("scep_server", "https://a"), "write http://"},
		"fingerprint":           {"option43_encode", example43("root_ca_fingerprint", "12"), "want 20"},
		"unknown name":          {"option43_encode", example43("challange", "x"), "challange: no such parameter"},
		"a number for a switch": {"option43_encode", example43("fips_mode", "1"), "want true or false"},
		"other certificate":     {"option43_encode", example43("certificate_select", "mine"), "want Custom installed"},
		"too long":              {"option43_encode", example43("challenge_password", strings.Repeat(pearl, 14)), "207"},
		"challenge":             {"option43_encode", example43("challenge_password", pearl+"\n"), "Challenge Password"},
		"end mark":              {"option43_decode", str(option43.ExampleHex + "ff"), "end mark"},
		"no digits":             {"option43_decode", str("hello"), ""},
		"nothing":               {"option43_decode", str(""), ""},
	} {
		_, err := c.call(bad.function, bad.argument)
		if err == nil || !strings.Contains(err.Text, bad.want) || strings.Contains(err.Text, pearl) || err.FunctionArgument == nil || *err.FunctionArgument != 0 {
			t.Errorf("%s: %+v, want %q", name, err, bad.want)
		}
	}
}
