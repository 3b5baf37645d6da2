// SPDX-License-Identifier: MPL-2.0

package verify

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// resyncWithin bounds a resync: a phone answers when it has fetched its file.
const resyncWithin = time.Minute

// ResyncURL returns the address that makes a phone fetch its configuration: the
// direct action /admin/resync of its web page (Cisco's administration guide,
// "Direct Action URL"). page is the address of that page. file is the address to
// fetch from this once; if it is empty, the phone uses its Profile_Rule.
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
	if file != "" {
		u.RawQuery = url.QueryEscape(file)
	}
	return u.String(), nil
}

// Resync makes a phone fetch its configuration now, by [ResyncURL] and with the
// password of its user admin, if it has one. It returns when the phone has
// answered, after a minute at the latest. With a nil client, it uses no proxy and
// follows no redirect, because the password is for the phone alone.
func Resync(ctx context.Context, page, file string, password secret.Text, hc *http.Client) error {
	address, err := ResyncURL(page, file)
	if err != nil {
		return err
	}
	if password.Masked() {
		return fmt.Errorf("the password of admin: %w", secret.ErrMask)
	}
	ctx, cancel := context.WithTimeout(ctx, resyncWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	if !password.IsZero() {
		req.SetBasicAuth("admin", password.Reveal())
	}
	if hc == nil {
		transport := &http.Transport{Proxy: nil}
		defer transport.CloseIdleConnections()
		hc = &http.Client{Transport: transport, CheckRedirect: defaultClient.CheckRedirect}
	}
	resp, err := hc.Do(req)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err
		}
		return fmt.Errorf("the phone at %s does not answer: %w", req.URL.Host, err)
	}
	resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusUnauthorized:
		if password.IsZero() {
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
		return fmt.Errorf("the phone answers %s: direct actions are switched off there (Enable_Direct_Action_Url), or it is no such phone", foreign.Status(resp.StatusCode))
	}
	return fmt.Errorf("the phone answers %s: its status page tells why it could not fetch", foreign.Status(resp.StatusCode))
}
