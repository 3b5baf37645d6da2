// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/go-playground/validator/v10"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// paramTags are the tags that apply the rules for a parameter, and the parameters.
var paramTags = map[string]string{
	"cdc_server":      cdc.ParamServer,
	"cdc_fingerprint": cdc.ParamRootCAFingerprint,
	"cdc_challenge":   cdc.ParamChallengePassword,
	"cdc_common_name": cdc.ParamCommonName,
}

// otherTags are the tags for what is no parameter, and who reads it.
var otherTags = map[string]func(string) error{
	"mac":              func(s string) error { _, err := device.ParseMAC(s); return err },
	"phone_model":      func(s string) error { _, err := device.ParseModel(s); return err },
	"phone_firmware":   func(s string) error { _, err := ParseFirmware(s); return err },
	"phone_store_name": push.ValidName,
}

// New returns a validator of structs that knows, beside the tags of
// go-playground/validator:
//
//   - cdc_server, cdc_fingerprint, cdc_challenge and cdc_common_name: the rules for
//     the parameter, on strings, [secret.Text], [cdc.Server] and [cdc.Fingerprint];
//   - mac, phone_model, phone_firmware and phone_store_name: what [device.ParseMAC],
//     [device.ParseModel], [ParseFirmware] and [push.ValidName] accept;
//   - every [cdc.Enrollment] in a struct: the rules for its fields and across them.
//     It needs no tags, so other validators accept it as well.
//
// A value is wrong if a rule calls it an error; warnings and remarks are passed
// over, since a validator knows none. [Explain] says why a value is wrong.
func New() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	if err := Register(v, Settings{}); err != nil {
		panic("validate: " + err.Error()) // a test calls it
	}
	return v
}

// Register teaches another validator what one of [New] knows. It returns the
// error of [Settings.Check].
func Register(v *validator.Validate, s Settings) error {
	if v == nil {
		return errors.New("no validator given: use New")
	}
	if err := s.Check(); err != nil {
		return err
	}
	for tag, param := range paramTags {
		valid := func(f validator.FieldLevel) bool { return !HasErrors(Field(param, f.Field().String(), s)) }
		if err := v.RegisterValidation(tag, valid); err != nil {
			return err
		}
	}
	for tag, check := range otherTags {
		if err := v.RegisterValidation(tag, func(f validator.FieldLevel) bool { return check(f.Field().String()) == nil }); err != nil {
			return err
		}
	}
	v.RegisterCustomTypeFunc(func(f reflect.Value) any { return password(f.Interface().(secret.Text).Reveal()) }, secret.Text{})
	v.RegisterCustomTypeFunc(func(f reflect.Value) any { return f.Interface().(fmt.Stringer).String() }, cdc.Server{}, cdc.Fingerprint{}, device.MAC{})
	v.RegisterStructValidation(func(l validator.StructLevel) { reportEnrollment(l, s) }, cdc.Enrollment{})
	return nil
}

// reportEnrollment reports what is wrong with the fields of an enrollment, the
// rule as the tag and the message as its parameter.
func reportEnrollment(l validator.StructLevel, s Settings) {
	for _, p := range AtLeast(Enrollment(l.Current().Interface().(cdc.Enrollment), s), Error) {
		name := enrollmentFields[p.Param]
		l.ReportError(l.Current().FieldByName(name).Interface(), name, name, p.Rule, strings.TrimSuffix(p.Message+"\n"+p.Hint, "\n"))
	}
}

// enrollmentFields are the names of the fields by their parameters.
var enrollmentFields = func() map[string]string {
	names := map[string]string{}
	for f := range reflect.TypeFor[cdc.Enrollment]().Fields() {
		names[f.Tag.Get("cfgxml")] = f.Name
	}
	return names
}()

// Explain returns what the rules say of the fields that a validator of [New] found
// wrong, in the words of [Field] and [Enrollment]. A field that is wrong by a tag
// of another package has that tag as its Rule. Param is the path of the field, such
// as Request.Enrollment.Server. An error of another kind explains nothing.
func Explain(err error) []Problem {
	var wrong validator.ValidationErrors
	if !errors.As(err, &wrong) {
		return nil
	}
	var problems []Problem
	for _, f := range wrong {
		for _, p := range explain(f) {
			p.Param, p.Severity, p.Start, p.End = f.Namespace(), Error, -1, -1
			problems = append(problems, p)
		}
	}
	return problems
}

func explain(f validator.FieldError) []Problem {
	tag := f.ActualTag()
	value := text(f.Value())
	if param, ok := paramTags[tag]; ok {
		return AtLeast(Field(param, value, Settings{}), Error)
	}
	if check, ok := otherTags[tag]; ok {
		if err := check(value); err != nil {
			return []Problem{{Rule: tag, Message: err.Error()}}
		}
	}
	if _, ok := RuleByID(tag); ok {
		message, hint, _ := strings.Cut(f.Param(), "\n")
		return []Problem{{Rule: tag, Message: message, Hint: hint}}
	}
	return []Problem{{Rule: tag, Message: fmt.Sprintf("%s does not satisfy %s", f.Field(), strings.TrimSuffix(tag+"="+f.Param(), "="))}}
}

// text is the value of a field as the checks saw it.
func text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case password:
		return string(v)
	}
	return fmt.Sprint(value)
}

// password is a string that does not show in what is made of an error's value.
type password string

func (password) Format(f fmt.State, verb rune) { secret.Text{}.Format(f, verb) }

// MarshalText returns a mask.
func (password) MarshalText() ([]byte, error) { return secret.Text{}.MarshalText() }
