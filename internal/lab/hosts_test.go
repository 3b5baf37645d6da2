// SPDX-License-Identifier: MPL-2.0

package lab_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/lab"
)

// TestListensForOthers: an IPv4 address is IPv4, the URLs can be used by others,
// the terminal says so, and no server answers to a name that is not its own.
func TestListensForOthers(t *testing.T) {
	var out bytes.Buffer
	dir := t.TempDir()
	l, err := lab.Start(t.Context(), lab.Config{Dir: dir, Phones: 1, Host: "0.0.0.0", HostNames: []string{"lab.example.net"}, Keys: poolKey, Output: &out})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	info, err := lab.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "warning: the lab can be reached from other machines") {
		t.Errorf("no warning in\n%s", out.String())
	}
	for _, address := range []string{info.SCEPURL + "?operation=GetCACaps", info.ProvisioningURL, info.Phones[0].Page} {
		u, err := url.Parse(address)
		if err != nil || strings.Contains(u.Host, "[") {
			t.Fatalf("%s: %v, expected an IPv4 address", address, err)
		}
		for host, want := range map[string]bool{"": true, "lab.example.net": true, "localhost": true, "evil.example": false} {
			r, err := http.NewRequest("GET", address, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Host = host
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if got := resp.StatusCode != http.StatusMisdirectedRequest; got != want {
				t.Errorf("%s with Host %q: status %d", address, host, resp.StatusCode)
			}
		}
	}
}
