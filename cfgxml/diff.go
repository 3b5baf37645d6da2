// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// Kind says how a parameter differs between two documents.
type Kind uint8

const (
	Added             Kind = iota + 1 // only the new document has it
	Removed                           // only the old document has it
	Changed                           // its value differs
	UserAccessChanged                 // its ua attribute differs
	Duplicate                         // it occurs another number of times
)

var kinds = [...]string{Added: "added", Removed: "removed", Changed: "changed", UserAccessChanged: "user access changed", Duplicate: "duplicate"}

// String returns "added", "removed", "changed", "user access changed" or
// "duplicate".
func (k Kind) String() string {
	if k == 0 || int(k) >= len(kinds) {
		return fmt.Sprintf("kind %d", uint8(k))
	}
	return kinds[k]
}

// MarshalText returns what String returns; a kind that is none of the five is
// an error.
func (k Kind) MarshalText() ([]byte, error) {
	if k == 0 || int(k) >= len(kinds) {
		return nil, fmt.Errorf("%v is not a kind of change", k)
	}
	return []byte(kinds[k]), nil
}

// UnmarshalText reads what MarshalText returns.
func (k *Kind) UnmarshalText(text []byte) error {
	i := slices.Index(kinds[1:], string(text))
	if i < 0 {
		return fmt.Errorf("%q is not a kind of change: expected one of %q", clip(string(text)), kinds[1:])
	}
	*k = Kind(i + 1)
	return nil
}

// Change is one difference between two documents.
type Change struct {
	Kind Kind   `json:"kind"`
	Name string `json:"name"` // see [Param.Name]
	// Old and New are the values; "(secret)" stands for one that is not empty
	// and must not be shown.
	Old string `json:"old"`
	New string `json:"new"`
	// OldUA and NewUA are the user access of both sides.
	OldUA string `json:"old_user_access,omitempty"`
	NewUA string `json:"new_user_access,omitempty"`
	// OldCount and NewCount are how often the parameter occurs.
	OldCount int `json:"old_count"`
	NewCount int `json:"new_count"`
	// Secret says that Old and New are masked.
	Secret bool `json:"secret"`
	// Reenrolls says that the phone requests a new certificate.
	Reenrolls bool `json:"reenrolls"`
	// OldOffset and NewOffset are the byte offsets of the elements, -1 for none.
	OldOffset int `json:"old_offset"`
	NewOffset int `json:"new_offset"`
}

// String gives one line, such as
//
//	CDC_Server_1_: "http://a/" -> "http://b/"; the phone requests a new certificate
func (c Change) String() string {
	var b strings.Builder
	b.WriteString(c.Name)
	b.WriteString(": ")
	show := func(v string) string {
		if c.Secret && v == secret.Mask {
			return v
		}
		return fmt.Sprintf("%q", v)
	}
	switch c.Kind {
	case Added:
		b.WriteString("added " + show(c.New))
	case Removed:
		b.WriteString("removed, was " + show(c.Old))
	case Changed:
		if c.Secret && c.Old == c.New {
			b.WriteString("changed " + secret.Mask)
		} else {
			b.WriteString(show(c.Old) + " -> " + show(c.New))
		}
	case UserAccessChanged:
		fmt.Fprintf(&b, "user access %q -> %q", c.OldUA, c.NewUA)
	case Duplicate:
		b.WriteString("occurs " + times(c.NewCount) + " instead of " + times(c.OldCount) + "; the last counts")
	}
	if c.Reenrolls {
		b.WriteString("; the phone requests a new certificate")
	}
	return b.String()
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// Changes is what [Diff] finds. As JSON it is an array of objects, which can be
// read back.
type Changes []Change

// Reenrolls reports whether a phone that has read the old document requests a
// new certificate when it reads the new one.
func (cs Changes) Reenrolls() bool {
	for i := range cs {
		if cs[i].Reenrolls {
			return true
		}
	}
	return false
}

// MarshalJSON gives an array, an empty one for no changes.
func (cs Changes) MarshalJSON() ([]byte, error) {
	if len(cs) == 0 {
		return []byte("[]"), nil
	}
	return json.Marshal([]Change(cs))
}

// String gives one line for each change.
func (cs Changes) String() string {
	var b strings.Builder
	for i := range cs {
		b.WriteString(cs[i].String())
		b.WriteByte('\n')
	}
	return b.String()
}
