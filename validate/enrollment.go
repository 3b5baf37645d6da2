// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"context"
	"reflect"
	"strings"
	"sync"

	"github.com/go-playground/validator/v10"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// fieldChecks are the meanings of the validate tags on [cfgxml.Enrollment].
// Each applies the rules for one parameter to a value that is not empty.
var fieldChecks = [...]struct {
	tag, param string
	check      func(*pass, subject)
}{
	{"cdc_server", cfgxml.ParamServer, checkServer},
	{"cdc_fingerprint", cfgxml.ParamRootCAFingerprint, checkFingerprint},
	{"cdc_challenge", cfgxml.ParamChallengePassword, checkChallenge},
	{"cdc_common_name", cfgxml.ParamCommonName, checkCommonName},
}

// Enrollment checks the four parameters of an enrollment, each by itself and
// all together, before they stand in a document: Start and End are -1. An
// enrollment that is empty asks for nothing and has no problems.
func Enrollment(e cfgxml.Enrollment, s Settings) []Problem {
	c := new(pass)
	c.start(&s)
	// The tags' functions report to the pass and accept everything, so the
	// only error left would be a tag that has no meaning.
	if err := structValidator().StructCtx(context.WithValue(context.Background(), passKey{}, c), e); err != nil {
		panic("validate: cfgxml.Enrollment has a tag without a meaning")
	}
	return c.problems
}

// passKey is under which the tags' functions find their pass in the context.
type passKey struct{}

// structValidator is made once, on first use: it costs more than a check.
var structValidator = sync.OnceValue(func() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	for _, f := range fieldChecks {
		err := v.RegisterValidationCtx(f.tag, func(ctx context.Context, fl validator.FieldLevel) bool {
			c := ctx.Value(passKey{}).(*pass)
			c.checkField(f.check, f.param, fl.Field().String())
			return true
		})
		if err != nil {
			panic("validate: tag " + f.tag + ": " + err.Error())
		}
	}
	v.RegisterCustomTypeFunc(func(f reflect.Value) any {
		return f.Interface().(cfgxml.Secret).Reveal()
	}, cfgxml.Secret{})
	v.RegisterStructValidationCtx(func(ctx context.Context, sl validator.StructLevel) {
		e := sl.Current().Interface().(cfgxml.Enrollment)
		checkEnrollment(ctx.Value(passKey{}).(*pass), enrollmentOf(e))
	}, cfgxml.Enrollment{})
	return v
})

// checkField applies one parameter's rules to a value that stands in no
// document. The phone strips white space; the challenge keeps it, because there
// it is worth a problem.
func (c *pass) checkField(check func(*pass, subject), param, value string) {
	if param != cfgxml.ParamChallengePassword {
		value = strings.Trim(value, space)
	}
	if value == "" {
		return
	}
	v := nowhere(param, value)
	checkExampleValue(c, v)
	check(c, v)
}

// space is the white space the phone strips from a value.
const space = " \t\r\n"

// parts are the four parameters as the rules across them see them.
type parts struct {
	server, fingerprint, challenge, commonName subject
}

func enrollmentOf(e cfgxml.Enrollment) parts {
	return parts{
		server:      nowhere(cfgxml.ParamServer, strings.Trim(e.Server, space)),
		fingerprint: nowhere(cfgxml.ParamRootCAFingerprint, strings.Trim(e.RootCAFingerprint, space)),
		challenge:   nowhere(cfgxml.ParamChallengePassword, e.ChallengePassword.Reveal()),
		commonName:  nowhere(cfgxml.ParamCommonName, strings.Trim(e.CommonName, space)),
	}
}

// Field checks the value of one parameter by itself, as attribute checks need:
// the rules for the parameter if it is one of an enrollment, else whether the
// value suits what the catalogue knows about it. An unknown name is reported. An
// empty value is no problem here. Start and End are -1.
func Field(param, value string, s Settings) []Problem {
	c := new(pass)
	c.start(&s)
	for _, f := range fieldChecks {
		if f.param == param {
			c.checkField(f.check, param, value)
			return c.problems
		}
	}
	c.checkParameter(param, value)
	return c.problems
}
