// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// spread puts one secret into everything that takes one, in configurations
// that fail. Refused ones fail when the arguments are checked, which is before
// variables are known; failing ones when the plan is made or a function called.
const (
	secretVariables = `
terraform {
  required_providers {
    ciscophone = { source = "phonecfg/ciscophone" }
  }
}
variable "secret" {
  type      = string
  ephemeral = true
  sensitive = true
}
variable "known" {
  type      = string
  sensitive = true
}
variable "dir" { type = string }
variable "web" { type = string }
locals {
  broken   = "<flat-profile><CDC_Challenge_Password_1_>${var.secret}<CDC_Challenge_Password_1_></flat-profile>"
  root     = "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"
  option43 = provider::ciscophone::option43_encode({ scep_server = "http://10.0.0.1", root_ca_fingerprint = local.root, challenge_password = var.known })
  leaky    = "<flat-profile><Admin_Password>${var.known}<Admin_Password></flat-profile>"
}
provider "ciscophone" { store = var.dir }
provider "ciscophone" {
  alias          = "web"
  store          = var.web
  store_username = "deploy"
  store_password = var.secret
}
`
	refused = `
resource "ciscophone_config" "characters" {
  path                  = "a.xml"
  scep_server           = "https://scep.example.net"
  challenge_password_wo = "${var.secret}\u0007"
}
resource "ciscophone_config" "base" {
  path                  = "b.xml"
  template              = local.broken
  common_name           = "$NOSUCH"
  challenge_password_wo = var.secret
}
resource "ciscophone_config" "file" {
  path                    = "c.xml"
  challenge_password_file = "challenge"
}
resource "ciscophone_config" "parameter" {
  path       = "e.xml"
  parameters = { CDC_Challenge_Password_1_ = var.known, Admin_Password = "${var.known}\u0007" }
}
resource "ciscophone_config" "cipher" {
  path                  = "f.xml"
  encryption            = "rot13"
  encryption_key_wo     = var.secret
  challenge_password_wo = var.secret
}
resource "ciscophone_config" "no_cipher" {
  path              = "g.xml"
  encryption_key_wo = var.secret
}
resource "ciscophone_config" "cleared" {
  path              = "h.xml"
  encryption        = "aes128gcm"
  encryption_key_wo = var.secret
  on_destroy        = "clear"
}
resource "ciscophone_config" "credentials" {
  path                = "l.xml"
  scep_server         = "http://admin:${var.secret}@10.0.0.1/scep"
  root_ca_fingerprint = "AB"
}
ephemeral "ciscophone_scep_challenge" "address" {
  ndes_url      = "ftp://admin:${var.secret}@127.0.0.1:1/"
  ndes_username = "EXAMPLE\\ndes"
  ndes_password = var.secret
  ndes_auth     = "kerberos"
}
ephemeral "ciscophone_scep_challenge" "two" {
  length  = 5
  command = ["echo", var.secret]
  timeout = "soon"
}
resource "ciscophone_fleet" "characters" {
  inventory             = "mac,model\n00:1A:2B:3C:4D,9871\n"
  template              = local.broken
  challenge_password_wo = "${var.secret}\u0007"
}
resource "ciscophone_enrollment" "credentials" {
  phone_url           = "ftp://admin:${var.known}@127.0.0.1:1/"
  root_ca_fingerprint = "AB"
}
`
	failing = `
resource "ciscophone_config" "plain" {
  path               = "d.xml"
  challenge_password = "${var.known}\u0007"
}
resource "ciscophone_fleet" "column" {
  inventory = "mac,model,CDC_Challenge_Password_1_\n00:1A:2B:3C:4D:5E,9871,${var.known}\n"
}
resource "ciscophone_enrollment" "credentials" {
  phone_url           = "http://admin:${var.known}@127.0.0.1:1/"
  root_ca_fingerprint = "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"
}
resource "ciscophone_config" "base" {
  path                  = "b.xml"
  template              = local.broken
  challenge_password_wo = var.secret
}
resource "ciscophone_config" "stored" {
  path                  = "broken.xml"
  challenge_password_wo = var.secret
}
resource "ciscophone_config" "template_file" {
  path                    = "c.xml"
  template_file               = "${var.dir}/broken.xml"
  challenge_password_file = "${var.dir}/two-lines"
}
resource "ciscophone_config" "two_lines" {
  path                    = "i.xml"
  challenge_password_file = "${var.dir}/two-lines"
}
resource "ciscophone_config" "key_file" {
  path                  = "j.xml"
  encryption            = "aes128gcm"
  encryption_key_file   = "${var.dir}/two-lines"
  challenge_password_wo = var.secret
}
resource "ciscophone_config" "other_key" {
  path                  = "sealed.xml"
  encryption            = "aes-256-cbc"
  encryption_key_wo     = var.secret
  challenge_password_wo = var.secret
}
resource "ciscophone_config" "sealed_base" {
  path                  = "k.xml"
  template              = local.broken
  encryption            = "aes-256-cbc"
  encryption_key_wo     = var.secret
  challenge_password_wo = var.secret
}
ephemeral "ciscophone_scep_challenge" "lines" {
  command = ["printf", "%s\n%s\n", var.secret, var.secret]
}
ephemeral "ciscophone_scep_challenge" "status" {
  command = ["sh", "-c", "echo \"$0\"; exit 3", var.secret]
}
ephemeral "ciscophone_scep_challenge" "missing" {
  command = ["/no/such/program", "--password", var.secret]
}
ephemeral "ciscophone_scep_challenge" "control" {
  command = ["printf", "%s\\007", var.secret]
}
ephemeral "ciscophone_scep_challenge" "basic" {
  ndes_url        = "${var.web}/certsrv/mscep_admin/"
  ndes_username   = "EXAMPLE\\ndes"
  ndes_password   = var.secret
  ndes_allow_http = true
}
ephemeral "ciscophone_scep_challenge" "ntlm" {
  ndes_url        = "${var.web}/ntlm"
  ndes_username   = "EXAMPLE\\ndes"
  ndes_password   = var.secret
  ndes_auth       = "ntlm"
  ndes_allow_http = true
}
ephemeral "ciscophone_scep_challenge" "page" {
  ndes_url        = "${var.web}/page"
  ndes_username   = "EXAMPLE\\ndes"
  ndes_password   = var.secret
  ndes_allow_http = true
}
resource "ciscophone_config" "web" {
  provider              = ciscophone.web
  path                  = "a.xml"
  challenge_password_wo = var.secret
}
resource "ciscophone_fleet" "template" {
  inventory             = "mac,model\n00:1A:2B:3C:4D:5E,9871\n"
  template              = local.broken
  challenge_password_wo = var.secret
}
resource "ciscophone_fleet" "web" {
  provider              = ciscophone.web
  inventory             = "mac,model\n00:1A:2B:3C:4D:5E,9871\n"
  challenge_password_wo = var.secret
}
data "ciscophone_document" "stored" { path = "broken.xml" }
data "ciscophone_scep_ca" "ca" {
  scep_server         = "http://admin:${var.known}@127.0.0.1:1/"
  root_ca_fingerprint = "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"
}
output "parse" {
  value     = provider::ciscophone::parse(local.leaky)
  sensitive = true
}
output "splice" {
  value     = provider::ciscophone::splice(local.leaky, { Admin_Password = var.known })
  sensitive = true
}
output "render" {
  value     = provider::ciscophone::render({ "1 bad name" = var.known, Admin_Password = "${var.known}\u0007" })
  sensitive = true
}
output "diff" {
  value     = provider::ciscophone::diff(local.leaky, "<flat-profile/>")
  sensitive = true
}
output "option43" {
  value     = provider::ciscophone::option43_encode({ scep_server = "http://10.0.0.1", root_ca_fingerprint = local.root, challenge_password = "${var.known}\u0007" })
  sensitive = true
}
output "option43_server" {
  value     = provider::ciscophone::option43_encode({ scep_server = "http://admin:${var.known}@10.0.0.1", root_ca_fingerprint = local.root })
  sensitive = true
}
output "option43_decode" {
  value     = provider::ciscophone::option43_decode(var.known)
  sensitive = true
}
output "option43_typo" {
  value     = provider::ciscophone::option43_decode("${local.option43}0")
  sensitive = true
}
output "option43_cut" {
  value     = provider::ciscophone::option43_decode(substr(local.option43, 0, 44))
  sensitive = true
}
output "fingerprint" {
  value     = provider::ciscophone::fingerprint(var.known)
  sensitive = true
}
output "expand" {
  value     = provider::ciscophone::expand_macros(var.known, "9871", "00:1A")
  sensitive = true
}
`
)

