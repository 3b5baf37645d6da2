// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"crypto"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/ca"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// quirkCase is a phone before a server that misbehaves in one way.
type quirkCase struct {
	quirk    string // field of ca.Quirks
	name     string // what the server does, or what the phone is told to do about it
	quirks   ca.Quirks
	behavior Behavior
	// enroll and renew are words of Download Status 1; enrolled and renewed where
	// the phone gets its certificate. An empty renew is not tried.
	enroll, renew string
	// wrong gives the phone a wrong challenge password: what is tried is how the
	// server refuses.
	wrong bool
	// again changes the common name afterwards, and this is what comes of it.
	again string
	pin   func(*world) string // instead of the root's fingerprint
}

const (
	enrolled = "certificate"
	renewed  = "certificate"
)

// quirkCases has at least one case for each field of ca.Quirks: TestQuirks
// counts them. docs/scep.md shows them.
var quirkCases = []quirkCase{
	{quirk: "Caps", name: "GetCACaps answers nothing", quirks: ca.Quirks{Caps: ca.CapsEmpty}, enroll: enrolled},
	{quirk: "Caps", name: "GetCACaps is not known", quirks: ca.Quirks{Caps: ca.CapsNotFound}, enroll: enrolled, renew: renewed},
	{quirk: "Caps", name: "GetCACaps closes the connection", quirks: ca.Quirks{Caps: ca.CapsClosed}, enroll: enrolled},
	{quirk: "Caps", name: "Cisco IOS: GET only, no AES", quirks: ca.Quirks{Caps: ca.CapsIOS}, enroll: enrolled, renew: renewed},
	{quirk: "Caps", name: "EJBCA: no AES", quirks: ca.Quirks{Caps: ca.CapsEJBCA}, enroll: enrolled, renew: renewed},
	{quirk: "NDES", name: "two RA certificates", quirks: ca.Quirks{NDES: true}, enroll: enrolled, renew: renewed},
	{quirk: "NDESSameKey", name: "a known key gets its old certificate", quirks: ca.Quirks{NDES: true, NDESSameKey: true}, enroll: enrolled, renew: renewed},
	{quirk: "NDESSameKey", name: "the same, and the phone keeps its key", quirks: ca.Quirks{NDES: true, NDESSameKey: true}, behavior: Behavior{ReuseKey: true},
		enroll: enrolled, renew: "the reply holds the old certificate again"},
	{quirk: "EJBCA", name: "the issuing CA alone, and first in replies", quirks: ca.Quirks{EJBCA: true}, enroll: "no root among them, and none matches the SHA-256 fingerprint"},
	{quirk: "EJBCA", name: "the same, and the phone pins that CA", quirks: ca.Quirks{EJBCA: true}, behavior: Behavior{AllowIssuingPin: true},
		enroll: enrolled, renew: renewed, pin: issuingPin},
	{quirk: "OmitRoot", name: "the root is not shown", quirks: ca.Quirks{OmitRoot: true}, enroll: "no root among them, and none matches the SHA-256 fingerprint"},
	{quirk: "SingleDER", name: "one certificate instead of a bag", quirks: ca.Quirks{SingleDER: true}, enroll: "no root among them, and none matches the SHA-256 fingerprint"},
	{quirk: "RootFirst", name: "the bag in reverse order", quirks: ca.Quirks{RootFirst: true}, enroll: enrolled, renew: renewed},
	{quirk: "FakeRA", name: "a phone's certificate in the bag", quirks: ca.Quirks{FakeRA: true}, enroll: enrolled, renew: renewed},
	{quirk: "RenewalNeedsChallenge", name: "renewal refused without challenge", quirks: ca.Quirks{RenewalNeedsChallenge: true},
		enroll: enrolled, renew: "the CA refuses: badRequest (many servers advertise renewal and refuse it without the challenge password; enroll anew at expiry)"},
	{quirk: "RenewalNeedsChallenge", name: "the same, and the phone sends it", quirks: ca.Quirks{RenewalNeedsChallenge: true}, behavior: Behavior{ChallengeOnRenewal: true},
		enroll: enrolled, renew: renewed},
	{quirk: "PendingForever", name: "nobody approves", quirks: ca.Quirks{PendingForever: true}, enroll: "Waiting for approval since"},
	{quirk: "DES3Only", name: "triple DES and SHA-1 only", quirks: ca.Quirks{DES3Only: true}, enroll: "the CA refuses: badAlg"},
	{quirk: "DES3Only", name: "the same, and the phone is allowed to", quirks: ca.Quirks{DES3Only: true}, behavior: Behavior{AllowWeak: true}, enroll: enrolled, renew: renewed},
	{quirk: "SHA1Replies", name: "replies signed with SHA-1", quirks: ca.Quirks{SHA1Replies: true}, enroll: enrolled, renew: renewed},
	{quirk: "RewriteSubject", name: "another common name", quirks: ca.Quirks{RewriteSubject: "somebody else"}, enroll: enrolled},
	{quirk: "Lifetime", name: "certificates of ten days", quirks: ca.Quirks{Lifetime: 10 * day}, enroll: enrolled, renew: renewed},
	{quirk: "ForeignKey", name: "a certificate for another key", quirks: ca.Quirks{ForeignKey: true}, enroll: "none for the key of this request"},
	{quirk: "IssueCA", name: "a certificate that may sign others", quirks: ca.Quirks{IssueCA: true}, enroll: "is one of a CA"},
	{quirk: "WrongNonce", name: "the reply to another request", quirks: ca.Quirks{WrongNonce: true}, enroll: "recipientNonce is another"},
	{quirk: "NoNonce", name: "a reply to no request", quirks: ca.Quirks{NoNonce: true}, enroll: "recipientNonce is another"},
	{quirk: "WrongTransaction", name: "another transaction", quirks: ca.Quirks{WrongTransaction: true}, enroll: `the reply belongs to transaction "another-transaction"`},
	{quirk: "InsiderSigns", name: "replies signed by another phone", quirks: ca.Quirks{InsiderSigns: true}, enroll: "who may not (somebody may stand between this phone and the CA)"},
	{quirk: "OddFailure", name: "bytes that are no envelope in a refusal", quirks: ca.Quirks{OddFailure: true}, wrong: true, enroll: "the CA refuses: badRequest"},
	{quirk: "FailInfo", name: "a reason that RFC 8894 does not know", quirks: ca.Quirks{FailInfo: "9"}, wrong: true, enroll: "the CA refuses: unknown reason 9"},
	{quirk: "Chunked", name: "answers in pieces", quirks: ca.Quirks{Chunked: true}, enroll: enrolled, renew: renewed},
	{quirk: "Slow", name: "a tenth of a second for each answer", quirks: ca.Quirks{Slow: 100 * time.Millisecond}, enroll: enrolled},
	{quirk: "Slow", name: "longer than the phone waits", quirks: ca.Quirks{Slow: time.Minute}, enroll: "in time (is it a SCEP server, and is a firewall in between?)"},
	{quirk: "Redirect", name: "messages are sent elsewhere", quirks: ca.Quirks{Redirect: "http://192.0.2.9/scep"}, enroll: "phones do not follow redirects"},
	{quirk: "Status", name: "HTTP status 500 with a text", quirks: ca.Quirks{Status: 500}, enroll: "answers 500 Internal Server Error: internal server error"},
	{quirk: "Oversize", name: "a zero byte behind each answer", quirks: ca.Quirks{Oversize: 1}, enroll: "1 bytes after the end of the message"},
	{quirk: "Oversize", name: "300 KiB behind each answer", quirks: ca.Quirks{Oversize: 300 << 10}, enroll: "the answer has more than"},
	{quirk: "Truncate", name: "half of the reply", quirks: ca.Quirks{Truncate: true}, enroll: "the reply is not a SCEP message"},
	{quirk: "Replay", name: "the first reply for ever", quirks: ca.Quirks{Replay: true}, enroll: enrolled, again: "the reply belongs to transaction"},
}

