// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"strings"
)

// keySize describes a certificate's key to people: "RSA 2048 bits".
func keySize(c *x509.Certificate) string {
	switch k := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d bits", k.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA " + k.Curve.Params().Name
	}
	return c.PublicKeyAlgorithm.String()
}

// keyUses describes what a certificate is for.
func keyUses(c *x509.Certificate) string {
	var uses []string
	for _, u := range []struct {
		bit  x509.KeyUsage
		name string
	}{
		{x509.KeyUsageDigitalSignature, "digital signature"},
		{x509.KeyUsageKeyEncipherment, "key encipherment"},
		{x509.KeyUsageCertSign, "certificate signing"},
		{x509.KeyUsageCRLSign, "CRL signing"},
	} {
		if c.KeyUsage&u.bit != 0 {
			uses = append(uses, u.name)
		}
	}
	for _, u := range c.ExtKeyUsage {
		switch u {
		case x509.ExtKeyUsageClientAuth:
			uses = append(uses, "TLS client")
		case x509.ExtKeyUsageServerAuth:
			uses = append(uses, "TLS server")
		}
	}
	if len(uses) == 0 {
		return "not restricted"
	}
	return strings.Join(uses, ", ")
}
