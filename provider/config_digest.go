// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash/maphash"
	"slices"
	"sync"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// digest is SHA-256 of a document with all secrets replaced, in hexadecimal.
func digest(doc *cfgxml.Document) string {
	sum := sha256.Sum256(doc.Redacted())
	return hex.EncodeToString(sum[:])
}

// unreadable stands for the digest of what cannot be read: it cannot be
// redacted either.
const unreadable = "unreadable"

// digestOf is digest for bytes.
func digestOf(data []byte) string { return digests.of(data, nil) }

// digests and bases spare a provider with many phones what it has done before:
// a CLI has it read each file, plan, plan again and apply, one resource after
// the other, and all of them start from the same few documents. What they give
// follows from the bytes they are given alone.
var (
	digests = digestMemory{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
	bases   documentMemory
)

// A digestMemory knows the digests of contents. It remembers a content by a
// hash that means nothing outside of this process, because a real one of a
// whole file could be tried against guessed passwords.
type digestMemory struct {
	seeds [2]maphash.Seed
	mu    sync.Mutex
	known map[contentKey]string
}

type contentKey struct {
	length int
	hash   [2]uint64
}

// maxDigests bounds what is remembered, to some hundred kilobytes.
const maxDigests = 4096

// of gives the digest of data. doc is data as document, or nil.
func (m *digestMemory) of(data []byte, doc *cfgxml.Document) string {
	key := contentKey{length: len(data), hash: [2]uint64{maphash.Bytes(m.seeds[0], data), maphash.Bytes(m.seeds[1], data)}}
	m.mu.Lock()
	sum, ok := m.known[key]
	m.mu.Unlock()
	if ok {
		return sum
	}
	if doc == nil {
		var err error
		if doc, err = cfgxml.Parse(data); err != nil {
			return unreadable
		}
	}
	sum = digest(doc)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil || len(m.known) >= maxDigests {
		m.known = map[contentKey]string{}
	}
	m.known[key] = sum
	return sum
}

// A documentMemory keeps the documents that were parsed last.
type documentMemory struct {
	mu   sync.Mutex
	docs []*cfgxml.Document // the latest first
}

// maxDocuments is the number of different bases, such as one for each model,
// that are used by turns without being parsed by turns.
const maxDocuments = 4

// parse is cfgxml.Parse.
func (m *documentMemory) parse(data []byte) (*cfgxml.Document, error) {
	m.mu.Lock()
	i := slices.IndexFunc(m.docs, func(d *cfgxml.Document) bool { return bytes.Equal(d.Bytes(), data) })
	if i >= 0 {
		doc := m.docs[i]
		m.mu.Unlock()
		return doc, nil
	}
	m.mu.Unlock()
	doc, err := cfgxml.Parse(data)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.docs = slices.Insert(m.docs, 0, doc)
	m.docs = m.docs[:min(len(m.docs), maxDocuments)]
	return doc, nil
}
