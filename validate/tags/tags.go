// SPDX-License-Identifier: MPL-2.0

// Package tags makes go-playground/validator apply the rules of package validate
// to [cfgxml.Enrollment]: for programs that check their own structs by tags, with
// an Enrollment somewhere in them.
//
//	v := validator.New(validator.WithRequiredStructEnabled())
//	if err := tags.Register(v, validate.Settings{}); err != nil { … }
//	err := v.Struct(request) // validator.ValidationErrors
//
// A field is wrong if a rule calls its value an error; warnings and remarks are
// passed over, since validator knows none. Why a value is wrong tells
// [validate.Field] or [validate.Enrollment], which need no validator. A password
// shows in no validation error.
package tags

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/go-playground/validator/v10"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// parameters are the tags and the parameters they are about.
var parameters = map[string]string{
	"cdc_server":      cdc.ParamServer,
	"cdc_fingerprint": cdc.ParamRootCAFingerprint,
	"cdc_challenge":   cdc.ParamChallengePassword,
	"cdc_common_name": cdc.ParamCommonName,
}

// Register teaches v the tags cdc_server, cdc_fingerprint, cdc_challenge and
// cdc_common_name, for string fields and fields of [secret.Text], and what makes
// a [cfgxml.Enrollment] valid, which has no tags itself. Of an enrollment the
// error's tag is that of the field, or the rule's id where the fields do not go
// together. It fails for settings that could not be followed; see
// [validate.Settings.Check].
func Register(v *validator.Validate, s validate.Settings) error {
	if v == nil {
		return errors.New("no validator given: use validator.New()")
	}
	if err := s.Check(); err != nil {
		return err
	}
	for tag, param := range parameters {
		valid := func(f validator.FieldLevel) bool {
			return !validate.HasErrors(validate.Field(param, f.Field().String(), s))
		}
		if err := v.RegisterValidation(tag, valid); err != nil {
			return err
		}
	}
	v.RegisterCustomTypeFunc(func(f reflect.Value) any { return password(f.Interface().(secret.Text).Reveal()) }, secret.Text{})
	v.RegisterStructValidation(func(l validator.StructLevel) { enrollment(l, s) }, cfgxml.Enrollment{})
	return nil
}

// enrollment reports what the rules find wrong with the fields, each alone and
// together.
func enrollment(l validator.StructLevel, s validate.Settings) {
	e := l.Current().Interface().(cfgxml.Enrollment)
	report := func(param, tag string) {
		field := fields[param]
		l.ReportError(l.Current().FieldByName(field).Interface(), field, field, tag, "")
	}
	alone := map[string]bool{} // rules that a field breaks alone
	for _, p := range cdc.Params() {
		problems := validate.Field(p.Name, p.Reveal(e), s)
		for _, problem := range problems {
			alone[problem.Rule] = true
		}
		if validate.HasErrors(problems) {
			report(p.Name, tags[p.Name])
		}
	}
	for _, p := range validate.Enrollment(e, s) {
		if p.Severity == validate.Error && !alone[p.Rule] {
			report(p.Param, p.Rule)
		}
	}
}

// tags are the tags by their parameters.
var tags = func() map[string]string {
	out := map[string]string{}
	for tag, param := range parameters {
		out[param] = tag
	}
	return out
}()

// fields are the names of the fields by their parameters.
var fields = func() map[string]string {
	names := map[string]string{}
	for f := range reflect.TypeFor[cfgxml.Enrollment]().Fields() {
		names[f.Tag.Get("cfgxml")] = f.Name
	}
	return names
}()

// password is a string that does not show in what is made of an error's value.
type password string

func (password) Format(f fmt.State, verb rune) { secret.Text{}.Format(f, verb) }
func (password) MarshalText() ([]byte, error)  { return secret.Text{}.MarshalText() }
