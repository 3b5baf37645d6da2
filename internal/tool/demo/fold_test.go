// SPDX-License-Identifier: MPL-2.0

package main

import (
	"strings"
	"testing"
	"testing/iotest"

	"io"
)

func TestPEMFolder(t *testing.T) {
	t.Parallel()
	const in = "a\n  -----BEGIN CERTIFICATE-----\n  MII\n  -----END CERTIFICATE-----\n  -----BEGIN CERTIFICATE-----\n  MIJ\n  -----END CERTIFICATE-----\nb\nc"
	const want = "a\n  (PEM, 2 certificates, 6 lines: folded by the demo)\nb\nc"
	var out strings.Builder
	f := &pemFolder{w: &out}
	if _, err := io.Copy(f, iotest.OneByteReader(strings.NewReader(in))); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
