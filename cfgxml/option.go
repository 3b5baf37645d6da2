// SPDX-License-Identifier: MPL-2.0

package cfgxml

import "math"

// DefaultMaxSize is how many bytes a document may have unless [MaxSize] says
// otherwise. A full export of a desk phone has 200 kB.
const DefaultMaxSize = 32 << 20

// hardMaxSize is the largest document whose offsets fit the node table, or an
// int where that is smaller.
const hardMaxSize = math.MaxInt & (1<<32 - 2)

// Option changes how [Parse] reads a document.
type Option func(*config)

type config struct {
	maxSize int
	strict  bool
}

// Strict makes Parse refuse everything that is not well-formed XML or that
// [Document.Notes] would list as ignored by the phone.
func Strict() Option { return func(c *config) { c.strict = true } }

// MaxSize sets how many bytes a document may have. Zero or less means
// [DefaultMaxSize]; 4 GiB is the most.
func MaxSize(n int) Option {
	return func(c *config) {
		if c.maxSize = min(n, hardMaxSize); n <= 0 {
			c.maxSize = DefaultMaxSize
		}
	}
}
