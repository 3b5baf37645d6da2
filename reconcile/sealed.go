// SPDX-License-Identifier: MPL-2.0

package reconcile

import (
	"errors"
	"fmt"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// errOtherKey says that a stored file cannot be opened.
var errOtherKey = errors.New("it is encrypted with another key, or cut off")

// opened is what a stored file holds.
type opened struct {
	plain  []byte
	packed string // how it is packed other than it should be, "" for as it should be
	err    error  // why it cannot be opened or read
	doc    *cfgxml.Document
}

// document returns what the stored file holds, parsed once.
func (is *opened) document() (*cfgxml.Document, error) {
	if is.doc == nil && is.err == nil {
		if is.doc, is.err = cfgxml.Parse(is.plain); is.err != nil {
			if cipher, _, ok := seal.Detect(is.plain); ok && cipher != seal.None {
				is.err = fmt.Errorf("%w; it may be encrypted, and no encryption is configured", is.err)
			}
		}
	}
	return is.doc, is.err
}

// open opens a stored file. Without sealing it is taken as it is. One that is
// readable, or encrypted in another way, is encrypted anew by the next writing.
func open(d *Desired, stored []byte) opened {
	if d == nil || d.Sealing == nil {
		return opened{plain: stored}
	}
	other := opened{packed: "encrypted with another key, or cut off", err: errOtherKey}
	cipher, gzip, ok := seal.Detect(stored)
	if !ok {
		return other
	}
	is := opened{}
	switch {
	case cipher == d.Sealing.Cipher:
	case cipher != seal.None:
		is.packed = cipher.String()
	case gzip:
		is.packed = "gzip, not encrypted"
	default:
		is.packed = "not encrypted"
	}
	if is.with(stored, d.Sealing.Key, cipher) {
		return is
	}
	if !d.FormerKey.IsZero() && is.with(stored, d.FormerKey, cipher) {
		is.packed = "encrypted with the former key"
		return is
	}
	return other
}

// with opens a stored file with a key. Nothing authenticates aes-256-cbc: in one
// case of 256 another key opens it, to what is no document.
func (is *opened) with(stored []byte, key secret.Text, cipher seal.Cipher) bool {
	plain, err := seal.Open(stored, seal.OpenOptions{Key: key, MaxSize: cfgxml.DefaultMaxSize})
	if err == nil && cipher != seal.None {
		is.doc, err = cfgxml.Parse(plain)
	}
	is.plain = plain
	return err == nil
}

// Open returns what a stored file holds, for someone who has no use for more.
func Open(d *Desired, stored []byte) ([]byte, error) {
	is := open(d, stored)
	return is.plain, is.err
}

// Seal returns what to store of a content.
func Seal(content []byte, o *seal.Options) ([]byte, error) {
	if o == nil {
		return content, nil
	}
	return seal.Seal(content, *o)
}

// Clear returns what to store where the parameters of an enrollment are emptied.
func Clear(d *Desired, stored []byte) ([]byte, error) {
	if d == nil {
		d = new(Desired)
	}
	is := open(d, stored)
	doc, err := is.document()
	if err != nil {
		return nil, &UnreadableError{Name: "the file in the store", Err: err}
	}
	cleared := &Desired{Forget: make([]string, 0, len(Fields))}
	for _, f := range Fields {
		cleared.Forget = append(cleared.Forget, f.Param)
	}
	content, err := doc.Edit(cleared.edits(doc)...)
	if err != nil {
		return nil, err
	}
	return Seal(content.Bytes(), d.Sealing)
}
