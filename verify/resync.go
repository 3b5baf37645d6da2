// SPDX-License-Identifier: MPL-2.0

package verify

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign/answer"
)

// resyncWithin bounds a resync: a phone answers when it has fetched its file.
const resyncWithin = time.Minute

// ResyncURL returns the address that makes a phone fetch its configuration: the
// direct action /admin/resync of its web page (Cisco's administration guide,
// "Direct Action URL"). page is the address of that page. file is the address to
// fetch from this once; if it is empty, the phone uses its Profile_Rule. It goes
// into the address as it stands, not percent-encoded, as in every documented
// example; so it must be an address that needs no encoding.
func ResyncURL(page, file string) (string, error) {
	u, err := url.Parse(page)
	switch {
	case err != nil: // the parser's error repeats the address, with a password that may be in it
		return "", errors.New("the address of the phone's page is not a URL")
	case u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return "", fmt.Errorf("%q is not the address of a phone's page: it must be an http:// or https:// URL such as http://10.0.0.17/", u.Redacted())
	case u.User != nil:
		return "", errors.New("the address of the phone's page holds credentials: give the password apart")
	}
	u = u.JoinPath("admin", "resync")
	u.RawQuery, u.Fragment = "", ""
	if i := strings.IndexFunc(file, func(r rune) bool { return r <= ' ' || r == '#' || r >= 0x7f }); i >= 0 {
		return "", fmt.Errorf("the address to fetch from has %q in it, which cannot be sent to a phone as it stands: write it percent-encoded", []rune(file[i:])[0])
	}
	u.RawQuery = file
	return u.String(), nil
}

// Resync makes a phone fetch its configuration now, by [ResyncURL]. It returns when
// the phone has answered, after a minute at the latest. hc is a client of [Access]
// with the password of the phone's user admin, if it has one; nil uses none.
func Resync(ctx context.Context, page, file string, hc *http.Client) error {
	address, err := ResyncURL(page, file)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, resyncWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	if hc == nil {
		hc = defaultClient
	}
	resp, err := hc.Do(req)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err
		}
		return unanswered(req.URL, err)
	}
	resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusUnauthorized:
		if !loggedIn(resp) {
			return errors.New("the phone wants the password of its user admin")
		}
		return errors.New("the phone refuses the password of its user admin")
	case http.StatusTooManyRequests:
		after := "a while"
		if n, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && n >= 0 {
			after = fmt.Sprintf("%d seconds", n)
		}
		return fmt.Errorf("the phone looks at no password for %s, after too many wrong ones: try again then", after)
	case http.StatusForbidden, http.StatusNotFound:
		return fmt.Errorf("the phone answers %s: direct actions are switched off there (Enable_Direct_Action_Url), or it is no such phone", answer.Status(resp.StatusCode))
	}
	return fmt.Errorf("the phone answers %s: its status page tells why it could not fetch", answer.Status(resp.StatusCode))
}

// loggedIn reports whether the request that was answered held a password.
func loggedIn(resp *http.Response) bool {
	return resp.Request != nil && resp.Request.Header.Get("Authorization") != ""
}
