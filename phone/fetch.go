// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign/answer"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

const (
	maxProfile  = 4 << 20 // bytes of cfg.xml, unpacked too
	fetchWithin = 30 * time.Second
)

// sharedTransport carries the requests of all phones of a process that are not
// given a client: a thousand phones keep a few connections, not a thousand.
var sharedTransport = &http.Transport{
	Proxy:                 nil, // the environment's proxy is this machine's, not the phone's
	DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
	MaxIdleConns:          64,
	MaxIdleConnsPerHost:   16,
	IdleConnTimeout:       30 * time.Second,
	ResponseHeaderTimeout: fetchWithin,
	ExpectContinueTimeout: time.Second,
}

// noRedirects returns a copy of c that follows none.
func noRedirects(c *http.Client) *http.Client {
	n := http.Client{Transport: sharedTransport}
	if c != nil {
		n = *c
	}
	n.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	n.Jar = nil
	return &n
}

// profile is a cfg.xml as fetched; nil means that it is the one the phone has.
type profile struct {
	data []byte
	etag string
}

// fetch gets the configuration file from address. etag is that of the one the
// phone has, or empty.
func fetch(ctx context.Context, hc *http.Client, address, userAgent, etag string) (*profile, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return nil, errors.New("the configuration URL is not a URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("the configuration URL has the scheme %q: the simulated phone fetches http and https", u.Scheme)
	case u.Host == "":
		return nil, errors.New("the configuration URL has no host")
	}
	ctx, cancel := context.WithTimeout(ctx, fetchWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, errors.New("the configuration URL is not a URL")
	}
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Accept-Encoding", "identity") // an entity tag for these very bytes
	if etag != "" {
		req.Header.Set("If-None-Match", etag)
	}
	resp, err := hc.Do(req)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err
		}
		return nil, fmt.Errorf("the provisioning server %s does not answer: %w", u.Host, err)
	}
	defer resp.Body.Close()
	switch c := resp.StatusCode; {
	case c == http.StatusNotModified && etag != "":
		return nil, nil
	case c == http.StatusOK:
	case c == http.StatusNotFound:
		return nil, fmt.Errorf("the provisioning server %s has no %s: put the phone's file there, or correct the profile rule", u.Host, u.Path)
	case c >= 300 && c <= 399:
		return nil, fmt.Errorf("the provisioning server %s answered %s: redirects are not followed, give the final address", u.Host, answer.Status(resp.StatusCode))
	default:
		return nil, fmt.Errorf("the provisioning server %s answered %s", u.Host, answer.Status(resp.StatusCode))
	}
	data, err := readProfile(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("the configuration from %s: %w", u.Host, err)
	}
	return &profile{data: data, etag: resp.Header.Get("ETag")}, nil
}

// readProfile reads a bounded configuration, unpacking one in gzip format as
// phones do, by its first bytes.
func readProfile(r io.Reader) ([]byte, error) {
	data, err := bounded(r)
	if err != nil || !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		return data, err
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	data, err = bounded(z)
	if err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	return data, z.Close()
}

func bounded(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxProfile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxProfile {
		return nil, fmt.Errorf("larger than %d bytes, which no phone's is", maxProfile)
	}
	return data, nil
}

// download fetches the configuration and takes over what it says. override is
// the URL of a one-time resync, or empty. The caller holds p.working.
func (p *Phone) download(ctx context.Context, override string) error {
	address, etag := override, ""
	if address == "" {
		p.mu.Lock()
		address, etag = p.identity().Macros().Expand(p.cfg.ConfigURL), p.etag
		p.mu.Unlock()
	}
	var err error
	if address == "" {
		err = errors.New("no configuration URL is set: the phone is not provisioned")
	}
	var got *profile
	var doc *cfgxml.Document
	if err == nil {
		got, err = fetch(ctx, p.http, address, p.userAgent(), etag)
	}
	if err == nil && got != nil {
		if doc, err = cfgxml.Parse(got.data, cfgxml.MaxSize(maxProfile)); err != nil {
			err = fmt.Errorf("the configuration is not well formed and was left unread: %w", err)
		}
	}
	if ctx.Err() != nil {
		return ctx.Err() // the phone was stopped, which is no fault of the server
	}

	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	p.nextResync = now.Add(p.cfg.Resync)
	was := p.config
	p.config = result{At: now}
	switch {
	case err != nil:
		p.counters.configFailed++
		p.config.Failed, p.config.Reason = true, err.Error()
		if !was.Failed || was.Reason != err.Error() {
			p.log.Warn("resync failed", "error", err)
			p.save()
		}
		return err
	case got == nil:
		p.counters.configUnchanged++
		return nil
	}
	p.counters.configRead++
	if override == "" {
		p.etag = got.etag
	}
	p.snapshot.keep(got.data)
	p.set(p.parameters.read(doc), "cfg.xml")
	if p.state == FactoryReset {
		p.fire(Provisioned)
		p.save()
	}
	return nil
}
