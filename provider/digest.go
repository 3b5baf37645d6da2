// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/maphash"
	"slices"
	"sync"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
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
func digestOf(data []byte) string { return digests.of(data, nil, nil) }

// digests and templates spare a provider with many phones what it has done
// before: a CLI has it read each file, plan, plan again and apply, one resource
// after the other, and all of them start from the same few documents. What they
// return follows from the bytes they are given alone.
var (
	digests   = digestMemory{seed: maphash.MakeSeed()}
	templates templateMemory
)

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
		return unreadable
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

// A templateMemory keeps the templates that were parsed last.
type templateMemory struct {
	mu     sync.Mutex
	latest []parsedTemplate // the latest first
}

type parsedTemplate struct {
	data     []byte
	template *reconcile.Template
}

// maxTemplates is the number of different templates, such as one for each model,
// that are used by turns without being parsed by turns.
const maxTemplates = 4

// parse is reconcile.NewTemplate.
func (m *templateMemory) parse(name string, data []byte) (*reconcile.Template, error) {
	m.mu.Lock()
	i := slices.IndexFunc(m.latest, func(t parsedTemplate) bool { return bytes.Equal(t.data, data) })
	if i >= 0 {
		defer m.mu.Unlock()
		return m.latest[i].template, nil
	}
	m.mu.Unlock()
	t, err := reconcile.NewTemplate(name, data)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.latest = slices.Insert(m.latest, 0, parsedTemplate{data, t})
	m.latest = m.latest[:min(len(m.latest), maxTemplates)]
	return t, nil
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
			return unreadable
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
