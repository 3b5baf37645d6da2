// SPDX-License-Identifier: MPL-2.0

package review

import (
	"errors"
	"slices"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
)

// session takes the results of one run in their order.
type session struct {
	app       *term.App
	flags     LintFlags
	out       output
	bar       *term.Progress
	baselines map[string]*baseline // by path
	most      int                  // findings of a rule in one file; 0 for all

	failed, found bool
	wrong         bool // settings are
	hidden        int  // findings that fail the run and are not shown
	fixed         fixed
	passed        Passed
	said          map[string]bool
}

func (s *session) result(r Result) error {
	s.bar.Step()
	if errors.Is(r.err, term.ErrInterrupted) {
		return nil // said once, at the end
	}
	if r.err != nil {
		s.failure(r.err)
		return nil
	}
	if r.Passed != "" {
		s.passed.Add(r)
		return nil
	}
	if len(r.fixes.made) > 0 {
		s.bar.Clear()
	}
	s.fixed.Add(s.app, r.fixes)
	if s.flags.writeBaseline != "" || r.verdict.baseline != "" {
		b, err := s.baseline(r.verdict.baseline)
		if err != nil {
			s.failure(err)
			return nil
		}
		r.findings = capped(b.filter(r), s.most)
	}
	shown := r.findings[:0]
	for _, f := range r.findings {
		s.found = s.found || f.Severity >= r.verdict.failOn
		if f.Severity >= r.verdict.least {
			shown = append(shown, f)
		} else if f.Severity >= r.verdict.failOn {
			s.hidden += f.weight()
		}
	}
	if r.findings = shown; len(shown) > 0 {
		s.bar.Clear()
	}
	return s.out.write(r)
}

// failure says why a file has no result, once for each reason: a wrong
// .cfgxml.yaml is wrong for many files.
func (s *session) failure(err error) {
	if settingsFailure(err).Code == term.ExitUsage {
		s.wrong = true
	} else {
		s.failed = true
	}
	if s.said[err.Error()] {
		return
	}
	s.said[err.Error()] = true
	s.bar.Clear()
	s.app.Say(err.Error())
	if out, ok := s.out.(failer); ok {
		out.fail(err)
	}
}

// end prints what is said once for all files, and returns what the run comes to.
func (s *session) end() error {
	if s.flags.fix {
		s.fixed.Sum(s.app)
	}
	s.passed.Sum(s.app)
	for _, path := range slices.Sorted(term.MapKeys(s.baselines)) {
		if err := s.baselines[path].finish(s.app, s.failed || s.wrong); err != nil {
			return err
		}
	}
	if n := s.hidden; n > 0 {
		s.app.Say(term.Count(n, "finding")+" below min-severity", "fail-on counts what is not shown, too: --min-severity info shows it")
	}
	switch {
	case s.failed:
		return &term.ExitError{Code: term.ExitInternal}
	case s.wrong:
		return &term.ExitError{Code: term.ExitUsage}
	case s.found:
		return term.ErrFindings
	}
	return nil
}
