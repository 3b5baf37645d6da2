// SPDX-License-Identifier: MPL-2.0

package record

import (
	"bytes"
	"io"
	"testing"
	"time"
)

// ReadBytes reads records from memory.
func ReadBytes(t *testing.T, form string, data []byte) ([]Fact, Report) {
	facts, report, err := TryBytes(t, form+":memory", data)
	if err != nil {
		t.Fatal(err)
	}
	return facts, report
}

// TryBytes reads records that may have a header that is not good enough.
func TryBytes(t *testing.T, url string, data []byte) (facts []Fact, report Report, err error) {
	s, err := Parse(url)
	if err != nil {
		t.Fatal(err)
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
	r := &run{ctx: t.Context(), open: open, zone: time.UTC, yield: func(f *Fact) { facts = append(facts, *f) }}
	err = s.reader.read(r)
	return facts, r.report, err
}

// CertificatesIn reads the bytes of one file.
func CertificatesIn(data []byte) (facts []Fact) {
	r := &run{yield: func(f *Fact) { facts = append(facts, *f) }}
	_ = r.certificates(data)
	return facts
}
