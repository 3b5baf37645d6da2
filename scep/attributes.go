// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"encoding/asn1"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/smallstep/pkcs7"
	smallstep "github.com/smallstep/scep"
)

// Message types (RFC 8894 section 3.2.1.2), as they stand in an attribute. They
// are strings and not a type with a String method on purpose: a peer chooses
// them. Compare with those you know before anything else, and refuse the rest.
const (
	CertRep    = string(smallstep.CertRep)    // "3"
	RenewalReq = string(smallstep.RenewalReq) // "17"
	UpdateReq  = string(smallstep.UpdateReq)  // "18", gone from the RFC
	PKCSReq    = string(smallstep.PKCSReq)    // "19"
	CertPoll   = string(smallstep.CertPoll)   // "20"
	GetCert    = string(smallstep.GetCert)    // "21"
	GetCRL     = string(smallstep.GetCRL)     // "22"
)

// States of a CertRep (section 3.2.1.3).
const (
	Success = string(smallstep.SUCCESS) // "0"
	Failure = string(smallstep.FAILURE) // "2"
	Pending = string(smallstep.PENDING) // "3"
)

// Reasons of a FAILURE (section 3.2.1.4).
const (
	BadAlg          = string(smallstep.BadAlg)          // "0"
	BadMessageCheck = string(smallstep.BadMessageCheck) // "1"
	BadRequest      = string(smallstep.BadRequest)      // "2"
	BadTime         = string(smallstep.BadTime)         // "3"
	BadCertID       = string(smallstep.BadCertID)       // "4"
)

// NonceSize is the length of a sender nonce in bytes (section 3.2.1.5).
const NonceSize = 16

// notPrintable is what ASCII has and a PrintableString has not.
const notPrintable = "!\"#$%&*;<>@[\\]^_`{|}~"

const (
	maxTransactionID = 128  // characters
	maxFailInfoText  = 1024 // bytes that are kept
	maxAttributes    = 32   // signed attributes; SCEP has ten
)

// Attributes are what a message says about itself under its signature
// (section 3.2.1). Those that do not belong to a message type stay empty.
type Attributes struct {
	TransactionID  string // 1 to 128 characters of a PrintableString
	MessageType    string // decimal number: PKCSReq, CertRep, …
	PKIStatus      string // CertRep only: Success, Failure, Pending
	FailInfo       string // Failure only: BadAlg, …
	FailInfoText   string // Failure only, free text of the peer: escape it
	SenderNonce    []byte // 16 bytes
	RecipientNonce []byte // CertRep: the request's sender nonce
}

// encode gives the attributes in the DER of a SET OF, the form that is signed,
// together with those every signature has. A zero now leaves signing-time out.
func (a Attributes) encode(digest []byte, now time.Time) ([]byte, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	var set []attribute
	var failed error
	add := func(oid asn1.ObjectIdentifier, value any, params string) {
		der, err := asn1.MarshalWithParams(value, params)
		if err != nil && failed == nil {
			failed = fmt.Errorf("attribute %v: %w", oid, err)
		}
		set = append(set, attribute{Type: oid, Values: []asn1.RawValue{{FullBytes: der}}})
	}
	add(pkcs7.OIDAttributeContentType, pkcs7.OIDData, "")
	add(pkcs7.OIDAttributeMessageDigest, digest, "")
	if !now.IsZero() {
		add(pkcs7.OIDAttributeSigningTime, now.UTC().Truncate(time.Second), "")
	}
	for _, s := range []struct {
		oid   asn1.ObjectIdentifier
		value string
	}{{oidTransactionID, a.TransactionID}, {oidMessageType, a.MessageType}, {oidPKIStatus, a.PKIStatus}, {oidFailInfo, a.FailInfo}} {
		if s.value != "" {
			// A peer's own transactionID goes back to it, even where it holds
			// characters that a PrintableString does not have.
			params := "printable"
			if strings.ContainsAny(s.value, notPrintable) {
				params = "utf8"
			}
			add(s.oid, s.value, params)
		}
	}
	if a.FailInfoText != "" {
		add(oidFailInfoText, a.FailInfoText, "utf8")
	}
	if len(a.SenderNonce) > 0 {
		add(oidSenderNonce, a.SenderNonce, "")
	}
	if len(a.RecipientNonce) > 0 {
		add(oidRecipientNonce, a.RecipientNonce, "")
	}
	if failed != nil {
		return nil, failed
	}
	return asn1.MarshalWithParams(set, "set") // sorted, as DER wants it
}

