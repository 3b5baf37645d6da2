// SPDX-License-Identifier: MPL-2.0

// Package trust reads the files that say whom to trust in TLS and who one is:
// CA certificates, and a client's certificate with its key.
package trust

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
)

// Roots returns the certificates of a PEM file. name stands in errors.
func Roots(name string, data []byte) (*x509.CertPool, error) {
	roots := x509.NewCertPool()
	if roots.AppendCertsFromPEM(data) {
		return roots, nil
	}
	for rest := data; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return nil, fmt.Errorf("%s holds no certificate: want PEM, with lines that say BEGIN CERTIFICATE", name)
		}
		if block.Type == "CERTIFICATE" {
			_, err := x509.ParseCertificate(block.Bytes)
			return nil, fmt.Errorf("%s: its certificate cannot be read: %w", name, err)
		}
	}
}

// KeyPair returns a client's certificate with its private key, both PEM. Errors
// hold nothing of the key.
func KeyPair(certName string, cert []byte, keyName string, key []byte) (tls.Certificate, error) {
	for _, f := range []struct {
		name, want string
		data       []byte
	}{{certName, "CERTIFICATE", cert}, {keyName, "PRIVATE KEY", key}} {
		found := false
		for rest := f.data; !found; {
			var block *pem.Block
			if block, rest = pem.Decode(rest); block == nil {
				return tls.Certificate{}, fmt.Errorf("%s holds no %s in PEM, with a line that says BEGIN %s", f.name, strings.ToLower(f.want), f.want)
			}
			if strings.HasPrefix(block.Type, "ENCRYPTED") || block.Headers["DEK-Info"] != "" {
				return tls.Certificate{}, fmt.Errorf("%s: the private key is encrypted with a password: give it without one (openssl pkey -in FILE -out FILE)", f.name)
			}
			found = strings.HasSuffix(block.Type, f.want)
		}
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return pair, fmt.Errorf("%s and %s: %w", certName, keyName, err)
	}
	return pair, nil
}
