// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"math/rand/v2"
	"mime"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// shared keeps connections open between the clients of a process. Compression is
// off: a few bytes must not become many.
var shared = &http.Transport{
	DialContext:            (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
	MaxIdleConnsPerHost:    32,
	IdleConnTimeout:        30 * time.Second,
	MaxResponseHeaderBytes: 64 << 10,
	DisableCompression:     true,
}

// safeHTTP is the caller's client, or one of ours, that does not follow redirects.
func safeHTTP(given *http.Client) *http.Client {
	c := http.Client{Transport: shared}
	if given != nil {
		c = *given
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

// answer is an HTTP response with status 200.
type answer struct {
	body        []byte
	contentType string
	date        time.Time // the server's Date header; zero when there is none
	received    time.Time // by our clock
}

// ask performs one operation. A nil post is a GET. Attempts are repeated, as far
// as configured, only when no connection came about or the server said 503.
func (c *Client) ask(ctx context.Context, step, operation string, message *string, post []byte, max int, secret string) (*answer, error) {
	q := "operation=" + operation
	if message != nil {
		q += "&message=" + url.QueryEscape(*message)
	}
	u := *c.base
	if u.RawQuery != "" {
		q = u.RawQuery + "&" + q
	}
	u.RawQuery = q
	for attempt := 0; ; attempt++ {
		if c.cfg.Progress != nil {
			c.cfg.Progress(step)
		}
		a, again, err := c.try(ctx, step, &u, post, max, secret)
		if err == nil || !again || attempt >= c.cfg.Retries {
			return a, err
		}
		pause := time.Duration(float64(500*time.Millisecond) * float64(int(1)<<min(attempt, 5)) * (0.5 + rand.Float64()))
		if c.cfg.Sleep(ctx, pause) != nil {
			return nil, err
		}
	}
}

func (c *Client) try(ctx context.Context, step string, u *url.URL, post []byte, max int, secret string) (_ *answer, again bool, _ error) {
	exchange, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	method, body := http.MethodGet, io.Reader(nil)
	if post != nil {
		method, body = http.MethodPost, bytes.NewReader(post)
	}
	req, err := http.NewRequestWithContext(exchange, method, u.String(), body)
	if err != nil {
		return nil, false, problem(step, CodeURL, "", "the address does not make a request")
	}
	if post != nil {
		req.Header.Set("Content-Type", "application/x-pki-message")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		e, dial := c.unreachable(ctx, step, err)
		return nil, dial, e
	}
	defer resp.Body.Close()
	received := c.cfg.Clock()
	data, err := io.ReadAll(io.LimitReader(resp.Body, int64(max)+1))
	if resp.StatusCode != http.StatusOK {
		return nil, resp.StatusCode == http.StatusServiceUnavailable, c.badStatus(step, resp, data, secret)
	}
	if len(data) > max {
		return nil, false, problem(step, CodeTooLarge, "this is not a SCEP server, or not an honest one",
			"the answer has more than %d bytes", max)
	}
	if err != nil {
		e, _ := c.unreachable(ctx, step, err)
		if e.Code == CodeUnreachable {
			e = problem(step, CodeTransport, "try again; if it stays so, look at the server's log", "the answer broke off after %d bytes", len(data))
		}
		return nil, false, e
	}
	a := &answer{body: data, received: received}
	a.contentType, _, _ = mime.ParseMediaType(resp.Header.Get("Content-Type"))
	a.date, _ = http.ParseTime(resp.Header.Get("Date"))
	return a, false, nil
}

// unreachable explains why there is no response. dial reports that no request
// left, so that trying again repeats nothing.
func (c *Client) unreachable(ctx context.Context, step string, err error) (e *Error, dial bool) {
	if ue, ok := errors.AsType[*url.Error](err); ok {
		err = ue.Err // without the address: a GET carries the request in it
	}
	where := c.base.Host
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return &Error{Step: step, Code: CodeCanceled, Err: context.Canceled}, false
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return &Error{Step: step, Code: CodeTimeout, Err: &described{err, "no answer from " + where + " in time"},
			Hint: "is it a SCEP server, and is a firewall in between?"}, isDial(err)
	}
	return &Error{Step: step, Code: CodeUnreachable, Err: &described{err, "no answer from " + where + ": " + peerText(err.Error(), "")},
		Hint: "check the address and that the SCEP service runs"}, isDial(err)
}

// isDial tells that no connection came about, so that nothing was sent.
func isDial(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}

// described is an error with another text.
type described struct {
	err  error
	text string
}

func (d *described) Error() string { return d.text }
func (d *described) Unwrap() error { return d.err }

func (c *Client) badStatus(step string, resp *http.Response, body []byte, secret string) *Error {
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		to := peerText(resp.Header.Get("Location"), secret)
		e := problem(step, CodeRedirect, "phones do not follow redirects; configure the address it points to, if that is http",
			"%s redirects (%d) to %q", c.base.Host, resp.StatusCode, to)
		e.Status = resp.StatusCode
		return e
	}
	said := ""
	if t, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); (t == "text/plain" || t == "") && len(body) > 0 {
		said = ": " + peerText(string(body[:min(len(body), maxPeerText)]), secret)
	}
	hint := "look at the server's log"
	if resp.StatusCode == http.StatusNotFound {
		hint = "is the path right? this client asked for " + c.base.EscapedPath() + "; " + usualPaths
	}
	e := problem(step, CodeStatus, hint, "%s answers %d %s%s", c.base.Host, resp.StatusCode, http.StatusText(resp.StatusCode), said)
	e.Status = resp.StatusCode
	return e
}

// pkiOperation sends a message and gives the reply.
func (c *Client) pkiOperation(ctx context.Context, step string, s *Server, msg []byte, secret string) (*answer, error) {
	if s.Capabilities.POST() && !c.cfg.GetOnly {
		return c.ask(ctx, step, "PKIOperation", nil, msg, scep.MaxMessage, secret)
	}
	text := base64.StdEncoding.EncodeToString(msg)
	return c.ask(ctx, step, "PKIOperation", &text, nil, scep.MaxMessage, secret)
}