func issuingPin(w *world) string {
	return strings.ToLower(cdc.FingerprintOf(w.ca.Issuing().Raw, crypto.SHA256).String()) // crypto.SHA256
}

// TestQuirks puts a phone, and with it this project's client, before a CA with
// each of its quirks: what it takes, what it refuses, and what it says then.
func TestQuirks(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	for _, c := range quirkCases {
		tried[c.quirk] = true
		t.Run(c.quirk+" "+c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t)
		})
	}
	for f := range reflect.TypeFor[ca.Quirks]().Fields() {
		if !tried[f.Name] {
			t.Errorf("no phone was put before a CA with the quirk %s", f.Name)
		}
		delete(tried, f.Name)
	}
	for name := range tried {
		t.Errorf("there is no quirk %s", name)
	}
}

func (c quirkCase) run(t *testing.T) {
	w := newWorld(t, func(cc *ca.Config, pc *Config) {
		cc.Quirks, pc.Behavior = c.quirks, c.behavior
		cc.AllowSHA1 = c.quirks.DES3Only
		if c.enroll == enrolled {
			pc.EnrollTimeout = time.Minute // a loaded machine must not decide
		} else if c.quirks.Slow > 0 {
			pc.EnrollTimeout = time.Second
		} else if c.quirks.PendingForever {
			pc.EnrollTimeout = noPolling
		}
	})
	e := w.enrollment()
	if c.pin != nil {
		e.RootCAFingerprint = c.pin(w)
	}
	if c.wrong {
		e.ChallengePassword = secret.New("not the password")
	}
	_ = w.provision(e)
	if c.enroll != enrolled {
		if c.quirks.PendingForever {
			if s := w.phone.Status(); s.Failed || !strings.HasPrefix(s.Download, c.enroll) {
				t.Errorf("Download Status 1 is %q", s.Download)
			}
		} else {
			w.failed(c.enroll)
		}
		if s := w.phone.Status(); len(s.Certificates) != 0 || s.AsksPassword != (c.wrong && c.quirks.FailInfo == "") {
			t.Errorf("%d certificates; asks for the password: %v", len(s.Certificates), s.AsksPassword)
		}
		return
	}
	first := w.holds()
	if s := w.phone.Status(); s.Failed {
		t.Errorf("Download Status 1: %s", s.Download)
	}
	want := "phone-001a2b3c4d5e.example.nl"
	if c.quirks.RewriteSubject != "" {
		want = c.quirks.RewriteSubject
	}
	if got := first.Leaf().Subject.CommonName; got != want {
		t.Errorf("common name %q, want %q", got, want)
	}
	if w.front.count("PKIOperation") == 0 {
		t.Error("no message was sent")
	}
	if c.again != "" {
		e.CommonName = "another-$MA"
		_ = w.provision(e)
		w.failed(c.again)
		if w.holds().ID != first.ID {
			t.Error("the certificate is another")
		}
	}
	if c.renew == "" {
		return
	}
	w.clock.set(first.Leaf().NotAfter.Add(-5 * day))
	w.phone.Tick(t.Context())
	if c.renew != renewed {
		w.failed(c.renew)
		if w.holds().ID != first.ID {
			t.Error("the certificate is another")
		}
		return
	}
	if second := w.holds(); second.ID == first.ID || !second.Leaf().NotAfter.After(first.Leaf().NotAfter) {
		t.Errorf("not renewed: %s", w.phone.Status().Download)
	}
}

