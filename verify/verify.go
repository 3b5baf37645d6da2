// SPDX-License-Identifier: MPL-2.0

// Package verify gathers evidence that a phone holds the right certificate.
//
// [Check] looks once; [Wait] looks until the certificate is right or the context
// ends:
//
//	ev, err := verify.Check(ctx, "http://10.0.0.17/", verify.Expectation{
//		CommonName:  "CP-9871-SEP001A2B3C4D5E.example.nl",
//		Fingerprint: "12040870625C5B755D73F5925285F8F5FF5D55AF",
//	}, nil)
//	// ev.Verified(), or ev.Problems says what is wrong
//
// An error means that the phone's page could not be read. A wrong certificate is
// not an error: it is [Evidence] with Problems. [WriteTable] writes evidence for
// people, [WriteJSON] and [PEM] write it for programs, and [Evidence.Judge] does
// what Check does for a certificate that came another way. [Resync] makes a
// phone fetch its file.
//
// # What is checked
//
// Check compares the leaf's common name, its validity at the given time, its
// signature chain to the pinned root (and only to that one; the system's roots
// are not consulted), the extended key usage clientAuth that an EAP-TLS server
// asks for, and, after a new enrollment, that the serial number has changed.
//
// # What is not proved
//
// The phone answers on its own web page, so this is what the phone says about
// itself; it proves possession of the private key to nobody before 802.1X asks.
// Cisco documents the address of the page, /admin/status.xml, but not the names
// in it for custom device certificates. They are data of package status; a document
// with none of them leaves the verdict [Unknown]: it neither proves nor denies that
// there is a certificate.
package verify

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
	"github.com/phonecfg/terraform-provider-ciscophone/status"
)

// An Expectation describes the right certificate. Zero fields are not checked,
// except the root: without Root and Fingerprint, no certificate is verified.
type Expectation struct {
	// CommonName is the subject's, macros already expanded.
	CommonName string
	// Fingerprint is that of the pinned root. Without Root, the root is taken from
	// the phone's own chain and compared with this.
	Fingerprint cdc.Fingerprint
	// Root is the pinned root itself.
	Root *x509.Certificate
	// NotSerial is the serial number of an earlier certificate that must have been
	// replaced; see [ParseSerial].
	NotSerial *big.Int
	// Vocabularies say how the phone's status names what is compared. Nil means
	// [status.Builtin].
	Vocabularies []*status.Vocabulary
	// Now returns the time at which the certificate must be valid. Nil means
	// time.Now.
	Now func() time.Time
}

// Evidence is what a phone shows and what that proves. Its JSON has snake_case
// names, times in RFC 3339 that are absent when unknown, and the chain as PEM.
// "verified" is true, false or, where the verdict is [Unknown], null. It reads
// back as what was written.
type Evidence struct {
	Phone string `json:"phone"`           // address of the phone's page
	Model string `json:"model,omitempty"` // product name as the phone shows it
	MAC   string `json:"mac,omitempty"`   // as the phone shows it

	CommonName string    `json:"common_name,omitempty"`
	Serial     string    `json:"serial,omitempty"`  // lower case hexadecimal, no colons
	Subject    string    `json:"subject,omitempty"` // distinguished name, RFC 2253
	Issuer     string    `json:"issuer,omitempty"`  // distinguished name, RFC 2253
	NotBefore  time.Time `json:"not_before,omitzero"`
	NotAfter   time.Time `json:"not_after,omitzero"`
	Root       string    `json:"root_sha256,omitempty"`     // SHA-256 of the root the chain was verified to, upper case hexadecimal
	Status     string    `json:"download_status,omitempty"` // the line Download Status 1 shows

	// Verdict is one of [Verified], [Wrong], [NoCertificate] and [Unknown], or empty
	// where nothing was judged.
	Verdict Verdict `json:"verdict"`
	// Problems say what is wrong and what was expected or, where the verdict is
	// Unknown, why it cannot be told.
	Problems  []string  `json:"problems"`
	CheckedAt time.Time `json:"checked_at,omitzero"`

	Chain []*x509.Certificate `json:"-"` // leaf first, as the phone shows it; chain_pem in JSON
}

// Verified reports whether the verdict is [Verified].
func (ev Evidence) Verified() bool { return ev.Verdict == Verified }

// A Verdict sums up what is known of a phone's certificate.
type Verdict string

