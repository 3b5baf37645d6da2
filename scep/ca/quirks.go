// SPDX-License-Identifier: MPL-2.0

package ca

import "time"

// Quirks are ways to misbehave, each seen at a real server or to be expected of
// a hostile one, so that clients can be tested against them. They combine. The
// zero value is a server that keeps to RFC 8894.
type Quirks struct {
	// Bodies for GetCACaps, one of Caps… or any text to be sent as it is.
	Caps string

	// NDES makes the bag as Microsoft's Network Device Enrollment Service does:
	// the issuing CA between two RA certificates, one for encipherment, one for
	// signatures. Requests go to the first, replies are signed by the second.
	NDES bool
	// NDESSameKey answers a key that has a certificate with that certificate
	// (sscep issue 189): no new serial number, no later end.
	NDESSameKey bool
	// EJBCA lists the issuing CA alone, as one certificate, and puts the CA
	// certificate into replies before the issued one (CA mode of the community edition).
	EJBCA bool
	// OmitRoot leaves the root out of the bag, the default of step-ca. A phone
	// cannot verify the fingerprint then.
	OmitRoot bool
	// SingleDER sends the issuing CA as one certificate instead of a bag, as
	// micromdm/scep does.
	SingleDER bool
	// RootFirst reverses the order of the bag.
	RootFirst bool
	// FakeRA adds a plain device certificate to the bag, as an insider could who
	// is on the path: it chains to the root, but is no RA.
	FakeRA bool

	// RenewalNeedsChallenge refuses renewals without a challenge, as step-ca and
	// micromdm/scep do although both advertise Renewal.
	RenewalNeedsChallenge bool
	// PendingForever answers every request with PENDING; nobody approves.
	PendingForever bool
	// DES3Only advertises triple DES and SHA-1 and nothing else, accepts no other
	// cipher, and signs replies with SHA-1, as old IOS and NDES do.
	DES3Only bool
	// SHA1Replies signs replies with SHA-1, as step-ca and micromdm/scep do.
	SHA1Replies bool

	// RewriteSubject issues to this common name, whatever was asked for.
	RewriteSubject string
	// Lifetime shortens the validity of issued certificates.
	Lifetime time.Duration
	// ForeignKey issues on a key nobody asked for.
	ForeignKey bool
	// IssueCA issues certificates that may sign certificates.
	IssueCA bool

	// WrongNonce and WrongTransaction return values that are not the request's.
	WrongNonce, WrongTransaction bool
	// NoNonce leaves the recipient nonce out.
	NoNonce bool
	// InsiderSigns has replies signed by a device certificate of the same CA,
	// which chains to the root too.
	InsiderSigns bool
	// OddFailure puts bytes that are no envelope into FAILURE replies (sscep
	// issue 80).
	OddFailure bool
	// FailInfo replaces the number in FAILURE replies: "9" is none of the RFC's.
	FailInfo string

	// Chunked sends bodies in pieces, without a length.
	Chunked bool
	// Slow waits so long before each answer.
	Slow time.Duration
	// Redirect answers PKIOperation with 302 to this URL.
	Redirect string
	// Status answers PKIOperation with this HTTP status and a line of text, as
	// step-ca does with 500 instead of a FAILURE reply.
	Status int
	// Oversize appends so many zero bytes to PKIOperation answers and to the bag.
	Oversize int
	// Truncate sends the first half of PKIOperation answers.
	Truncate bool
	// Replay answers every PKIOperation with the first reply it ever gave.
	Replay bool
}

// Values for Quirks.Caps that are more than text.
const (
	CapsEmpty    = "(empty)"     // 200 with an empty body
	CapsNotFound = "(not found)" // 404: servers older than GetCACaps
	CapsClosed   = "(closed)"    // the connection is closed without an answer: old NDES
	CapsIOS      = "GetNextCACert\nRenewal\nSHA-1\nSHA-256\nDES3\n"
	CapsEJBCA    = "POSTPKIOperation\nGetNextCACert\nRenewal\nSHA-512\nSHA-256\nSHA-1\nDES3\n"
)
