// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"slices"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// Enrollment checks the four parameters of an enrollment, each by itself and
// all together, before they are in a document: Start and End are -1. An
// enrollment that is empty asks for nothing and has no problems.
func Enrollment(e cfgxml.Enrollment, s Settings) []Problem {
	c := new(Run)
	c.start(&s)
	c.giveEnrollment(e)
	for _, v := range c.enrollment() {
		c.checkOne(v.Param, v.Text)
	}
	c.checkTogether()
	return c.problems
}

func (c *Run) giveEnrollment(e cfgxml.Enrollment) {
	for _, p := range cdc.Params() {
		c.give(p.Name, asRead(p.Name, p.Reveal(e)))
	}
}

// Field checks the value of one parameter by itself: the name, and whether the
// value suits what is known about it. Whatever lets a parameter in asks it:
// attributes, columns, options. A name that is not in the catalog is reported with
// the names it may have been meant to be. An empty value is no problem here. Start
// and End are -1.
func Field(param, value string, s Settings) []Problem {
	c := new(Run)
	c.start(&s)
	c.give(param, value)
	c.checkOne(param, value)
	return c.problems
}

// space is the white space the phone strips from a value.
const space = " \t\r\n"

// asRead removes the white space that the phone removes; the challenge keeps it,
// because there it is worth a problem.
func asRead(param, value string) string {
	if param == cdc.ParamChallengePassword {
		return value
	}
	return strings.Trim(value, space)
}

// given is the value of a parameter that is in no document.
func given(param, value string) Value {
	v := nowhere(param, asRead(param, value))
	v.fact = facts().of(param)
	return v
}

// checkOne applies the rules for a single value.
func (c *Run) checkOne(param, value string) {
	v := given(param, value)
	if v.fact.name == "" || v.fact.earlier {
		c.checkName(v)
	}
	if !v.IsSet() {
		return
	}
	for r := range c.settings.with(named) {
		if r.Value != nil && (len(r.Params) == 0 || slices.Contains(r.Params, param)) {
			r.Value(c.as(r), v)
		}
	}
	for _, r := range ofKind {
		if r.of(v.fact) {
			r.Value(c.as(r), v)
		}
	}
}

func (c *Run) checkName(v Value) {
	for _, r := range ofStrangers {
		r.stranger(c.as(r), nowhere(v.Param, ""))
	}
}