const (
	Verified      Verdict = "verified"       // the right certificate
	Wrong         Verdict = "wrong"          // a certificate with a problem
	NoCertificate Verdict = "no certificate" // the phone says that it holds none
	Unknown       Verdict = "unknown"        // what was read says neither
)

// Check reads the phone's page and judges the certificate. hc may be nil for a
// client without proxy and redirects.
func Check(ctx context.Context, page string, e Expectation, hc *http.Client) (Evidence, error) {
	ev := Evidence{Phone: page, CheckedAt: e.now()}
	doc, err := Status(ctx, page, hc)
	var unreadable *UnreadableError
	switch {
	case errors.As(err, &unreadable):
		ev.cannotTell("%v", err)
		return ev, nil
	case err != nil:
		return ev, err
	}
	vocabularies := e.Vocabularies
	if vocabularies == nil {
		vocabularies = status.Builtin()
	}
	ev.read(status.Read(doc, vocabularies...), e)
	if ev.Verdict == Unknown && doc.Cut != nil {
		ev.cannotTell("the status is not whole: %v", doc.Cut)
	}
	return ev, nil
}

// read judges what the phone says of itself.
func (ev *Evidence) read(facts status.Facts, e Expectation) {
	shown := func(f status.Fact) string { return foreign.Text(facts.Text(f)) } // in state, plans and tables
	ev.Model, ev.MAC, ev.Status = shown(status.Product), shown(status.MAC), shown(status.LastResult)
	ev.CommonName, ev.Issuer = shown(status.CommonName), shown(status.Issuer)
	ev.Serial = normalSerial(facts.Text(status.CertificateSerial))
	ev.NotBefore, ev.NotAfter = facts.Time(status.NotBefore), facts.Time(status.NotAfter)
	chain, err := parseChain(facts.Text(status.Chain))
	switch {
	case err != nil:
		ev.cannotTell("the certificate chain on the phone's page cannot be read: %v", err)
	case len(chain) > 0:
		ev.Judge(chain, e)
	case facts.State(status.Installed) == status.No:
		ev.Verdict = NoCertificate
		ev.problem("the phone shows no custom device certificate")
	case len(facts) == 0:
		ev.cannotTell("the status has none of the names this vocabulary knows, so it says neither that the phone holds a certificate nor that it does not")
	case !facts.AboutCertificate():
		ev.cannotTell("the status has none of the names this vocabulary knows for a custom device certificate, so it says neither that the phone holds one nor that it does not")
	default:
		ev.judgeFacts(facts, e)
	}
}

// judgeFacts compares what the phone says of a certificate that it does not show.
// Nothing of that proves the certificate right, but it can be wrong.
func (ev *Evidence) judgeFacts(facts status.Facts, e Expectation) {
	if e.CommonName != "" && ev.CommonName != "" && ev.CommonName != e.CommonName {
		ev.problem("the common name is %q, want %q", ev.CommonName, e.CommonName)
	}
	if n, err := ParseSerial(ev.Serial); err == nil && e.NotSerial != nil && n.Cmp(e.NotSerial) == 0 {
		ev.problem("the certificate is still the old one, serial number %s", ev.Serial)
	}
	ev.judgeValidity()
	if len(ev.Problems) > 0 {
		ev.Verdict = Wrong
		return
	}
	ev.cannotTell("the phone's page shows no certificate chain, so nothing in it can be verified")
}

func (ev *Evidence) cannotTell(format string, args ...any) {
	ev.Verdict = Unknown
	ev.problem(format, args...)
}

// now is the time in seconds, which is what certificates and JSON have.
func (e Expectation) now() time.Time {
	if e.Now == nil {
		return time.Now().UTC().Truncate(time.Second)
	}
	return e.Now().UTC().Truncate(time.Second)
}

