// SPDX-License-Identifier: MPL-2.0

package stores_test

import (
	"crypto/tls"
	"slices"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/push/stores"
)

func TestOpenLocation(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ location, want, err string }{
		{"/srv/provisioning", "/srv/provisioning", ""},
		{"file:///srv/provisioning", "/srv/provisioning", ""},
		{"http://127.0.0.1:80/cfg", "http://127.0.0.1:80/cfg/", ""},
		{"https://phones.example.net", "https://phones.example.net/", ""},
		{"", "", "no store given"},
		{"provisioning", "", "absolute directory"},
		{"./provisioning", "", "absolute directory"},
		{"file://elsewhere/srv", "", "names no host"},
		{"ftp://phones.example.net/", "", `scheme "ftp" is not known`},
		{"http:///cfg", "", "has no host"},
		{"http://h/?x=1", "", "query"},
		{"http://deploy:SECRETSECRET@h/", "", "carries credentials"},
		{"deploy:SECRETSECRET@h%zz", "", "(not shown"},
	} {
		s, err := stores.Open(c.location, stores.Options{})
		switch {
		case c.err == "" && err != nil:
			t.Errorf("%q: %v", c.location, err)
		case c.err == "" && s.String() != c.want:
			t.Errorf("%q opens as %q, want %q", c.location, s, c.want)
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%q: error %v, want one with %q", c.location, err, c.err)
		}
		if err != nil && strings.Contains(err.Error(), "SECRETSECRET") {
			t.Errorf("%q: the error holds the password: %v", c.location, err)
		}
	}
}

// TestOptionsOfOtherKinds: an option that the kind of store does not have is not
// passed over: whoever gives it expects something of it.
func TestOptionsOfOtherKinds(t *testing.T) {
	t.Parallel()
	given := map[stores.Option]stores.Options{
		stores.TLS: {TLS: &tls.Config{}}, stores.Token: {Token: func() (string, error) { return "t", nil }},
		stores.KeyFile: {KeyFile: "/id"}, stores.KnownHosts: {KnownHosts: "/known"}, stores.HostKey: {HostKey: hostKey},
	}
	for location, has := range map[string][]stores.Option{
		"/srv": nil, "file:///srv": nil, "http://h/": nil, "s3://b/?region=r": nil,
		"HTTPS://h/": {stores.TLS, stores.Token}, "sftp://h/srv": {stores.KeyFile, stores.KnownHosts, stores.HostKey},
	} {
		for option, o := range given {
			_, err := stores.Open(location, o)
			if (err == nil) != slices.Contains(has, option) {
				t.Errorf("%s with %s: %v", location, option, err)
			}
			if location == "http://h/" && option == stores.Token {
				continue // refused with a reason of its own
			}
			if fits := stores.Fits(location, option); (fits == nil) != (err == nil) || fits != nil && !strings.Contains(err.Error(), fits.Error()) {
				t.Errorf("%s with %s: %v, but Fits says %v", location, option, err, fits)
			}
		}
	}
}

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGuGrrbpUY+0SGSFoVfhMqwmhSjFrxWY9Kc8iXcjDYvR"
