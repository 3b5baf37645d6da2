// SPDX-License-Identifier: MPL-2.0

package validate

// signs are kinds of bytes in the raw value of a parameter. A value is looked
// through for all of them once, which spares nearly all rules a look of their own.
type signs uint8

const (
	signLine        signs = 1 << iota // a line break
	signSpace                         // a space or tab
	signPlaceholder                   // what may begin a placeholder
	signSpan                          // what only a value with a secret inside is likely to hold, see secret.Spans
	signQuote                         // a straight quote
	signOption                        // what "--key" or an address has
	signMask                          // what may begin a mask
)

var signsOf = func() (table [256]signs) {
	for kind, bytes := range map[signs]string{
		signLine: "\n\r", signSpace: " \t", signPlaceholder: "&", signSpan: "@?\xe2", signOption: "-/", signQuote: `"`, signMask: "(*\xe2",
	} {
		for i := range len(bytes) {
			table[bytes[i]] |= kind
		}
	}
	for b, begins := range placeholderBytes {
		if begins {
			table[b] |= signPlaceholder
		}
	}
	return table
}()

func signsIn(raw []byte) (s signs) {
	for _, b := range raw {
		s |= signsOf[b]
	}
	return s
}
