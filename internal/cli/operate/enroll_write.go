// SPDX-License-Identifier: MPL-2.0

package operate

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// randomness makes keys.
var randomness = rand.Reader

// encoder writes a key with its certificate, issuers after it.
type encoder func(key crypto.Signer, chain []*x509.Certificate) ([]byte, error)

// encodePEM writes the key as PKCS#8 and then the certificates, from the
// device's to the root.
func encodePEM(key crypto.Signer, chain []*x509.Certificate) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := pem.Encode(&b, &pem.Block{Type: "PRIVATE KEY", Bytes: der}); err != nil {
		return nil, err
	}
	for _, c := range chain {
		if err := pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// encodePKCS12 writes a .p12 file under a password.
func encodePKCS12(format string, password secret.Text) encoder {
	e := pkcs12.Modern2023
	if format == "legacy-des" {
		e = pkcs12.LegacyDES
	}
	return func(key crypto.Signer, chain []*x509.Certificate) ([]byte, error) {
		return e.Encode(key, chain[0], chain[1:], password.Reveal())
	}
}

// keyFile is a file with a private key that appears whole or not at all. Without
// force it never takes the place of another.
type keyFile struct {
	name   string
	force  bool
	encode encoder
	temp   *os.File
}

// begin makes sure that the file can be written and may be.
func (f *keyFile) begin() error {
	info, err := os.Lstat(f.name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return term.WriteError(f.name, err)
	case !info.Mode().IsRegular():
		return term.WriteError(f.name, errors.New("is not a regular file"))
	case !f.force:
		return term.WriteError(f.name, errors.New("is there already, and may hold a key; --force replaces it"))
	}
	// os.CreateTemp makes files that their owner alone can read.
	if f.temp, err = os.CreateTemp(filepath.Dir(f.name), "."+filepath.Base(f.name)+"-*"); err != nil {
		return term.WriteError(f.name, err)
	}
	return nil
}

// finish writes the file.
func (f *keyFile) finish(key crypto.Signer, chain []*x509.Certificate) error {
	data, err := f.encode(key, chain)
	if err == nil {
		_, err = f.temp.Write(data)
	}
	if err == nil {
		err = f.temp.Sync()
	}
	if err = errors.Join(err, f.temp.Close()); err != nil {
		return term.WriteError(f.name, err)
	}
	if f.force {
		err = os.Rename(f.temp.Name(), f.name)
	} else if err = os.Link(f.temp.Name(), f.name); err != nil { // fails when the file is there
		var link *os.LinkError
		if errors.As(err, &link) {
			err = link.Err
		}
		if !errors.Is(err, fs.ErrExist) {
			// A file system without links: nearly as good.
			if _, gone := os.Lstat(f.name); errors.Is(gone, fs.ErrNotExist) {
				err = os.Rename(f.temp.Name(), f.name)
			}
		}
	}
	if err != nil {
		kept := f.temp.Name()
		f.temp = nil
		return fmt.Errorf("%w; key and certificate are in %s", term.WriteError(f.name, err), kept)
	}
	return nil
}

// abandon removes what was begun.
func (f *keyFile) abandon() {
	if f.temp != nil {
		_ = f.temp.Close()
		_ = os.Remove(f.temp.Name())
	}
}
