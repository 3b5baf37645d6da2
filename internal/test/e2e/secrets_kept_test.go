// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/apache"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// TestSecretsOfEverything gives every object that takes a secret one, lets all
// of it succeed, and searches what is left: state, plan, both as JSON, output
// and logs. The challenge comes from a server that demands NTLM, the files are
// encrypted, option 43 is made and read.
func TestSecretsOfEverything(t *testing.T) {
	t.Parallel()
	const password, key, known, onetime = "Zq8-password-Wx3", "Hj4-sealing-Rt7", "Kp5-password-Vb6", "0F1E2D3C4B5A6978"
	srv := apache.Start(t, []string{"EXAMPLE:ndes:" + password}, map[string][]byte{
		"certsrv/mscep_admin/index.html": []byte("<HTML><P>Thumbprint: <B> 0A1B2C3D 4E5F6071 </B><P>Password: <B> " + onetime + " </B></HTML>")})
	w := newWork(t, "provider")
	w.needs(11, writeOnly)
	w.take("*")
	store := t.TempDir()
	keyFile := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(keyFile, []byte(key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	base := filepath.Join(t.TempDir(), "base.xml")
	if err := os.WriteFile(base, []byte("<flat-profile>\n<Admin_Password>"+known+"</Admin_Password>\n</flat-profile>\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.write("main.tf", fmt.Sprintf(`terraform {
  required_providers {
    ciscophone = { source = "phonecfg/ciscophone" }
  }
}
variable "password" {
  ephemeral = true
}
variable "key" {
  ephemeral = true
}
variable "known" {
  ephemeral = true
}
provider "ciscophone" {
  store = %[1]q
}
ephemeral "ciscophone_scep_challenge" "ndes" {
  ndes_url      = "%[2]s/certsrv/mscep_admin/"
  ndes_username = "EXAMPLE\\ndes"
  ndes_password = var.password
  ndes_auth     = "ntlm"
  ndes_ca_file  = %[3]q
}
ephemeral "ciscophone_scep_challenge" "vault" {
  command = ["echo", var.known]
}
locals {
  root     = "8F434346648F6B96DF89DDA901C5176B10A6D83961DD3C1AC88B59B2DC327AA4"
  option43 = provider::ciscophone::option43_encode({ scep_server = "http://scep.example.net", root_ca_fingerprint = local.root, challenge_password = ephemeral.ciscophone_scep_challenge.vault.challenge_password })
  decoded  = provider::ciscophone::option43_decode(local.option43)
}
resource "ciscophone_config" "sealed" {
  path                  = "sealed.xml"
  template_file             = %[4]q
  scep_server           = "http://scep.example.net"
  root_ca_fingerprint   = local.root
  challenge_password_wo = ephemeral.ciscophone_scep_challenge.ndes.challenge_password
  encryption            = "aes-256-cbc"
  encryption_key_wo     = var.key
}
resource "ciscophone_config" "option43" {
  path                  = "option43.xml"
  template              = provider::ciscophone::splice("<flat-profile></flat-profile>", { Admin_Password = local.decoded.challenge_password })
  scep_server           = "http://scep.example.net"
  root_ca_fingerprint   = local.root
  challenge_password_wo = local.decoded.challenge_password
  encryption            = "aes128gcm"
  encryption_key_file   = %[5]q
}
resource "ciscophone_fleet" "few" {
  must_exist = false
  inventory             = "mac,model\n001A2B3C4D5E,9871\n001A2B3C4D5F,8875\n"
  scep_server           = "http://scep.example.net"
  root_ca_fingerprint   = local.root
  challenge_password_wo = ephemeral.ciscophone_scep_challenge.ndes.challenge_password
  encryption            = "aes-256-cbc"
  encryption_key_wo     = var.key
}
`, store, srv.URL, srv.CAFile, base, keyFile))
	w.env = append(w.env, "TF_VAR_password="+password, "TF_VAR_key="+key, "TF_VAR_known="+known)
	w.plan("-out=first.plan")
	w.write("plan.json", w.ok("show", "-json", "first.plan"))
	w.ok("apply", "-json", "first.plan")
	if out, changed := w.plan(); changed {
		t.Errorf("the second plan is not empty:\n%s", out)
	}
	w.write("state.json", w.ok("show", "-json"))
	for name, secrets := range map[string][]string{"sealed.xml": {onetime, known}, "option43.xml": {known}, "SEP001A2B3C4D5E.xml": {onetime}} {
		plain, err := seal.Open([]byte(read(t, store, name)), seal.OpenOptions{Key: secret.New(key)})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, s := range secrets {
			if !strings.Contains(string(plain), ">"+s+"<") {
				t.Errorf("%s does not hold what is searched for: the search would prove nothing\n%s", name, plain)
			}
		}
	}
	for _, secret := range []string{password, key, known, onetime} {
		w.nowhere(secret)
	}
}
