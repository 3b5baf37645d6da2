// SPDX-License-Identifier: MPL-2.0

package ndes_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/apache"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/ndes"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

const (
	password = "Xq7-password-Zk9"
	onetime  = "0F1E2D3C4B5A6978"
	page     = "<HTML><Body><P>Thumbprint: <B> 0A1B2C3D 4E5F6071 8293A4B5 C6D7E8F9 </B><P>Password: <B> " + onetime + " </B> <P>gültig</Body></HTML>"
)

// wide is UTF-16LE with a mark, as NDES writes its page.
func wide(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune("\ufeff" + s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

// TestApache asks a server that we did not write, which demands NTLM.
func TestApache(t *testing.T) {
	t.Parallel()
	srv := apache.Start(t, []string{"EXAMPLE:ndes:" + password, ":upn@example.net:" + password}, map[string][]byte{
		"certsrv/mscep_admin/index.html":  wide(page),
		"certsrv/western/index.html":      []byte(strings.Replace(page, "ü", "\xfc", 1)),
		"certsrv/full/index.html":         wide("<HTML>The password cache is full.</HTML>"),
		"certsrv/large/index.html":        []byte(strings.Repeat(page, 10_000)),
		"basic/mscep_admin/index.html":    wide(page),
		"open/certsrv-without-login.html": wide(page),
	})
	roots := x509.NewCertPool()
	roots.AddCert(srv.CA)
	trusting := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	const admin = "/certsrv/mscep_admin/"
	for name, tc := range map[string]struct {
		page ndes.Page
		err  error
		says string
	}{
		"NTLM":                       {page: ndes.Page{URL: srv.URL + admin, Username: `EXAMPLE\ndes`, Auth: ndes.NTLM}},
		"NTLM, no domain":            {page: ndes.Page{URL: srv.URL + admin, Username: `ndes`, Auth: ndes.NTLM}},
		"NTLM, user@domain":          {page: ndes.Page{URL: srv.URL + admin, Username: `upn@example.net`, Auth: ndes.NTLM}},
		"NTLM, Windows-1252":         {page: ndes.Page{URL: srv.URL + "/certsrv/western/", Username: `EXAMPLE\ndes`, Auth: ndes.NTLM}},
		"NTLM by http":               {page: ndes.Page{URL: srv.Plain + admin, Username: `EXAMPLE\ndes`, Auth: ndes.NTLM, AllowHTTP: true}},
		"NTLM, page for all":         {page: ndes.Page{URL: srv.URL + "/open/certsrv-without-login.html", Username: `EXAMPLE\ndes`, Auth: ndes.NTLM}},
		"Basic":                      {page: ndes.Page{URL: srv.URL + "/basic/mscep_admin/", Username: `EXAMPLE\ndes`}},
		"cache full":                 {page: ndes.Page{URL: srv.URL + "/certsrv/full/", Username: `EXAMPLE\ndes`, Auth: ndes.NTLM}, err: ndes.ErrCacheFull},
		"large":                      {page: ndes.Page{URL: srv.URL + "/certsrv/large/", Username: `EXAMPLE\ndes`, Auth: ndes.NTLM}, says: "more than 262144 bytes"},
		"no such page":               {page: ndes.Page{URL: srv.URL + "/certsrv/other/", Username: `EXAMPLE\ndes`, Auth: ndes.NTLM}, says: "404 Not Found"},
		"redirect":                   {page: ndes.Page{URL: srv.URL + "/certsrv/mscep_admin", Username: `EXAMPLE\ndes`, Auth: ndes.NTLM}, says: "301 Moved Permanently"},
		"unknown user":               {page: ndes.Page{URL: srv.URL + admin, Username: `EXAMPLE\nobody`, Auth: ndes.NTLM}, err: ndes.ErrRefused},
		"NTLM, wrong password":       {page: ndes.Page{URL: srv.URL + admin, Username: `EXAMPLE\ndes`, Password: secret.New("x" + password), Auth: ndes.NTLM}, err: ndes.ErrRefused},
		"Basic, wrong password":      {page: ndes.Page{URL: srv.URL + "/basic/mscep_admin/", Username: `EXAMPLE\ndes`, Password: secret.New("x" + password)}, err: ndes.ErrRefused},
		"Basic where NTLM is wanted": {page: ndes.Page{URL: srv.URL + admin, Username: `EXAMPLE\ndes`}, err: ndes.ErrNotOffered, says: `offers "Negotiate", "NTLM" and no Basic`},
		"NTLM where Basic is wanted": {page: ndes.Page{URL: srv.URL + "/basic/mscep_admin/", Username: `EXAMPLE\ndes`, Auth: ndes.NTLM}, err: ndes.ErrNotOffered, says: `offers "Basic" and no NTLM`},
		"one answer a connection":    {page: ndes.Page{URL: srv.Closing + admin, Username: `EXAMPLE\ndes`, Auth: ndes.NTLM, AllowHTTP: true}, says: "closes the connection in the middle of NTLM"},
		"unknown CA":                 {page: ndes.Page{URL: srv.URL + admin, Username: `EXAMPLE\ndes`, Auth: ndes.NTLM, Transport: &http.Transport{}}, says: "certificate signed by unknown authority"},
	} {
		t.Run(name, func(t *testing.T) {
			p := tc.page
			if p.Password.IsZero() {
				p.Password = secret.New(password)
			}
			if p.Transport == nil {
				p.Transport = trusting
			}
			got, err := p.Challenge(t.Context())
			if ok := tc.err == nil && tc.says == ""; ok != (err == nil) || ok != (got.Reveal() == onetime) {
				t.Fatalf("%q, %v", got.Reveal(), err)
			}
			if tc.err != nil && !errors.Is(err, tc.err) {
				t.Errorf("%v, want %v", err, tc.err)
			}
			if err != nil && (!strings.Contains(err.Error(), tc.says) || strings.Contains(err.Error(), password) || strings.Contains(err.Error(), hex.EncodeToString([]byte(password)))) {
				t.Errorf("the error says: %v", err)
			}
		})
	}
}
