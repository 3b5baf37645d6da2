// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// TestSealedFleet encrypts a fleet's files with a key from an ephemeral
// variable, then with another one.
func TestSealedFleet(t *testing.T) {
	t.Parallel()
	const key, later, challenge = "Fleet-Key-4711", "Fleet-Key-4712", "Fleet-Challenge-0815"
	w := newWork(t, "write-only")
	w.needs(11, writeOnly)
	store := t.TempDir()
	w.write("template.xml", "<flat-profile>\n<Station_Name>Lobby</Station_Name>\n</flat-profile>\n")
	w.write("main.tf", head(store, "key", "challenge")+`resource "ciscophone_fleet" "all" {
  inventory             = "mac,model\n001A2B3C4D5E,9871\n001A2B3C4D5F,8875\n"
  template              = file("template.xml")
  scep_server           = "http://scep.example.net"
  root_ca_fingerprint   = "8F434346648F6B96DF89DDA901C5176B10A6D83961DD3C1AC88B59B2DC327AA4"
  challenge_password_wo = var.challenge
  encryption            = "aes128gcm"
  encryption_key_wo     = var.key
}
`)
	holds := func(name, key string) {
		t.Helper()
		plain, err := seal.Open([]byte(read(t, filepath.Join(store, name))), seal.OpenOptions{Key: secret.New(key)})
		if err != nil || !strings.Contains(string(plain), ">"+challenge+"<") || !strings.Contains(string(plain), ">Lobby<") {
			t.Fatalf("%s holds %s: %v", name, plain, err)
		}
	}
	w.env = append(w.env, "TF_VAR_challenge="+challenge, "TF_VAR_key="+key)
	w.apply()
	holds("SEP001A2B3C4D5E.xml", key)
	holds("SEP001A2B3C4D5F.xml", key)
	if out, changed := w.plan(); changed {
		t.Errorf("the second plan is not empty:\n%s", out)
	}
	drifted, err := seal.Seal([]byte("<flat-profile/>"), seal.Options{Cipher: seal.AES128GCM, Key: secret.New(key)})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(store, "SEP001A2B3C4D5F.xml"), drifted, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, changed := w.plan(); !changed || !strings.Contains(out, "SEP001A2B3C4D5F.xml: CDC_Challenge_Password_1_: added (secret); the phone requests a new certificate") {
		t.Errorf("the plan after drift:\n%s", out)
	}
	w.apply()
	holds("SEP001A2B3C4D5F.xml", key)
	w.env = append(w.env, "TF_VAR_key="+later)
	if out, changed := w.plan(); !changed || !strings.Contains(out, "2 phones, such as SEP001A2B3C4D5E.xml: the file becomes encrypted by aes128gcm; it was: encrypted with another key, or cut off") {
		t.Errorf("the plan with another key:\n%s", out)
	}
	w.apply()
	holds("SEP001A2B3C4D5E.xml", later)
	for _, s := range []string{challenge, key, later} {
		w.nowhere(s)
	}
}
