// SPDX-License-Identifier: MPL-2.0

package ndes

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// An Auth is a way to tell the page who asks.
type Auth string

// What IIS knows and this package speaks.
const (
	Basic Auth = "basic" // RFC 7617
	NTLM  Auth = "ntlm"  // MS-NLMP version 2 over HTTP (MS-NTHT)
)

// Reasons that a caller may want to name its own settings for; test with
// [errors.Is].
var (
	// ErrPlainHTTP: the address is http:// and [Page.AllowHTTP] is not set.
	ErrPlainHTTP = errors.New("user name and password would cross the network readable by everybody on the way: give an https:// address, or allow http")

	// ErrNotOffered: the page knows other ways to authenticate than [Page.Auth].
	ErrNotOffered = errors.New("enable it for mscep_admin in IIS, or choose what the page offers")

	// ErrRefused: user name or password are not what the page wants.
	ErrRefused = errors.New("check user name (mostly DOMAIN\\user) and password")

	// ErrCacheFull: NDES gives no password until one of those it gave is used or runs out.
	ErrCacheFull = errors.New("the password cache of NDES is full: wait until passwords run out (60 minutes), use some, or raise PasswordMax in its registry")

	// ErrNoPermission: the user may not have challenge passwords.
	ErrNoPermission = errors.New("NDES says that the user has no permission: it must be allowed to enroll by the templates of NDES")

	// ErrNoPassword: the page is not what NDES shows when it gives a password.
	ErrNoPassword = errors.New("the page shows no challenge password: is it that of mscep_admin, may the user enroll by the templates of NDES, " +
		"is the password cache not full, and is NDES set to demand passwords (EnforcePassword)?")
)

// within bounds all that is done for one password where the caller does not.
const within = time.Minute

// A Page is the page mscep_admin of a server.
type Page struct {
	URL      string // mostly https://SERVER/certsrv/mscep_admin/
	Username string // DOMAIN\user, user@domain or user
	Password secret.Text
	Auth     Auth // "" is Basic

	// AllowHTTP lets URL be http://. Basic then tells the password to everybody
	// on the way, NTLM what is needed to try passwords.
	AllowHTTP bool

	// Transport makes the connections, for instance with the CAs that issued the
	// server's certificate; nil is one that trusts the system's CAs. A copy of it
	// is used, for HTTP/1.1 and one connection at a time.
	Transport *http.Transport
}

// Check tells what is wrong with the fields, without any connection.
func (p Page) Check() error {
	u, err := url.Parse(p.URL)
	switch {
	case err != nil: // the parser's error repeats the address, with a password that may be in it
		return errors.New("the address of mscep_admin is not a URL")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return fmt.Errorf("%q is not the address of mscep_admin: want https://SERVER/certsrv/mscep_admin/", u.Redacted())
	case u.User != nil:
		return errors.New("the address of mscep_admin holds credentials: give user name and password apart")
	case p.Password.Masked():
		return fmt.Errorf("the password of %q: %w", p.Username, secret.ErrMask)
	case u.Scheme == "http" && !p.AllowHTTP:
		return fmt.Errorf("%s is not encrypted: %w", u, ErrPlainHTTP)
	case !slices.Contains([]Auth{"", Basic, NTLM}, p.Auth):
		return fmt.Errorf("%q is no way to authenticate: want %q or %q", p.Auth, Basic, NTLM)
	}
	return nil
}

// Challenge asks the page for a challenge password. Each call takes another one
// out of what NDES may have given at a time, five unless its registry says
// otherwise.
func (p Page) Challenge(ctx context.Context) (secret.Text, error) {
	var none secret.Text
	if err := p.Check(); err != nil {
		return none, err
	}
	cancel := func() {}
	if _, bounded := ctx.Deadline(); !bounded {
		ctx, cancel = context.WithTimeout(ctx, within)
	}
	defer cancel()
	c := newConversation(p)
	defer c.end()
	ask := c.basic
	if p.Auth == NTLM {
		ask = c.ntlm
	}
	a, err := ask(ctx)
	switch {
	case err != nil:
		return none, err
	case a.status == http.StatusUnauthorized && !a.offers(string(p.auth())):
		return none, fmt.Errorf("the page offers %s and no %s authentication: %w", a.schemes(), p.auth().name(), ErrNotOffered)
	case a.status == http.StatusUnauthorized:
		return none, fmt.Errorf("the page refuses %q: %w", p.Username, ErrRefused)
	case a.status != http.StatusOK:
		return none, fmt.Errorf("the page answers %d %s, want 200 OK: give the address as a browser shows it, with its / at the end", a.status, http.StatusText(a.status))
	}
	return challengeOn(a.body)
}

func (p Page) auth() Auth {
	if p.Auth == "" {
		return Basic
	}
	return p.Auth
}

// name is how people write it.
func (a Auth) name() string {
	if a == NTLM {
		return "NTLM"
	}
	return strings.ToUpper(string(a[:1])) + string(a[1:])
}
