// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestChallengeFromLab gives a phone a challenge password that the CA made for
// it alone; the phone enrolls with it, and nobody can use it again.
func TestChallengeFromLab(t *testing.T) {
	t.Parallel()
	w := newWork(t, "provider")
	w.needs(11, writeOnly)
	w.take("*")
	l := startLab(t, 1, 100*time.Millisecond)
	info := l.Info()
	phone := info.Phones[0]
	w.write("main.tf", fmt.Sprintf(`terraform {
  required_providers {
    ciscophone = { source = "phonecfg/ciscophone" }
  }
}
provider "ciscophone" {
  store = %[1]q
}
ephemeral "ciscophone_scep_challenge" "lab" {
  command = [%[8]q, "lab", "challenge", "--dir", %[2]q, "--common-name", %[3]q]
}
resource "ciscophone_config" "phone" {
  path                  = %[4]q
  scep_server           = %[5]q
  root_ca_fingerprint   = %[6]q
  common_name           = %[3]q
  challenge_password_wo = ephemeral.ciscophone_scep_challenge.lab.challenge_password
}
resource "ciscophone_enrollment" "phone" {
  phone_url           = %[7]q
  root_ca_fingerprint = %[6]q
  common_name         = ciscophone_config.phone.certificate_common_name
  enrollment_id       = ciscophone_config.phone.enrollment_id
}
`, info.Store, strings.TrimSuffix(info.CAFile, "/root-ca.pem"), phone.MICCommonName, phone.Config, info.SCEPURL, info.FingerprintSHA256, phone.Page, filepath.Join(cfgxmlFolder(t), "ciscophone")))
	w.ok("apply", "-auto-approve")
	issued := l.CA().Issued()
	if len(issued) != 1 || issued[0].CommonName != phone.MICCommonName {
		t.Fatalf("issued: %+v", issued)
	}
	stored := read(t, info.Store, phone.Config)
	_, rest, _ := strings.Cut(stored, "<CDC_Challenge_Password_1_")
	_, rest, _ = strings.Cut(rest, ">")
	challenge, _, _ := strings.Cut(rest, "<")
	if len(challenge) != 26 || challenge == strings.TrimSpace(read(t, info.ChallengeFile)) {
		t.Errorf("the phone was given a challenge of %d characters, want 26 of its own", len(challenge))
	}
	w.nowhere(challenge)
}
