// SPDX-License-Identifier: MPL-2.0

package cfgxml

import "github.com/beevik/etree"

// Tree gives the document as a tree of package etree.
func (d *Document) Tree() (*etree.Document, error) {
	t := etree.NewDocument()
	t.ReadSettings.PreserveCData = true
	if err := t.ReadFromBytes(d.data); err != nil {
		return nil, err
	}
	return t, nil
}
