// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"crypto"
	"strings"
)

// Bounds of a GetCACaps reply; words beyond them are not looked at.
const (
	MaxCapabilities = 4 << 10 // bytes
	maxWords        = 64
	maxWordLen      = 64
)

// Capabilities is what a server says it can do (RFC 8894 section 3.5.2), one
// word a line. Nobody signs it: it may raise what is used, never lower it below
// what the caller insists on.
type Capabilities struct {
	Words []string // as sent, in order, without what is not printable
}

// ParseCapabilities reads a GetCACaps reply: lines ended by LF or CRLF or nothing,
// of any case, unknown words kept. An empty body is a server without
// capabilities; there are no errors.
func ParseCapabilities(body []byte) Capabilities {
	if len(body) > MaxCapabilities {
		body = body[:MaxCapabilities]
	}
	var c Capabilities
	for line := range strings.Lines(string(body)) {
		w := strings.TrimSpace(line)
		if w == "" || len(w) > maxWordLen || strings.ContainsFunc(w, func(r rune) bool { return r < 0x21 || r > 0x7e }) {
			continue
		}
		if len(c.Words) == maxWords {
			break
		}
		c.Words = append(c.Words, w)
	}
	return c
}

// Has reports whether a word is there, in any case.
func (c Capabilities) Has(word string) bool {
	for _, w := range c.Words {
		if strings.EqualFold(w, word) {
			return true
		}
	}
	return false
}

// Standard is SCEPStandard: AES, SHA-256, POST and the rest of section 2.9.
func (c Capabilities) Standard() bool { return c.Has("SCEPStandard") }

// POST reports whether messages may be posted.
func (c Capabilities) POST() bool { return c.Standard() || c.Has("POSTPKIOperation") }

// AES reports whether envelopes may be sealed with AES.
func (c Capabilities) AES() bool { return c.Standard() || c.Has("AES") }

// DES3 reports whether the server names triple DES.
func (c Capabilities) DES3() bool { return c.Has("DES3") }

// Renewal reports whether the server says it takes RenewalReq. Several do and then
// refuse one without a challenge password.
func (c Capabilities) Renewal() bool { return c.Standard() || c.Has("Renewal") }

// GetNextCACert reports whether the CA of after the rollover can be asked for.
func (c Capabilities) GetNextCACert() bool { return c.Has("GetNextCACert") }

// Digest is the best digest the server names, 0 when it names none.
func (c Capabilities) Digest() crypto.Hash {
	switch {
	case c.Has("SHA-512"):
		return crypto.SHA512
	case c.Has("SHA-256"), c.Standard():
		return crypto.SHA256
	case c.Has("SHA-1"):
		return crypto.SHA1
	}
	return 0
}

// String is the words, separated by spaces.
func (c Capabilities) String() string { return strings.Join(c.Words, " ") }
