// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"fmt"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// maxFixRounds bounds how often a file is fixed and looked at again: where two
// fixes touch, the second waits for the next round.
const maxFixRounds = 8

// fixFile puts right what can be put right in one file, writes the file back
// if anything was, and returns what it holds now. A file that is not well formed
// stays as it is.
func (l *linter) fixFile(file string, data []byte, settings validate.Settings) (out []byte, fixed int, err error) {
	doc, err := cfgxml.Parse(data)
	if err != nil {
		return data, 0, nil
	}
	parameters := doc.Len()
	out = data
	for range maxFixRounds {
		next, n := validate.Apply(out, validate.AtLeast(validate.Document(doc, settings), l.least))
		if n == 0 {
			break
		}
		// A fix changes a value, an attribute or a name: whatever else comes of
		// it must not reach the disk.
		if doc, err = cfgxml.Parse(next); err != nil {
			return data, 0, fmt.Errorf("%s: a fix would leave the file not well formed (%w); this is a mistake of cfgxml", file, err)
		}
		if doc.Len() != parameters {
			return data, 0, fmt.Errorf("%s: a fix would leave %d parameters of %d; this is a mistake of cfgxml", file, doc.Len(), parameters)
		}
		out, fixed = next, fixed+n
	}
	if fixed == 0 {
		return data, 0, nil
	}
	if err := replaceRead(file, data, out); err != nil {
		return data, 0, err
	}
	return out, fixed, nil
}

// splitEnrolling parts the problems that have a fix: those that can be fixed as
// far as the phone's certificate is concerned, and those whose fix makes it request
// a new one.
func splitEnrolling(doc *cfgxml.Document, problems []validate.Problem) (safe, enrolling []validate.Problem) {
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
