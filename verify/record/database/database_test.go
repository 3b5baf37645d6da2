// SPDX-License-Identifier: MPL-2.0

package database_test

import (
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/verify/record"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/record/database"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ url, name string }{
		{"stepca:postgres://reader@db.example.net/stepca", "stepca:postgres://reader@db.example.net/stepca"},
		{"stepca:postgresql://reader@[2001:db8::1]:5433/stepca?sslmode=verify-full&password_file=/etc/db", "stepca:postgresql://reader@[2001:db8::1]:5433/stepca?sslmode=verify-full&password_file=/etc/db"},
		{"radpostauth:postgres:///radius?host=/run/postgresql&user=reader", "radpostauth:postgres:///radius?host=/run/postgresql&user=reader"},
		{"stepca:mysql://reader@db.example.net/stepca?tls=true", "stepca:mysql://reader@db.example.net/stepca?tls=true"},
		{"radpostauth:mysql://reader@localhost/radius?socket=/run/mysqld/mysqld.sock", "radpostauth:mysql://reader@localhost/radius?socket=/run/mysqld/mysqld.sock"},
	} {
		s, ok, err := database.Parse(c.url)
		if !ok || err != nil {
			t.Errorf("%s: %v, %v", c.url, ok, err)
		} else if s.String() != c.name {
			t.Errorf("%s is called %s", c.url, s)
		}
	}
	for _, other := range []string{"", "index:/x", "stepca", "postgres://reader@db/x"} {
		if _, ok, _ := database.Parse(other); ok && other != "stepca" {
			t.Errorf("%q is taken for a database", other)
		}
	}
}

// TestParseRefuses: a password in the URL is refused, and in no error.
func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ url, want string }{
		{"stepca:postgres://reader:hidden1@db.example.net/stepca", "password_file"},
		{"stepca:postgres://reader@db.example.net/stepca?password=hidden1", "password_file"},
		{"stepca:mysql://reader:hidden1@db.example.net/stepca", "password_file"},
		{"stepca:postgres://reader:hidden1@db.example.net:port%/stepca", "is not a URL"},
		{"stepca:postgres://reader@db.example.net:x/stepca", "is not a URL"},
		{"stepca:postgres://reader@db.example.net/stepca?sslmode=perhaps", "sslmode"},
		{"stepca:sqlite:/var/lib/x.db", "names no user"},
		{"stepca:oracle://reader@db/x", `"oracle"`},
		{"stepca:postgres://db.example.net/stepca", "names no user"},
		{"radpostauth:mysql://reader@db/radius?sslmode=require", `no setting "sslmode"`},
		{"stepca:", "names no user"},
	} {
		_, ok, err := database.Parse(c.url)
		if !ok || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.url, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "hidden1") {
			t.Errorf("the password is in %q", err)
		}
	}
}

// TestUnreachable: no password is in what is said, and what is read is not complete.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"stepca:postgres://reader@127.0.0.1:1/stepca", "stepca:mysql://reader@127.0.0.1:1/stepca",
		"stepca:mysql://reader@127.0.0.1:1/stepca?password_file=/nonexistent/x", "radpostauth:postgres://reader@127.0.0.1:1/radius?password_file=/nonexistent/x",
	} {
		s, _, err := database.Parse(url)
		if err != nil {
			t.Fatal(err)
		}
		report, err := s.Read(t.Context(), record.Options{}, func(*record.Fact) { t.Error("a fact") })
		if err == nil || report.Complete || report.Uses || report.Source != s.String() {
			t.Errorf("%s: %v, %+v", url, err, report)
		}
	}
}
