// SPDX-License-Identifier: MPL-2.0

package cdc_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
)

// reasons are those of an error, or of the notes on what was accepted.
func reasons(list []*cdc.Error) string {
	var out []string
	for _, e := range list {
		out = append(out, string(e.Reason))
	}
	return strings.Join(out, " ")
}

func faults(err error) []*cdc.Error {
	list, _ := errors.AsType[cdc.Errors](err)
	return list
}

// Accepted addresses: host, path, the URL that is asked, and the notes.
func TestServerAccepted(t *testing.T) {
	t.Parallel()
	label := strings.Repeat("a", 63)
	for _, c := range []struct{ in, host, authority, path, url, notes string }{
		{"http://10.79.57.91", "10.79.57.91", "10.79.57.91", "", "http://10.79.57.91", ""},
		{" \thttp://10.79.57.91\r\n", "10.79.57.91", "10.79.57.91", "", "http://10.79.57.91", ""},
		{"10.79.57.91", "10.79.57.91", "10.79.57.91", "", "http://10.79.57.91", ""},
		{"2001:db8::1", "2001:db8::1", "2001:db8::1", "", "http://[2001:db8::1]", ""},
		{"[2001:db8::1]", "2001:db8::1", "[2001:db8::1]", "", "http://[2001:db8::1]", "bare-name"},
		{"http://[2001:db8::1]:8080/scep", "2001:db8::1", "[2001:db8::1]:8080", "/scep", "http://[2001:db8::1]:8080/scep", ""},
		{"http://[2001:db8::1]/", "2001:db8::1", "[2001:db8::1]", "/", "http://[2001:db8::1]/", ""},
		{"HTTP://Ndes/certsrv/mscep/mscep.dll", "Ndes", "Ndes", "/certsrv/mscep/mscep.dll", "http://Ndes/certsrv/mscep/mscep.dll", ""},
		{"http://scep_1.example.nl:1/a%20b", "scep_1.example.nl", "scep_1.example.nl:1", "/a%20b", "http://scep_1.example.nl:1/a%20b", ""},
		{"http://scep.example.nl.:65535/", "scep.example.nl.", "scep.example.nl.:65535", "/", "http://scep.example.nl.:65535/", ""},
		{"http://xn--bcher-kva.example/", "xn--bcher-kva.example", "xn--bcher-kva.example", "/", "http://xn--bcher-kva.example/", ""},
		{"http://" + label + ".nl/", label + ".nl", label + ".nl", "/", "http://" + label + ".nl/", ""},
		{"http://0xa.nl/", "0xa.nl", "0xa.nl", "/", "http://0xa.nl/", ""},
		{"http://0xg/", "0xg", "0xg", "/", "http://0xg/", ""},
		{"http://a/@b", "a", "a", "/@b", "http://a/@b", ""},
		{"scep.example.nl", "scep.example.nl", "scep.example.nl", "", "http://scep.example.nl", "bare-name"},
		{"10.20.30.40:80", "10.20.30.40", "10.20.30.40:80", "", "http://10.20.30.40:80", "bare-name"},
		{"10.20.30.40/", "10.20.30.40", "10.20.30.40", "/", "http://10.20.30.40/", "bare-name"},
		{"http://a/scep?x=operation", "a", "a", "/scep", "http://a/scep?x=operation", "query"},
		{"http://a#operation=x", "a", "a", "", "http://a#operation=x", "query"},
		{"http://a/?", "a", "a", "/", "http://a/?", "query"},
		{"http://127.0.0.1", "127.0.0.1", "127.0.0.1", "", "http://127.0.0.1", "local"},
		{"http://169.254.1.1", "169.254.1.1", "169.254.1.1", "", "http://169.254.1.1", "local"},
		{"http://[::1]", "::1", "[::1]", "", "http://[::1]", "local"},
		{"http://[::ffff:127.0.0.1]", "::ffff:127.0.0.1", "[::ffff:127.0.0.1]", "", "http://[::ffff:127.0.0.1]", "local"},
		{"http://LOCALHOST./", "LOCALHOST.", "LOCALHOST.", "/", "http://LOCALHOST./", "local"},
		{"http://lab.localhost/", "lab.localhost", "lab.localhost", "/", "http://lab.localhost/", "local"},
		{"http://notlocalhost/", "notlocalhost", "notlocalhost", "/", "http://notlocalhost/", ""},
		{"localhost:8080/certsrv/mscep/", "localhost", "localhost:8080", "/certsrv/mscep/", "http://localhost:8080/certsrv/mscep/", "local bare-name incomplete"},
		{"http://a/CertSrv", "a", "a", "/CertSrv", "http://a/CertSrv", "incomplete"},
		{"http://a/mscep_admins", "a", "a", "/mscep_admins", "http://a/mscep_admins", ""},
		{"http://1.0.0.1/", "1.0.0.1", "1.0.0.1", "/", "http://1.0.0.1/", ""},
		{"http://223.255.255.255/", "223.255.255.255", "223.255.255.255", "/", "http://223.255.255.255/", ""},
	} {
		s, err := cdc.ParseServer(c.in)
		if err != nil {
			t.Errorf("%q: %v", c.in, err)
			continue
		}
		if s.String() != strings.TrimSpace(c.in) || s.Host() != c.host || s.Authority() != c.authority || s.Path() != c.path || s.URL().String() != c.url {
			t.Errorf("%q: %q, %q, %q, %q, %q", c.in, s, s.Host(), s.Authority(), s.Path(), s.URL())
		}
		if got := reasons(s.Notes()); got != c.notes {
			t.Errorf("%q: notes %q, want %q", c.in, got, c.notes)
		}
	}
}

