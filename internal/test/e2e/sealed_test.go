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

// TestSealed encrypts a phone's file with a key from an ephemeral variable:
// the file opens with it, the second plan is empty, drift inside shows, and
// neither key nor challenge is anywhere.
func TestSealed(t *testing.T) {
	t.Parallel()
	const key, challenge = "Sealing-Key-4711", "Sealed-Challenge-0815"
	w := newWork(t, "write-only")
	w.needs(11, writeOnly)
	store := t.TempDir()
	file := filepath.Join(store, "a.xml")
	if err := os.WriteFile(file, []byte("<flat-profile>\n<Station_Name>Lobby</Station_Name>\n</flat-profile>\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.write("main.tf", head(store, "key", "challenge")+`resource "ciscophone_config" "phone" {
  path                  = "a.xml"
  scep_server           = "http://scep.example.net"
  root_ca_fingerprint   = "8F434346648F6B96DF89DDA901C5176B10A6D83961DD3C1AC88B59B2DC327AA4"
  challenge_password_wo = var.challenge
  encryption            = "aes-256-cbc"
  encryption_key_wo     = var.key
}
`)
	w.env = append(w.env, "TF_VAR_key="+key, "TF_VAR_challenge="+challenge)
	if out, changed := w.plan("-out=first.plan"); !changed || !strings.Contains(out, "the file becomes encrypted by aes-256-cbc; it was: not encrypted") {
		t.Errorf("the first plan:\n%s", out)
	}
	w.apply()
	plain, err := seal.Open([]byte(read(t, file)), seal.OpenOptions{Key: secret.New(key)})
	if err != nil || !strings.Contains(string(plain), ">"+challenge+"<") || !strings.Contains(string(plain), ">Lobby<") {
		t.Fatalf("the file holds %s: %v", plain, err)
	}
	if out, changed := w.plan(); changed {
		t.Errorf("the second plan is not empty:\n%s", out)
	}
	drifted, err := seal.Seal([]byte(strings.Replace(string(plain), challenge, "guessed", 1)), seal.Options{Cipher: seal.AES256CBC, Key: secret.New(key)})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, drifted, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, changed := w.plan(); !changed || !strings.Contains(out, "CDC_Challenge_Password_1_: changed (secret); the phone requests a new certificate") {
		t.Errorf("the plan after drift:\n%s", out)
	}
	w.apply()
	w.nowhere(challenge)
	w.nowhere(key)
}
