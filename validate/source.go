// SPDX-License-Identifier: MPL-2.0

package validate

// Source is what a rule rests on: who says so, and how much that carries.
type Source struct {
	Basis Basis
	// Text names the document, the standard or the reasoning, on one line.
	Text string
}

// Basis is the kind of a [Source]. It limits the severity of a rule: see
// [Basis.Most].
type Basis int

const (
	// Site is the site's own decision, in its settings or in a rule it adds.
	Site Basis = iota
	// Documented means that the vendor or a standard says that such a value is
	// refused, ignored or changed.
	Documented
	// Inferred means that it follows from what is documented, although no page
	// says so.
	Inferred
	// Advice is about habits and about points on which the documents are silent
	// or contradict each other.
	Advice
	// Guard keeps a promise of this software itself: that no secret is lost or
	// shown, and that what is ignored is ignored for a reason.
	Guard
)

// Most returns the highest severity of a rule with this basis: an error needs a
// document, a warning at least an inference.
func (b Basis) Most() Severity {
	switch b {
	case Inferred:
		return Warning
	case Advice:
		return Info
	}
	return Error
}

// String returns "site", "documented", "inferred", "advice" or "guard".
func (b Basis) String() string {
	if b < 0 || int(b) >= len(basisNames) {
		return "unknown"
	}
	return basisNames[b]
}

var basisNames = [...]string{"site", "documented", "inferred", "advice", "guard"}

// The documents that rules name.
const (
	certificateDoc = "Cisco, Custom Device Certificate on 9800/8875 (help.webex.com, article jidk3p)"
	releaseNotes   = "Cisco, Release Notes for PhoneOS on 9800/8875 (help.webex.com, article n1trwjh)"
	accessDoc      = "Cisco, Access control on 9800/8875 (help.webex.com, article opwsrv)"
	formatsDoc     = "Cisco, 7832 administration guide, Provisioning Formats"
	macrosDoc      = "Cisco, 7800 provisioning guide, Macro Expansion Variables"
	parametersDoc  = "Cisco, 7800 provisioning guide, Provisioning Parameters"
	webPageDoc     = "Cisco, 7800 administration guide, Cisco IP Phone Customization"
	securityDoc    = "Cisco, 7832 administration guide, Cisco IP Phone Security"
	referenceDoc   = "Cisco, XML Reference Guide for Cisco IP Phone Multiplatform Phones, 19 November 2025"
	passwordsDoc   = "NIST SP 800-63B, section 5.1.1.2"
	export         = "an export of a Desk Phone 9861"
)
