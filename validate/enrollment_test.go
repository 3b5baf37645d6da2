// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"pgregory.net/rapid"
)

func testEnrollment(t *testing.T, e cfgxml.Enrollment, s Settings, rules string) {
	t.Helper()
	if got := Enrollment(e, s); ids(got) != rules {
		t.Errorf("%+v: rules %q, want %q: %v", e, ids(got), rules, got)
	}
}

// Nothing set is the default of all four and asks for nothing.
func TestEmptyEnrollment(t *testing.T) {
	t.Parallel()
	all := Settings{Firmware: "3.0(1)", CertificateLifetime: time.Hour, AllowedServers: []string{"x"}, Identity: phone(t)}
	testEnrollment(t, cfgxml.Enrollment{}, all, "")
	testEnrollment(t, cfgxml.Enrollment{Server: " \n", CommonName: "\t"}, all, "")
	testEnrollment(t, good, Settings{}, "")
}

func TestS14ServerIsMandatory(t *testing.T) {
	t.Parallel()
	testEnrollment(t, cfgxml.Enrollment{RootCAFingerprint: sha256Print}, Settings{}, "cdc-server-missing")
	testEnrollment(t, cfgxml.Enrollment{RootCAFingerprint: sha256Print, CommonName: "$MAU"}, Settings{}, "cdc-server-missing")
	testEnrollment(t, cfgxml.Enrollment{RootCAFingerprint: sha256Print, ChallengePassword: good.ChallengePassword}, Settings{},
		"cdc-server-missing")
}

func TestS15FingerprintIsMandatory(t *testing.T) {
	t.Parallel()
	testEnrollment(t, cfgxml.Enrollment{Server: good.Server}, Settings{}, "cdc-fingerprint-missing")
	got := Enrollment(cfgxml.Enrollment{CommonName: "$MAU"}, Settings{})
	if ids(got) != "cdc-server-missing cdc-fingerprint-missing" || !HasErrors(got) {
		t.Errorf("a common name alone: %v", got)
	}
	for _, p := range got {
		if !strings.Contains(p.Message, "CDC_Common_Name_1_ is set") || p.Param == cdc.ParamCommonName {
			t.Errorf("the problem should name what is set and be about what is not: %+v", p)
		}
	}
}

func TestS16ChallengeIsOptional(t *testing.T) {
	t.Parallel()
	e := good
	e.ChallengePassword = secret.Text{}
	testEnrollment(t, e, Settings{}, "cdc-challenge-empty")
	e.ChallengePassword = secret.New("********")
	testEnrollment(t, e, Settings{}, "cdc-challenge-masked")
}

// The common name is optional: the MIC's is used then.
func TestS25CommonNameIsOptional(t *testing.T) {
	t.Parallel()
	e := good
	e.CommonName = ""
	testEnrollment(t, e, Settings{Firmware: "3.2(1)", Identity: phone(t)}, "")
}

// It can be set along with the parameters that install the certificate, with
// macros or as the name of one phone.
func TestS26CommonNameCanBeSet(t *testing.T) {
	t.Parallel()
	id := phone(t)
	for _, name := range []string{"$MAU.example.nl", "CP-9871-SEP$(MAU)", id.CommonName("example.nl"), "reception.example.nl"} {
		e := good
		e.CommonName = name
		testEnrollment(t, e, Settings{Firmware: "3.5(1)", Identity: id}, "")
	}
}

func TestFirmwareRules(t *testing.T) {
	t.Parallel()
	for firmware, rules := range map[string]string{
		"": "", "3.5(1)": "", "PhoneOS.3-6-1-0001": "", "5.0(1)": "", "nonsense": "",
		"3.4(1)": "cdc-common-name-firmware", "3.2(1)": "cdc-common-name-firmware",
		"3.1(1)": "cdc-firmware", "3.0(1)": "cdc-firmware",
	} {
		testEnrollment(t, good, Settings{Firmware: firmware}, rules)
	}
}

func TestLifetimeRule(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for life, rules := range map[time.Duration]string{
		0: "", 365 * day: "", 15*day + time.Second: "",
		15 * day: "cdc-certificate-lifetime", time.Hour: "cdc-certificate-lifetime",
	} {
		testEnrollment(t, good, Settings{CertificateLifetime: life}, rules)
	}
}

