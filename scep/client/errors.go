// SPDX-License-Identifier: MPL-2.0

package client

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// Code is the stable name of a kind of failure. Branch on codes; texts change.
type Code string

// The codes, in the order in which an enrollment can meet them.
const (
	CodeConfig      Code = "config"       // the request itself cannot be right
	CodeURL         Code = "url"          // no usable server address
	CodeHTTPS       Code = "https"        // phones speak plain HTTP to the SCEP server
	CodeFingerprint Code = "fingerprint"  // not a fingerprint
	CodeUnreachable Code = "unreachable"  // no connection
	CodeTimeout     Code = "timeout"      // connected, but no complete answer in time
	CodeCanceled    Code = "canceled"     // the caller gave up
	CodeRedirect    Code = "redirect"     // the server points elsewhere
	CodeStatus      Code = "http-status"  // an HTTP error
	CodeTooLarge    Code = "too-large"    // more bytes than any honest answer has
	CodeTransport   Code = "transport"    // the connection broke within an answer
	CodeBag         Code = "ca-bag"       // GetCACert: not certificates
	CodeRootAbsent  Code = "root-absent"  // the server does not show its root
	CodeRootDiffers Code = "root-differs" // it shows another root
	CodePinnedCA    Code = "pinned-ca"    // the fingerprint is that of an issuing CA
	CodePinnedLeaf  Code = "pinned-leaf"  // … or of an RA, or of no CA at all
	CodeRoot        Code = "root"         // the pinned certificate is no usable root
	CodeCAExpired   Code = "ca-expired"   // root or issuing CA out of validity
	CodeCAChain     Code = "ca-chain"     // no CA below the root that could issue
	CodeRecipient   Code = "recipient"    // nobody to encrypt to
	CodeCredential  Code = "credential"   // the certificate to sign with is unusable
	CodeExpired     Code = "expired"      // … because it has expired
	CodeMalformed   Code = "malformed"    // the reply is not a SCEP message
	CodeSigner      Code = "signer"       // signed by somebody else
	CodeMessageType Code = "message-type" // not a CertRep
	CodeTransaction Code = "transaction"  // answers another transaction
	CodeNonce       Code = "nonce"        // answers another request: a replay
	CodePKIStatus   Code = "pki-status"   // neither success nor failure nor pending
	CodeRefused     Code = "refused"      // FAILURE
	CodeChallenge   Code = "challenge"    // FAILURE, and the challenge password is the likely reason
	CodePending     Code = "pending"      // still waiting for approval
	CodeEnvelope    Code = "envelope"     // the issued certificate cannot be decrypted
	CodeNoCert      Code = "no-certificate"
	CodeKey         Code = "key"         // the certificate is for another key
	CodeNotLeaf     Code = "not-leaf"    // the certificate is a CA's
	CodeChain       Code = "chain"       // does not verify up to the pinned root
	CodeClock       Code = "clock"       // not valid yet by our clock
	CodeNotRenewed  Code = "not-renewed" // the old certificate came back
	CodeNoNext      Code = "no-next-ca"  // GetNextCACert: no successor was announced
	CodeInternal    Code = "internal"    // building the request failed
)

// Error says at which step an enrollment failed, why, and what would help.
type Error struct {
	Step     string // "GetCACaps", "GetCACert", "PKCSReq", "RenewalReq", "CertPoll", "configuration"
	Code     Code
	Err      error  // the cause; its text is safe to show
	Hint     string // what to do about it; may be empty
	FailInfo string // CodeRefused, CodeChallenge: "badRequest", …
	Status   int    // CodeStatus, CodeRedirect: of the HTTP answer
}

// Error names step, cause and cure in one line.
func (e *Error) Error() string {
	s := e.Step
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// CodeOf gives the code of an error of this package, "" for any other.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// problem makes an Error with a cause built from format.
func problem(step string, code Code, hint, format string, args ...any) *Error {
	return &Error{Step: step, Code: code, Err: fmt.Errorf(format, args...), Hint: hint}
}

const maxPeerText = 512 // bytes kept of what a peer says

// peerText makes a text of a peer fit to show: shortened, on one line, without
// control characters, and without the challenge should the peer repeat it.
func peerText(s, challenge string) string {
	if challenge != "" {
		s = strings.ReplaceAll(s, challenge, secret.Mask)
	}
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
	var b strings.Builder
	for _, r := range s {
		if b.Len() >= maxPeerText {
			b.WriteString("…")
			break
		}
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
	}
	return b.String()
}