// check is what a message must keep to in both directions.
func (a Attributes) check() error {
	if n := len(a.TransactionID); n == 0 || n > maxTransactionID {
		return fmt.Errorf("transactionID has %d characters, expected 1 to %d", n, maxTransactionID)
	}
	for i := 0; i < len(a.TransactionID); i++ {
		if c := a.TransactionID[i]; c < 0x20 || c > 0x7e {
			return fmt.Errorf("transactionID has the byte 0x%02x at %d, expected printable characters", c, i)
		}
	}
	if a.MessageType == "" {
		return errors.New("messageType is missing")
	}
	for _, s := range []struct{ name, value string }{
		{"messageType", a.MessageType}, {"pkiStatus", a.PKIStatus}, {"failInfo", a.FailInfo},
	} {
		if len(s.value) > 4 {
			return fmt.Errorf("%s has %d characters, expected a small decimal number", s.name, len(s.value))
		}
		if _, err := strconv.ParseUint(s.value, 10, 16); s.value != "" && err != nil {
			return fmt.Errorf("%s is %q, expected a small decimal number", s.name, s.value)
		}
	}
	for _, n := range []struct {
		name  string
		value []byte
	}{{"senderNonce", a.SenderNonce}, {"recipientNonce", a.RecipientNonce}} {
		if n.value != nil && len(n.value) != NonceSize {
			return fmt.Errorf("%s has %d bytes, expected %d", n.name, len(n.value), NonceSize)
		}
	}
	return nil
}

// decodeAttributes reads the contents of the SignedAttributes of a signer. Each
// attribute may stand there once and has one value; those that SCEP does not
// name (smimeCapabilities, cmsAlgorithmProtection) are passed over.
func decodeAttributes(set []byte) (a Attributes, err error) {
	seen := map[string]bool{}
	contentType := false
	for len(set) > 0 {
		var at attribute
		if set, err = next(set, &at, "signed attributes"); err != nil {
			return a, err
		}
		name := at.Type.String()
		if seen[name] {
			return a, fmt.Errorf("signed attribute %s stands there twice", name)
		}
		if seen[name] = true; len(seen) > maxAttributes {
			return a, fmt.Errorf("more than %d signed attributes", maxAttributes)
		}
		if len(at.Values) != 1 {
			return a, fmt.Errorf("signed attribute %s has %d values, expected one", name, len(at.Values))
		}
		v := at.Values[0]
		switch {
		case at.Type.Equal(pkcs7.OIDAttributeContentType):
			var oid asn1.ObjectIdentifier
			if err := unmarshal(v.FullBytes, &oid, "contentType"); err != nil {
				return a, err
			}
			if !oid.Equal(pkcs7.OIDData) {
				return a, fmt.Errorf("contentType is %v, expected data (%v)", oid, pkcs7.OIDData)
			}
			contentType = true
		case at.Type.Equal(oidTransactionID):
			a.TransactionID, err = text(v, "transactionID", maxTransactionID)
		case at.Type.Equal(oidMessageType):
			a.MessageType, err = text(v, "messageType", 4)
		case at.Type.Equal(oidPKIStatus):
			a.PKIStatus, err = text(v, "pkiStatus", 4)
		case at.Type.Equal(oidFailInfo):
			a.FailInfo, err = text(v, "failInfo", 4)
		case at.Type.Equal(oidFailInfoText):
			if len(v.Bytes) > 0 {
				a.FailInfoText, err = text(v, "failInfoText", MaxMessage)
				a.FailInfoText = clip(a.FailInfoText, maxFailInfoText)
			}
		case at.Type.Equal(oidSenderNonce):
			a.SenderNonce, err = nonce(v, "senderNonce")
		case at.Type.Equal(oidRecipientNonce):
			a.RecipientNonce, err = nonce(v, "recipientNonce")
		}
		if err != nil {
			return a, err
		}
	}
	if !contentType {
		return a, errors.New("signed attribute contentType is missing")
	}
	return a, a.check()
}

// text takes the character strings peers were seen to use.
func text(v asn1.RawValue, name string, max int) (string, error) {
	if v.Class != asn1.ClassUniversal || v.IsCompound {
		return "", fmt.Errorf("%s is not a character string", name)
	}
	switch v.Tag {
	case asn1.TagPrintableString, asn1.TagUTF8String, asn1.TagIA5String:
	default:
		return "", fmt.Errorf("%s has tag %d, expected a PrintableString", name, v.Tag)
	}
	if len(v.Bytes) == 0 || len(v.Bytes) > max {
		return "", fmt.Errorf("%s has %d characters, expected 1 to %d", name, len(v.Bytes), max)
	}
	if !utf8.Valid(v.Bytes) {
		return "", fmt.Errorf("%s is not valid UTF-8", name)
	}
	return string(v.Bytes), nil
}

// clip shortens s to at most n bytes without cutting a character in two.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func nonce(v asn1.RawValue, name string) ([]byte, error) {
	if v.Class != asn1.ClassUniversal || v.Tag != asn1.TagOctetString || v.IsCompound {
		return nil, fmt.Errorf("%s is not an OCTET STRING", name)
	}
	if len(v.Bytes) != NonceSize {
		return nil, fmt.Errorf("%s has %d bytes, expected %d", name, len(v.Bytes), NonceSize)
	}
	return append([]byte(nil), v.Bytes...), nil
}
