// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"fmt"
	"slices"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// Run is one application of the rules to values or documents. A rule asks it for
// the values of parameters and reports to it what it finds.
type Run struct {
	settings *Settings
	firmware Firmware // zero if unknown
	rule     *Rule    // at work
	problems []Problem

	docs  []*cfgxml.Document // none where values are checked without a document
	doc   *cfgxml.Document   // at hand
	layer int                // its number
	slots []slot             // what the documents together say, by the numbers of the facts

	given     map[string]Value        // what is checked without a document
	seen      []int32                 // by fact: 1 + offset of the last parameter of that name in the document
	after     []int32                 // by fact: the fact that followed it last time, a guess
	named     map[string]cfgxml.Param // by name: the last parameter of a name that is not in the catalog
	strangers []cfgxml.Param          // parameters that 9800 and 8875 phones are not known to have
	count     counts
	tag       tag                    // at hand
	suspect   suspect                // at hand
	server    parsedServer           // looked at last
	searches  int                    // for names like an unknown one
	line      struct{ from, to int } // see lineEnd
}

// slot holds one of the parameters that rules look at by name.
type slot struct {
	param cfgxml.Param
	layer int
	value Value
	known bool // value was made
}

// counts are the totals of one document that decide about it as a whole.
type counts struct {
	known, earlier, unknown int
	empty                   int          // empty elements of parameters that have choices
	firstEmpty              cfgxml.Param // the first of them
}

// start makes c ready for a run under the settings.
func (c *Run) start(s *Settings) {
	c.settings = s
	if s.Firmware != "" {
		c.firmware, _ = ParseFirmware(s.Firmware) // Settings.Check reports it
	}
}

// Settings returns the settings of the run.
func (c *Run) Settings() Settings {
	if c.settings == nil {
		return Settings{}
	}
	return *c.settings
}

// Value returns what the phone reads for a parameter: the last element of that
// name in the last document that has one. Without one it is empty.
func (c *Run) Value(param string) Value {
	if c.docs == nil {
		if v, ok := c.given[param]; ok {
			return v
		}
		return nowhere(param, "")
	}
	i, ok := facts().slots[param]
	if !ok {
		return c.lookup(param)
	}
	s := &c.slots[i]
	if !s.known {
		s.known = true
		if s.value = nowhere(param, ""); s.param.RawName() != nil {
			s.value = valueNamed(s.param, param)
		}
		s.value.layer, s.value.fact = s.layer, facts().of(param)
	}
	return s.value
}

// lookup finds a parameter that only a site's rule asks for.
func (c *Run) lookup(param string) Value {
	for layer, d := range slices.Backward(c.docs) {
		if p, ok := d.Lookup(param); ok {
			v := valueNamed(p, param)
			v.layer, v.fact = layer, facts().of(param)
			return v
		}
	}
	return given(param, "")
}

// give sets a parameter's value where there is no document.
func (c *Run) give(param, value string) {
	if c.given == nil {
		c.given = make(map[string]Value, 4)
	}
	c.given[param] = given(param, value)
}

// yes and no report whether a parameter has that value.
func (c *Run) yes(param string) bool { return c.Value(param).Is("Yes") }
func (c *Run) no(param string) bool  { return c.Value(param).Is("No") }

// isSet reports whether a parameter has a value.
func (c *Run) isSet(param string) bool { return c.Value(param).IsSet() }

// enrollment returns the values of the four parameters, in the order in which
// [cdc.Enrollment] has them.
func (c *Run) enrollment() [4]Value {
	return [4]Value{c.Value(cdc.ParamServer), c.Value(cdc.ParamRootCAFingerprint), c.Value(cdc.ParamChallengePassword), c.Value(cdc.ParamCommonName)}
}

// Report adds a problem of the rule at work about v. The message says on one
// line, in lower case, what is wrong, the hint what would be right. A message must
// not quote a secret.
func (c *Run) Report(v Value, hint, format string, args ...any) { c.report(v, hint, format, args...) }

// report is Report and returns the problem, so that a fix can be added; nil if
// the settings disable the rule. The message is made here, so that it costs
// nothing where nothing is wrong.
func (c *Run) report(v Value, hint, format string, args ...any) *Problem {
	if c.settings == nil || c.rule == nil { // a Run that nothing has started
		return nil
	}
	severity := c.settings.severity(c.rule)
	if severity == 0 {
		return nil
	}
	c.problems = append(c.problems, Problem{
		Rule: c.rule.ID, Severity: severity, Message: fmt.Sprintf(format, args...), Hint: hint,
		Param: v.Param, Layer: v.layer, Start: v.start, End: v.end,
	})
	return &c.problems[len(c.problems)-1]
}

// reportAtMost is report for a finding that matters less than others of the rule,
// unless the settings say how much the rule's findings matter.
func (c *Run) reportAtMost(severity Severity, v Value, hint, format string, args ...any) {
	p := c.report(v, hint, format, args...)
	if _, set := c.settings.Severities[c.rule.ID]; p != nil && !set {
		p.Severity = min(p.Severity, severity)
	}
}

// as makes r the rule at work.
func (c *Run) as(r *Rule) *Run {
	c.rule = r
	return c
}

// checkValues applies the rules that look at single parameters by name, then
// those that look at several together.
func (c *Run) checkValues() {
	for r := range c.settings.with(named) {
		if r.Value == nil {
			continue
		}
		for _, param := range r.Params {
			if v := c.Value(param); v.IsSet() {
				r.Value(c.as(r), v)
			}
		}
	}
}

func (c *Run) checkTogether() {
	for r := range c.settings.with(together) {
		if r.Check != nil && (len(r.Params) == 0 || slices.ContainsFunc(r.Params, func(param string) bool { return c.Value(param).Present() })) {
			r.Check(c.as(r))
		}
	}
}

// finish sorts the problems and says where each is.
func (c *Run) finish() []Problem {
	sortProblems(c.problems)
	for i := range c.problems {
		p := &c.problems[i]
		at := c.docs[p.Layer].Position(p.Start)
		p.Line, p.Column = at.Line, at.Column
	}
	return c.problems
}
