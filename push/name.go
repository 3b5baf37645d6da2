// SPDX-License-Identifier: MPL-2.0

package push

import (
	"fmt"
	"io/fs"
	"strings"
)

const (
	maxName    = 1024
	maxElement = 200 // leaves room for the affixes of a temporary file in 255 bytes
)

// ValidName returns what is wrong with the name of an object, nil for a valid
// one. A valid name is a relative path with slashes, such as "SEP001A2B3C4D5E.xml" or
// "site-a/SEP001A2B3C4D5E.xml": no empty, "." or ".." element, no element that
// begins with a dot (the store's own temporary files do, and many servers hide
// or refuse such names), no backslash, no control character, at most 1,024
// bytes in all and 200 an element. The error wraps fs.ErrInvalid.
func ValidName(name string) error {
	bad := func(why string) error { return &nameError{name: name, why: why} }
	switch {
	case name == "":
		return bad("is empty")
	case strings.HasPrefix(name, "/"):
		return bad("must be relative to the store")
	case len(name) > maxName:
		return bad(fmt.Sprintf("is longer than %d bytes", maxName))
	case strings.Contains(name, `\`):
		return bad("has a backslash: directories are separated by /")
	case strings.ContainsFunc(name, func(r rune) bool { return r < 0x20 || r == 0x7f }):
		return bad("has a control character")
	}
	for e := range strings.SplitSeq(name, "/") {
		switch {
		case e == "..":
			return bad(`".." leads out of the store`)
		case e == "":
			return bad("has an empty element")
		case e[0] == '.':
			return bad("has an element that begins with a dot")
		case len(e) > maxElement:
			return bad(fmt.Sprintf("has an element longer than %d bytes", maxElement))
		}
	}
	if !fs.ValidPath(name) {
		return bad("is not valid UTF-8")
	}
	return nil
}

// A nameError says what is wrong with a name. That it is fs.ErrInvalid is for
// programs; "invalid argument" would tell people nothing.
type nameError struct{ name, why string }

func (e *nameError) Error() string { return fmt.Sprintf("name %.80q: %s", e.name, e.why) }

func (e *nameError) Unwrap() error { return fs.ErrInvalid }