// Judge takes the facts from chain (leaf first) and compares them with e. It
// is the part of [Check] that needs no phone, for a certificate that came
// another way. Judging a chain without certificates finds one problem: that
// there is none.
func (ev *Evidence) Judge(chain []*x509.Certificate, e Expectation) {
	if e.Now != nil || ev.CheckedAt.IsZero() {
		ev.CheckedAt = e.now()
	}
	if len(chain) == 0 || slices.ContainsFunc(chain, func(c *x509.Certificate) bool { return c == nil || c.Raw == nil }) {
		ev.problem("there is no certificate to judge, or one of the chain was not parsed")
		ev.Verdict = Unknown
		return
	}
	leaf := chain[0]
	ev.Chain = chain
	ev.CommonName = leaf.Subject.CommonName
	ev.Serial = leaf.SerialNumber.Text(16)
	ev.Issuer, ev.Subject = leaf.Issuer.String(), leaf.Subject.String()
	ev.NotBefore, ev.NotAfter = leaf.NotBefore.UTC(), leaf.NotAfter.UTC()

	if e.CommonName != "" && ev.CommonName != e.CommonName {
		ev.problem("the common name is %q, want %q", ev.CommonName, e.CommonName)
	}
	if e.NotSerial != nil && leaf.SerialNumber != nil && leaf.SerialNumber.Cmp(e.NotSerial) == 0 {
		ev.problem("the certificate is still the old one, serial number %s", ev.Serial)
	}
	ev.judgeValidity()
	if !slices.Contains(leaf.ExtKeyUsage, x509.ExtKeyUsageClientAuth) && !slices.Contains(leaf.ExtKeyUsage, x509.ExtKeyUsageAny) {
		ev.problem("the certificate lacks the extended key usage clientAuth, which an EAP-TLS server asks for")
	}
	ev.judgeChain(chain, e)
	ev.Verdict = Wrong
	if len(ev.Problems) == 0 {
		ev.Verdict = Verified
	}
}

// judgeValidity compares the time of the check with the certificate's validity,
// as far as that is known.
func (ev *Evidence) judgeValidity() {
	switch at := ev.CheckedAt; {
	case !ev.NotBefore.IsZero() && at.Before(ev.NotBefore):
		ev.problem("the certificate is not valid before %s (now %s): compare the clocks", ev.NotBefore.Format(time.RFC3339), at.UTC().Format(time.RFC3339))
	case !ev.NotAfter.IsZero() && at.After(ev.NotAfter):
		ev.problem("the certificate expired at %s", ev.NotAfter.Format(time.RFC3339))
	}
}

// judgeChain verifies signatures and constraints up to the pinned root.
func (ev *Evidence) judgeChain(chain []*x509.Certificate, e Expectation) {
	root := e.Root
	if !e.Fingerprint.IsZero() {
		is := func(c *x509.Certificate) bool { return e.Fingerprint.Matches(c.Raw) }
		at := slices.IndexFunc(chain, is)
		switch {
		case root != nil && !is(root):
			ev.problem("the given root %q does not have the fingerprint %s", root.Subject, e.Fingerprint)
			return
		case root == nil && at < 0:
			ev.problem("no certificate in the phone's chain has the pinned root's fingerprint %s", e.Fingerprint)
			return
		case root == nil && !bytes.Equal(chain[at].RawSubject, chain[at].RawIssuer):
			ev.problem("the fingerprint %s is that of %q, which is not a root CA but was issued by %q", e.Fingerprint, chain[at].Subject, chain[at].Issuer)
			return
		case root == nil:
			root = chain[at]
		}
	}
	if root == nil {
		ev.problem("no root certificate and no fingerprint was given, so the chain is not verified")
		return
	}
	o := x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}
	o.Roots.AddCert(root)
	for _, c := range chain[1:] {
		o.Intermediates.AddCert(c)
	}
	// The leaf's own validity is judged above, with better words; here any time
	// at which it was valid will do, so that one fault is not told twice.
	switch o.CurrentTime = ev.CheckedAt; {
	case o.CurrentTime.Before(chain[0].NotBefore):
		o.CurrentTime = chain[0].NotBefore
	case o.CurrentTime.After(chain[0].NotAfter):
		o.CurrentTime = chain[0].NotAfter
	}
	if _, err := chain[0].Verify(o); err != nil {
		ev.problem("the chain does not lead to the pinned root %q: %v", root.Subject, err)
		return
	}
	ev.Root = cdc.FingerprintOf(root.Raw, crypto.SHA256).String()
}

func (ev *Evidence) problem(format string, args ...any) {
	ev.Problems = append(ev.Problems, fmt.Sprintf(format, args...))
}

const pemType = "CERTIFICATE"

// PEM returns the chain, leaf first, as the phone shows it.
func PEM(ev Evidence) []byte {
	var b bytes.Buffer
	for _, c := range ev.Chain {
		if c != nil {
			pem.Encode(&b, &pem.Block{Type: pemType, Bytes: c.Raw})
		}
	}
	return b.Bytes()
}

// normalSerial returns a serial number that a phone shows as [Evidence] has it.
func normalSerial(s string) string {
	n, err := ParseSerial(s)
	if err != nil {
		return s
	}
	return n.Text(16)
}
