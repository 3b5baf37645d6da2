// SPDX-License-Identifier: MPL-2.0

package cfgxml

// Build writes a whole new document with the parameters of the edits, one on
// each line, in the order given. The CDC parameters carry ua="na" unless an
// edit says otherwise. Errors are those of [Document.Edit].
func Build(edits ...Edit) ([]byte, error) {
	d, err := Parse([]byte("<flat-profile>\n</flat-profile>\n"))
	if err != nil {
		return nil, err
	}
	return d.Edit(edits...)
}
