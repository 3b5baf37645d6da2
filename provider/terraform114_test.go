// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// What only Terraform 1.14 and newer have is spoken to over the protocol alone:
// no such CLI can be built by this project.

func (c *wire) invoke(config map[string]any) (progress []string, ds diagnostics) {
	c.t.Helper()
	const name = "ciscophone_resync"
	cfg := c.dynamic(c.object(c.schema.ActionSchemas[name].Schema.ValueType(), config))
	server := c.server.(tfprotov6.ActionServer)
	valid, err := server.ValidateActionConfig(c.t.Context(), &tfprotov6.ValidateActionConfigRequest{ActionType: name, Config: cfg})
	if ds := c.seen(err, valid.Diagnostics); ds.failed() {
		return nil, ds
	}
	stream, err := server.InvokeAction(c.t.Context(), &tfprotov6.InvokeActionRequest{ActionType: name, Config: cfg})
	if err != nil {
		c.t.Fatal(err)
	}
	completed := false
	for event := range stream.Events {
		switch e := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			progress = append(progress, e.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			completed, ds = true, c.seen(nil, e.Diagnostics)
		}
	}
	if !completed {
		c.t.Error("the action did not say that it was done")
	}
	return progress, ds
}

func TestResync(t *testing.T) {
	t.Parallel()
	c := newWire(t, "")
	file, lines := write(t, t.TempDir(), "password", pearl+"\n"), write(t, t.TempDir(), "lines", pearl+"\n\n")
	var asked []string
	phone := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.String())
		user, password, _ := r.BasicAuth()
		switch {
		case strings.Contains(r.URL.RawQuery, "forbidden"):
			w.WriteHeader(http.StatusForbidden)
		case strings.Contains(r.URL.RawQuery, "elsewhere"):
			http.Redirect(w, r, "/stolen", http.StatusFound)
		case user != "admin" || password != pearl:
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer phone.Close()
	for _, tc := range []struct {
		config  map[string]any
		asked   string
		problem string
	}{
		{map[string]any{"phone_url": phone.URL + "/", "admin_password_file": file}, "GET /admin/resync", ""}, // twice: the password only when the phone asks for it
		{map[string]any{"phone_url": phone.URL, "admin_password_file": file, "file_url": "http://10.0.0.1/a.xml?x=1&y"}, "GET /admin/resync?http://10.0.0.1/a.xml?x=1&y", ""},
		{map[string]any{"phone_url": phone.URL}, "GET /admin/resync", "wants the password"},
		{map[string]any{"phone_url": phone.URL, "file_url": "forbidden"}, "GET /admin/resync?forbidden", "direct actions are switched off"},
		{map[string]any{"phone_url": phone.URL, "admin_password_file": file, "file_url": "elsewhere"}, "GET /admin/resync?elsewhere", "302"},
		{map[string]any{"phone_url": phone.URL, "admin_password_file": "password"}, "", "not an absolute path"},
		{map[string]any{"phone_url": phone.URL, "admin_password_file": lines}, "", "it has more than one line"},
		{map[string]any{"phone_url": "10.0.0.1"}, "", "must be an http:// or https:// URL"},
		{map[string]any{"phone_url": "http://admin:" + pearl + "@10.0.0.1/"}, "", "holds credentials"},
	} {
		asked = nil
		progress, ds := c.invoke(tc.config)
		if got := strings.Join(slices.Compact(asked), "; "); got != tc.asked || ds.failed() != (tc.problem != "") || !strings.Contains(ds.String(), tc.problem) || (tc.asked != "") != (len(progress) == 1) {
			t.Errorf("%v: asked for %s, said %q: %s", tc.config["phone_url"], got, progress, ds)
		}
	}
}

func TestListConfig(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "site-a"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "SEP001A2B3C4D5E.xml", spliced(t))
	write(t, dir, "site-a", "SEP001A2B3C4D5F.cfg", admin)
	write(t, dir, "firmware.loads", "no configuration")
	c := newWire(t, dir)
	all := func(c *wire, prefix any, limit int64, include bool) (names, servers []string, ds diagnostics) {
		t.Helper()
		typ := c.schema.ListResourceSchemas[config].ValueType()
		stream, err := c.server.(tfprotov6.ListResourceServer).ListResource(t.Context(), &tfprotov6.ListResourceRequest{
			TypeName: config, Config: c.dynamic(c.object(typ, map[string]any{"prefix": prefix})), Limit: limit, IncludeResource: include})
		if err != nil {
			t.Fatal(err)
		}
		for r := range stream.Results {
			if ds = c.seen(nil, r.Diagnostics); ds.failed() {
				return nil, nil, ds
			}
			names = append(names, r.DisplayName)
			if r.Identity == nil {
				t.Errorf("%s has no identity", r.DisplayName)
			}
			c.clean(r.Resource, nil)
			if include {
				servers = append(servers, state{value: c.value(r.Resource, c.resourceType(config))}.text("scep_server"))
			}
		}
		return names, servers, nil
	}
	for _, tc := range []struct {
		prefix any
		limit  int64
		want   string
	}{
		{nil, 0, "SEP001A2B3C4D5E.xml site-a/SEP001A2B3C4D5F.cfg"},
		{nil, 1, "SEP001A2B3C4D5E.xml"},
		{"site-a/", 9, "site-a/SEP001A2B3C4D5F.cfg"},
		{"none", 0, ""},
	} {
		if names, _, ds := all(c, tc.prefix, tc.limit, false); strings.Join(names, " ") != tc.want {
			t.Errorf("prefix %v, limit %d: %q, %s", tc.prefix, tc.limit, names, ds)
		}
	}
	if _, servers, ds := all(c, nil, 0, true); strings.Join(servers, " ") != "http://scep.example.net null" {
		t.Errorf("with resources: %q, %s", servers, ds)
	}
	if _, _, ds := all(newWire(t, "http://127.0.0.1:9/"), nil, 0, false); !ds.failed() || !strings.Contains(ds.String(), "cannot be listed") {
		t.Errorf("a web server: %s", ds)
	}
}
