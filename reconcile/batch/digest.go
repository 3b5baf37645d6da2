// SPDX-License-Identifier: MPL-2.0

package batch

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/maphash"
	"sync"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
)

// Unreadable stands for the digest of what cannot be read: it cannot be redacted
// either.
const Unreadable = "unreadable"

// Digest is SHA-256 of a content with all secrets replaced, in hexadecimal. doc is
// the content as document, or nil; names are parameters by which contents like it
// differ, which spares most of the work for many.
func Digest(content []byte, doc *cfgxml.Document, names []string) string {
	return digests.of(content, doc, names)
}

// digests spare a program with many phones what it has done before: a CLI has its
// provider read each file, plan, plan again and apply, and all contents start from
// the same few documents. What it returns follows from the bytes it is given alone.
var digests = digestMemory{seed: maphash.MakeSeed()}

// A fingerprint of a content means nothing outside of this process: a digest of a
// whole file that others could make too could be tried against guessed passwords.
type contentKey struct {
	length int
	hash   [2]uint64
}

// A digestMemory knows the digests of contents.
type digestMemory struct {
	seed   maphash.Seed
	shapes reconcile.Shapes
	mu     sync.Mutex
	known  map[contentKey]string
}

// maxDigests bounds what is remembered, to some megabytes.
const maxDigests = 1 << 15

// key tells contents apart.
func (m *digestMemory) key(data []byte) contentKey {
	half := len(data) / 2
	return contentKey{length: len(data), hash: [2]uint64{maphash.Bytes(m.seed, data[:half]), maphash.Bytes(m.seed, data[half:])}}
}

// of returns the digest of data. doc is data as document, or nil; names are
// parameters by which contents like it differ.
func (m *digestMemory) of(data []byte, doc *cfgxml.Document, names []string) string {
	key := m.key(data)
	m.mu.Lock()
	sum, ok := m.known[key]
	m.mu.Unlock()
	if ok {
		return sum
	}
	of, err := m.shapes.RedactedSum(data, doc, names)
	if err != nil {
		return Unreadable
	}
	sum = hex.EncodeToString(of[:])
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil || len(m.known) >= maxDigests {
		m.known = map[contentKey]string{}
	}
	m.known[key] = sum
	return sum
}

// shortDigest is a digest for states of many phones.
func shortDigest(data []byte, doc *cfgxml.Document, names []string) string {
	d := digests.of(data, doc, names)
	return d[:min(len(d), 24)]
}

// managedDigest is a digest of some parameters of a content, secrets left out.
// doc is the content as document, or nil.
func managedDigest(names []string, content []byte, doc *cfgxml.Document) string {
	if doc == nil {
		var err error
		if doc, err = cfgxml.Parse(content); err != nil {
			return Unreadable
		}
	}
	h := sha256.New()
	for _, name := range names {
		if value, ok := doc.Get(name); ok && !catalog.IsSecret(name) {
			fmt.Fprintf(h, "%d:%s%d:%s", len(name), name, len(value), value)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// sealedDigest is a digest of an encrypted file, where a refresh has no key.
func sealedDigest(stored []byte) string {
	sum := sha256.Sum256(stored)
	return "sealed-" + hex.EncodeToString(sum[:12])
}
