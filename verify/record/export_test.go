// SPDX-License-Identifier: MPL-2.0

package record

import (
	"bytes"
	"io"
	"testing"
	"time"
)

// ReadBytes reads records from memory.
func ReadBytes(t *testing.T, form string, data []byte) (facts []Fact, report Report) {
	s, err := Parse(form + ":memory")
	if err != nil {
		t.Fatal(err)
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
	r := &run{ctx: t.Context(), open: open, zone: time.UTC, yield: func(f *Fact) { facts = append(facts, *f) }}
	if err := s.reader.read(r); err != nil {
		t.Fatal(err)
	}
	return facts, r.report
}

// CertificatesIn reads the bytes of one file.
func CertificatesIn(data []byte) (facts []Fact) {
	r := &run{yield: func(f *Fact) { facts = append(facts, *f) }}
	_ = r.certificates(data)
	return facts
}
