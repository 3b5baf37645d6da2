// SPDX-License-Identifier: MPL-2.0

// Package rendered makes phones' files when they ask for them: the source of a
// provision.Handler over a template and an inventory.
package rendered

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"sync/atomic"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/provision"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile/batch"
)

// A Source is a [provision.Source] that makes a phone's file when the phone asks for
// it, from the template and what an inventory says of the phone. No file is stored.
// The bytes are those that ciscophone push and the Terraform provider write for the
// same phones.
//
// The zero value has no phones. [Source.Load] gives it some, as often as the
// template or the inventory changes: requests that are under way are answered from
// what was there before.
type Source struct {
	phones atomic.Pointer[map[string]*batch.Phone]
}

// Load replaces all phones, as [batch.Expand] returns them. It returns an error,
// and keeps the former phones, if one of them has no template, keeps a challenge
// password that only a stored file would have, or has the file of another.
func (s *Source) Load(phones []batch.Phone) error {
	byName := make(map[string]*batch.Phone, len(phones))
	for i := range phones {
		p := &phones[i]
		switch {
		case p.Desired.Template == nil:
			return fmt.Errorf("%s: no template: a file that is made on request needs one", p.Name)
		case p.Desired.KeepChallenge:
			return fmt.Errorf("%s: the challenge password of a stored file cannot be kept: no file is stored", p.Name)
		case byName[p.Name] != nil:
			return fmt.Errorf("%s: two phones have this file", p.Name)
		}
		byName[p.Name] = p
	}
	s.phones.Store(&byName)
	return nil
}

var _ provision.Source = (*Source)(nil)

// Get makes the file called name.
func (s *Source) Get(_ context.Context, name string) (provision.File, error) {
	phones := s.phones.Load()
	if phones == nil {
		return provision.File{}, errors.New("no phones have been loaded")
	}
	p, ok := (*phones)[name]
	if !ok {
		return provision.File{}, fmt.Errorf("%s: no phone of the inventory has this file: %w", name, fs.ErrNotExist)
	}
	d := p.Desired
	doc, err := d.Template.Fill(&d)
	if err != nil {
		return provision.File{}, fmt.Errorf("%s: %w", name, err)
	}
	plain := doc.Bytes()
	if d.Sealing == nil {
		return provision.File{Content: bytes.NewReader(plain)}, nil
	}
	sealed, err := reconcile.Seal(plain, d.Sealing)
	if err != nil {
		return provision.File{}, fmt.Errorf("%s: %w", name, err)
	}
	// The salt is another one each time: the tag is that of what was encrypted.
	sum := sha256.Sum256(plain)
	header := http.Header{"Etag": {`W/"` + hex.EncodeToString(sum[:16]) + `"`}}
	if d.Sealing.Cipher == seal.AES128GCM {
		header.Set("Content-Encoding", "aes128gcm")
	}
	return provision.File{Header: header, Content: bytes.NewReader(sealed)}, nil
}
