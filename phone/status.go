// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
)

// Status is what a phone shows of itself. It holds no secret.
type Status struct {
	Identity device.Identity
	MICName  string // common name of the MIC
	Firmware string
	State    State
	// Server, Fingerprint and CommonName are the SCEP parameters as set;
	// ChallengeSet reports whether there is a challenge password.
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
	// failure. Config and ConfigFailed are the same for the latest fetch of cfg.xml.
	Download, Config     string
	Failed, ConfigFailed bool
	// AsksPassword is true while the screen asks for the challenge password.
	AsksPassword bool
	// Waiting is since when the CA has the phone's request for approval; zero when
	// it has none.
	Waiting time.Time
	// NextAttempt is when the phone enrolls next by itself; zero when it does not,
	// and while it is at it.
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
		Download: p.memory.download.line(), Failed: p.memory.download.Failed, Config: p.config.line(), ConfigFailed: p.config.Failed,
		AsksPassword: p.state == Asking, Booted: p.booted, Boots: p.boots,
	}
	if p.requests() && p.interrupt == nil {
		s.NextAttempt = p.nextAttempt
	}
	if s.Waiting = p.pending.waiting; !s.Waiting.IsZero() && p.requests() {
		s.Download, s.Failed = "Waiting for approval since "+s.Waiting.UTC().Format("01/02/2006 15:04:05"), false
	}
	if p.saveError != nil {
		s.StoreError = p.saveError.Error()
	}
	return s
}

// XML returns the status document, /admin/status.xml. It is shaped like the one
// document of a real phone that was published: flat, with groups, and with names
// that repeat for each line. The facts are the elements of the device.Status
// constants.
func (s Status) XML() []byte {
	var b bytes.Buffer
	element := func(name, text string) {
		fmt.Fprintf(&b, "<%s>", name)
		_ = xml.EscapeText(&b, []byte(oneLine(text))) // a buffer takes all
		fmt.Fprintf(&b, "</%s>\n", name)
	}
	b.WriteString("<?xml version=\"1.0\"?>\n<flat-status>\n")
	element(device.StatusProductName, s.Identity.Model.String())
	element(device.StatusMAC, s.Identity.MAC.String())
	element(device.StatusSerial, s.Identity.Serial)
	element(device.StatusSoftware, s.Firmware)
	for range 2 { // lines, which nobody registers
		element("Registration_State", "Not Registered")
	}
	element(device.StatusConfigResult, s.Config)
	element(device.StatusUserID, s.UserID)
	element(device.StatusDownload, s.Download)
	if c := s.InEffect(); c != nil {
		leaf := c.Leaf()
		chain := make([]string, len(c.Chain))
		for i, x := range c.Chain {
			chain[i] = base64.StdEncoding.EncodeToString(x.Raw)
		}
		element(device.StatusCommonName, leaf.Subject.CommonName)
		element(device.StatusIssuer, leaf.Issuer.String())
		element(device.StatusCertSerial, serial(leaf))
		element(device.StatusValidFrom, leaf.NotBefore.UTC().Format(time.RFC3339))
		element(device.StatusValidTo, leaf.NotAfter.UTC().Format(time.RFC3339))
		element(device.StatusChain, strings.Join(chain, " "))
	}
	b.WriteString("<Reboot_History>\n")
	for i := range min(s.Boots, 5) {
		element(fmt.Sprintf("Reboot_Reason_%d_", i+1), "Power up")
	}
	b.WriteString("</Reboot_History>\n</flat-status>\n")
	return b.Bytes()
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
