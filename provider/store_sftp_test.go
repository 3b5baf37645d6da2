// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/sshd"
)

// TestStoreOverSFTP: a plan, and what is written, over OpenSSH.
func TestStoreOverSFTP(t *testing.T) {
	t.Parallel()
	d, dir := sshd.Start(t), t.TempDir()
	base := map[string]any{"store": d.URL(d.Root), "store_key_file": d.Key, "store_host_key": d.HostKey}
	with := func(pairs ...any) map[string]any {
		m := map[string]any{}
		for k, v := range base {
			m[k] = v
		}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i].(string)] = pairs[i+1]
		}
		return m
	}
	c := newWire(t, "")
	phone := map[string]any{"path": "site/a.xml", "scep_server": "http://scep.example.net", "root_ca_fingerprint": fingerprint}
	try := func(config map[string]any) diagnostics {
		if ds := c.configure(config); len(ds) > 0 {
			return ds
		}
		_, ds := c.plan("ciscophone_config", state{}, phone)
		return ds
	}
	for name, config := range map[string]map[string]any{
		"a pin":       base,
		"known hosts": with("store_host_key", nil, "store_known_hosts_file", d.Known),
		"a user":      with("store", strings.Replace(d.URL(d.Root), d.User+"@", "", 1), "store_username", d.User),
	} {
		if ds := try(config); ds.failed() {
			t.Errorf("%s: %s", name, ds)
		}
	}
	empty := write(t, dir, "empty", "")
	for name, tc := range map[string]struct {
		config          map[string]any
		at, title, want string
	}{
		"another host":      {with("store_host_key", nil, "store_known_hosts_file", empty), "path", "Cannot Be Read", "is not known"},
		"another user":      {with("store_key_file", d.Other), "path", "Cannot Be Read", "does not let the user in"},
		"no directory":      {with("store", d.URL(d.Root+"/none")), "path", "Cannot Be Read", "directory does not exist"},
		"a relative key":    {with("store_key_file", "id"), "store_key_file", "File Cannot Be Used", "absolute path"},
		"no host key":       {with("store_host_key", "SHA256:abc"), "store", "Store Not Usable", "ssh-ed25519"},
		"a password in it":  {with("store", strings.Replace(d.URL(d.Root), "@", ":swordfish@", 1)), "store", "Store Not Usable", "password"},
		"two users":         {with("store_username", "somebody"), "store", "Store Not Usable", "another user"},
		"a CA":              {with("store_ca_file", empty), "store_ca_file", "Not for This Store", "https://"},
		"a token":           {with("store_token_file", empty), "store_token_file", "Not for This Store", "https://"},
		"a directory's pin": {with("store", dir, "store_key_file", nil), "store_host_key", "Not for This Store", "sftp://"},
	} {
		ds := try(tc.config)
		expect(t, ds, tfprotov6.DiagnosticSeverityError, tc.at, tc.title, tc.want)
		if strings.Contains(ds.String(), "swordfish") {
			t.Errorf("%s: a password is shown:\n%s", name, ds)
		}
	}
	if ds := c.configure(base); len(ds) > 0 {
		t.Fatal(ds)
	}
	planned, ds := c.plan("ciscophone_config", state{}, phone)
	if _, more := c.apply("ciscophone_config", state{}, planned, phone); ds.failed() || more.failed() {
		t.Fatal(ds, more)
	}
	if data, err := os.ReadFile(filepath.Join(d.Root, "site/a.xml")); err != nil || !strings.Contains(string(data), "http://scep.example.net") {
		t.Errorf("%q, %v", data, err)
	}
}