// Refused values: the reasons, and the part of the value that each is about.
func TestServerRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, reasons, at, text string }{
		{"", "missing", "", "is missing"},
		{" \n", "missing", "", "is missing"},
		{"zz", "address", "zz", "write http://zz"},
		{"localhost", "address", "localhost", "http://localhost"},
		{"https://a", "scheme", "https", "uses https"},
		{" FTP://a/", "scheme", "FTP", "uses ftp"},
		{"h2+x://a/", "scheme", "h2+x", "uses h2+x"},
		{"2h://a/", "address", "2h://a/", "is not a URL"},
		{"://a", "address", "://a", "is not a URL"},
		{"http:/a", "address", "http:/a", "two slashes"},
		{"http//a.nl", "address", "http//a.nl", "two slashes"},
		{"https//a.nl", "address", "https//a.nl", "two slashes"},
		{"scep:/a", "address", "scep:/a", "two slashes"},
		{"http://", "address", "", "host is missing"},
		{"http:///scep", "address", "", "host is missing"},
		{"http://:80", "address", ":80", "host is missing"},
		{"http://a b/", "address", " ", "' ' may not stand in a host name"},
		{"http://a\x00b/", "address", "\x00", "may not stand"},
		{"http://scép.nl/", "address", "é", "xn--"},
		{"http://a%2e.nl/", "address", "%", "may not stand"},
		{"http://a..b/", "address", "a..b", "not a host name"},
		{"http://.a/", "address", ".a", "not a host name"},
		{"http://./", "address", ".", "not a host name"},
		{"http://a-.nl/", "address", "a-.nl", "not a host name"},
		{"http://-a.nl/", "address", "-a.nl", "not a host name"},
		{"http://" + strings.Repeat("a", 64) + "/", "address", strings.Repeat("a", 64), "not a host name"},
		{"http://" + strings.Repeat("a.", 127) + "/", "", "", ""},
		{"http://" + strings.Repeat("a.", 127) + "a/", "address", strings.Repeat("a.", 127) + "a", "not a host name"},
		{"http://a:0/", "address", "a:0", `port "0"`},
		{"http://a:65536/", "address", "a:65536", "1 to 65535"},
		{"http://a:/", "address", "a:", `port ""`},
		{"http://a:+80/", "address", "a:+80", "port"},
		{"http://10.0.0/", "address", "10.0.0", "not an IP address"},
		{"http://010.0.0.1/", "address", "010.0.0.1", "not an IP address"},
		{"http://2130706433/", "address", "2130706433", "not an IP address"},
		{"http://0x7f000001/", "address", "0x7f000001", "not an IP address"},
		{"http://a.0X1/", "address", "a.0X1", "not an IP address"},
		{"http://10.0.0.1./", "address", "10.0.0.1.", "not an IP address"},
		{"http://[10.0.0.1]/", "address", "[10.0.0.1]", "not an IP address"},
		{"http://[a]/", "address", "[a]", "not an IP address"},
		{"http://[2001:db8::1/", "address", "[2001:db8::1", "no ]"},
		{"http://[2001:db8::1]x/", "address", "[2001:db8::1]x", "unexpected"},
		{"http://2001:db8::1/", "address", "2001:db8::1", "http://[2001:db8::1]"},
		{"http://a:b:c/", "address", "a:b:c", "needs brackets"},
		{"fe80::1%eth0", "address", "fe80::1%eth0", "zone"},
		{"http://[fe80::1%25eth0]/", "address", "[fe80::1%25eth0]", "zone"},
		{"0.0.0.0", "address", "0.0.0.0", "does not belong to a server"},
		{"http://0.1.2.3/", "address", "0.1.2.3", "does not belong"},
		{"http://[::]/", "address", "[::]", "does not belong"},
		{"http://[::ffff:0.0.0.0]/", "address", "[::ffff:0.0.0.0]", "does not belong"},
		{"http://224.0.0.1/", "address", "224.0.0.1", "does not belong"},
		{"http://[ff02::1]/", "address", "[ff02::1]", "does not belong"},
		{"255.255.255.255", "address", "255.255.255.255", "does not belong"},
		{"http://a/b c", "address", " ", "write it as %XX"},
		{"http://a/b|c", "address", "|", "may not stand there"},
		{"http://a/é", "address", "é", "may not stand there"},
		{"http://a/\x7f", "address", "\x7f", "may not stand there"},
		{"http://a/%zz", "address", "%", "two hexadecimal digits"},
		{"http://a/%2", "address", "%", "two hexadecimal digits"},
		{"http://a/?x=a b", "address", " ", "may not stand there"},
		{"http://u:p@a/", "credentials", "u:p@", "holds credentials"},
		{"http://u@a/x?y", "credentials", "u@", "holds credentials"},
		{"u:p@a", "credentials", "u:p@", "holds credentials"},
		{"http://u:p/q#r?s@a/", "credentials", "u:p/q#r?s@", "holds credentials"},
		{"https://u:p@a..b/", "scheme credentials address", "https", "uses https"},
		{"http://a/scep?operation=GetCACert", "operation", "?operation=GetCACert", "SCEP's own query"},
		{"http://a?x=1&Operation", "operation", "?x=1&Operation", "SCEP's own query"},
		{"http://a/?message=x", "operation", "?message=x", "SCEP's own query"},
		{"http://a/certsrv/mscep_admin", "admin-page", "/certsrv/mscep_admin", "…/mscep/mscep.dll"},
		{"http://a/certsrv/MSCEP_ADMIN/mscep.dll?x", "admin-page", "/certsrv/MSCEP_ADMIN/mscep.dll", "administrator"},
		{"http://a/%6dscep_admin/", "admin-page", "/%6dscep_admin/", "administrator"},
		{"http://a/" + strings.Repeat("a", 2040), "address", "http://a/" + strings.Repeat("a", 2040), "2049 bytes"},
		{"http://a/" + strings.Repeat("a", 2039), "", "", ""},
	} {
		s, err := cdc.ParseServer(c.in)
		list := faults(err)
		if reasons(list) != c.reasons {
			t.Errorf("%.60q: %v, want %q", c.in, err, c.reasons)
		}
		if len(list) == 0 || err == nil {
			continue
		}
		if !s.IsZero() {
			t.Errorf("%q: %v beside an error", c.in, s)
		}
		e := list[0]
		if at := c.in[e.Start:e.End]; at != c.at || !strings.Contains(err.Error(), c.text) || e.Hint == "" {
			t.Errorf("%.60q: %v at %q (%s), want %q at %q", c.in, err, at, e.Hint, c.text, c.at)
		}
		if inner := new(cdc.Error); !errors.As(err, &inner) || inner != e {
			t.Errorf("%q: not unwrapped", c.in)
		}
	}
}