// TestSecretsInErrors: whatever fails says nothing of the secrets it was given,
// in either form of output or in the most talkative log.
func TestSecretsInErrors(t *testing.T) {
	t.Parallel()
	const pearl, known = "Zq8-challenge-Wx3", "Kp5-password-Vb6"
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		switch r.URL.Path {
		case "/ntlm":
			w.Header().Set("WWW-Authenticate", "NTLM "+base64.StdEncoding.EncodeToString([]byte("NTLMSSP\x00\x02"+pearl)))
			w.WriteHeader(http.StatusUnauthorized)
			return
		case "/page":
			_, _ = fmt.Fprintf(w, "<b>0F1E2D3C4B5A6978</b> %s <b>0F1E2D3C4B5A6978</b>", password)
			return
		}
		http.Error(w, "no: "+user+" with "+password, http.StatusForbidden) // a server that tells everything
	}))
	t.Cleanup(web.Close)
	sealed, err := seal.Seal([]byte("<flat-profile/>"), seal.Options{Cipher: seal.AES256CBC, Key: secret.New("another")})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		config string
		errors int
	}{"refused": {refused, 13}, "failing": {failing, 30}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWork(t, "provider")
			w.needs(11, writeOnly)
			w.take("*")
			w.write("main.tf", secretVariables+c.config)
			dir := t.TempDir()
			for file, text := range map[string]string{
				"broken.xml": "<flat-profile><CDC_Challenge_Password_1_>" + pearl + "<CDC_Challenge_Password_1_></flat-profile>",
				"two-lines":  pearl + "\n" + pearl + "\n",
				"sealed.xml": string(sealed),
			} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			w.env = append(w.env, "TF_VAR_secret="+pearl, "TF_VAR_known="+known, "TF_VAR_dir="+dir, "TF_VAR_web="+web.URL)
			out, _ := w.run([]int{1}, "plan", "-no-color", "-input=false")
			w.run([]int{1}, "plan", "-json", "-input=false")
			if n := strings.Count(out, "Error: "); n < c.errors {
				t.Errorf("%d errors, want %d at least: the search would prove little\n%s", n, c.errors, out)
			}
			w.write("terraform.tfstate", "{}") // there is none; the search wants files
			w.nowhere(pearl)
			w.nowhere(known)
			if strings.Contains(out, "Zq8") || strings.Contains(out, "Kp5") {
				t.Errorf("a part of a secret shows:\n%s", out)
			}
		})
	}
}
