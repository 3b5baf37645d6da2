// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const actionModule = `
terraform {
  required_providers {
    ciscophone = { source = "phonecfg/ciscophone" }
  }
}
variable "challenge" {
  type      = string
  ephemeral = true
}
variable "server" { type = string }
variable "password_file" { type = string }
provider "ciscophone" { store = %q }
action "ciscophone_resync" "phone" {
  config {
    phone_url           = %q
    admin_password_file = var.password_file
  }
}
resource "ciscophone_config" "phone" {
  path                  = %q
  scep_server           = var.server
  root_ca_fingerprint   = %q
  challenge_password_wo = var.challenge
  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.ciscophone_resync.phone]
    }
  }
}
`

// TestAction lets Terraform tell a phone that would not fetch its file within
// the hour: after create, after update, by itself, and not when nothing changed.
func TestAction(t *testing.T) {
	t.Parallel()
	cli := terraform114(t, "actions (ciscophone_resync by action_trigger and by apply -invoke)")
	w := newWorkOf(t, cli, "provider")
	l := startLab(t, 1, time.Hour)
	info := l.Info()
	phone := info.Phones[0]
	file := filepath.Join(info.Store, phone.Config)
	challenge, password := strings.TrimSpace(read(t, info.ChallengeFile)), strings.TrimSpace(read(t, info.PhonePasswordFile))
	w.take("*")
	w.write("main.tf", fmt.Sprintf(actionModule, info.Store, phone.Page, phone.Config, info.FingerprintSHA256))
	w.env = append(w.env, "TF_VAR_challenge="+challenge)
	vars := map[string]any{"server": info.SCEPURL, "password_file": info.PhonePasswordFile}
	w.variables(vars)
	told := "telling " + phone.Page + " to fetch its configuration"
	has := func(server string) { // the phone applies the file before it answers
		t.Helper()
		if got := l.Phones()[0].Status().Server; got != server {
			t.Errorf("the phone has server %q, want %q", got, server)
		}
	}
	has("")

	out, _ := w.plan("-out=first.plan")
	if !strings.Contains(out, "Actions: 1 to invoke") {
		t.Errorf("the first plan does not show the action:\n%s", out)
	}
	var shown struct {
		Actions []struct{ Address string } `json:"action_invocations"`
	}
	if err := json.Unmarshal([]byte(w.ok("show", "-json", "first.plan")), &shown); err != nil || len(shown.Actions) != 1 {
		t.Errorf("the plan as JSON has actions %v: %v", shown.Actions, err)
	}
	if out := w.ok("apply", "-no-color", "first.plan"); !strings.Contains(out, told) {
		t.Errorf("the first apply:\n%s", out)
	}
	has(info.SCEPURL)
	w.nowhere(challenge, file)

	if out := w.apply(); strings.Contains(out, told) {
		t.Errorf("nothing changed, and the phone was told:\n%s", out)
	}
	vars["server"] = info.SCEPURL + "/second"
	w.variables(vars)
	if out := w.apply("-json"); !strings.Contains(out, told) {
		t.Errorf("the apply of a change:\n%s", out)
	}
	has(info.SCEPURL + "/second")

	// By itself, for what changed without Terraform.
	edit(t, file, info.SCEPURL+"/second", info.SCEPURL)
	has(info.SCEPURL + "/second")
	if out := w.apply("-invoke=action.ciscophone_resync.phone"); !strings.Contains(out, told) || !strings.Contains(out, "1 invoked") {
		t.Errorf("apply -invoke:\n%s", out)
	}
	has(info.SCEPURL)

	// A phone that refuses: the file is written, and the apply says what to do.
	const wrong = "wrong-Password-31"
	vars["password_file"], vars["server"] = filepath.Join(t.TempDir(), "password"), info.SCEPURL+"/third"
	if err := os.WriteFile(vars["password_file"].(string), []byte(wrong), 0o600); err != nil {
		t.Fatal(err)
	}
	w.variables(vars)
	out, _ = w.run([]int{1}, "apply", "-no-color", "-input=false", "-auto-approve")
	if !strings.Contains(out, "Phone Did Not Resync") || !strings.Contains(read(t, file), "/third") {
		t.Errorf("the apply with a wrong password:\n%s", out)
	}
	has(info.SCEPURL)
	vars["password_file"] = info.PhonePasswordFile
	w.variables(vars)
	if out, changed := w.plan(); changed {
		t.Errorf("the file was written, and yet there is something to do:\n%s", out)
	}
	w.apply("-invoke=action.ciscophone_resync.phone")
	has(info.SCEPURL + "/third")

	w.ok("destroy", "-no-color", "-auto-approve")
	for _, secret := range []string{challenge, password, wrong} {
		w.nowhere(secret)
	}
}
