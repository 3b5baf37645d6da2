// SPDX-License-Identifier: MPL-2.0

package ndes_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/md5"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/phonecfg/terraform-provider-ciscophone/scep/ndes"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// The user of the examples in MS-NLMP 4.2, whose key for NTLMv2 (NTOWFv2) stands
// in 4.2.4.1.1: with it the messages can be judged without MD4.
const (
	exampleUser     = `Domain\User`
	examplePassword = "Password"
	exampleKey      = "0c868a403bfd7a93a3001ef22ef02e3f"
)

// serverChallenge is that of MS-NLMP 4.2.1.
var serverChallenge = []byte{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}

// challengeMessage writes a CHALLENGE (MS-NLMP 2.2.1.2) of the domain EXAMPLE.
func challengeMessage() []byte {
	target := wide("Domain")[2:]
	info := append([]byte{2, 0, byte(len(target)), 0}, target...) // MsvAvNbDomainName
	info = append(info, 0, 0, 0, 0)                               // MsvAvEOL
	b := []byte("NTLMSSP\x00\x02\x00\x00\x00")
	field := func(n, offset int) {
		b = binary.LittleEndian.AppendUint16(b, uint16(n))
		b = binary.LittleEndian.AppendUint16(b, uint16(n))
		b = binary.LittleEndian.AppendUint32(b, uint32(offset))
	}
	const header = 48
	field(len(target), header)
	b = binary.LittleEndian.AppendUint32(b, 0x00818205|0x00080000) // Unicode, NTLM, target information, extended session security
	b = append(b, serverChallenge...)
	b = append(b, make([]byte, 8)...)
	field(len(info), header+len(target))
	b = append(b, target...)
	return append(b, info...)
}

