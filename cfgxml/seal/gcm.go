// SPDX-License-Identifier: MPL-2.0

package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// The coding aes128gcm, RFC 8188 section 2: salt (16), record size (4), length
// of the key id (1), key id; then records of that size, the last may be
// shorter. A record is content, a delimiter (1, in the last record 2), any
// number of zeros, and the authentication tag.
const (
	gcmSalt      = 16
	gcmFixed     = gcmSalt + 4 + 1
	gcmTag       = 16
	gcmMinRecord = gcmTag + 2 // section 2: smaller sizes are invalid
)

// isGCM reports whether data could be this coding; it has no magic number.
func isGCM(data []byte) bool {
	if len(data) < gcmFixed {
		return false
	}
	header := gcmFixed + int(data[gcmFixed-1])
	return binary.BigEndian.Uint32(data[gcmSalt:]) >= gcmMinRecord && len(data) >= header+gcmTag+1
}

func sealGCM(plain []byte, o Options) ([]byte, error) {
	size := o.RecordSize
	if size == 0 {
		size = 4096
	}
	switch {
	case o.Key.IsZero():
		return nil, ErrNoKey
	case len(o.KeyID) > 255:
		return nil, fmt.Errorf("key id of %d bytes: at most 255", len(o.KeyID))
	case size < gcmMinRecord || int64(size) > math.MaxUint32:
		return nil, fmt.Errorf("record size %d: want %d to %d", size, gcmMinRecord, uint32(math.MaxUint32))
	}
	content := size - gcmTag - 1
	records := max((len(plain)+content-1)/content, 1)
	out := make([]byte, gcmSalt, gcmFixed+len(o.KeyID)+len(plain)+records*(gcmTag+1))
	for range 2 { // a salt that begins like gzip, once in 2^24, would be taken for it
		if _, err := io.ReadFull(o.Rand, out); err != nil {
			return nil, fmt.Errorf("salt: %w", err)
		}
		if !isGzip(out) {
			break
		}
	}
	aead, nonce, err := deriveGCM(o.Key, out[:gcmSalt])
	if err != nil {
		return nil, err
	}
	out = binary.BigEndian.AppendUint32(out, uint32(size))
	out = append(out, byte(len(o.KeyID)))
	out = append(out, o.KeyID...)
	record := make([]byte, 0, min(content, len(plain))+1)
	for i := range records {
		piece := plain[:min(content, len(plain))]
		plain = plain[len(piece):]
		delimiter := byte(1)
		if i == records-1 {
			delimiter = 2
		}
		record = append(append(record[:0], piece...), delimiter)
		out = aead.Seal(out, nonce(i), record, nil)
	}
	return out, nil
}

// openGCM authenticates record by record. A first record that fails means a
// wrong key (or damage there); a later one that fails means damage, because
// the key has proved to be right.
func openGCM(data []byte, o OpenOptions) ([]byte, error) {
	if o.Key.IsZero() {
		return nil, ErrNoKey
	}
	aead, nonce, err := deriveGCM(o.Key, data[:gcmSalt])
	if err != nil {
		return nil, err
	}
	size := int(min(binary.BigEndian.Uint32(data[gcmSalt:]), math.MaxInt32))
	body := data[gcmFixed+int(data[gcmFixed-1]):]
	if len(body) > 2*o.MaxSize+gcmMinRecord { // so much padding is no document
		return nil, &SizeError{Limit: o.MaxSize, Got: len(body)}
	}
	plain := make([]byte, 0, len(body))
	for i := 0; ; i++ {
		record := body[:min(size, len(body))]
		body = body[len(record):]
		start := len(plain)
		plain, err = aead.Open(plain, nonce(i), record, nil)
		switch {
		case err != nil && i == 0:
			return nil, ErrWrongKey
		case err != nil:
			return nil, ErrDamaged
		}
		end := len(plain)
		for end > start && plain[end-1] == 0 {
			end--
		}
		if end == start {
			return nil, ErrDamaged // nothing but padding: section 2 wants a delimiter
		}
		last := plain[end-1]
		plain = plain[:end-1]
		switch {
		case last == 2 && len(body) == 0:
			return plain, nil
		case last != 1 || len(body) == 0: // cut off behind a record, or records behind the last
			return nil, ErrDamaged
		}
	}
}

// deriveGCM gives the cipher and the nonces, RFC 8188 sections 2.2 and 2.3.
func deriveGCM(key secret.Text, salt []byte) (cipher.AEAD, func(record int) []byte, error) {
	secret := []byte(key.Reveal())
	defer clear(secret)
	pseudorandom, err := hkdf.Extract(sha256.New, secret, salt)
	if err != nil {
		return nil, nil, err
	}
	contentKey, err := hkdf.Expand(sha256.New, pseudorandom, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, nil, err
	}
	base, err := hkdf.Expand(sha256.New, pseudorandom, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, nil, err
	}
	block, err := aes.NewCipher(contentKey)
	if err != nil {
		return nil, nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, nil, err
	}
	counter := binary.BigEndian.Uint64([]byte(base[4:]))
	nonce := make([]byte, 12)
	copy(nonce, base)
	return aead, func(record int) []byte {
		binary.BigEndian.PutUint64(nonce[4:], counter^uint64(record))
		return nonce
	}, nil
}
