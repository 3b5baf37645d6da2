// SPDX-License-Identifier: MPL-2.0

package record

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/smallstep/pkcs7"
)

// certificates are files: PEM, DER or PKCS #7, one or a folder with all below it.
type certificates struct{}

func openPEM(*Source) (reader, error) { return certificates{}, nil }

const maxFile = 4 << 20

func (certificates) read(r *run) error {
	return filepath.WalkDir(r.path, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case r.ctx.Err() != nil:
			return r.ctx.Err()
		case err != nil && path == r.path:
			return err
		case err == nil && entry.IsDir():
			return nil
		}
		r.report.Records++
		if err == nil {
			err = r.file(path)
		}
		if err != nil {
			name, relErr := filepath.Rel(r.path, path)
			if relErr != nil || name == "." {
				name = filepath.Base(path)
			}
			r.malformed(Fault{File: name, Err: bare(err)})
		}
		return nil
	})
}

// file reads the certificates and revocation lists in one file. Keys, requests and
// empty files are not about what was issued and are passed over.
func (r *run) file(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return fmt.Errorf("neither a certificate nor a list of them: not a file, or larger than %d bytes", maxFile)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return r.certificates(data)
}

func (r *run) certificates(data []byte) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil
	}
	block, rest := pem.Decode(data)
	if block == nil {
		return r.der(data)
	}
	for ; block != nil; block, rest = pem.Decode(rest) {
		switch {
		case block.Type == "CERTIFICATE" || block.Type == "TRUSTED CERTIFICATE" || block.Type == "X509 CRL" || strings.HasPrefix(block.Type, "PKCS7"):
			if err := r.der(block.Bytes); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *run) der(der []byte) error {
	if c, err := x509.ParseCertificate(der); err == nil {
		r.issued(c)
		return nil
	}
	if list, err := x509.ParseRevocationList(der); err == nil {
		for _, e := range list.RevokedCertificateEntries {
			r.fact = Fact{Kind: Revoked, Serial: e.SerialNumber.Text(16), Issuer: list.Issuer.String(), At: e.RevocationTime.UTC(), Reason: reasons[e.ReasonCode]}
			r.found(&r.fact)
		}
		return nil
	}
	bag, err := pkcs7.Parse(der)
	if err != nil || len(bag.Certificates) == 0 {
		return errors.New("neither a certificate nor a revocation list, in PEM, DER or PKCS #7")
	}
	for _, c := range bag.Certificates {
		r.issued(c)
	}
	return nil
}

// issued tells of a certificate, unless it is a CA's.
func (r *run) issued(c *x509.Certificate) {
	if c.IsCA {
		return
	}
	r.fact = Fact{
		Kind: Issued, Name: c.Subject.CommonName, Serial: c.SerialNumber.Text(16), Issuer: c.Issuer.String(),
		NotBefore: c.NotBefore.UTC(), NotAfter: c.NotAfter.UTC(), Usage: usage(c),
	}
	r.found(&r.fact)
}

// usage says what a certificate lacks to open a port by EAP-TLS.
func usage(c *x509.Certificate) Usage {
	for _, u := range c.ExtKeyUsage {
		if u == x509.ExtKeyUsageClientAuth || u == x509.ExtKeyUsageAny {
			return ForClients
		}
	}
	return NotForClients
}

// RevocationReason returns the name of a reason code, "" for one that says nothing.
func RevocationReason(code int) string { return reasons[code] }

// reasons are those of RFC 5280, section 5.3.1, as OpenSSL writes them.
var reasons = map[int]string{
	1: "keyCompromise", 2: "CACompromise", 3: "affiliationChanged", 4: "superseded", 5: "cessationOfOperation",
	6: "certificateHold", 9: "privilegeWithdrawn", 10: "AACompromise",
}
