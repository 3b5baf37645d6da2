// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// Bounds of a subject (RFC 5280 appendix A.1).
const (
	maxCommonName = 64 // characters
	maxAttributes = 12
	maxAttribute  = 128 // characters of one value

	maxAlternativeNames = 4 // all of them the common name
)

var oidCommonName = asn1.ObjectIdentifier{2, 5, 4, 3}

// Extensions a request may ask for. The CA's own template decides what the
// certificate has; asking is harmless, except to be a CA or to have another name.
var (
	oidBasicConstraints = asn1.ObjectIdentifier{2, 5, 29, 19}
	oidSubjectAltName   = asn1.ObjectIdentifier{2, 5, 29, 17}
	allowedExtensions   = []asn1.ObjectIdentifier{
		oidBasicConstraints, oidSubjectAltName,
		{2, 5, 29, 14},                    // subjectKeyIdentifier
		{2, 5, 29, 15},                    // keyUsage
		{2, 5, 29, 37},                    // extKeyUsage
		{2, 16, 840, 1, 113730, 1, 13},    // Netscape comment, from OpenSSL's configuration
		{1, 3, 6, 1, 4, 1, 311, 20, 2},    // Microsoft certificate template name
		{1, 3, 6, 1, 4, 1, 311, 21, 7},    // Microsoft certificate template
		{1, 2, 840, 113549, 1, 9, 15},     // S/MIME capabilities
		{2, 16, 840, 1, 113730, 1, 1},     // Netscape certificate type
		{1, 3, 6, 1, 4, 1, 311, 25, 2},    // Microsoft SID
		{1, 3, 6, 1, 5, 5, 7, 1, 24},      // TLS feature
		{1, 3, 6, 1, 4, 1, 311, 13, 2, 1}, // Microsoft enrollment name and value pair
	}
)

// inspectCSR checks what a request asks for, apart from who asks, and keeps what
// the certificate is made from. scep.ParseCSR has seen to key size, signature
// and the number of challenge passwords.
func inspectCSR(csr *scep.CSR) (*certRequest, error) {
	name, err := inspectSubject(csr.RawSubject)
	if err != nil {
		return nil, badRequest("subject: %w", err)
	}
	for _, e := range csr.Extensions {
		if !slices.ContainsFunc(allowedExtensions, e.Id.Equal) {
			return nil, badRequest("the request asks for the extension %v", e.Id)
		}
		if e.Id.Equal(oidBasicConstraints) {
			if err := notCA(e); err != nil {
				return nil, err
			}
		}
		if e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 15}) {
			if err := notSigningKey(e); err != nil {
				return nil, err
			}
		}
	}
	if n := len(csr.DNSNames); n > maxAlternativeNames {
		return nil, badRequest("the request asks for %d alternative names", n)
	}
	if len(csr.IPAddresses)+len(csr.EmailAddresses)+len(csr.URIs) > 0 || otherNames(csr) {
		return nil, badRequest("the request asks for alternative names other than DNS names")
	}
	for _, dns := range csr.DNSNames {
		if dns != name {
			return nil, badRequest("the request asks for the alternative name %q, expected none but the common name %q", dns, name)
		}
	}
	return &certRequest{
		CommonName: name,
		Subject:    csr.RawSubject,
		PublicKey:  csr.RawSubjectPublicKeyInfo,
		DNSNames:   slices.Compact(csr.DNSNames),
	}, nil
}

// inspectSubject gives the common name of a subject with exactly one.
func inspectSubject(der []byte) (string, error) {
	var rdns pkix.RDNSequence
	if rest, err := asn1.Unmarshal(der, &rdns); err != nil || len(rest) > 0 {
		return "", fmt.Errorf("not a distinguished name")
	}
	var names []string
	count := 0
	for _, set := range rdns {
		if len(set) == 0 {
			return "", fmt.Errorf("an empty relative distinguished name, expected at least one attribute (X.501)")
		}
		for _, a := range set {
			count++
			value, ok := a.Value.(string)
			if n := utf8.RuneCountInString(value); !ok || n == 0 || n > maxAttribute || !utf8.ValidString(value) || strings.ContainsFunc(value, invisible) {
				return "", fmt.Errorf("attribute %v is not visible text of 1 to %d characters", a.Type, maxAttribute)
			}
			if _, known := shortNames[a.Type.String()]; !known {
				return "", fmt.Errorf("attribute %v is not accepted", a.Type)
			}
			if a.Type.Equal(oidCommonName) {
				names = append(names, value)
			}
		}
	}
	switch {
	case count > maxAttributes:
		return "", fmt.Errorf("%d attributes, expected at most %d", count, maxAttributes)
	case len(names) != 1:
		return "", fmt.Errorf("%d common names, expected exactly one", len(names))
	case strings.TrimSpace(names[0]) == "" || utf8.RuneCountInString(names[0]) > maxCommonName:
		return "", fmt.Errorf("common name of %d characters, expected 1 to %d", utf8.RuneCountInString(names[0]), maxCommonName)
	}
	return names[0], nil
}

