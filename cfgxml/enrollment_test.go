// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"errors"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

var sampleEnrollment = Enrollment{
	Server:            "http://scep.example.com/scep?a=1&b=2",
	RootCAFingerprint: strings.Repeat("0A", 20),
	ChallengePassword: secret.New("Gentle<Otter"),
	CommonName:        "$PN-SEP$MAU.example.com",
}

func TestWithEnrollment(t *testing.T) {
	d := mustParse(t, "<flat-profile>\r\n\t<A>1</A>\r\n</flat-profile>")
	out, err := d.WithEnrollment(sampleEnrollment)
	if err != nil {
		t.Fatal(err)
	}
	want := "<flat-profile>\r\n\t<A>1</A>\r\n" +
		"\t<CDC_Server_1_ ua=\"na\">http://scep.example.com/scep?a=1&amp;b=2</CDC_Server_1_>\r\n" +
		"\t<CDC_Root_CA_Fingerprint_1_ ua=\"na\">0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A</CDC_Root_CA_Fingerprint_1_>\r\n" +
		"\t<CDC_Challenge_Password_1_ ua=\"na\">Gentle&lt;Otter</CDC_Challenge_Password_1_>\r\n" +
		"\t<CDC_Common_Name_1_ ua=\"na\">$PN-SEP$MAU.example.com</CDC_Common_Name_1_>\r\n</flat-profile>"
	if string(out) != want {
		t.Errorf("got %s", out)
	}
	e := mustParse(t, want)
	if !e.Enrollment().Equal(sampleEnrollment) {
		t.Errorf("reads as %+v", e.Enrollment())
	}
	// Empty fields empty what is there and add nothing.
	out, err = e.WithEnrollment(Enrollment{Server: "http://b/"})
	if err != nil {
		t.Fatal(err)
	}
	f := mustParse(t, string(out))
	if !f.Enrollment().Equal(Enrollment{Server: "http://b/"}) || f.Len() != 5 {
		t.Errorf("got %s", out)
	}
	if out, err = d.WithEnrollment(Enrollment{}); err != nil || &out[0] != &d.Bytes()[0] {
		t.Errorf("nothing to set gives %s, %v", out, err)
	}
}

func TestWithEnrollmentRefuses(t *testing.T) {
	d := mustParse(t, "<flat-profile><CDC_Challenge_Password_1_>*****</CDC_Challenge_Password_1_></flat-profile>")
	if out, err := d.WithEnrollment(d.Enrollment()); !errors.Is(err, secret.ErrMask) || out != nil {
		t.Errorf("a mask is written back: %q, %v", out, err)
	}
	var typed *EditError
	for _, e := range []Enrollment{{Server: "http://a/ "}, {CommonName: "a\nb"}, {ChallengePassword: secret.New("a\x00")}, {RootCAFingerprint: "\t0A"}} {
		if _, err := d.WithEnrollment(e); !errors.As(err, &typed) || !cdc.IsParam(typed.Name) {
			t.Errorf("%+v: %v", e, err)
		}
	}
}

// The options that read empty elements differently agree on what an enrolment
// is, because the default of its parameters is empty.
func TestEnrollmentUnderOptions(t *testing.T) {
	for _, text := range []string{
		"<flat-profile/>",
		"<flat-profile><CDC_Server_1_/><CDC_Common_Name_1_></CDC_Common_Name_1_></flat-profile>",
		"<flat-profile><CDC_Server_1_>a</CDC_Server_1_><CDC_Common_Name_1_>b</CDC_Common_Name_1_></flat-profile>",
	} {
		for _, o := range [][]Option{nil, {EmptyIsDefault()}, {SelfClosedIsAbsent()}, {EmptyIsDefault(), SelfClosedIsAbsent()}} {
			d := mustParse(t, text, o...)
			for _, want := range []Enrollment{{}, sampleEnrollment, {Server: "x"}} {
				out, err := d.WithEnrollment(want)
				if err != nil {
					t.Fatal(err)
				}
				e := mustParse(t, string(out), o...)
				if !e.Enrollment().Equal(want) {
					t.Errorf("%s, %v: %s", text, o, out)
				}
				if strings.Contains(string(out), "quot") {
					t.Errorf("an empty CDC parameter is written as quotes: %s", out)
				}
			}
		}
	}
}

func TestNormalized(t *testing.T) {
	got := Enrollment{Server: " http://a/\r\n", RootCAFingerprint: " 0a:0B 0c\n", ChallengePassword: secret.New(" p "), CommonName: "\tn "}.Normalized()
	want := Enrollment{Server: "http://a/", RootCAFingerprint: "0A0B0C", ChallengePassword: secret.New(" p "), CommonName: "n"}
	if !got.Equal(want) {
		t.Errorf("got %+v", got)
	}
	for in, want := range map[string]string{"": "", "aB:cD": "ABCD", "zz-é": "ZZ-é", "00 11\t22\r\n": "001122"} {
		if got := cdc.NormalizeFingerprint(in); got != want {
			t.Errorf("%q becomes %q", in, got)
		}
	}
}

func TestEmptyElements(t *testing.T) {
	const text = `<flat-profile><A/><B></B><C> </C><D>""</D><E>x</E></flat-profile>`
	for _, c := range []struct {
		name string
		opts []Option
		want string // the parameters that say what their value is
	}{
		{"by default", nil, `A="" B="" C="" D="\"\"" E="x"`},
		{"empty is default", []Option{EmptyIsDefault()}, `D="" E="x"`},
		{"self-closed is absent", []Option{SelfClosedIsAbsent()}, `B="" C="" D="\"\"" E="x"`},
	} {
		d := mustParse(t, text, c.opts...)
		var got []string
		for _, n := range []string{"A", "B", "C", "D", "E", "F"} {
			if v, ok := d.Get(n); ok {
				got = append(got, n+"="+strings.ReplaceAll(`"`+strings.ReplaceAll(v, `"`, `\"`)+`"`, "\n", ""))
			}
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %s", c.name, s)
		}
	}
}
