// SPDX-License-Identifier: MPL-2.0

package cfgxml

import "bytes"

// Sniff reports whether the beginning of a file, some kilobytes, looks like that
// of a configuration: whether it opens a flat-profile. Other XML, such as a
// pom.xml beside the phones' files, does not.
func Sniff(head []byte) bool {
	for rest := head; ; {
		i := bytes.Index(rest, []byte("<"+flatProfile))
		if i < 0 {
			return false
		}
		rest = rest[i+1+len(flatProfile):]
		if len(rest) == 0 || class[rest[0]]&clsSpace != 0 || rest[0] == '>' || rest[0] == '/' {
			return true
		}
	}
}
