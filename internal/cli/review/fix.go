// SPDX-License-Identifier: MPL-2.0

package review

import (
	"fmt"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// maxFixRounds bounds how often a file is fixed and looked at again: where two
// fixes touch, the second waits for the next round.
const maxFixRounds = 8

// fixes is what --fix did to one file.
type fixes struct {
	made   []Finding // what was fixed, where it was at that time
	held   int       // fixes that were not made, because they make the phone request a new certificate
	enroll bool      // the phone requests a new certificate
}

// fixFile fixes what can be fixed in one file, writes the file back if anything
// was, and returns what it holds now. A file that is not well formed stays as it
// is, and so does what makes the phone request a new certificate unless that was
// asked for.
func (l *Linter) fixFile(file string, data []byte, settings validate.Settings) (out []byte, x fixes, err error) {
	doc, err := cfgxml.Parse(data)
	if err != nil {
		return data, x, nil
	}
	before := doc
	out = data
	for range maxFixRounds {
		problems := validate.AtLeast(validate.Document(doc, settings), l.Least)
		if !l.fixEnrollment {
			var held []validate.Problem
			problems, held = SplitEnrolling(doc, problems)
			x.held = len(held)
		}
		made := validate.Applied(out, problems)
		if len(made) == 0 {
			break
		}
		for _, p := range made {
			f := Finding{Problem: p, File: file}
			f.Message = foreign.Text(p.Message)
			if p.Start >= 0 {
				f.Start = doc.Position(p.Start)
			}
			x.made = append(x.made, f)
		}
		next, _ := validate.Apply(out, made)
		// A fix changes a value, an attribute or a name: whatever else comes of
		// it must not reach the disk.
		if doc, err = cfgxml.Parse(next); err != nil {
			return data, fixes{}, fmt.Errorf("%s: a fix would leave the file not well formed (%w); this is a mistake of cfgxml", file, err)
		}
		if doc.Len() != before.Len() {
			return data, fixes{}, fmt.Errorf("%s: a fix would leave %d parameters of %d; this is a mistake of cfgxml", file, doc.Len(), before.Len())
		}
		out = next
	}
	if len(x.made) == 0 {
		return data, x, nil
	}
	x.enroll = cfgxml.Diff(before, doc).Reenrolls()
	if err := term.ReplaceRead(file, data, out); err != nil {
		return data, fixes{}, err
	}
	return out, x, nil
}

// fixed sums up what --fix did to all files.
type fixed struct {
	findings, files, enroll int
	held, heldFiles         int
}

// Add lists the fixes of one file on standard error and counts them.
func (t *fixed) Add(a *term.App, x fixes) {
	p := a.Paint(a.Stderr)
	for _, f := range x.made {
		fmt.Fprintf(a.Stderr, "%s: %s %s %s\n", p.Bold(place(f)), p.Green("fixed:"), f.Message, p.Dim("["+f.Rule+"]"))
	}
	if len(x.made) > 0 {
		t.findings += len(x.made)
		t.files++
	}
	if x.enroll {
		t.enroll++
	}
	if x.held > 0 {
		t.held += x.held
		t.heldFiles++
	}
}

// Sum says what was done and what was left for somebody to decide.
func (t *fixed) Sum(a *term.App) {
	text := fmt.Sprintf("fixed: %s in %s", term.Count(t.findings, "finding"), term.Count(t.files, "file"))
	if t.enroll > 0 {
		text += "; " + reenroll(t.enroll)
	}
	fmt.Fprintln(a.Stderr, text)
	if t.held > 0 {
		fmt.Fprintf(a.Stderr, "not fixed: %s; %s with --fix-enrollment\n", term.Count(t.held, "finding"), reenroll(t.heldFiles))
	}
}

// reenroll is "1 phone re-enrolls", "2 phones re-enroll".
func reenroll(n int) string {
	if n == 1 {
		return "1 phone re-enrolls"
	}
	return fmt.Sprintf("%d phones re-enroll", n)
}

// SplitEnrolling parts the problems that have a fix: those that can be fixed as
// far as the phone's certificate is concerned, and those whose fix makes it request
// a new one.
func SplitEnrolling(doc *cfgxml.Document, problems []validate.Problem) (safe, enrolling []validate.Problem) {
	var fixable []validate.Problem
	for _, p := range problems {
		if len(p.Fixes) > 0 {
			fixable = append(fixable, p)
		}
	}
	enrolls := func(ps ...validate.Problem) bool {
		out, _ := validate.Apply(doc.Bytes(), ps)
		after, err := cfgxml.Parse(out)
		return err == nil && cfgxml.Diff(doc, after).Reenrolls()
	}
	if !enrolls(fixable...) {
		return fixable, nil
	}
	for _, p := range fixable {
		if enrolls(p) {
			enrolling = append(enrolling, p)
		} else {
			safe = append(safe, p)
		}
	}
	return safe, enrolling
}
