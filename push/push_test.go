// SPDX-License-Identifier: MPL-2.0

package push_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/push"
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
		s, err := push.Open(c.location, push.Options{})
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

func TestValidName(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"a", "SEP001A2B3C4D5E.xml", "site-a/SEP001A2B3C4D5E.xml", "büro/telefon 1.xml", strings.Repeat("a", 200)} {
		if err := push.ValidName(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", "/etc/passwd", "../x", "a/../x", "a/..", ".", "./a", "a//b", "a/", ".hidden", "a/.git/b",
		`a\b`, "a\x00b", "a\nb", "a\x7f", "a\xff", strings.Repeat("a", 201), strings.Repeat("a/", 600) + "a"} {
		if err := push.ValidName(bad); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%q: error %v, want one that is fs.ErrInvalid", bad, err)
		}
	}
}

// Names that would lead out of the store are refused before anything is opened.
func ExampleValidName() {
	fmt.Println(push.ValidName("site-a/SEP001A2B3C4D5E.xml"))
	fmt.Println(push.ValidName("../passwd"))
	// Output:
	// <nil>
	// name "../passwd": ".." leads out of the store
}
