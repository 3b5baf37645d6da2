// SPDX-License-Identifier: MPL-2.0

package ndes

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Bounds of what a server may say. The page of NDES has about 2 kB.
const (
	maxBody   = 256 << 10
	maxHeader = 64 << 10
	maxReason = 300
)

// errConnection says that the server ended the connection that NTLM is bound to.
var errConnection = errors.New("the server closes the connection in the middle of NTLM, whose messages belong on one: " +
	"does a proxy or load balancer stand before it that does not keep connections?")

// A conversation is a few requests for the page, on one connection at a time.
type conversation struct {
	page      Page
	transport *http.Transport
	client    *http.Client
	bound     atomic.Bool // no further connection may be made
}

func newConversation(p Page) *conversation {
	c := &conversation{page: p, transport: &http.Transport{TLSHandshakeTimeout: 10 * time.Second}}
	if p.Transport != nil {
		c.transport = p.Transport.Clone()
	}
	t := c.transport
	t.MaxConnsPerHost, t.MaxIdleConnsPerHost = 1, 1
	t.DisableKeepAlives = false
	t.MaxResponseHeaderBytes = maxHeader
	t.Protocols = new(http.Protocols) // IIS refuses NTLM by HTTP/2
	t.Protocols.SetHTTP1(true)
	if t.ForceAttemptHTTP2 = false; t.TLSClientConfig != nil {
		t.TLSClientConfig.NextProtos = nil // a transport that was used asks for HTTP/2 there
	}
	dial := t.DialContext
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	t.DialContext = c.once(dial)
	if t.DialTLSContext != nil {
		t.DialTLSContext = c.once(t.DialTLSContext)
	}
	c.client = &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return c
}

type dialer = func(ctx context.Context, network, address string) (net.Conn, error)

// once makes no connection while the one there is must be kept.
func (c *conversation) once(dial dialer) dialer {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if c.bound.Load() {
			return nil, errConnection
		}
		return dial(ctx, network, address)
	}
}

func (c *conversation) end() { c.transport.CloseIdleConnections() }

// An answer is what the server said, all of it read.
type answer struct {
	status       int
	authenticate []string // WWW-Authenticate, one scheme each
	body         []byte
}

// ask requests the page. The answer is read to its end, so that the connection
// can be used again.
func (c *conversation) ask(ctx context.Context, authorization string) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.page.URL, nil)
	if err != nil {
		return answer{}, err
	}
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return answer{}, c.failure(req, err)
	}
	defer resp.Body.Close()
	a := answer{status: resp.StatusCode, authenticate: challenges(resp.Header)}
	if a.body, err = io.ReadAll(io.LimitReader(resp.Body, maxBody+1)); err != nil {
		return answer{}, c.failure(req, err)
	}
	if len(a.body) > maxBody {
		return answer{}, fmt.Errorf("the page has more than %d bytes: that of NDES is shorter", maxBody)
	}
	return a, nil
}

// challenges takes the header WWW-Authenticate apart, which may name several
// schemes in a line (RFC 9110, section 11.6.1). Parameters of a scheme are left
// out: neither NTLM nor Negotiate has any.
func challenges(h http.Header) []string {
	var all []string
	for _, line := range h.Values("WWW-Authenticate") {
		for part := range strings.SplitSeq(line, ",") {
			part = strings.TrimSpace(part)
			if name, _, _ := strings.Cut(part, " "); name != "" && !strings.ContainsAny(name, `="`) {
				all = append(all, part)
			}
		}
	}
	return all
}

// failure says who did not answer, without the address, which may hold what is
// nobody's business.
func (c *conversation) failure(req *http.Request, err error) error {
	if errors.Is(err, errConnection) {
		return errConnection
	}
	var ue *url.Error
	if errors.As(err, &ue) {
		err = ue.Err
	}
	return &silence{host: req.URL.Host, err: err}
}

// A silence says why there is no answer. The reason may repeat what the server
// sent, which is shortened and escaped.
type silence struct {
	host string
	err  error
}

func (e *silence) Error() string {
	why := strings.Trim(strconv.Quote(e.err.Error()), `"`)
	if len(why) > maxReason {
		why = strings.ToValidUTF8(why[:maxReason], "") + "…"
	}
	return e.host + " does not answer: " + strings.ReplaceAll(why, `\"`, `"`)
}

func (e *silence) Unwrap() error { return e.err }

func (c *conversation) basic(ctx context.Context) (answer, error) {
	pair := c.page.Username + ":" + c.page.Password.Reveal()
	return c.ask(ctx, "Basic "+base64.StdEncoding.EncodeToString([]byte(pair)))
}

// offers reports whether the answer names a scheme, NTLM also as Negotiate.
func (a answer) offers(scheme string) bool {
	_, ok := a.offered(scheme)
	return ok || strings.EqualFold(scheme, schemeNTLM) && a.negotiates()
}

func (a answer) negotiates() bool {
	_, ok := a.offered(schemeNegotiate)
	return ok
}

// offered looks for a scheme and gives what stands behind it.
func (a answer) offered(scheme string) (data string, ok bool) {
	for _, line := range a.authenticate {
		name, rest, _ := strings.Cut(line, " ")
		if strings.EqualFold(name, scheme) {
			return strings.TrimSpace(rest), true
		}
	}
	return "", false
}

// schemes lists what the answer offers, for people. The server chose the words.
func (a answer) schemes() string {
	var names []string
	for _, line := range a.authenticate {
		name, _, _ := strings.Cut(line, " ")
		if len(name) > 20 {
			name = name[:20] + "…"
		}
		if names = append(names, fmt.Sprintf("%q", name)); len(names) == 4 {
			break
		}
	}
	if len(names) == 0 {
		return "nothing"
	}
	return strings.Join(names, ", ")
}