// TestQuirkTable: docs/scep.md shows what TestQuirks holds.
//
//go:generate go test . -run ^TestQuirkTable$ -update
func TestQuirkTable(t *testing.T) {
	t.Parallel()
	const (
		page  = "../docs/scep.md"
		begin = "<!-- begin generated by phone.TestQuirkTable -->\n"
		end   = "<!-- end generated -->\n"
	)
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(strings.ReplaceAll(string(data), "\r\n", "\n"), begin)
	old, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the table", page)
	}
	var b strings.Builder
	b.WriteString("| quirk | the server, or the phone | first certificate | renewal |\n|---|---|---|---|\n")
	cell := func(words, good string) string {
		if words == good || words == "" {
			return words
		}
		return "*" + strings.TrimSuffix(words, ": ") + "*"
	}
	for _, c := range quirkCases {
		first, renewal := cell(c.enroll, enrolled), cell(c.renew, renewed)
		if c.again != "" {
			first += "; for another name " + cell(c.again, "")
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", c.quirk, c.name, first, renewal)
	}
	if *update {
		if err := os.WriteFile(page, []byte(head+begin+b.String()+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if old != b.String() {
		t.Errorf("%s is not what the tests hold: go generate ./phone", page)
	}
}

// TestGetOnly: a phone that sends messages in the address, to a server that
// would take them by POST.
func TestGetOnly(t *testing.T) {
	t.Parallel()
	for _, get := range []bool{false, true} {
		w := newWorld(t, func(_ *ca.Config, c *Config) { c.Behavior.GetOnly = get })
		if err := w.provision(w.enrollment()); err != nil {
			t.Fatal(err)
		}
		w.holds()
		w.front.mu.Lock()
		methods := w.front.methods["PKIOperation"]
		w.front.mu.Unlock()
		if want := map[bool]string{false: "POST", true: "GET"}[get]; strings.Join(methods, " ") != want {
			t.Errorf("GetOnly %v: messages by %q, want %s", get, methods, want)
		}
	}
}
