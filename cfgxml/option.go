// SPDX-License-Identifier: MPL-2.0

package cfgxml

import "math"

// Limits in force unless an [Option] says otherwise.
const (
	// DefaultMaxDepth bounds how deep elements nest, the root counted as 1.
	// Phones use 2 or 3, old ATAs up to 6.
	DefaultMaxDepth = 64
	// DefaultMaxSize bounds the document in bytes. A full export of a desk
	// phone has 200 kB.
	DefaultMaxSize = 32 << 20
)

// hardMaxSize is the largest document whose offsets fit the node table, or an
// int where that is smaller.
const hardMaxSize = math.MaxInt & (1<<32 - 2)

// Option changes how [Parse] reads a document.
type Option struct {
	kind optionKind
	n    int
}

type optionKind uint8

const (
	optTolerant optionKind = iota + 1
	optMaxDepth
	optMaxSize
	optEmptyIsDefault
	optSelfClosedIsAbsent
	optAnyRoot
)

type config struct {
	maxDepth, maxSize  int
	tolerant           bool
	emptyIsDefault     bool
	selfClosedIsAbsent bool
	anyRoot            bool
}

// Tolerant makes Parse read what phones are known to put up with and strict
// XML is not: text between elements and outside the root, "--" inside a
// comment, "]]>" and a bare "&" in a value, an unknown entity (kept as
// written), a wrapper other than <device> around <flat-profile>, a declared
// encoding that the bytes contradict. Each such place is listed by
// [Document.Notes], and so is every attribute whose meaning is not known.
func Tolerant() Option { return Option{kind: optTolerant} }

// MaxDepth sets how deep elements may nest; the root counts as 1. Zero or less
// means [DefaultMaxDepth].
func MaxDepth(n int) Option { return Option{kind: optMaxDepth, n: n} }

// MaxSize sets how many bytes a document may have. Zero or less means
// [DefaultMaxSize]; 4 GiB is the most the scanner takes.
func MaxSize(n int) Option { return Option{kind: optMaxSize, n: n} }

// EmptyIsDefault chooses the second of two readings of an empty element that
// Cisco's provisioning guides both give. By default an empty element sets the
// parameter to the empty string. With this option it resets the parameter to
// the phone's factory default, which the document does not tell, so that
// [Document.Get] reports it as not set; an empty string is then written as two
// double quotes, and that value reads as empty. For the CDC parameters the two
// readings agree, because their default is empty.
func EmptyIsDefault() Option { return Option{kind: optEmptyIsDefault} }

// SelfClosedIsAbsent makes <X/> say nothing about the value of X, as the
// guides say of <X ua="rw"/>: it sets the user access only. By default <X/>
// and <X></X> mean the same.
func SelfClosedIsAbsent() Option { return Option{kind: optSelfClosedIsAbsent} }

// AnyRoot reads a document whose root is not flat-profile, such as a phone's
// status page; the leaf elements below the root are then the parameters.
func AnyRoot() Option { return Option{kind: optAnyRoot} }

func configOf(opts []Option) config {
	c := config{maxDepth: DefaultMaxDepth, maxSize: DefaultMaxSize}
	for _, o := range opts {
		switch o.kind {
		case optTolerant:
			c.tolerant = true
		case optMaxDepth:
			if o.n > 0 {
				c.maxDepth = o.n
			} else {
				c.maxDepth = DefaultMaxDepth
			}
		case optMaxSize:
			if o.n > 0 {
				c.maxSize = min(o.n, hardMaxSize)
			} else {
				c.maxSize = DefaultMaxSize
			}
		case optEmptyIsDefault:
			c.emptyIsDefault = true
		case optSelfClosedIsAbsent:
			c.selfClosedIsAbsent = true
		case optAnyRoot:
			c.anyRoot = true
		}
	}
	return c
}
