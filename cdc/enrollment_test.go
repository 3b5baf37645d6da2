// SPDX-License-Identifier: MPL-2.0

package cdc_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

func sample() cdc.Enrollment {
	return cdc.Enrollment{Server: "http://a/", RootCAFingerprint: sha1Print, ChallengePassword: secret.New("letmein"), CommonName: "$MAU"}
}

func TestIsParam(t *testing.T) {
	t.Parallel()
	typ := reflect.TypeFor[cdc.Enrollment]()
	for i, p := range cdc.Params() {
		if !cdc.IsParam(p.Name) || typ.Field(i).Tag.Get("cfgxml") != p.Name || p.Label == "" {
			t.Errorf("%+v", p.Name)
		}
		if p.Secret != (p.Name == cdc.ParamChallengePassword) {
			t.Errorf("%s: secret %v", p.Name, p.Secret)
		}
		var e cdc.Enrollment
		p.Set(&e, "x")
		if p.Reveal(e) != "x" || e.IsZero() || p.Reveal(cdc.Enrollment{}) != "" {
			t.Errorf("%s: %v", p.Name, e)
		}
		for _, q := range cdc.Params() {
			if q.Name != p.Name && q.Reveal(e) != "" {
				t.Errorf("%s sets %s", p.Name, q.Name)
			}
		}
	}
	for _, name := range []string{"", "CDC_", "CDC_Comon_Name_1_", "CDC_Server_2_", "cdc_server_1_", "CDC_Server_1"} {
		if cdc.IsParam(name) {
			t.Errorf("%q is taken for one", name)
		}
	}
}

func TestEnrollment(t *testing.T) {
	t.Parallel()
	e := sample()
	if !e.Equal(e) || e.IsZero() || !(cdc.Enrollment{}).IsZero() {
		t.Error("equal to itself")
	}
	for _, p := range cdc.Params() {
		other := sample()
		p.Set(&other, "other")
		if e.Equal(other) || other.Equal(e) {
			t.Errorf("another %s is not seen", p.Name)
		}
	}
	lower := sample()
	lower.RootCAFingerprint = strings.ToLower(lower.RootCAFingerprint)
	if e.Equal(lower) {
		t.Error("the phone compares text")
	}
	lower.Server, lower.CommonName = " http://a/\r\n", "\t$MAU "
	if !lower.Normalized().Equal(e) {
		t.Errorf("%v", lower.Normalized())
	}
	wrong := cdc.Enrollment{RootCAFingerprint: " zz ", ChallengePassword: secret.New(" p ")}.Normalized()
	if wrong.RootCAFingerprint != "zz" || wrong.ChallengePassword.Reveal() != " p " {
		t.Errorf("%v", wrong)
	}
	want := `CDC_Server_1_="http://a/" CDC_Root_CA_Fingerprint_1_="` + sha1Print + `" CDC_Challenge_Password_1_=(secret) CDC_Common_Name_1_="$MAU"`
	if got := fmt.Sprintf("%v", e); got != want {
		t.Errorf("%s", got)
	}
	if got := (cdc.Enrollment{CommonName: "x"}).String(); got != `CDC_Common_Name_1_="x"` {
		t.Errorf("%s", got)
	}
	s, f, err := e.Parse()
	if err != nil || s.Host() != "a" || f.String() != sha1Print {
		t.Errorf("%v, %v, %v", s, f, err)
	}
	if _, _, err := (cdc.Enrollment{Server: "https://a", RootCAFingerprint: "zz"}).Parse(); err == nil || !strings.Contains(err.Error(), "https") || !strings.Contains(err.Error(), "'z'") {
		t.Errorf("both faults: %v", err)
	}
}

func TestSame(t *testing.T) {
	t.Parallel()
	colons := separated(strings.ToLower(sha1Print), ":")
	for _, c := range []struct {
		name, a, b string
		same       bool
	}{
		{cdc.ParamRootCAFingerprint, sha1Print, colons, true},
		{cdc.ParamRootCAFingerprint, "zz", "zz", true},
		{cdc.ParamRootCAFingerprint, "zz", "ZZ", false},
		{cdc.ParamRootCAFingerprint, sha1Print, "zz", false},
		{cdc.ParamRootCAFingerprint, "zz", sha1Print, false},
		{cdc.ParamRootCAFingerprint, "", "", true},
		{cdc.ParamServer, sha1Print, colons, false},
		{cdc.ParamServer, "a", "a", true},
	} {
		if got := cdc.Same(c.name, c.a, c.b); got != c.same {
			t.Errorf("%s %q %q: %v", c.name, c.a, c.b, got)
		}
	}
	if got := cdc.Canonical(cdc.ParamRootCAFingerprint, colons); got != sha1Print {
		t.Error(got)
	}
	if got := cdc.Canonical(cdc.ParamCommonName, colons); got != colons {
		t.Error(got)
	}
	if got := cdc.Canonical(cdc.ParamRootCAFingerprint, "zz"); got != "zz" {
		t.Error(got)
	}
}

func TestIsPrintableString(t *testing.T) {
	t.Parallel()
	const all = "ABCXYZabcxyz0189 '()+,-./:=?"
	for c := rune(0); c < 0x180; c++ {
		want := c < 0x80 && ('A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || strings.ContainsRune(all, c))
		if got := cdc.IsPrintableString("a" + string(c)); got != want {
			t.Errorf("%q: %v", c, got)
		}
	}
	if !cdc.IsPrintableString("") {
		t.Error("nothing")
	}
}

// TestEnrollmentShowsNoPassword: an address may hold one.
func TestEnrollmentShowsNoPassword(t *testing.T) {
	t.Parallel()
	e := cdc.Enrollment{Server: "http://user:p@ssword99@scep.example.nl/scep"}
	if got := fmt.Sprintf("%v %+v %s", e, e, e); strings.Contains(got, "ssword") || !strings.Contains(got, "scep.example.nl") {
		t.Error(got)
	}
}
