// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf16"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// plainSyntax says why a document cannot be read and where, for a user who does
// not know the options of package cfgxml. The place is zero where there is none.
func plainSyntax(data []byte, err error) (message string, at cfgxml.Position) {
	var syntax *cfgxml.SyntaxError
	var limit *cfgxml.LimitError
	switch {
	case errors.As(err, &syntax):
		return syntax.Msg, positionOf(data, syntax.Offset)
	case !errors.As(err, &limit):
		return err.Error(), at
	case limit.What == "depth":
		return fmt.Sprintf("elements nest deeper than %d: no phone's file does", limit.Limit), positionOf(data, limit.Offset)
	case limit.What == "path":
		return fmt.Sprintf("the names of nested groups have more than %d bytes together: no phone's file has such", limit.Limit), positionOf(data, limit.Offset)
	}
	return fmt.Sprintf("the document has %d bytes, more than the %d that are read: no phone's file has", limit.Got, limit.Limit), at
}

// positionOf is the place of a byte in a document that could not be read.
func positionOf(data []byte, offset int) cfgxml.Position {
	offset = min(offset, len(data))
	line := bytes.LastIndexByte(data[:offset], '\n') + 1
	at := cfgxml.Position{Offset: offset, Line: bytes.Count(data[:offset], []byte("\n")) + 1, Column: offset - line + 1, UTF16Column: 1}
	for _, r := range string(data[line:offset]) {
		at.UTF16Column += utf16.RuneLen(r)
	}
	return at
}
