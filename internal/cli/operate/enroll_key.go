// SPDX-License-Identifier: MPL-2.0

package operate

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// readKey reads the RSA private key of a PEM file: PKCS#8 or PKCS#1, not
// encrypted.
func readKey(a *term.App, name string) (*rsa.PrivateKey, error) {
	data, err := a.ReadFile(name)
	if err != nil {
		return nil, term.Failure(err)
	}
	key, err := parseKey(data)
	if err != nil {
		return nil, term.Failure(fmt.Errorf("%s: %w", name, err))
	}
	return key, nil
}

func parseKey(data []byte) (*rsa.PrivateKey, error) {
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			return nil, errors.New("no private key in PEM")
		}
		switch {
		case block.Type == "ENCRYPTED PRIVATE KEY", block.Headers["DEK-Info"] != "":
			return nil, errors.New("the private key is encrypted: decrypt it first with openssl pkey")
		case block.Type == "RSA PRIVATE KEY":
			key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
			if err != nil {
				return nil, errors.New("the private key is damaged")
			}
			return key, nil
		case strings.HasSuffix(block.Type, "PRIVATE KEY"):
			parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
			key, ok := parsed.(*rsa.PrivateKey)
			switch {
			case err != nil && block.Type == "PRIVATE KEY":
				return nil, errors.New("the private key is damaged")
			case !ok:
				return nil, errors.New("the private key is not RSA, which SCEP needs")
			}
			return key, nil
		}
	}
}

// readCredential reads a certificate, its issuers as far as they are there, and
// its key, which is in the same file unless keyName says otherwise.
func readCredential(a *term.App, name, keyName string) (*scep.Signer, error) {
	data, err := a.ReadFile(name)
	if err != nil {
		return nil, term.Failure(err)
	}
	bad := func(err error) (*scep.Signer, error) { return nil, term.Failure(fmt.Errorf("%s: %w", name, err)) }
	s := &scep.Signer{}
	for rest := data; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		switch {
		case err != nil:
			return bad(errors.New("a certificate in it is damaged"))
		case s.Certificate == nil:
			s.Certificate = cert
		case !bytes.Equal(cert.RawSubject, cert.RawIssuer): // a root is known or not
			s.Chain = append(s.Chain, cert)
		}
	}
	if s.Certificate == nil {
		return bad(errors.New("no certificate in PEM"))
	}
	var key *rsa.PrivateKey
	if keyName != "" {
		key, err = readKey(a, keyName)
	} else if key, err = parseKey(data); err != nil {
		err = term.Failure(fmt.Errorf("%s: %w", name, err)).Hint("name the file of its key with --cert-key")
	}
	if err != nil {
		return nil, err
	}
	if !key.PublicKey.Equal(s.Certificate.PublicKey) {
		return bad(errors.New("the key does not belong to the certificate"))
	}
	s.Key = crypto.Signer(key)
	return s, nil
}
