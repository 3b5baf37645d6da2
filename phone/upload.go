// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// Bounds of a certificate file.
const (
	maxUpload    = 256 << 10
	maxUploaded  = 16   // certificates in it
	maxUploadRSA = 8192 // bits of their keys: a signature takes time with the square
)

// uploading lets one file be decoded at a time, whichever phone it is for:
// deriving keys keeps a core busy.
var uploading = make(chan struct{}, 1)

// Upload adds a certificate from a .p12 or .pfx file: certificate and private
// key under the extract password, in the legacy formats (RC2 or triple DES with
// SHA-1) and the modern ones (AES with SHA-256). The error says why the
// certificate can't be uploaded; the phone is then as before. One file is decoded at a
// time; the others wait their turn until ctx is done.
func (p *Phone) Upload(ctx context.Context, file []byte, password secret.Text) error {
	chain, key, err := p.decode(ctx, file, password)
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if err == nil {
		switch leaf := chain[0]; {
		case now.After(leaf.NotAfter):
			err = fmt.Errorf("it expired on %s", leaf.NotAfter.UTC().Format("2006-01-02"))
		case now.Before(leaf.NotBefore):
			err = fmt.Errorf("it is not valid before %s", leaf.NotBefore.UTC().Format("2006-01-02 15:04:05"))
		case leaf.IsCA:
			err = errors.New("it is the certificate of a CA, not of a device")
		}
	}
	if err != nil {
		p.log.Warn("upload failed", "error", err)
		return fmt.Errorf("the certificate can't be uploaded: %w", err)
	}
	was := p.memory
	p.certificates = p.certificates.with(newCredential(chain, key, ByUpload, now, p.parameters.fips))
	p.fire(Uploaded)
	p.nextCheck = now
	if err := p.memory.save(p.cfg.Dir); err != nil {
		p.memory = was
		return fmt.Errorf("the certificate can't be uploaded: %w", err)
	}
	p.log.Info("certificate added", "common_name", chain[0].Subject.CommonName, "serial", serial(chain[0]))
	p.poke()
	return nil
}

func (p *Phone) decode(ctx context.Context, file []byte, password secret.Text) ([]*x509.Certificate, crypto.Signer, error) {
	select {
	case uploading <- struct{}{}:
		defer func() { <-uploading }()
	case <-ctx.Done():
		return nil, nil, errors.New("other files are being uploaded: try again")
	}
	if ctx.Err() != nil {
		return nil, nil, errors.New("the upload was given up")
	}
	return openPKCS12(file, password)
}

// openPKCS12 takes the file apart. The library is shielded: a file is input from
// outside, and a panic would end all phones of the process, or one that asks for
// so many iterations that it never returns.
func openPKCS12(file []byte, password secret.Text) (chain []*x509.Certificate, key crypto.Signer, err error) {
	defer func() {
		if recover() != nil {
			chain, key, err = nil, nil, errors.New("the file is damaged")
		}
	}()
	switch {
	case len(file) == 0:
		return nil, nil, errors.New("no file was chosen")
	case len(file) > maxUpload:
		return nil, nil, fmt.Errorf("the file is larger than %d bytes", maxUpload)
	}
	if err := inspectPKCS12(file, password.Reveal()); err != nil {
		return nil, nil, err
	}
	private, leaf, more, err := pkcs12.DecodeChain(file, password.Reveal())
	switch {
	case errors.Is(err, pkcs12.ErrIncorrectPassword):
		return nil, nil, errPassword
	case err != nil:
		return nil, nil, errNotPKCS12
	}
	if len(more) >= maxUploaded {
		return nil, nil, fmt.Errorf("the file holds %d certificates, expected at most %d", 1+len(more), maxUploaded)
	}
	for _, c := range append(more, leaf) {
		if pub, ok := c.PublicKey.(*rsa.PublicKey); ok && pub.N.BitLen() > maxUploadRSA {
			return nil, nil, fmt.Errorf("a certificate in the file has an RSA key of %d bits, expected at most %d", pub.N.BitLen(), maxUploadRSA)
		}
	}
	key, ok := private.(crypto.Signer)
	if !ok || !belongs(key, leaf) {
		return nil, nil, errors.New("the private key in the file does not belong to the certificate")
	}
	return order(leaf, more), key, nil
}

// order puts the certificates of a file into the order leaf, issuer, and so on,
// and leaves out those that do not belong to the chain.
func order(leaf *x509.Certificate, more []*x509.Certificate) []*x509.Certificate {
	chain := []*x509.Certificate{leaf}
	for last := leaf; len(more) > 0 && last.CheckSignatureFrom(last) != nil; {
		i := slices.IndexFunc(more, func(c *x509.Certificate) bool { return last.CheckSignatureFrom(c) == nil })
		if i < 0 {
			break
		}
		last = more[i]
		chain = append(chain, last)
		more = slices.Delete(slices.Clone(more), i, i+1)
	}
	return chain
}
