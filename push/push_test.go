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

// testStore holds what every store must do, whatever it is made of.
func testStore(t *testing.T, s push.Store) {
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	is := func(err, want error, when string) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Fatalf("%s: error %v, want %v", when, err, want)
		}
	}
	if _, _, err := s.Get(ctx, "site/a.xml"); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("get of what is not there: %v", err)
	}
	is(s.Delete(ctx, "site/a.xml", push.Any), fs.ErrNotExist, "delete of what is not there")

	v1, err := s.Put(ctx, "site/a.xml", []byte("one"), "")
	must(err)
	data, v, err := s.Get(ctx, "site/a.xml")
	must(err)
	if string(data) != "one" || v != v1 || v == "" {
		t.Fatalf("got %q with version %q, want %q with %q", data, v, "one", v1)
	}
	_, err = s.Put(ctx, "site/a.xml", []byte("two"), "")
	is(err, push.ErrConflict, "put of a new object over an old one")
	v2, err := s.Put(ctx, "site/a.xml", []byte("two"), v1)
	must(err)
	_, err = s.Put(ctx, "site/a.xml", []byte("three"), v1)
	is(err, push.ErrConflict, "put over an outdated version")
	_, err = s.Put(ctx, "site/b.xml", []byte("three"), v1)
	is(err, push.ErrConflict, "put over an object that went away")
	is(s.Delete(ctx, "site/a.xml", v1), push.ErrConflict, "delete of an outdated version")
	if data, _, err := s.Get(ctx, "site/a.xml"); err != nil || string(data) != "two" {
		t.Fatalf("after the conflicts: %q, %v", data, err)
	}
	same, err := s.Put(ctx, "site/a.xml", []byte("two"), v2)
	must(err)
	if same != v2 {
		t.Fatalf("the same bytes have the versions %q and %q", v2, same)
	}
	v3, err := s.Put(ctx, "site/a.xml", []byte("whatever was there"), push.Any)
	must(err)
	must(s.Delete(ctx, "site/a.xml", v3))
	if _, _, err := s.Get(ctx, "site/a.xml"); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("get after delete: %v", err)
	}
	_, err = s.Put(ctx, "../a.xml", nil, push.Any)
	is(err, fs.ErrInvalid, "put outside")
	_, _, err = s.Get(ctx, "../a.xml")
	is(err, fs.ErrInvalid, "get outside")
	is(s.Delete(ctx, "../a.xml", push.Any), fs.ErrInvalid, "delete outside")
}

// testWriters lets many increase the same number, each by reading, adding one
// and writing what must not have changed in between. Nothing may get lost.
func testWriters(t *testing.T, writers, rounds int, open func() push.Store) {
	ctx := t.Context()
	if _, err := open().Put(ctx, "n", []byte("0"), ""); err != nil {
		t.Fatal(err)
	}
	errs := make(chan error, writers)
	for range writers {
		s := open()
		go func() {
			errs <- func() error {
				for done := 0; done < rounds; {
					data, v, err := s.Get(ctx, "n")
					if err != nil {
						return err
					}
					var n int
					if _, err := fmt.Sscan(string(data), &n); err != nil {
						return fmt.Errorf("read a part of the file: %q", data)
					}
					_, err = s.Put(ctx, "n", fmt.Append(nil, n+1), v)
					switch {
					case err == nil:
						done++
					case !errors.Is(err, push.ErrConflict):
						return err
					}
				}
				return nil
			}()
		}()
	}
	for range writers {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
	data, _, err := open().Get(ctx, "n")
	if want := fmt.Sprint(writers * rounds); err != nil || string(data) != want {
		t.Errorf("%d writers added one %d times: %q, %v; want %s", writers, rounds, data, err, want)
	}
}
