// SPDX-License-Identifier: MPL-2.0

package stores_test

import (
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