// authenticates judges an AUTHENTICATE (MS-NLMP 2.2.1.3) as a server does.
func authenticates(message []byte) error {
	if len(message) < 64 || !bytes.HasPrefix(message, []byte("NTLMSSP\x00\x03\x00\x00\x00")) {
		return fmt.Errorf("no AUTHENTICATE: %x", message)
	}
	field := func(at int) []byte {
		n, offset := int(binary.LittleEndian.Uint16(message[at:])), int(binary.LittleEndian.Uint32(message[at+4:]))
		return message[offset : offset+n]
	}
	text := func(at int) string {
		raw, units := field(at), []uint16{}
		for ; len(raw) > 1; raw = raw[2:] {
			units = append(units, binary.LittleEndian.Uint16(raw))
		}
		return string(utf16.Decode(units))
	}
	if got := text(28) + `\` + text(36); got != exampleUser {
		return fmt.Errorf("user %s", got)
	}
	response := field(20)
	if len(response) < 16+28 || response[16] != 1 || response[17] != 1 {
		return fmt.Errorf("no response of NTLM version 2: %x", response)
	}
	key, err := hex.DecodeString(exampleKey)
	if err != nil {
		return err
	}
	proof := hmac.New(md5.New, key)
	proof.Write(serverChallenge)
	proof.Write(response[16:])
	if !hmac.Equal(proof.Sum(nil), response[:16]) {
		return errors.New("wrong password")
	}
	return nil
}

// A judge speaks NTLM as a server and notes what it was told.
type judge struct {
	scheme string                    // what it offers
	joined bool                      // in one line with others
	second func(http.ResponseWriter) // in place of the challenge
	after  func(http.ResponseWriter) // in place of the page

	mu       sync.Mutex
	seen     []string          // kind of each request
	problems []string          // what a client must not do
	pending  map[string]string // the connection on which a challenge was given
}

func (j *judge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if r.ProtoMajor != 1 {
		j.problems = append(j.problems, "asked by "+r.Proto)
	}
	authorization := r.Header.Get("Authorization")
	scheme, data, _ := strings.Cut(authorization, " ")
	message, err := base64.StdEncoding.DecodeString(data)
	kind := "nothing"
	switch {
	case authorization == "":
	case scheme != j.scheme || err != nil || !bytes.HasPrefix(message, []byte("NTLMSSP\x00")):
		kind = "foreign"
	default:
		kind = map[byte]string{1: "negotiate", 3: "authenticate"}[message[8]]
	}
	j.seen = append(j.seen, kind)
	switch {
	case kind == "negotiate" && j.second != nil:
		j.second(w)
	case kind == "negotiate":
		j.pending = map[string]string{r.RemoteAddr: "given"}
		w.Header().Set("WWW-Authenticate", j.scheme+" "+base64.StdEncoding.EncodeToString(challengeMessage()))
		w.WriteHeader(http.StatusUnauthorized)
	case kind == "authenticate" && j.pending[r.RemoteAddr] == "":
		j.problems = append(j.problems, "AUTHENTICATE on another connection than CHALLENGE")
		w.WriteHeader(http.StatusUnauthorized)
	case kind == "authenticate" && authenticates(message) == nil:
		if j.after != nil {
			j.after(w)
			return
		}
		_, _ = w.Write(wide(page))
	default:
		w.Header().Add("WWW-Authenticate", `Bearer realm="a, b", charset="UTF-8"`)
		if j.joined {
			w.Header().Set("WWW-Authenticate", `Digest realm="x",nonce="y" , `+j.scheme)
		} else {
			w.Header().Add("WWW-Authenticate", j.scheme)
		}
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write(bytes.Repeat([]byte("You are not authorized to view this page. "), 200))
	}
}

// TestNTLM goes through the handshake with a judge, by TLS with HTTP/2 offered.
func TestNTLM(t *testing.T) {
	t.Parallel()
	status := func(code int, header ...string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(code)
		}
	}
	const whole = "nothing negotiate authenticate"
	for name, tc := range map[string]struct {
		judge    *judge
		user     string
		password string
		seen     string
		err      error
		says     string
	}{
		"NTLM":             {judge: &judge{scheme: "NTLM"}, seen: whole},
		"in one line":      {judge: &judge{scheme: "NTLM", joined: true}, seen: whole},
		"Negotiate":        {judge: &judge{scheme: "Negotiate"}, seen: whole},
		"wrong password":   {judge: &judge{scheme: "NTLM"}, password: "password", seen: whole, err: ndes.ErrRefused},
		"another domain":   {judge: &judge{scheme: "NTLM"}, user: `Other\User`, seen: whole, err: ndes.ErrRefused},
		"as user@domain":   {judge: &judge{scheme: "NTLM"}, user: `User@Domain`, seen: whole, err: ndes.ErrRefused},
		"not offered":      {judge: &judge{scheme: "Kerberos"}, seen: "nothing", err: ndes.ErrNotOffered, says: `offers "Bearer", "Kerberos" and no NTLM`},
		"no challenge":     {judge: &judge{scheme: "NTLM", second: status(401, "WWW-Authenticate", "NTLM")}, seen: "nothing negotiate", says: "without a challenge"},
		"not base64":       {judge: &judge{scheme: "NTLM", second: status(401, "WWW-Authenticate", "NTLM %%%")}, seen: "nothing negotiate", says: "not base64"},
		"no message":       {judge: &judge{scheme: "NTLM", second: status(401, "WWW-Authenticate", "NTLM TlRMTVNTUAA=")}, seen: "nothing negotiate", says: "cannot be answered"},
		"its own message":  {judge: &judge{scheme: "NTLM", second: status(401, "WWW-Authenticate", "NTLM "+strings.Repeat("TlRMTVNTUAABAAAA", 8))}, seen: "nothing negotiate", says: "not a valid challenge"},
		"closing":          {judge: &judge{scheme: "NTLM", second: status(401, "WWW-Authenticate", "NTLM "+base64.StdEncoding.EncodeToString(challengeMessage()), "Connection", "close")}, seen: "nothing negotiate", says: "closes the connection in the middle"},
		"another scheme":   {judge: &judge{scheme: "NTLM", second: status(401, "WWW-Authenticate", "Basic")}, seen: "nothing negotiate", says: "without a challenge"},
		"server error":     {judge: &judge{scheme: "NTLM", second: status(500)}, seen: "nothing negotiate", says: "500 Internal Server Error"},
		"elsewhere":        {judge: &judge{scheme: "NTLM", after: status(302, "Location", "https://192.0.2.1/")}, seen: whole, says: "302 Found"},
		"no rights":        {judge: &judge{scheme: "NTLM", after: status(403)}, seen: whole, says: "403 Forbidden"},
		"endless header":   {judge: &judge{scheme: "NTLM", second: status(401, "WWW-Authenticate", "NTLM "+strings.Repeat("A", 128<<10))}, seen: "nothing negotiate", says: "does not answer"},
		"words of attack":  {judge: &judge{scheme: "\u202e" + strings.Repeat("x", 100)}, seen: "nothing", err: ndes.ErrNotOffered, says: `"\u202exxxxxxxxxxxxxxxxx…"`},
		"words in color":   {judge: &judge{scheme: "\x1b[31m" + strings.Repeat("x", 1000)}, seen: "nothing", says: `\x1b[31mxxx`},
		"page is too long": {judge: &judge{scheme: "NTLM", after: func(w http.ResponseWriter) { _, _ = w.Write(make([]byte, 1<<20)) }}, seen: whole, says: "more than 262144 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := tc.judge
			srv := httptest.NewUnstartedServer(j)
			srv.EnableHTTP2 = true
			srv.StartTLS()
			defer srv.Close()
			p := ndes.Page{URL: srv.URL, Username: exampleUser, Password: secret.New(examplePassword), Auth: ndes.NTLM, Transport: srv.Client().Transport.(*http.Transport)}
			if tc.user != "" {
				p.Username = tc.user
			}
			if tc.password != "" {
				p.Password = secret.New(tc.password)
			}
			got, err := p.Challenge(t.Context())
			if ok := tc.err == nil && tc.says == ""; ok != (err == nil) || ok != (got.Reveal() == onetime) {
				t.Errorf("%q, %v", got.Reveal(), err)
			}
			if tc.err != nil && !errors.Is(err, tc.err) || err != nil && !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%v, want %v, %q", err, tc.err, tc.says)
			}
			if err != nil && (strings.Contains(err.Error(), examplePassword) || strings.Contains(err.Error(), "\x1b") || len(err.Error()) > 400) {
				t.Errorf("the error holds what it should not: %v", err)
			}
			j.mu.Lock()
			defer j.mu.Unlock()
			if seen := strings.Join(j.seen, " "); seen != tc.seen || len(j.problems) > 0 {
				t.Errorf("the server was sent %s, want %s; %q", seen, tc.seen, j.problems)
			}
		})
	}
}

// TestBounds: nothing is sent in clear unasked, and nothing is waited for without end.
func TestBounds(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 1)
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		select {
		case <-r.Context().Done():
		case <-release:
		}
	}))
	defer srv.Close()
	defer close(release)
	for _, auth := range []ndes.Auth{"", ndes.Basic, ndes.NTLM} {
		p := ndes.Page{URL: srv.URL, Username: exampleUser, Password: secret.New(examplePassword), Auth: auth}
		if _, err := p.Challenge(t.Context()); !errors.Is(err, ndes.ErrPlainHTTP) || len(asked) > 0 {
			t.Errorf("%q by plain http: %v", auth, err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	p := ndes.Page{URL: srv.URL, Username: exampleUser, Password: secret.New(examplePassword), Auth: ndes.NTLM, AllowHTTP: true}
	if _, err := p.Challenge(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a server that says nothing: %v", err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		page ndes.Page
		says string
	}{
		"no URL":      {ndes.Page{URL: "https://a:" + password + "@[x/"}, "not a URL"},
		"no host":     {ndes.Page{URL: "https:///certsrv/"}, "want https://"},
		"no scheme":   {ndes.Page{URL: "ndes.example.net"}, "want https://"},
		"credentials": {ndes.Page{URL: "https://a:" + password + "@ndes.example.net/"}, "holds credentials"},
		"Kerberos":    {ndes.Page{URL: "https://ndes.example.net/", Auth: "kerberos"}, `want "basic" or "ntlm"`},
	} {
		err := tc.page.Check()
		if err == nil || !strings.Contains(err.Error(), tc.says) || strings.Contains(err.Error(), password) {
			t.Errorf("%s: %v", name, err)
		}
		if _, again := tc.page.Challenge(t.Context()); again == nil || again.Error() != err.Error() {
			t.Errorf("%s: asked nevertheless: %v", name, again)
		}
	}
	if err := (ndes.Page{URL: "https://ndes.example.net/certsrv/mscep_admin/"}).Check(); err != nil {
		t.Error(err)
	}
}
