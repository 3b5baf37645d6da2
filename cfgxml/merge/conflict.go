// SPDX-License-Identifier: MPL-2.0

package merge

import (
	"fmt"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// A Conflict is a parameter, or some lines of text, that both sides changed and
// not to the same.
type Conflict struct {
	// Name is the parameter; it is empty for other text.
	Name string
	// Base, Ours and Theirs are what the three documents say of the parameter.
	Base, Ours, Theirs Side

	base, ours, theirs string // the text of the sides
}

// Side is what one document of a merge says about a parameter.
type Side struct {
	Present    bool   // the document has the element
	Value      string // with a mask in the place of a secret
	UserAccess string // the attribute ua, "" where it is absent
}

func newConflict(base, ours, theirs *token) *Conflict {
	c := new(Conflict)
	text := func(t *token) string {
		if t == nil {
			return ""
		}
		c.Name = t.param.Name()
		return t.text
	}
	c.base, c.ours, c.theirs = text(base), text(ours), text(theirs)
	c.Base, c.Ours, c.Theirs = sideOf(base), sideOf(ours), sideOf(theirs)
	return c
}

func sideOf(t *token) Side {
	if t == nil {
		return Side{}
	}
	value := secret.Redact(t.param.Value())
	if value != "" && catalog.IsSecret(t.param.RawName()) {
		value = secret.Mask
	}
	return Side{true, value, secret.Redact(t.param.UserAccess())}
}

// String returns one line, such as
//
//	Station_Name: "Desk" became "Lobby" in ours and was removed in theirs
func (c Conflict) String() string {
	if c.Name == "" {
		n := strings.Count(c.ours, "\n")
		return fmt.Sprintf("both sides changed the same text (%d lines in ours)", n)
	}
	became := func(s Side) string {
		if !s.Present {
			return "was removed"
		}
		verb := "became "
		if !c.Base.Present {
			verb = "was added as "
		}
		return verb + c.show(s)
	}
	var b strings.Builder
	b.WriteString(c.Name + ": ")
	if c.Base.Present {
		b.WriteString(c.show(c.Base) + " ")
	}
	b.WriteString(became(c.Ours) + " in ours and " + became(c.Theirs) + " in theirs")
	return b.String()
}

func (c Conflict) show(s Side) string {
	text := s.Value
	if text != secret.Mask {
		text = fmt.Sprintf("%q", text)
	}
	if c.Base.UserAccess != c.Ours.UserAccess || c.Base.UserAccess != c.Theirs.UserAccess {
		text += fmt.Sprintf(" with user access %q", s.UserAccess)
	}
	return text
}