var draw = rapid.Custom(func(t *rapid.T) cfgxml.Enrollment {
	of := func(name string, values ...string) string { return rapid.SampledFrom(values).Draw(t, name) }
	return cfgxml.Enrollment{
		Server:            of("server", "", good.Server, "https://x", "http://u:p@h/?q", "10.20.30.40", "localhost", "a&b", "http://10.79.57.91"),
		RootCAFingerprint: of("fingerprint", "", sha1Print, sha256Print, "7b:10", "xyz", "00:00", sha256Print+sha1Print),
		ChallengePassword: secret.New(of("challenge", "", "kV7fQ2mZx9Lc4RtB", "****", "short", "a<&>\"'b-long", "pässwörd-77")),
		CommonName:        of("name", "", "$MAU.example.nl", "$NO", "$MAC", strings.Repeat("x", 65), "$UID1.ab", "a,b", "SEP001A2B3C4D5F", "x<$MAU&>"),
	}
})

// The struct and the document give the same problems, apart from
// positions and order.
func TestEnrollmentAgreesWithDocument(t *testing.T) {
	t.Parallel()
	id := phone(t)
	rapid.Check(t, func(rt *rapid.T) {
		e := draw.Draw(rt, "enrollment")
		s := Settings{
			Firmware:            rapid.SampledFrom([]string{"", "3.1(1)", "3.4(1)", "3.5(1)"}).Draw(rt, "firmware"),
			AllowedServers:      rapid.SampledFrom([][]string{nil, {"*.example.nl"}}).Draw(rt, "allowed"),
			CertificateLifetime: rapid.SampledFrom([]time.Duration{0, time.Hour}).Draw(rt, "life"),
			Identity:            rapid.SampledFrom([]*device.Identity{nil, id}).Draw(rt, "identity"),
		}
		d := parse(t, "<flat-profile>\n<CDC_Server_1_ ua=\"na\"/>\n</flat-profile>")
		if !e.ChallengePassword.Masked() {
			out, err := d.WithEnrollment(e)
			if err != nil {
				rt.Fatal(err)
			}
			d = out
		} else {
			out, err := d.Edit(cfgxml.Set(cdc.ParamServer, e.Server), cfgxml.Set(cdc.ParamRootCAFingerprint, e.RootCAFingerprint), cfgxml.Set(cdc.ParamCommonName, e.CommonName))
			if err != nil {
				rt.Fatal(err)
			}
			d = parse(t, strings.Replace(string(out.Bytes()), "</flat-profile>", "<CDC_Challenge_Password_1_>****</CDC_Challenge_Password_1_>\n</flat-profile>", 1))
		}
		all := Enrollment(e, s)
		if e.ChallengePassword.IsZero() { // a document without the element leaves the phone the password it has
			all = slices.DeleteFunc(all, func(p Problem) bool { return p.Rule == ruleChallengeEmpty.ID })
		}
		want, got := summary(all), summary(Document(d, s))
		if got != want {
			rt.Fatalf("document:\n%s\nenrollment:\n%s\n%s", got, want, d.Bytes())
		}
	})
}

// summary lists problems without positions, sorted.
func summary(problems []Problem) string {
	all := make([]Problem, len(problems))
	for i, p := range problems {
		p.Start, p.End = 0, 0
		all[i] = p
	}
	sortProblems(all)
	var b strings.Builder
	for _, p := range all {
		b.WriteString(p.String() + " | " + p.Hint + " | " + p.Param + "\n")
	}
	return b.String()
}

// Each field of cfgxml.Enrollment reaches the same checks as Field.
func TestEnrollmentAgreesWithField(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		e := draw.Draw(rt, "enrollment")
		all := summary(Enrollment(e, Settings{}))
		for param, value := range map[string]string{
			cdc.ParamServer: e.Server, cdc.ParamRootCAFingerprint: e.RootCAFingerprint,
			cdc.ParamChallengePassword: e.ChallengePassword.Reveal(), cdc.ParamCommonName: e.CommonName,
		} {
			for line := range strings.Lines(summary(Field(param, value, Settings{}))) {
				if !strings.Contains(all, line) {
					rt.Fatalf("Field(%s) says %q, Enrollment does not: %s", param, line, all)
				}
			}
		}
	})
}

// The table and the struct's fields are in one order, and each parameter has
// rules.
func TestFieldsHaveChecks(t *testing.T) {
	t.Parallel()
	typ := reflect.TypeFor[cfgxml.Enrollment]()
	for i, p := range cdc.Params() {
		if field := typ.Field(i); field.Tag.Get("cfgxml") != p.Name {
			t.Errorf("%s is parameter %q, the table has %q", field.Name, field.Tag.Get("cfgxml"), p.Name)
		}
		if !slices.ContainsFunc(rules, func(r *Rule) bool { return r.Value != nil && slices.Contains(r.Params, p.Name) }) {
			t.Errorf("no rule looks at %s", p.Name)
		}
	}
}
