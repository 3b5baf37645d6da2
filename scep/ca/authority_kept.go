// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// roles are where the certificates of an authority belong, under their names in
// the database.
func (a *authority) roles() map[string]**identity {
	return map[string]**identity{roleRoot: &a.root, roleIssuing: &a.issuing, roleRA: &a.ra, roleRASigning: &a.raSigning}
}

// openAuthority takes what the database holds, makes what is missing and keeps it.
func openAuthority(c *Config, s *store) (*authority, error) {
	kept := map[string][]byte{}
	if s.db != nil {
		var err error
		if kept, err = s.db.authority(); err != nil {
			return nil, fmt.Errorf("read the CA's keys: %w", err)
		}
	}
	a, err := parseAuthority(kept)
	if err != nil {
		return nil, err
	}
	made, err := newMaker(c, a.generation()).complete(a)
	if err != nil {
		return nil, err
	}
	if s.db != nil && len(made) > 0 {
		if err := s.db.putAuthority(made); err != nil {
			return nil, fmt.Errorf("keep the CA's keys: %w", err)
		}
	}
	return a, nil
}

// complete makes the certificates that an authority lacks by the configuration,
// leaves those out that it has too many, and returns what it made in PEM.
func (m maker) complete(a *authority) (map[string][]byte, error) {
	ndes, made := m.config.Quirks.NDES, map[string][]byte{}
	for _, role := range []struct {
		name   string
		into   **identity
		wanted bool
		make   func() (*identity, error)
	}{
		{roleRoot, &a.root, true, m.root},
		{roleIssuing, &a.issuing, true, func() (*identity, error) { return m.issuing(a.root) }},
		{roleRA, &a.ra, m.config.RA || ndes, func() (*identity, error) { return m.ra(a.issuing, false) }},
		{roleRASigning, &a.raSigning, ndes, func() (*identity, error) { return m.ra(a.issuing, true) }},
	} {
		if !role.wanted {
			*role.into = nil
		}
		if !role.wanted || *role.into != nil {
			continue
		}
		var err error
		if *role.into, err = role.make(); err != nil {
			return nil, fmt.Errorf("make the %s certificate: %w", role.name, err)
		}
		if made[role.name], err = (*role.into).pem(); err != nil {
			return nil, err
		}
	}
	return made, nil
}

func parseAuthority(kept map[string][]byte) (*authority, error) {
	a, next := &authority{}, &authority{}
	roles, later := a.roles(), next.roles()
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		i, err := parseIdentity(kept[name])
		if err != nil {
			return nil, fmt.Errorf("the CA database's %s entry: %w", name, err)
		}
		if into, ok := roles[name]; ok {
			*into = i
		} else if role, ok := strings.CutPrefix(name, roleNext); ok && later[role] != nil {
			*later[role] = i
			a.next = next
		} else if strings.HasPrefix(name, roleFormer) {
			a.former = append(a.former, i)
		}
	}
	if a.next != nil && (next.root == nil || next.issuing == nil) {
		return nil, errors.New("the CA database has a next CA without root or issuing CA")
	}
	return a, nil
}

// pem is everything an authority has, by role.
func (a *authority) pem() (map[string][]byte, error) {
	out := map[string][]byte{}
	put := func(name string, i *identity) (err error) {
		if i != nil {
			out[name], err = i.pem()
		}
		return err
	}
	var errs []error
	for role, i := range a.roles() {
		errs = append(errs, put(role, *i))
	}
	if a.next != nil {
		for role, i := range a.next.roles() {
			errs = append(errs, put(roleNext+role, *i))
		}
	}
	for n, i := range a.former {
		errs = append(errs, put(fmt.Sprintf("%s%04d", roleFormer, n), i))
	}
	return out, errors.Join(errs...)
}

func (i *identity) pem() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(i.key)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for _, block := range []*pem.Block{{Type: "PRIVATE KEY", Bytes: der}, {Type: "CERTIFICATE", Bytes: i.cert.Raw}} {
		if err := pem.Encode(&b, block); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

func parseIdentity(data []byte) (*identity, error) {
	keyBlock, rest := pem.Decode(data)
	if keyBlock == nil {
		return nil, errors.New("no private key in it")
	}
	certBlock, _ := pem.Decode(rest)
	if certBlock == nil {
		return nil, errors.New("no certificate in it")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("want an RSA key, have %T", parsed)
	}
	cert, err := x509.ParseCertificate(certBlock.Bytes)
	if err != nil {
		return nil, err
	}
	if public, ok := cert.PublicKey.(interface{ Equal(crypto.PublicKey) bool }); !ok || !public.Equal(key.Public()) {
		return nil, errors.New("key and certificate do not belong together")
	}
	return &identity{cert, key}, nil
}
