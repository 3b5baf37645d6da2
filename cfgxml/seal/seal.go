// SPDX-License-Identifier: MPL-2.0

package seal

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// A Cipher is one of the ways in which phones take an encrypted document.
type Cipher uint8

// The ciphers. Both are what Cisco's "Provisioning Formats" names.
const (
	// None leaves the document readable.
	None Cipher = iota
	// AES256CBC is what "openssl enc -aes-256-cbc -k SECRET" writes; the
	// phone is told the secret by [--key "SECRET"] in its Profile_Rule.
	// Nothing authenticates it: who can change the file can change what the
	// phone reads, in part even without the secret.
	AES256CBC
	// AES128GCM is the content coding aes128gcm of RFC 8188, which the web
	// server announces by "Content-Encoding: aes128gcm". The phone holds the
	// key as its parameter IKM_HTTP_Encrypt_Content.
	AES128GCM
)

// String names the cipher: "none", "aes-256-cbc" or "aes128gcm".
func (c Cipher) String() string {
	switch c {
	case None:
		return "none"
	case AES256CBC:
		return "aes-256-cbc"
	case AES128GCM:
		return "aes128gcm"
	}
	return fmt.Sprintf("cipher %d", uint8(c))
}

// Ciphers are the names of the ciphers that encrypt.
func Ciphers() []string { return []string{AES256CBC.String(), AES128GCM.String()} }

// ParseCipher returns the cipher that encrypts by the name of [Cipher.String].
func ParseCipher(name string) (Cipher, error) {
	for _, c := range []Cipher{AES256CBC, AES128GCM} {
		if c.String() == name {
			return c, nil
		}
	}
	return None, fmt.Errorf("unknown cipher %.40q: want one of %s", name, strings.Join(Ciphers(), ", "))
}

// Options say how [Seal] packs a document. The zero value leaves it as it
// is.
type Options struct {
	// Gzip compresses first. Phones know it by its header.
	Gzip bool
	// Cipher encrypts, after compressing.
	Cipher Cipher
	// Key is the secret for AES256CBC, and the octets of the input keying
	// material for AES128GCM.
	Key secret.Text
	// Digest derives the key of AES256CBC: crypto.SHA256, the default and that
	// of openssl since 1.1.0, or crypto.MD5, that of older ones. Cisco does
	// not say which phones take: the documents name openssl 0.9.7c for old
	// firmware and 1.1.1d for new.
	Digest crypto.Hash
	// KeyID names the key of AES128GCM to the receiver; at most 255 bytes.
	KeyID string
	// RecordSize is the size of a record of AES128GCM, at least 18; 0 is 4096.
	RecordSize int
	// Rand gives the salt; nil is crypto/rand.
	Rand io.Reader
}

// Errors of [Seal] and [Open]; test for them with errors.Is. They never hold a
// key nor any byte of the document.
var (
	// ErrNoKey reports that a cipher needs a key and none was given.
	ErrNoKey = errors.New("no key: an encrypted document needs its secret")
	// ErrWrongKey reports that the key does not open the document. Where
	// nothing but the key's failure shows, the document may also be damaged
	// at its beginning: the formats cannot tell.
	ErrWrongKey = errors.New("the key does not open the document: use the secret it was encrypted with")
	// ErrDamaged reports that the document was cut off or changed.
	ErrDamaged = errors.New("the document is cut off or damaged: fetch or write it again")
	// ErrNotSealed reports data that is no kind of phone configuration.
	ErrNotSealed = errors.New("neither a readable document nor gzip, aes-256-cbc or aes128gcm")
)

// DefaultMaxSize bounds what [Open] returns unless [OpenOptions] say otherwise;
// it is that of a document.
const DefaultMaxSize = 32 << 20

// SizeError reports an opened document that is larger than the caller allows.
type SizeError struct {
	Limit, Got int // bytes
}

// Error names the size and the limit.
func (e *SizeError) Error() string {
	return fmt.Sprintf("the document has %d bytes, more than the %d allowed: no phone's file has; a program may raise the limit with MaxSize", e.Got, e.Limit)
}

// Seal packs a document for its way to the phone: it compresses, then
// encrypts, as the options say. Everything is as large as the plain document
// needs; nothing is written elsewhere. A key that is only a mask is refused with
// [secret.ErrMask].
func Seal(plain []byte, o Options) ([]byte, error) {
	if o.Key.Masked() {
		return nil, fmt.Errorf("key: %w", secret.ErrMask)
	}
	out := plain
	if o.Gzip {
		var err error
		if out, err = compress(out); err != nil {
			return nil, fmt.Errorf("gzip: %w", err)
		}
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	switch o.Cipher {
	case None:
		if !o.Gzip {
			out = bytes.Clone(out)
		}
		return out, nil
	case AES256CBC:
		return sealCBC(out, o)
	case AES128GCM:
		return sealGCM(out, o)
	}
	return nil, fmt.Errorf("%v: want None, AES256CBC or AES128GCM", o.Cipher)
}

// OpenOptions say what [Open] needs to know beyond the data.
type OpenOptions struct {
	// Key is the secret, as in Options; readable data needs none.
	Key secret.Text
	// Digest is the one of AES256CBC; 0 tries SHA-256, then MD5.
	Digest crypto.Hash
	// MaxSize bounds the result in bytes; 0 is [DefaultMaxSize]. A larger one
	// is a *SizeError, found before it is in memory.
	MaxSize int
}

// Detect says how data was packed, as its first bytes tell: a cipher, or gzip,
// or neither. ok is false if it is nothing that [Open] opens. An aes128gcm
// header has no magic number, so any other binary data may look like one.
func Detect(data []byte) (c Cipher, gzip, ok bool) {
	switch {
	case isGzip(data):
		return None, true, true
	case isCBC(data):
		return AES256CBC, false, true
	case isGCM(data) && (!looksReadable(data) || hasControl(data[:gcmFixed])):
		return AES128GCM, false, true // its salt may begin like a document, its record size does not go on like one
	case looksReadable(data):
		return None, false, true
	}
	return None, false, false
}

// Open undoes [Seal]: it sees from the data whether it is encrypted,
// compressed, both or neither, and gives the document. The result is not
// parsed. Readable data is given back as it is.
//
// The errors are ErrNoKey, ErrWrongKey, ErrDamaged, ErrNotSealed and
// *SizeError.
func Open(data []byte, o OpenOptions) ([]byte, error) {
	if o.MaxSize <= 0 {
		o.MaxSize = DefaultMaxSize
	}
	c, _, ok := Detect(data)
	if !ok {
		return nil, ErrNotSealed
	}
	switch c {
	case AES256CBC:
		return openCBC(data, o)
	case AES128GCM:
		plain, err := openGCM(data, o)
		if err != nil {
			return nil, fmt.Errorf("%v: %w", c, err)
		}
		return openPlain(plain, o)
	}
	return openPlain(data, o)
}

// openPlain undoes what was done before encrypting.
func openPlain(data []byte, o OpenOptions) ([]byte, error) {
	if isGzip(data) {
		return decompress(data, o.MaxSize)
	}
	if len(data) > o.MaxSize {
		return nil, &SizeError{Limit: o.MaxSize, Got: len(data)}
	}
	return bytes.Clone(data), nil
}

// looksReadable reports whether data begins as a document does: with "<" after
// a byte order mark and white space, if any, or is empty.
func looksReadable(data []byte) bool {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	data = bytes.TrimLeft(data, " \t\r\n")
	return len(data) == 0 || data[0] == '<'
}
