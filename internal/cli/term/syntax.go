// SPDX-License-Identifier: MPL-2.0

package term

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf16"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
)

// fault is why a document cannot be read, for a user who does not know the
// options of package cfgxml.
type fault struct {
	Message, Hint string
	At            cfgxml.Position // zero where it has no place
}

// NewFault says in words what is wrong with a document.
func NewFault(data []byte, err error) fault {
	var syntax *cfgxml.SyntaxError
	var limit *cfgxml.LimitError
	switch {
	case errors.As(err, &syntax):
		return syntaxFault(data, syntax)
	case !errors.As(err, &limit):
		return fault{Message: err.Error()}
	case limit.What == "depth":
		return fault{Message: fmt.Sprintf("elements nest deeper than %d: no phone's file does", limit.Limit), At: PositionOf(data, limit.Offset)}
	case limit.What == "path":
		return fault{Message: fmt.Sprintf("the names of nested groups have more than %d bytes together: no phone's file has such", limit.Limit), At: PositionOf(data, limit.Offset)}
	}
	return fault{Message: fmt.Sprintf("the document has %d bytes, more than the %d that are read: no phone's file has", limit.Got, limit.Limit)}
}

// syntaxFault tells a file that is something else altogether from a slip.
func syntaxFault(data []byte, err *cfgxml.SyntaxError) fault {
	line := data[bytes.LastIndexByte(data[:min(err.Offset, len(data))], '\n')+1:]
	cipher, gzip, packed := seal.Detect(data)
	switch {
	case packed && gzip:
		return fault{"the file is compressed, as for the phone", "read it with cfgxml decrypt, which undoes that too", PositionOf(data, 0)}
	case packed && cipher == seal.AES256CBC:
		return fault{"the file is encrypted, as for the phone", "read it with cfgxml decrypt --key @PATH", PositionOf(data, 0)}
	case packed && cipher == seal.AES128GCM && !isUTF16(data): // it has no magic number
		return fault{"the file is not text; its first bytes may be those of a file encrypted for the phone with aes128gcm", "if it is, read it with cfgxml decrypt --key @PATH", PositionOf(data, 0)}
	case bytes.HasPrefix(line, []byte("<<<<<<<")):
		return fault{"a merge is not finished: both sides stand here, between the markers that git writes", "keep what is right of the two and take the markers out", PositionOf(data, err.Offset)}
	}
	return fault{Message: err.Msg, At: PositionOf(data, err.Offset)}
}

// isUTF16 reports whether data begins as text in UTF-16 does, which the parser
// names by itself.
func isUTF16(data []byte) bool {
	for _, mark := range []string{"\xFE\xFF", "\xFF\xFE", "\x00<", "<\x00"} {
		if bytes.HasPrefix(data, []byte(mark)) {
			return true
		}
	}
	return false
}

// PositionOf is the place of a byte in a document that could not be read.
func PositionOf(data []byte, offset int) cfgxml.Position {
	offset = min(offset, len(data))
	line := bytes.LastIndexByte(data[:offset], '\n') + 1
	at := cfgxml.Position{Offset: offset, Line: bytes.Count(data[:offset], []byte("\n")) + 1, Column: offset - line + 1, UTF16Column: 1}
	for _, r := range string(data[line:offset]) {
		at.UTF16Column += utf16.RuneLen(r)
	}
	return at
}
