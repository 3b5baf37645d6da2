// SPDX-License-Identifier: MPL-2.0

package validate_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-playground/validator/v10"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

const rootFingerprint = "7B1040870625C5B755D73F5925285F8F5FF5D501"

func newValidator(t *testing.T, s validate.Settings) *validator.Validate {
	t.Helper()
	v := validator.New(validator.WithRequiredStructEnabled())
	if err := validate.Register(v, s); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestValidatorEnrollment(t *testing.T) {
	t.Parallel()
	good := cfgxml.Enrollment{
		Server: "http://scep.example.nl/scep", RootCAFingerprint: rootFingerprint, ChallengePassword: secret.New("kV7fQ2mZx9Lc4RtB"), CommonName: "$MAU.example.nl",
	}
	with := func(change func(*cfgxml.Enrollment)) cfgxml.Enrollment {
		e := good
		change(&e)
		return e
	}
	for name, c := range map[string]struct {
		e    cfgxml.Enrollment
		s    validate.Settings
		want string // FIELD TAG, …
	}{
		"nothing":              {},
		"all four":             {e: good},
		"https":                {e: with(func(e *cfgxml.Enrollment) { e.Server = "https://x/" }), want: "Server cdc-server-scheme"},
		"a server not allowed": {e: good, s: validate.Settings{AllowedServers: []string{"other.example.nl"}}, want: "Server cdc-server-allowed"},
		"19 bytes":             {e: with(func(e *cfgxml.Enrollment) { e.RootCAFingerprint = rootFingerprint[2:] }), want: "RootCAFingerprint cdc-fingerprint-length"},
		"an unknown macro":     {e: with(func(e *cfgxml.Enrollment) { e.CommonName = "$FOO" }), want: "CommonName cdc-common-name-macro"},
		"a masked password":    {e: with(func(e *cfgxml.Enrollment) { e.ChallengePassword = secret.New("****") }), want: "ChallengePassword cdc-challenge-masked"},
		"a common name alone":  {e: cfgxml.Enrollment{CommonName: "$MAU"}, want: "Server cdc-server-missing, RootCAFingerprint cdc-fingerprint-missing"},
		"a warning only":       {e: good, s: validate.Settings{Firmware: "3.1(1)"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			var wrong validator.ValidationErrors
			if err := newValidator(t, c.s).Struct(c.e); err != nil && !errors.As(err, &wrong) {
				t.Fatal(err)
			}
			for _, e := range wrong {
				got = append(got, e.StructField()+" "+e.Tag())
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			if problems := validate.Enrollment(c.e, c.s); validate.HasErrors(problems) != (len(wrong) > 0) {
				t.Errorf("%v of the tags, and of the rules %v", wrong, problems)
			}
		})
	}
}

// TestPasswordHidden: whatever a program prints of an error, the password is not
// in it.
func TestPasswordHidden(t *testing.T) {
	t.Parallel()
	masked := strings.Repeat("*", 9) // the one kind of password that is an error
	err := newValidator(t, validate.Settings{}).Struct(cfgxml.Enrollment{
		Server: "http://scep.example.nl/scep", RootCAFingerprint: rootFingerprint, ChallengePassword: secret.New(masked),
	})
	var wrong validator.ValidationErrors
	if !errors.As(err, &wrong) || len(wrong) != 1 {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(map[string]any{"value": wrong[0].Value()})
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%v %+v %#v %s %q %d %x %s", wrong, wrong[0], wrong[0].Value(), wrong[0].Value(), wrong[0].Value(), wrong[0].Value(), wrong[0].Value(), asJSON); strings.Contains(text, masked) {
		t.Error(text)
	}
}

// TestEveryTag: each parameter has one tag, and the struct has none, so that it
// cannot make a validator panic that does not know them.
func TestEveryTag(t *testing.T) {
	t.Parallel()
	var fields []string
	for f := range reflect.TypeFor[cfgxml.Enrollment]().Fields() {
		fields = append(fields, f.Name)
		if tag, ok := f.Tag.Lookup("validate"); ok {
			t.Errorf("%s has the tag %q", f.Name, tag)
		}
	}
	if err := validator.New().Struct(struct{ E cfgxml.Enrollment }{cfgxml.Enrollment{Server: "https://x"}}); err != nil {
		t.Errorf("somebody else's validator: %v", err)
	}
	// A tag that is not registered makes validator panic.
	_ = newValidator(t, validate.Settings{}).Struct(cfgxml.Enrollment{Server: "x", RootCAFingerprint: "x", ChallengePassword: secret.New("x"), CommonName: "x"})
	if want := []string{"Server", "RootCAFingerprint", "ChallengePassword", "CommonName"}; !slices.Equal(fields, want) {
		t.Errorf("the fields are %q, of which across reads %q", fields, want)
	}
}

func TestValidatorSettings(t *testing.T) {
	t.Parallel()
	if err := validate.Register(validator.New(), validate.Settings{Firmware: "new"}); err == nil {
		t.Error("a release that is none is taken")
	}
}

// A field of a request is judged by its tag, and Explain says what Field says.
func TestTagsOnRequests(t *testing.T) {
	t.Parallel()
	type request struct {
		Server      string      `validate:"omitempty,cdc_server"`
		Fingerprint string      `validate:"omitempty,cdc_fingerprint"`
		Challenge   secret.Text `validate:"omitempty,cdc_challenge"`
		Name        string      `validate:"omitempty,cdc_common_name"`
		MAC         string      `validate:"omitempty,mac"`
		Model       string      `validate:"omitempty,phone_model"`
		Firmware    string      `validate:"omitempty,phone_firmware"`
		File        string      `validate:"omitempty,phone_store_name"`
		Count       int         `validate:"omitempty,min=3"`
	}
	v := validate.New()
	right := request{
		Server: "http://scep.example.nl/scep", Fingerprint: rootFingerprint, Challenge: secret.New("kV7fQ2mZx9Lc4RtB"), Name: "$MAU",
		MAC: "001a.2b3c.4d5e", Model: "9871", Firmware: "3.5(1)", File: "site-a/SEP001A2B3C4D5E.xml", Count: 3,
	}
	if err := v.Struct(right); err != nil {
		t.Errorf("a request without faults: %v", err)
	}
	if err := v.Struct(request{}); err != nil {
		t.Errorf("an empty request: %v", err)
	}
	for want, wrong := range map[string]request{
		"request.Server: cdc-server-scheme: " + validate.Field(cdc.ParamServer, "https://x.example.nl", validate.Settings{})[0].Message: {Server: "https://x.example.nl"},
		"request.Fingerprint: cdc-fingerprint-length":      {Fingerprint: "7B10"},
		"request.Challenge: cdc-challenge-masked":          {Challenge: secret.New("****")},
		"request.Name: cdc-common-name-macro":              {Name: "$NOPE"},
		"request.MAC: mac: MAC address \"00:1\"":           {MAC: "00:1"},
		"request.Model: phone_model: unknown phone model":  {Model: "8841"},
		"request.Firmware: phone_firmware":                 {Firmware: "latest"},
		"request.File: phone_store_name":                   {File: "../x.xml"},
		"request.Count: min: Count does not satisfy min=3": {Count: 1},
	} {
		problems := validate.Explain(v.Struct(wrong))
		if len(problems) != 1 || problems[0].Severity != validate.Error {
			t.Errorf("%s: %v", want, problems)
			continue
		}
		if p := problems[0]; !strings.HasPrefix(p.Param+": "+p.Rule+": "+p.Message, want) {
			t.Errorf("%s: %s: %s, want %s", p.Param, p.Rule, p.Message, want)
		}
	}
	if validate.Explain(errors.New("other")) != nil || validate.Explain(nil) != nil {
		t.Error("an error of another kind is explained")
	}
}

// Each rule has one message, whichever way it is asked.
func TestOneMessage(t *testing.T) {
	t.Parallel()
	e := cfgxml.Enrollment{Server: "https://scep.example.nl/", RootCAFingerprint: "7B10", ChallengePassword: secret.New("****"), CommonName: "$NOPE"}
	d, err := cfgxml.Parse([]byte("<flat-profile><CDC_Server_1_>https://scep.example.nl/</CDC_Server_1_><CDC_Root_CA_Fingerprint_1_>7B10</CDC_Root_CA_Fingerprint_1_><CDC_Challenge_Password_1_>****</CDC_Challenge_Password_1_><CDC_Common_Name_1_>$NOPE</CDC_Common_Name_1_></flat-profile>"))
	if err != nil {
		t.Fatal(err)
	}
	words := func(problems []validate.Problem) string {
		var lines []string
		for _, p := range validate.AtLeast(problems, validate.Error) {
			lines = append(lines, p.String()+" / "+p.Hint)
		}
		slices.Sort(lines)
		return strings.Join(lines, "\n")
	}
	want := words(validate.Document(d, validate.Settings{}))
	if got := words(validate.Enrollment(e, validate.Settings{})); got != want || strings.Count(want, "\n") != 3 {
		t.Errorf("Enrollment says\n%s\nand Document\n%s", got, want)
	}
	if got := words(validate.Explain(validate.New().Struct(e))); got != want {
		t.Errorf("Explain says\n%s\nand Document\n%s", got, want)
	}
	var fields []validate.Problem
	for _, p := range cdc.Params() {
		fields = append(fields, validate.Field(p.Name, p.Reveal(e), validate.Settings{})...)
	}
	if got := words(fields); got != want {
		t.Errorf("Field says\n%s\nand Document\n%s", got, want)
	}
}
