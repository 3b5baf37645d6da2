// SPDX-License-Identifier: MPL-2.0

package client

import (
	"crypto"
	"fmt"
	"net/http"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

const phoneName = "CP-9871-SEP001A2B3C4D5E"

func initial() Request {
	return Request{CommonName: phoneName, Challenge: cfgxml.NewSecret(secretText), Key: key(keyPhone)}
}

func TestEnrollInitial(t *testing.T) {
	for _, caps := range []string{"POSTPKIOperation\nSHA-256\nAES", "SCEPStandard", "SHA-256\nAES", ""} {
		ca := newCA(t)
		ca.caps = caps
		res, err := ca.client(nil).Enroll(t.Context(), initial())
		if err != nil {
			t.Fatalf("caps %q: %v", caps, err)
		}
		if res.Certificate.Subject.CommonName != phoneName || len(res.Chain) != 3 ||
			!res.Chain[0].Equal(res.Certificate) || !res.Chain[2].Equal(ca.root.Certificate) {
			t.Errorf("caps %q: certificate %v with a chain of %d", caps, res.Certificate.Subject, len(res.Chain))
		}
		r := ca.requests[0]
		wantMethod := http.MethodGet
		if caps == "SCEPStandard" || caps[:min(4, len(caps))] == "POST" {
			wantMethod = http.MethodPost
		}
		if r.method != wantMethod || r.msg.MessageType != scep.PKCSReq || r.cipher != scep.AES128CBC || r.msg.Digest != crypto.SHA256 {
			t.Errorf("caps %q: %s with messageType %s, %v, %v", caps, r.method, r.msg.MessageType, r.cipher, r.msg.Digest)
		}
	}
}

// S10: the CA certificate is validated by the configured fingerprint, and before
// anything is sent. S11: SHA-1 or SHA-256 of the root; DHCP may carry longer ones.
func TestS10S11FingerprintDecidesBeforeAnythingIsSent(t *testing.T) {
	ca := newCA(t)
	for _, h := range []crypto.Hash{crypto.SHA1, crypto.SHA256, crypto.SHA384, crypto.SHA512} {
		right := scep.Fingerprint(ca.root.Certificate, h)
		c := ca.client(func(c *Config) { c.Fingerprint = fmt.Sprintf("% x", right) })
		if s, err := c.Server(t.Context()); err != nil || !s.Root.Equal(ca.root.Certificate) {
			t.Errorf("%v: %v", h, err)
		}
		wrong := append([]byte(nil), right...)
		wrong[len(wrong)-1] ^= 1
		c = ca.client(func(c *Config) { c.Fingerprint = fmt.Sprintf("%X", wrong) })
		if _, err := c.Enroll(t.Context(), initial()); CodeOf(err) != CodeRootDiffers {
			t.Errorf("%v: one bit off: %v", h, err)
		}
	}
	if len(ca.requests) != 0 {
		t.Errorf("%d requests were sent", len(ca.requests))
	}
}
