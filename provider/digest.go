// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"slices"
	"sync"

	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile/batch"
)

// digestOf is the digest of a file, secrets left out.
func digestOf(data []byte) string { return batch.Digest(data, nil, nil) }

// templates spare a provider with many resources parsing the same few documents
// again and again.
var templates templateMemory

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
