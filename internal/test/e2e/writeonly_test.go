// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/verify"
)

// TestWriteOnly pushes over HTTP with credentials, the challenge from an
// ephemeral variable; neither password may show anywhere.
func TestWriteOnly(t *testing.T) {
	t.Parallel()
	w := newWork(t, "write-only")
	w.needs(11, writeOnly)
	l := startLab(t, 1, 100*time.Millisecond)
	info := l.Info()
	challenge, password := strings.TrimSpace(read(t, info.ChallengeFile)), strings.TrimSpace(read(t, info.ProvisioningPasswordFile))
	phone := info.Phones[0]
	w.env = append(w.env, "TF_VAR_challenge_password="+challenge,
		"CISCOPHONE_STORE_USERNAME="+info.ProvisioningUsername, "CISCOPHONE_STORE_PASSWORD="+password)
	w.variables(map[string]any{"store": info.ProvisioningURL, "scep_server": info.SCEPURL, "root_ca_fingerprint": strings.ToLower(info.FingerprintSHA1), "path": phone.Config})
	if out, changed := w.plan("-out=first.plan"); !changed || !strings.Contains(out, "CDC_Challenge_Password_1_: added (secret)") {
		t.Errorf("the first plan:\n%s", out)
	}
	w.ok("apply", "-json", "first.plan")
	ev, err := verify.Wait(t.Context(), phone.Page, verify.Expectation{CommonName: phone.MICCommonName, Fingerprint: pin(t, info.FingerprintSHA1)}, nil, 50*time.Millisecond, nil)
	if err != nil || !ev.Verified() {
		t.Errorf("%v: %q", err, ev.Problems)
	}
	if out, changed := w.plan(); changed {
		t.Errorf("the second plan is not empty:\n%s", out)
	}
	file := filepath.Join(info.Store, phone.Config)
	w.nowhere(challenge, file)

	// A new challenge: the plan sees it without a version to increase, and says
	// nothing of either.
	const second = "another-Challenge-77"
	w.env = append(w.env, "TF_VAR_challenge_password="+second)
	if out, changed := w.plan(); !changed || !strings.Contains(out, "CDC_Challenge_Password_1_: changed (secret); the phone requests a new certificate") {
		t.Errorf("the plan of a new challenge:\n%s", out)
	}
	w.apply()
	w.nowhere(second, file)
	w.nowhere(challenge)
	w.nowhere(password)
}
