// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

func str(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }

var null = tftypes.NewValue(tftypes.String, nil)

// strmap makes a map of strings from pairs; a null value is nil.
func strmap(pairs ...any) tftypes.Value {
	m := map[string]tftypes.Value{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = tftypes.NewValue(tftypes.String, pairs[i+1])
	}
	return tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, m)
}

func TestFunctions(t *testing.T) {
	t.Parallel()
	c := newWire(t, "")
	const doc = "<flat-profile>\r\n<A ua='rw'>1</A><!-- x -->\r\n<B/>\r\n</flat-profile>\r\n"
	for name, tc := range map[string]struct {
		function string
		args     []tftypes.Value
		want     string
		err      string // text of the error on argument
		argument int64
	}{
		"render": {function: "render", args: []tftypes.Value{strmap("CDC_Server_1_", "http://10.79.57.91", "Station_Name", "a & <b>")},
			want: "<flat-profile>\n<CDC_Server_1_ ua=\"na\">http://10.79.57.91</CDC_Server_1_>\n<Station_Name>a &amp; &lt;b&gt;</Station_Name>\n</flat-profile>\n"},
		"render normalizes a fingerprint": {function: "render", args: []tftypes.Value{strmap("CDC_Root_CA_Fingerprint_1_", strings.ToLower(fingerprint))},
			want: "<flat-profile>\n<CDC_Root_CA_Fingerprint_1_ ua=\"na\">" + fingerprint + "</CDC_Root_CA_Fingerprint_1_>\n</flat-profile>\n"},
		"render bad name":  {function: "render", args: []tftypes.Value{strmap("a b", "x")}, err: "a b"},
		"render bad value": {function: "render", args: []tftypes.Value{strmap("A", "\x01")}, err: "A"},
		"render a mask":    {function: "render", args: []tftypes.Value{strmap("CDC_Challenge_Password_1_", "****")}, err: "mask"},
		"splice":           {function: "splice", args: []tftypes.Value{str(doc), strmap("A", "2")}, want: strings.Replace(doc, ">1<", ">2<", 1)},
		"splice nothing":   {function: "splice", args: []tftypes.Value{str(doc), strmap()}, want: doc},
		"splice the same":  {function: "splice", args: []tftypes.Value{str(doc), strmap("A", "1", "B", "")}, want: doc},
		"splice removes":   {function: "splice", args: []tftypes.Value{str(doc), strmap("B", nil)}, want: strings.Replace(doc, "<B/>\r\n", "", 1)},
		"splice broken":    {function: "splice", args: []tftypes.Value{str("<flat-profile>"), strmap()}, err: "line 1"},
		"splice bad value": {function: "splice", args: []tftypes.Value{str(doc), strmap("A", " x")}, err: "A", argument: 1},
		"common name": {function: "common_name", args: []tftypes.Value{str("9871"), str("00:1A:2B:3C:4D:5E"), str("example.nl")},
			want: "CP-9871-SEP001A2B3C4D5E.example.nl"},
		"common name, empty domain": {function: "common_name", args: []tftypes.Value{str("DP-9871"), str("001a2b3c4d5e"), str("")}, want: "CP-9871-SEP001A2B3C4D5E"},
		"common name, null domain":  {function: "common_name", args: []tftypes.Value{str("DP-9871"), str("001a2b3c4d5e"), null}, want: "CP-9871-SEP001A2B3C4D5E"},
		"common name, bad model":    {function: "common_name", args: []tftypes.Value{str("7"), str("001a2b3c4d5e"), null}, err: `"7"`},
		"common name, bad MAC":      {function: "common_name", args: []tftypes.Value{str("9871"), str("001a"), null}, err: "001a", argument: 1},
		"common name, long domain":  {function: "common_name", args: []tftypes.Value{str("9871"), str("001a2b3c4d5e"), str(strings.Repeat("a", 41))}, err: "at most 64", argument: 2},
		"user id":                   {function: "user_id", args: []tftypes.Value{str("9871"), str("00:1A:2B:3C:4D:5E"), str("example.nl")}, want: "CP-9871-SEP001A2B3C4D5E@example.nl"},
		"user id, no domain":        {function: "user_id", args: []tftypes.Value{str("8875"), str("00:1A:2B:3C:4D:5E"), null}, want: "CP-8875-SEP001A2B3C4D5E"},
		"user id, bad MAC":          {function: "user_id", args: []tftypes.Value{str("8875"), str("x"), null}, err: `"x"`, argument: 1},
		"expand":                    {function: "expand_macros", args: []tftypes.Value{str("$MAU-$(MA:6:6)-$SN-$$"), str("9871"), str("00:1A:2B:3C:4D:5E")}, want: "001A2B3C4D5E-3c4d5e-$SN-$"},
		"expand, bad model":         {function: "expand_macros", args: []tftypes.Value{str(""), str("x"), str("00:1A:2B:3C:4D:5E")}, err: `"x"`, argument: 1},
		"diff": {function: "diff", args: []tftypes.Value{str(doc), str("<flat-profile><A>2</A><CDC_Challenge_Password_1_>" + pearl + "</CDC_Challenge_Password_1_></flat-profile>")},
			want: "A: \"1\" -> \"2\"\nA: user access \"rw\" -> \"\"\nB: removed, was \"\"\nCDC_Challenge_Password_1_: added (secret); the phone requests a new certificate"},
		"diff of the same":                      {function: "diff", args: []tftypes.Value{str(doc), str(doc)}, want: ""},
		"diff with a broken":                    {function: "diff", args: []tftypes.Value{str(doc), str("<a>")}, err: "line 1", argument: 1},
		"parse a broken":                        {function: "parse", args: []tftypes.Value{str("<a>")}, err: "line 1"},
		"fingerprint of what is no certificate": {function: "fingerprint", args: []tftypes.Value{str("hello")}, err: "neither PEM nor DER"},
		"fingerprint of a key":                  {function: "fingerprint", args: []tftypes.Value{str("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")}, err: "private key"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.call(tc.function, tc.args...)
			switch {
			case tc.err == "" && err != nil:
				t.Errorf("error %s", err.Text)
			case tc.err == "" && readable(got) != tc.want:
				t.Errorf("got %q, want %q", readable(got), tc.want)
			case tc.err != "" && (err == nil || !strings.Contains(err.Text, tc.err) || err.FunctionArgument == nil || *err.FunctionArgument != tc.argument):
				t.Errorf("error %+v, want %q on argument %d", err, tc.err, tc.argument)
			}
		})
	}
}

