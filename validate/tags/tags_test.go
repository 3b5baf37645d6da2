// SPDX-License-Identifier: MPL-2.0

package tags_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-playground/validator/v10"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
	"github.com/phonecfg/terraform-provider-ciscophone/validate/tags"
)

// A program's own request, checked with the tags of its own and those of the
// enrollment in it.
func ExampleRegister() {
	v := validator.New(validator.WithRequiredStructEnabled())
	if err := tags.Register(v, validate.Settings{}); err != nil {
		fmt.Println(err)
		return
	}
	request := struct {
		Phone      string `validate:"required,mac"`
		Enrollment cfgxml.Enrollment
	}{
		Phone:      "00:1a:2b:3c:4d:5e",
		Enrollment: cfgxml.Enrollment{Server: "https://scep.example.nl/"},
	}
	var wrong validator.ValidationErrors
	if err := v.Struct(request); errors.As(err, &wrong) {
		for _, e := range wrong {
			fmt.Println(e.StructField(), e.Tag())
		}
	}
	// Output:
	// Server cdc_server
	// RootCAFingerprint cdc-fingerprint-missing
}

const fingerprint = "7B1040870625C5B755D73F5925285F8F5FF5D501"

func newValidator(t *testing.T, s validate.Settings) *validator.Validate {
	t.Helper()
	v := validator.New(validator.WithRequiredStructEnabled())
	if err := tags.Register(v, s); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestEnrollment(t *testing.T) {
	t.Parallel()
	good := cfgxml.Enrollment{
		Server: "http://scep.example.nl/scep", RootCAFingerprint: fingerprint, ChallengePassword: secret.New("kV7fQ2mZx9Lc4RtB"), CommonName: "$MAU.example.nl",
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
		"https":                {e: with(func(e *cfgxml.Enrollment) { e.Server = "https://x/" }), want: "Server cdc_server"},
		"a server not allowed": {e: good, s: validate.Settings{AllowedServers: []string{"other.example.nl"}}, want: "Server cdc_server"},
		"19 bytes":             {e: with(func(e *cfgxml.Enrollment) { e.RootCAFingerprint = fingerprint[2:] }), want: "RootCAFingerprint cdc_fingerprint"},
		"an unknown macro":     {e: with(func(e *cfgxml.Enrollment) { e.CommonName = "$FOO" }), want: "CommonName cdc_common_name"},
		"a masked password":    {e: with(func(e *cfgxml.Enrollment) { e.ChallengePassword = secret.New("****") }), want: "ChallengePassword cdc_challenge"},
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
		Server: "http://scep.example.nl/scep", RootCAFingerprint: fingerprint, ChallengePassword: secret.New(masked),
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

func TestSettings(t *testing.T) {
	t.Parallel()
	if err := tags.Register(validator.New(), validate.Settings{Firmware: "new"}); err == nil {
		t.Error("a release that is none is taken")
	}
}
