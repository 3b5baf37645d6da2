// SPDX-License-Identifier: MPL-2.0

// Package tree hands a configuration document to package etree, for programs
// that want to walk or rebuild XML rather than ask for parameters.
//
// Writing an etree back is not lossless: quotes, line ends, empty elements and
// references are rewritten. To change parameters use [cfgxml.Document.Edit].
package tree

import (
	"fmt"

	"github.com/beevik/etree"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// Of returns the document as a tree. A document that is not well-formed XML,
// although [cfgxml.Parse] accepts it, may be an error here.
func Of(d *cfgxml.Document) (*etree.Document, error) {
	t := etree.NewDocument()
	t.ReadSettings.PreserveCData = true
	if err := t.ReadFromBytes(d.Bytes()); err != nil {
		return nil, fmt.Errorf("read the document as a tree: %w", err)
	}
	return t, nil
}
