// SPDX-License-Identifier: MPL-2.0

package cfgxml

// Build writes a new document with the parameters of the edits, one on each
// line, in the order given. Errors are those of [Document.Edit].
func Build(edits ...Edit) (*Document, error) {
	d := &Document{data: []byte("<flat-profile>\n</flat-profile>\n")}
	return d.Edit(edits...)
}
