// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/phonecfg/terraform-provider-ciscophone/provision"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
)

// TestAcceptStoreDown: while the web server of the store is down a plan says so
// on the resource and loses nothing; when it is back, there is nothing to do.
func TestAcceptStoreDown(t *testing.T) {
	since(t, 11, "a write-only argument")
	store, err := push.OpenDir(t.TempDir(), push.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const password = "deploy-password-17"
	handler := provision.Handler(provision.FromStore(store), provision.Options{Username: "deploy", Password: func() (string, error) { return password, nil }})
	var down atomic.Bool
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			panic(http.ErrAbortHandler) // the connection breaks
		}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	both := fmt.Sprintf(`
provider "ciscophone" {
  store          = %q
  store_username = "deploy"
  store_password = %q
}
resource "ciscophone_config" "a" {
  path                  = "a.xml"
  scep_server           = "http://one.example.net"
  root_ca_fingerprint   = %q
  challenge_password_wo = %q
}
resource "ciscophone_fleet" "b" {
  must_exist = false
  inventory             = "mac,model\n001A2B3C4D5E,9871\n"
  scep_server           = "http://one.example.net"
  root_ca_fingerprint   = %[3]q
  challenge_password_wo = %[4]q
}
`, srv.URL+"/", password, fingerprint, pearl)
	empty := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
	accept(t,
		resource.TestStep{Config: both},
		resource.TestStep{PreConfig: func() { down.Store(true) }, Config: both, ExpectError: regexp.MustCompile(`(?s)Cannot Be Read.*ciscophone_config.a.*-refresh=false`)},
		resource.TestStep{Config: both, ExpectError: regexp.MustCompile(`ciscophone_fleet.b`)},
		resource.TestStep{PreConfig: func() { down.Store(false) }, Config: both, ConfigPlanChecks: empty},
		resource.TestStep{ // down at apply: what was not written is planned again
			PreConfig: func() { down.Store(true) }, Config: strings.ReplaceAll(both, "one.example.net", "two.example.net"), ExpectError: regexp.MustCompile(`(?s)Cannot Be`)},
		resource.TestStep{PreConfig: func() { down.Store(false) }, Config: strings.ReplaceAll(both, "one.example.net", "two.example.net"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				actionIs(plancheck.ResourceActionUpdate), changesAre(`CDC_Server_1_: "http://one.example.net" -> "http://two.example.net"`)}}},
	)
}

// TestAcceptPhoneDown: a phone that is off fails what waits for it, in the time
// it was given, and never what has a certificate already.
func TestAcceptPhoneDown(t *testing.T) {
	a, p := newAuthority(t), newPage(t)
	p.show("fine", a.issue(phoneName, 0xa1), a.root)
	var down atomic.Bool
	page := p.srv.Config.Handler
	phone := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			panic(http.ErrAbortHandler)
		}
		page.ServeHTTP(w, r)
	}))
	t.Cleanup(phone.Close)
	waits := func(id string) string {
		return fmt.Sprintf(`
resource "ciscophone_enrollment" "a" {
  phone_url           = %q
  root_ca_fingerprint = %q
  enrollment_id = %q
  timeouts            = { create = "1s", update = "1s" }
}
`, phone.URL+"/", a.fingerprint(), id)
	}
	serial := func(want string) []statecheck.StateCheck {
		return []statecheck.StateCheck{statecheck.ExpectKnownValue("ciscophone_enrollment.a", tfjsonpath.New("serial"), knownvalue.StringExact(want))}
	}
	changed := changedNow()
	down.Store(true)
	accept(t,
		resource.TestStep{Config: waits("kept-1"), ExpectError: regexp.MustCompile(`(?s)Page Cannot Be Read.*does\s+not\s+answer.*apply\s+again`)},
		resource.TestStep{PreConfig: func() { down.Store(false) }, Config: waits("kept-1"), ConfigStateChecks: serial("a1")},
		resource.TestStep{PreConfig: func() { down.Store(true) }, Config: waits("kept-1"), ConfigStateChecks: serial("a1"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
		resource.TestStep{Config: waits(changed), ExpectError: regexp.MustCompile(`(?s)apply\s+again`)},
		resource.TestStep{PreConfig: func() { p.show("renewed", a.issue(phoneName, 0xa2), a.root); down.Store(false) }, Config: waits(changed), ConfigStateChecks: serial("a2")},
	)
}
