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
	if string(out.Bytes()) != want {
		t.Errorf("got %s", out.Bytes())
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
	if !out.Enrollment().Equal(Enrollment{Server: "http://b/"}) || out.Len() != 5 {
		t.Errorf("got %s", out.Bytes())
	}
	if out, err = d.WithEnrollment(Enrollment{}); err != nil || out != d {
		t.Errorf("nothing to set gives %s, %v", out.Bytes(), err)
	}
}

func TestWithEnrollmentRefuses(t *testing.T) {
	d := mustParse(t, "<flat-profile><CDC_Challenge_Password_1_>*****</CDC_Challenge_Password_1_></flat-profile>")
	if out, err := d.WithEnrollment(d.Enrollment()); !errors.Is(err, secret.ErrMask) || out != nil {
		t.Errorf("a mask is written back: %q, %v", out.Bytes(), err)
	}
	var typed *EditError
	for _, e := range []Enrollment{{Server: "http://a/ "}, {CommonName: "a\nb"}, {ChallengePassword: secret.New("a\x00")}, {RootCAFingerprint: "\t0A"}} {
		if _, err := d.WithEnrollment(e); !errors.As(err, &typed) || !cdc.IsParam(typed.Name) {
			t.Errorf("%+v: %v", e, err)
		}
	}
}

// What is to stay is named; a mask never means it.
func TestWithEnrollmentKeeps(t *testing.T) {
	export := mustParse(t, "<flat-profile>\n<CDC_Server_1_>http://a/</CDC_Server_1_>\n<CDC_Challenge_Password_1_>*****</CDC_Challenge_Password_1_>\n</flat-profile>\n")
	e := export.Enrollment()
	e.Server = "http://b/"
	if _, err := export.WithEnrollment(e); !errors.Is(err, secret.ErrMask) {
		t.Errorf("a mask is taken: %v", err)
	}
	out, err := export.WithEnrollment(e, cdc.ParamChallengePassword)
	if want := strings.Replace(string(export.Bytes()), "http://a/", "http://b/", 1); err != nil || string(out.Bytes()) != want {
		t.Errorf("got %s, %v", out.Bytes(), err)
	}
	all := []string{cdc.ParamServer, cdc.ParamRootCAFingerprint, cdc.ParamChallengePassword, cdc.ParamCommonName}
	if out, err := export.WithEnrollment(sampleEnrollment, all...); err != nil || out != export {
		t.Errorf("keeping all gives %s, %v", out.Bytes(), err)
	}
	var typed *EditError
	for _, keep := range [][]string{{"Station_Name"}, {""}, {cdc.ParamServer, cdc.ParamServer}} {
		if _, err := export.WithEnrollment(Enrollment{}, keep...); !errors.As(err, &typed) || typed.Name != keep[0] {
			t.Errorf("%q: %v", keep, err)
		}
	}
}

func TestNormalized(t *testing.T) {
	got := Enrollment{Server: " http://a/\r\n", RootCAFingerprint: " 12:04:08:70:62:5c:5b:75:5d:73:f5:92:52:85:f8:f5:ff:5d:55:af\n", ChallengePassword: secret.New(" p "), CommonName: "\tn "}.Normalized()
	want := Enrollment{Server: "http://a/", RootCAFingerprint: "12040870625C5B755D73F5925285F8F5FF5D55AF", ChallengePassword: secret.New(" p "), CommonName: "n"}
	if !got.Equal(want) {
		t.Errorf("got %+v", got)
	}
}