// invisible reports characters that a reader of the name does not see or that
// change the order of what he sees: controls, formats, line and paragraph
// separators, fillers, variation selectors and code points that are no characters.
func invisible(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp,
		unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector, unicode.Noncharacter_Code_Point)
}

// foldedName is a name as OpenSSL and X.520 compare it: without regard to case
// and to the number of spaces.
func foldedName(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(s), " "))
}

// notOurs refuses the name of one of the CA's own certificates: software that
// looks for an issuer by name would find the phone's certificate.
func (a *authority) notOurs(commonName string) error {
	all := append(a.all(), a.former...)
	if a.next != nil {
		all = append(all, a.next.all()...)
	}
	for _, i := range all {
		if foldedName(i.cert.Subject.CommonName) == foldedName(commonName) {
			return badRequest("the request asks for the name of the CA's own certificate %q", i.cert.Subject)
		}
	}
	return nil
}

func notCA(e pkix.Extension) error {
	var constraints struct {
		IsCA       bool `asn1:"optional"`
		MaxPathLen int  `asn1:"optional,default:-1"`
	}
	if rest, err := asn1.Unmarshal(e.Value, &constraints); err != nil || len(rest) > 0 {
		return badRequest("the request's basic constraints cannot be read")
	}
	if constraints.IsCA {
		return badRequest("the request asks to be a CA")
	}
	return nil
}

func notSigningKey(e pkix.Extension) error {
	var usage asn1.BitString
	if rest, err := asn1.Unmarshal(e.Value, &usage); err != nil || len(rest) > 0 {
		return badRequest("the request's key usage cannot be read")
	}
	if usage.At(5) != 0 || usage.At(6) != 0 { // keyCertSign, cRLSign: RFC 5280 section 4.2.1.3
		return badRequest("the request asks for a key that signs certificates")
	}
	return nil
}

// otherNames tells of alternative names that Go does not parse: directory
// names, otherName (a Microsoft user principal), registered ids.
func otherNames(csr *scep.CSR) bool {
	for _, e := range csr.Extensions {
		if !e.Id.Equal(oidSubjectAltName) {
			continue
		}
		var names []asn1.RawValue
		if rest, err := asn1.Unmarshal(e.Value, &names); err != nil || len(rest) > 0 {
			return true
		}
		for _, n := range names {
			if n.Class != asn1.ClassContextSpecific || n.Tag != 2 {
				return true
			}
		}
	}
	return false
}

// sameName compares distinguished names by attribute and text: a client may
// write PrintableString this time and UTF8String the next.
func sameName(a, b []byte) bool {
	var x, y pkix.RDNSequence
	if rest, err := asn1.Unmarshal(a, &x); err != nil || len(rest) > 0 {
		return false
	}
	if rest, err := asn1.Unmarshal(b, &y); err != nil || len(rest) > 0 {
		return false
	}
	return slices.EqualFunc(x, y, func(p, q pkix.RelativeDistinguishedNameSET) bool {
		return slices.EqualFunc(p, q, func(s, t pkix.AttributeTypeAndValue) bool {
			st, ok := s.Value.(string)
			tt, ok2 := t.Value.(string)
			return ok && ok2 && s.Type.Equal(t.Type) && st == tt
		})
	})
}

// sameAlternativeNames compares what a renewal asks for with what it had.
func sameAlternativeNames(request *scep.CSR, had *x509.Certificate) bool {
	x, y := slices.Clone(request.DNSNames), slices.Clone(had.DNSNames)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(slices.Compact(x), slices.Compact(y))
}
