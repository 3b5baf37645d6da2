// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2/maybe"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// memoryFile is the phone's flash memory in Config.Dir. It holds private keys
// and the challenge, so only its owner may read it. Everything is in one file:
// renaming it is what makes an installation atomic.
const memoryFile = "phone.json"

const maxMemory = 1 << 20

// memory is what survives a restart.
type memory struct {
	state        State
	parameters   parameters
	domain       string // of DHCP option 15
	certificates credentials
	download     result // Download Status 1
	config       result // the latest fetch of cfg.xml
	failures     int    // enrollments failed in a row
	nextAttempt  time.Time
	nextCheck    time.Time
	successor    string // fingerprint of the root that the CA announced
	boots        int
}

// result is what a status line shows.
type result struct {
	At     time.Time `json:"at"`
	Failed bool      `json:"failed,omitempty"`
	Reason string    `json:"reason,omitempty"`
}

// line writes a result as the phones write that of a custom CA: "Last
// provisioning succeeded on mm/dd/yyyy HH:MM:SS". The time is UTC.
func (r result) line() string {
	if r.At.IsZero() {
		return ""
	}
	at := r.At.UTC().Format("01/02/2006 15:04:05")
	if !r.Failed {
		return "Last provisioning succeeded on " + at
	}
	return "Last provisioning failed on " + at + ": " + r.Reason
}

// flash is memory as it is stored. The secrets in it are plain: a phone needs
// them after a restart.
type flash struct {
	Version           int                `json:"version"`
	State             State              `json:"state"`
	Server            string             `json:"server,omitempty"`
	Fingerprint       string             `json:"root_ca_fingerprint,omitempty"`
	Challenge         string             `json:"challenge_password,omitempty"`
	CommonName        string             `json:"common_name,omitempty"`
	CertificateSelect string             `json:"certificate_select,omitempty"`
	Dot1X             bool               `json:"enable_802.1x,omitempty"`
	FIPS              bool               `json:"fips_mode,omitempty"`
	Macros            map[string]string  `json:"macros,omitempty"`
	Domain            string             `json:"domain,omitempty"`
	Download          result             `json:"download_status_1"`
	Config            result             `json:"config_status"`
	Failures          int                `json:"failures,omitempty"`
	NextAttempt       time.Time          `json:"next_attempt,omitzero"`
	NextCheck         time.Time          `json:"next_check,omitzero"`
	Successor         string             `json:"next_root_ca_fingerprint,omitempty"`
	Boots             int                `json:"boots"`
	Certificates      []flashCertificate `json:"certificates,omitempty"`
}

type flashCertificate struct {
	Source    Source    `json:"source"`
	Installed time.Time `json:"installed"`
	FIPS      bool      `json:"fips_mode,omitempty"`
	Chain     string    `json:"chain"` // PEM, leaf first
	Key       string    `json:"key"`   // PEM, PKCS #8
}

func (m *memory) marshal() ([]byte, error) {
	p := m.parameters
	f := flash{
		Version: 1, State: m.state,
		Server: p.Server, Fingerprint: p.RootCAFingerprint, Challenge: p.ChallengePassword.Reveal(), CommonName: p.CommonName,
		CertificateSelect: p.certificateSelect, Dot1X: p.dot1X, FIPS: p.fips, Macros: p.macros, Domain: m.domain,
		Download: m.download, Config: m.config, Failures: m.failures,
		NextAttempt: m.nextAttempt, NextCheck: m.nextCheck, Successor: m.successor, Boots: m.boots,
	}
	for _, c := range m.certificates {
		key, err := x509.MarshalPKCS8PrivateKey(c.key)
		if err != nil {
			return nil, fmt.Errorf("private key of certificate %s: %w", c.ID, err)
		}
		var chain bytes.Buffer
		for _, x := range c.Chain {
			pem.Encode(&chain, &pem.Block{Type: "CERTIFICATE", Bytes: x.Raw})
		}
		f.Certificates = append(f.Certificates, flashCertificate{
			Source: c.Source, Installed: c.Installed, FIPS: c.FIPS, Chain: chain.String(),
			Key: string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})),
		})
	}
	return json.MarshalIndent(f, "", "  ")
}

// save writes the memory to dir, or nowhere when dir is empty.
func (m *memory) save(dir string) error {
	if dir == "" {
		return nil
	}
	data, err := m.marshal()
	if err != nil {
		return err
	}
	if err := maybe.WriteFile(filepath.Join(dir, memoryFile), data, 0o600); err != nil {
		return fmt.Errorf("store the phone's state: %w", err)
	}
	return nil
}

// load reads the memory from dir. A phone that has none is fresh from the
// factory.
func load(dir string) (memory, error) {
	fresh := memory{state: FactoryReset, parameters: defaults()}
	if dir == "" {
		return fresh, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fresh, fmt.Errorf("directory of the phone: %w", err)
	}
	path := filepath.Join(dir, memoryFile)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fresh, nil
	}
	if err != nil {
		return fresh, err
	}
	if info.Size() > maxMemory {
		return fresh, fmt.Errorf("%s has %d bytes, more than a phone writes", path, info.Size())
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return fresh, err
	}
	m, err := unmarshal(data)
	if err != nil {
		return fresh, fmt.Errorf("%s: %w: repair it, or remove it to start from a factory reset", path, err)
	}
	return m, nil
}

func unmarshal(data []byte) (memory, error) {
	var f flash
	if err := json.Unmarshal(data, &f); err != nil {
		return memory{}, err
	}
	if f.Version != 1 {
		return memory{}, fmt.Errorf("version %d is not known", f.Version)
	}
	m := memory{
		state: f.State, domain: f.Domain, download: f.Download, config: f.Config, failures: f.Failures,
		nextAttempt: f.NextAttempt, nextCheck: f.NextCheck, successor: f.Successor, boots: f.Boots,
		parameters: parameters{
			Enrollment: cfgxml.Enrollment{
				Server: f.Server, RootCAFingerprint: f.Fingerprint,
				ChallengePassword: secret.New(f.Challenge), CommonName: f.CommonName,
			},
			certificateSelect: f.CertificateSelect, dot1X: f.Dot1X, fips: f.FIPS, macros: f.Macros,
		},
	}
	if !m.state.known() {
		return memory{}, fmt.Errorf("state %q is not known", f.State)
	}
	for i, c := range f.Certificates {
		loaded, err := c.credential()
		if err != nil {
			return memory{}, fmt.Errorf("certificate %d: %w", i+1, err)
		}
		m.certificates = append(m.certificates, loaded)
	}
	return m, nil
}

func (f flashCertificate) credential() (credential, error) {
	var chain []*x509.Certificate
	for rest := []byte(f.Chain); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil || block.Type != "CERTIFICATE" {
			return credential{}, errors.New("its chain holds something other than certificates")
		}
		chain = append(chain, c)
	}
	block, _ := pem.Decode([]byte(f.Key))
	if len(chain) == 0 || block == nil || block.Type != "PRIVATE KEY" {
		return credential{}, errors.New("no certificate or no key in it")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return credential{}, errors.New("the private key cannot be read")
	}
	signer, ok := key.(crypto.Signer)
	if !ok || !belongs(signer, chain[0]) {
		return credential{}, errors.New("the private key does not belong to the certificate")
	}
	return newCredential(chain, signer, f.Source, f.Installed, f.FIPS), nil
}

// belongs reports whether key is the private key of c.
func belongs(key crypto.Signer, c *x509.Certificate) bool {
	pub, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool })
	return ok && pub.Equal(c.PublicKey)
}