func TestFunctionParse(t *testing.T) {
	t.Parallel()
	got, ferr := newWire(t, "").call("parse", str("<flat-profile><A> a &amp;\n b </A><B/><A>last</A><C-1.x>&#40;</C-1.x></flat-profile>"))
	if ferr != nil {
		t.Fatal(ferr.Text)
	}
	if want := strmap("A", "last", "B", "", "C-1.x", "("); !got.Equal(want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestFunctionFingerprint(t *testing.T) {
	t.Parallel()
	c, a := newWire(t, ""), newAuthority(t)
	text := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.root.Raw}))
	s1 := sha1.Sum(a.root.Raw)
	want := map[string]string{"sha1": strings.ToUpper(hex.EncodeToString(s1[:])), "sha256": strings.ToUpper(a.fingerprint())}
	for _, form := range []string{text, "# root\n" + text + "\n", base64.StdEncoding.EncodeToString(a.root.Raw) + "\n"} {
		got, ferr := c.call("fingerprint", str(form))
		if ferr != nil {
			t.Fatal(ferr.Text)
		}
		var fields map[string]tftypes.Value
		if err := got.As(&fields); err != nil {
			t.Fatal(err)
		}
		for name, w := range want {
			if text := readable(fields[name]); text != w {
				t.Errorf("%s = %s, want %s", name, text, w)
			}
		}
	}
	if _, ferr := c.call("fingerprint", str(text+text)); ferr == nil || !strings.Contains(ferr.Text, "several certificates") {
		t.Errorf("of a chain: %+v", ferr)
	}
}

// TestFunctionsGiveThePackagesBytes: the three faces agree byte for byte.
func TestFunctionsGiveThePackagesBytes(t *testing.T) {
	t.Parallel()
	c := newWire(t, "")
	doc, err := cfgxml.Parse([]byte(admin))
	if err != nil {
		t.Fatal(err)
	}
	want, err := doc.WithEnrollment(cfgxml.Enrollment{Server: "http://a", RootCAFingerprint: fingerprint,
		ChallengePassword: secret.New("pass word & more"), CommonName: "$MA"})
	if err != nil {
		t.Fatal(err)
	}
	got, ferr := c.call("splice", str(admin), strmap(cdc.ParamServer, "http://a", cdc.ParamRootCAFingerprint, fingerprint,
		cdc.ParamChallengePassword, "pass word & more", cdc.ParamCommonName, "$MA"))
	if ferr != nil {
		t.Fatal(ferr.Text)
	}
	a, err := cfgxml.Parse([]byte(readable(got)))
	if err != nil {
		t.Fatal(err)
	}
	if d := cfgxml.Diff(want, a); len(d) > 0 || len(readable(got)) != len(want.Bytes()) {
		t.Errorf("splice and cfgxml differ: %v", d)
	}
}
