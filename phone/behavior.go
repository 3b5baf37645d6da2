// SPDX-License-Identifier: MPL-2.0

package phone

import "time"

// Documented intervals ("Certificate renewal by SCEP").
const (
	renewalCheck  = 4 * time.Hour
	renewalWindow = 15 * 24 * time.Hour
)

// Behavior holds the points that no public page settles for real phones. The
// zero value is the default; each field says what that is.
type Behavior struct {
	// DefaultPath is the path of the requests when Server has none, as in the
	// documented http://10.79.57.91. Default: /cgi-bin/pkiclient.exe (RFC 8894,
	// section 4.1).
	DefaultPath string
	// MICRenewalReq sends RenewalReq (17) where the MIC signs a renewal.
	// Default: PKCSReq (19), as for the initial enrollment.
	MICRenewalReq bool
	// ReuseKey asks for the new certificate with the key of the old one.
	// Default: a new key each time.
	ReuseKey bool
	// AllowIssuingPin takes the fingerprint of an issuing CA too. Default: that of
	// the root only, as documented.
	AllowIssuingPin bool
	// RAFingerprint is that of the one certificate requests are encrypted to.
	// Default: none; the RA that an extended key usage marks, else the issuing CA,
	// and an unmarked certificate only where the issuing CA has no RSA key.
	RAFingerprint string
	// RenewalAs19 sends a renewal signed by the installed certificate as PKCSReq.
	// Default: RenewalReq (17) where the server advertises it, which is an assumption:
	// no page says which one phones send, and some servers take only one of them.
	RenewalAs19 bool
	// ChallengeOnRenewal sends the challenge with a renewal. Default: it serves
	// the initial enrollment only, as documented.
	ChallengeOnRenewal bool
	// GetOnly sends messages by GET to every server. Default: by POST where the
	// server names POSTPKIOperation.
	GetOnly bool
	// AllowWeak falls back to SHA-1 and triple DES before servers that name nothing
	// better. Default: no; they are asked with SHA-256 and AES all the same.
	AllowWeak bool
	// NextCA asks the CA for the root that will replace its own (GetNextCACert) every
	// four hours, and trusts that one when it has taken over, without a new
	// fingerprint. Default: no; Cisco's pages do not mention that phones do it.
	NextCA bool
	// NoDirectAction refuses GET /admin/resync?URL and GET /admin/reboot, as
	// Enable_Direct_Action_Url = No does. Default: allowed after login, as
	// documented.
	NoDirectAction bool
	// EncodedResync reads the URL behind /admin/resync? percent-encoded. Default:
	// as it stands, as every documented example has it.
	EncodedResync bool
	// Mask chooses how a set password stands in the exported cfg.xml. Default:
	// eight asterisks.
	Mask Mask
	// EnrollAfterDelete requests a new certificate when the only one was deleted
	// while SCEP is configured. Default: none until a parameter changes.
	EnrollAfterDelete bool
	// EnrollWhenHidden requests a new certificate when a change of FIPS mode hides
	// the installed one. Default: none until a parameter changes.
	EnrollWhenHidden bool
	// Option43WithProvisioning takes DHCP option 43 even where options 66, 160,
	// 159 or 150 are offered too. Default: option 43 is then lost, the worse of
	// what the document warns of.
	Option43WithProvisioning bool
	// NoMICFallback shows no certificate on the wired port while Certificate
	// Select is Custom installed and there is none. Default: the MIC, which lets
	// the phone on to a port from which it can enroll.
	NoMICFallback bool
	// VendorClassInRequestOnly leaves option 60 out of DHCPDISCOVER. Default: it
	// stands in DISCOVER and REQUEST.
	VendorClassInRequestOnly bool
}

// Mask is a form of a password in an exported configuration.
type Mask int

const (
	MaskAsterisks Mask = iota // ********
	MaskEmpty                 // an element without value
	MaskAbsent                // no element
)

// Retry paces enrollments after a failure. Cisco does not document how phones
// do it. A changed parameter and a typed password are tried at once; a renewal
// is tried at each four-hour check.
type Retry struct {
	First time.Duration // after the first failure; 0 means one minute
	Max   time.Duration // doubled up to this; 0 means one hour
}

// after returns the pause after n failures in a row.
func (r Retry) after(n int) time.Duration {
	first, most := r.First, r.Max
	if first <= 0 {
		first = time.Minute
	}
	if most <= 0 {
		most = time.Hour
	}
	d := first
	for ; n > 1 && d < most; n-- {
		d *= 2
	}
	return min(d, max(most, first))
}
