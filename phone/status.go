// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"crypto/x509"
	"encoding/base64"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
)

// Status is what a phone shows of itself. It holds no secret.
type Status struct {
	Identity device.Identity
	MICName  string // common name of the MIC
	Firmware string
	State    State
	// Server, Fingerprint and CommonName are the SCEP parameters as set;
	// ChallengeSet tells whether there is a challenge password.
	Server, Fingerprint, CommonName string
	ChallengeSet                    bool
	// FIPS, Dot1X and CertificateSelect are the parameters around them.
	FIPS, Dot1X       bool
	CertificateSelect string
	// UserID is the identity for wired 802.1X.
	UserID string
	// Certificates are those on the phone, the one in effect first.
	Certificates []Certificate
	// Download is the line Download Status 1 shows, Failed whether it tells of a
	// failure. Config is the same for the latest fetch of cfg.xml.
	Download, Config string
	Failed           bool
	// AsksPassword is true while the screen asks for the challenge password.
	AsksPassword bool
	// NextAttempt is when the phone enrolls next by itself; zero when it does not.
	NextAttempt time.Time
	Booted      time.Time
	Boots       int
	// StoreError says why the state cannot be kept over a restart; usually empty.
	StoreError string
}

// InEffect returns the certificate in effect, nil when there is none.
func (s Status) InEffect() *Certificate {
	if len(s.Certificates) > 0 && s.Certificates[0].InEffect {
		return &s.Certificates[0]
	}
	return nil
}

// Status returns what the phone shows of itself.
func (p *Phone) Status() Status {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := Status{
		Identity: p.identity(), MICName: p.micName, Firmware: p.cfg.Firmware, State: p.state,
		Server: p.parameters.Server, Fingerprint: p.parameters.RootCAFingerprint, CommonName: p.parameters.CommonName,
		ChallengeSet: !p.parameters.ChallengePassword.IsZero(),
		FIPS:         p.parameters.fips, Dot1X: p.parameters.dot1X, CertificateSelect: p.parameters.certificateSelect,
		UserID: p.userID(), Certificates: p.certificates.list(p.parameters.fips),
		Download: p.memory.download.line(), Failed: p.memory.download.Failed, Config: p.config.line(),
		AsksPassword: p.state == Asking, Booted: p.booted, Boots: p.boots,
	}
	if p.requests() {
		s.NextAttempt = p.nextAttempt
	}
	if p.saveError != nil {
		s.StoreError = p.saveError.Error()
	}
	return s
}

// XML writes the status document, /admin/status.xml: the elements of the
// device.Status constants.
func (s Status) XML() ([]byte, error) {
	edits := []cfgxml.Edit{
		cfgxml.Set(device.StatusProductName, s.Identity.Model.String()),
		cfgxml.Set(device.StatusMAC, s.Identity.MAC.String()),
		cfgxml.Set(device.StatusSerial, s.Identity.Serial),
		cfgxml.Set(device.StatusSoftware, s.Firmware),
		cfgxml.Set(device.StatusConfigResult, oneLine(s.Config)),
		cfgxml.Set(device.StatusUserID, s.UserID),
		cfgxml.Set(device.StatusDownload, oneLine(s.Download)),
	}
	if c := s.InEffect(); c != nil {
		leaf := c.Leaf()
		chain := make([]string, len(c.Chain))
		for i, x := range c.Chain {
			chain[i] = base64.StdEncoding.EncodeToString(x.Raw)
		}
		edits = append(edits,
			cfgxml.Set(device.StatusCommonName, oneLine(leaf.Subject.CommonName)),
			cfgxml.Set(device.StatusIssuer, oneLine(leaf.Issuer.String())),
			cfgxml.Set(device.StatusCertSerial, serial(leaf)),
			cfgxml.Set(device.StatusValidFrom, leaf.NotBefore.UTC().Format(time.RFC3339)),
			cfgxml.Set(device.StatusValidTo, leaf.NotAfter.UTC().Format(time.RFC3339)),
			cfgxml.Set(device.StatusChain, strings.Join(chain, " ")),
		)
	}
	doc, err := cfgxml.Build(edits...)
	return doc.Bytes(), err
}

// serial writes a serial number in lower case hexadecimal, two digits a byte.
func serial(c *x509.Certificate) string {
	s := c.SerialNumber.Text(16)
	if len(s)%2 == 1 {
		s = "0" + s
	}
	return s
}

// oneLine makes text of others fit an XML element: no control characters, valid
// UTF-8.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || r == 0xfffe || r == 0xffff {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.TrimSpace(s)
}
