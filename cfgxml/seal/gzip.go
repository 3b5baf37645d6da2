// SPDX-License-Identifier: MPL-2.0

package seal

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
)

// compress gives the same bytes for the same document: the header holds
// neither a name nor a time.
func compress(plain []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// isGzip looks for the header of RFC 1952 with the only method there is.
func isGzip(data []byte) bool {
	return len(data) >= 3 && data[0] == 0x1f && data[1] == 0x8b && data[2] == 8
}

// decompress stops one byte beyond the limit, whatever the data unpacks to.
func decompress(data []byte, limit int) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("gzip: %w", ErrDamaged)
	}
	var out bytes.Buffer
	out.Grow(min(4*len(data), limit) + bytes.MinRead)
	n, err := io.Copy(&out, io.LimitReader(r, int64(limit)+1))
	if n > int64(limit) {
		return nil, &SizeError{Limit: limit, Got: int(n)}
	}
	if err != nil {
		return nil, fmt.Errorf("gzip: %w", ErrDamaged)
	}
	return out.Bytes(), nil
}
