// SPDX-License-Identifier: MPL-2.0

package provision

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"sync/atomic"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile/batch"
)

// Rendered is a [Source] that makes a phone's file when the phone asks for it, from
// the template and what an inventory says of the phone. No file is stored. The
// bytes are those that ciscophone push and the Terraform provider write for the
// same phones.
//
// The zero value has no phones. [Rendered.Load] gives it some, as often as the
// template or the inventory changes: requests that are under way are answered from
// what was there before.
type Rendered struct {
	phones atomic.Pointer[map[string]*batch.Phone]
}

// Load replaces all phones, as [batch.Expand] returns them. It returns an error,
// and keeps the former phones, if one of them has no template, keeps a challenge
// password that only a stored file would have, or has the file of another.
func (s *Rendered) Load(phones []batch.Phone) error {
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

// Get makes the file called name.
func (s *Rendered) Get(_ context.Context, name string) (File, error) {
	phones := s.phones.Load()
	if phones == nil {
		return File{}, errors.New("no phones have been loaded")
	}
	p, ok := (*phones)[name]
	if !ok {
		return File{}, fmt.Errorf("%s: no phone of the inventory has this file: %w", name, fs.ErrNotExist)
	}
	d := p.Desired
	doc, err := d.Template.Fill(&d)
	if err != nil {
		return File{}, fmt.Errorf("%s: %w", name, err)
	}
	plain := doc.Bytes()
	tag, err := contentTag(bytes.NewReader(plain))
	if err != nil || d.Sealing == nil {
		return File{Header: http.Header{"Etag": {tag}}, Content: bytes.NewReader(plain)}, err
	}
	sealed, err := reconcile.Seal(plain, d.Sealing)
	if err != nil {
		return File{}, fmt.Errorf("%s: %w", name, err)
	}
	// The salt is another one each time: the tag is that of what was encrypted.
	header := http.Header{"Etag": {"W/" + tag}}
	if d.Sealing.Cipher == seal.AES128GCM {
		header.Set("Content-Encoding", "aes128gcm")
	}
	return File{Header: header, Content: bytes.NewReader(sealed)}, nil
}
