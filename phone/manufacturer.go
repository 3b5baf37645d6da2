// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// Manufacturer makes manufacturing-installed certificates (MIC/SUDI) for
// simulated phones, as Cisco's factories do for real ones: a root, an issuing CA
// below it, one certificate a phone. Its certificates are not Cisco's: a CA that
// is to know the simulated phones is given this root.
type Manufacturer struct {
	root, issuing *x509.Certificate
	key           *rsa.PrivateKey
	keys          func() (*rsa.PrivateKey, error)
	now           time.Time
}

// NewManufacturer makes the CA certificates, valid for 50 years from a day
// before now. keys makes RSA keys; nil generates them with 2048 bits.
func NewManufacturer(now time.Time, keys func() (*rsa.PrivateKey, error)) (*Manufacturer, error) {
	if keys == nil {
		keys = func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) }
	}
	made := keys
	keys = func() (*rsa.PrivateKey, error) {
		key, err := made()
		if err == nil && key == nil {
			err = errors.New("no key was made")
		}
		return key, err
	}
	rootKey, err := keys()
	if err != nil {
		return nil, fmt.Errorf("manufacturer: %w", err)
	}
	key, err := keys()
	if err != nil {
		return nil, fmt.Errorf("manufacturer: %w", err)
	}
	m := &Manufacturer{key: key, keys: keys, now: now}
	ca := func(name string) *x509.Certificate {
		return &x509.Certificate{
			Subject: pkix.Name{Organization: []string{"Simulated Manufacturer"}, CommonName: name},
			IsCA:    true, BasicConstraintsValid: true,
			KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		}
	}
	top := ca("Simulated Manufacturing Root CA")
	if m.root, err = m.sign(top, top, rootKey, rootKey); err != nil {
		return nil, fmt.Errorf("manufacturer: %w", err)
	}
	if m.issuing, err = m.sign(ca("Simulated Manufacturing CA"), m.root, key, rootKey); err != nil {
		return nil, fmt.Errorf("manufacturer: %w", err)
	}
	return m, nil
}

// Root returns the manufacturer's root certificate.
func (m *Manufacturer) Root() *x509.Certificate { return m.root }

// Issuing returns the certificate that signs the MICs. Phones send it along.
func (m *Manufacturer) Issuing() *x509.Certificate { return m.issuing }

// MIC makes the certificate of one phone, with its key.
func (m *Manufacturer) MIC(id device.Identity) (*scep.Signer, error) {
	if id.Model.MICPrefix == "" {
		return nil, errors.New("MIC: no phone model")
	}
	key, err := m.keys()
	if err != nil {
		return nil, fmt.Errorf("MIC: %w", err)
	}
	c, err := m.sign(&x509.Certificate{
		Subject:     pkix.Name{Organization: []string{"Simulated Manufacturer"}, CommonName: id.MICName(), SerialNumber: id.Serial},
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, m.issuing, key, m.key)
	if err != nil {
		return nil, fmt.Errorf("MIC: %w", err)
	}
	return &scep.Signer{Certificate: c, Chain: []*x509.Certificate{m.issuing}, Key: key}, nil
}

func (m *Manufacturer) sign(template, parent *x509.Certificate, key, by *rsa.PrivateKey) (*x509.Certificate, error) {
	serial, err := scep.NewSerial(rand.Reader)
	if err != nil {
		return nil, err
	}
	template.SerialNumber = serial
	template.NotBefore = m.now.Add(-24 * time.Hour).UTC().Truncate(time.Second)
	template.NotAfter = m.now.AddDate(50, 0, 0).UTC().Truncate(time.Second)
	template.SignatureAlgorithm = x509.SHA256WithRSA
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, by)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}
