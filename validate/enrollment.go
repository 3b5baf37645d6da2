// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// fieldChecks apply the rules for one parameter to a value that is not empty.
var fieldChecks = map[string]func(*pass, subject){
	cdc.ParamServer:            checkServer,
	cdc.ParamRootCAFingerprint: checkFingerprint,
	cdc.ParamChallengePassword: checkChallenge,
	cdc.ParamCommonName:        checkCommonName,
}

// Enrollment checks the four parameters of an enrollment, each by itself and
// all together, before they stand in a document: Start and End are -1. An
// enrollment that is empty asks for nothing and has no problems.
func Enrollment(e cfgxml.Enrollment, s Settings) []Problem {
	c := new(pass)
	c.start(&s)
	for _, p := range cdc.Params() {
		c.checkField(p.Name, p.Reveal(e))
	}
	checkEnrollment(c, enrollmentOf(e))
	return c.problems
}

// checkField applies one parameter's rules to a value that stands in no
// document. The phone strips white space; the challenge keeps it, because there
// it is worth a problem.
func (c *pass) checkField(param, value string) {
	if param != cdc.ParamChallengePassword {
		value = strings.Trim(value, space)
	}
	if value == "" {
		return
	}
	v := nowhere(param, value)
	checkExampleValue(c, v)
	fieldChecks[param](c, v)
}

// space is the white space the phone strips from a value.
const space = " \t\r\n"

// parts are the four parameters as the rules across them see them.
type parts struct {
	server, fingerprint, challenge, commonName subject
}

func enrollmentOf(e cfgxml.Enrollment) parts {
	return parts{
		server:      nowhere(cdc.ParamServer, strings.Trim(e.Server, space)),
		fingerprint: nowhere(cdc.ParamRootCAFingerprint, strings.Trim(e.RootCAFingerprint, space)),
		challenge:   nowhere(cdc.ParamChallengePassword, e.ChallengePassword.Reveal()),
		commonName:  nowhere(cdc.ParamCommonName, strings.Trim(e.CommonName, space)),
	}
}

// Field checks the value of one parameter by itself, as attribute checks need:
// the rules for the parameter if it is one of an enrollment, else whether the
// value suits what the catalogue knows about it. An unknown name is reported. An
// empty value is no problem here. Start and End are -1.
func Field(param, value string, s Settings) []Problem {
	c := new(pass)
	c.start(&s)
	if cdc.IsParam(param) {
		c.checkField(param, value)
	} else {
		c.checkParameter(param, value)
	}
	return c.problems
}