// No error and no note shows a password, wherever somebody puts it.
func TestServerKeepsSecrets(t *testing.T) {
	t.Parallel()
	for _, form := range []string{
		"http://u:%@h/", "https://u:%@/", "http://%@:80", "u:%@host", "ftp://u:%@h?x#y", "http://u:%@h/a b", "http://a:%@b@c/",
		"http://u:%@[::1", "http:/u:%@h", "http://u:x/%@h", "http://u:?%@h", "http://u:#%@h/", "http://h/?password=%", "h.nl?password=%", "http://h/?operation=x&p=%",
	} {
		value := strings.ReplaceAll(form, "%", "letmein")
		s, err := cdc.ParseServer(value)
		list := append(s.Notes(), faults(err)...)
		if len(list) == 0 {
			t.Errorf("%q: nothing to say", value)
		}
		for _, e := range list {
			if strings.Contains(e.Error(), "letmein") {
				t.Errorf("%q: %v", value, e)
			}
		}
	}
}

func TestServerText(t *testing.T) {
	t.Parallel()
	var zero cdc.Server
	if !zero.IsZero() || zero.URL() != nil || zero.Notes() != nil || zero.Path() != "" || zero.String() != "" {
		t.Errorf("the zero Server: %#v", zero)
	}
	in := struct{ A, B cdc.Server }{}
	if err := json.Unmarshal([]byte(`{"A":"http://a/scep","B":""}`), &in); err != nil || in.A.Host() != "a" || !in.B.IsZero() {
		t.Fatalf("%v, %v", in, err)
	}
	if out, err := json.Marshal(in); err != nil || string(out) != `{"A":"http://a/scep","B":""}` {
		t.Errorf("%s, %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"A":"https://a"}`), &in); err == nil || in.A.Host() != "a" {
		t.Errorf("a wrong text: %v, %v", in.A, err)
	}
}

// Any text either is refused with places inside it, or has a URL that is read
// back as the same address.
func FuzzParseServer(f *testing.F) {
	for _, s := range []string{"http://10.79.57.91", "10.79.57.91", "https://u:p@x/", "[::1]:80/scep", "2001:db8::1", "http://x/%zz", "zz", "a.b?c#d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkServer(t, s) })
}

func checkServer(t rapid.TB, in string) {
	s, err := cdc.ParseServer(in)
	if err != nil {
		if len(faults(err)) == 0 {
			t.Fatalf("%q: %v", in, err)
		}
		for _, e := range faults(err) {
			if e.Start < 0 || e.Start > e.End || e.End > len(in) || e.Message == "" || e.Reason == "" {
				t.Fatalf("%q: %+v", in, e)
			}
		}
		return
	}
	u := s.URL()
	if u == nil || u.Scheme != "http" || u.Hostname() != s.Host() || u.User != nil {
		t.Fatalf("%q: %v", in, u)
	}
	for _, n := range s.Notes() {
		if n.Start < 0 || n.Start > n.End || n.End > len(s.String()) {
			t.Fatalf("%q: %+v", in, n)
		}
	}
	if again, err := cdc.ParseServer(u.String()); err != nil || again.URL().String() != u.String() {
		t.Fatalf("%q became %q, then %v, %v", in, u, again, err)
	}
}

func TestServerProperty(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom([]string{"http://", "https:", "//", "a", "10.0.0.1", "[::1]", ":", "80", ".", "-", "@", "?", "#", "/", "%41", "%", " ", "é", "operation=", "fe80::1%e", "mscep_admin", "localhost"})
	rapid.Check(t, func(t *rapid.T) {
		checkServer(t, strings.Join(rapid.SliceOfN(piece, 0, 8).Draw(t, "pieces"), ""))
	})
}
