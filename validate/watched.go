// SPDX-License-Identifier: MPL-2.0

package validate

import "bytes"

// subject is the parameter's value, for a report.
func (c *pass) subject(w watch) subject { return subjectNamed(c.watched[w], watchNames[w]) }

// stands tells whether the document has the parameter at all.
func (c *pass) stands(w watch) bool { return c.watched[w].RawName() != nil }

// isSet tells whether the document gives the parameter a value.
func (c *pass) isSet(w watch) bool { return len(c.watched[w].ValueBytes()) > 0 }

// is tells whether the parameter has the value, in upper or lower case.
func (c *pass) is(w watch, value string) bool {
	got := c.watched[w].ValueBytes()
	return len(got) == len(value) && bytes.EqualFold(got, []byte(value))
}

func (c *pass) yes(w watch) bool { return c.is(w, "Yes") }
func (c *pass) no(w watch) bool  { return c.is(w, "No") }
