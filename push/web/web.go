// SPDX-License-Identifier: MPL-2.0

// Package web is a [push.Store] on a web server that accepts PUT and DELETE.
//
// The comparison and the writing are one step when the server sends strong ETags
// and honors If-Match (RFC 9110, section 13.1.1). With one that does not, like
// nginx, the content is compared by a GET just before the PUT, which leaves a gap
// of one round trip. Whether such a server writes atomically is up to the server;
// nginx and Apache do.
//
// The store follows no redirect and uses no proxy from the environment, so that
// credentials and configuration go to the named host and nowhere else.
package web

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign/answer"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/bounded"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
)

// An store keeps objects below a base URL, by GET, PUT and DELETE.
type store struct {
	base     *url.URL
	client   *http.Client
	username string
	password func() (string, error)
	token    func() (string, error)
	maxSize  int64
	timeout  time.Duration
}

// Options adjust a store. The zero value is usable.
type Options struct {
	// Client sends the requests. Its redirect policy is not used: redirects are
	// refused. Nil means a client without proxy that uses TLS.
	Client *http.Client
	// TLS says which CAs may have issued the certificate of an HTTPS store, and
	// which certificate it is shown in return. Nil means the system's, and none.
	TLS *tls.Config
	// Username and Password authenticate by Basic authentication (RFC 7617).
	// Password is called for each request and may be nil.
	Username string
	Password func() (string, error)
	// Token authenticates by a bearer token (RFC 6750) in place of them, over
	// HTTPS only. It is called for each request, so that one that expires can be
	// renewed.
	Token func() (string, error)
	// MaxSize bounds one object, in bytes. 0 means [push.DefaultMaxSize].
	MaxSize int64
	// Timeout bounds one operation. 0 means [push.DefaultTimeout].
	Timeout time.Duration
}

// Open returns the store below the http:// or https:// URL base. It does not
// touch the network, so a server that is not there shows at the first operation.
func Open(base *url.URL, o Options) (push.Store, error) {
	switch {
	case base == nil:
		return nil, errors.New("no store given: want an http:// or https:// URL")
	case base.Scheme != "http" && base.Scheme != "https":
		return nil, fmt.Errorf("store %s: want http:// or https://", base.Redacted())
	case base.Host == "":
		return nil, fmt.Errorf("store %q has no host", base.Redacted())
	case base.User != nil:
		return nil, fmt.Errorf("store %q carries credentials: give user name and password apart from the URL", base.Redacted())
	case base.RawQuery != "" || base.Fragment != "":
		return nil, fmt.Errorf("store %s://%s%s: a query or fragment has no meaning in a base URL", base.Scheme, base.Host, base.Path)
	case o.Token != nil && (o.Username != "" || o.Password != nil):
		return nil, errors.New("a store takes either a bearer token or a user name and password, not both")
	case base.Scheme == "http" && o.Token != nil: // RFC 6750, section 5.3
		return nil, fmt.Errorf("store %q would be sent its bearer token in the clear: want https://", base)
	}
	if o.MaxSize <= 0 {
		o.MaxSize = push.DefaultMaxSize
	}
	if o.Timeout <= 0 {
		o.Timeout = push.DefaultTimeout
	}
	return open(base, o), nil
}

func open(base *url.URL, o Options) *store {
	client := &http.Client{Transport: &http.Transport{
		Proxy:                 nil, // not the environment's: see the package comment
		MaxIdleConnsPerHost:   16,
		IdleConnTimeout:       30 * time.Second,
		ResponseHeaderTimeout: o.Timeout,
		ForceAttemptHTTP2:     true,
		TLSClientConfig:       o.TLS.Clone(),
	}}
	if o.Client != nil {
		c := *o.Client
		client = &c
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client.Jar = nil
	b := *base
	if !strings.HasSuffix(b.Path, "/") {
		b.Path += "/"
		if b.RawPath != "" {
			b.RawPath += "/"
		}
	}
	return &store{base: &b, client: client, username: o.Username, password: o.Password, token: o.Token, maxSize: o.MaxSize, timeout: o.Timeout}
}

func (s *store) String() string { return s.base.String() }

func (s *store) List(context.Context) ([]string, error) {
	return nil, fmt.Errorf("list store %s: a web server does not tell its files: %w", s, errors.ErrUnsupported)
}

func (s *store) Get(ctx context.Context, name string) ([]byte, push.Version, error) {
	data, err := s.Read(ctx, name)
	if err != nil {
		return nil, "", err
	}
	return data, push.VersionOf(data), nil
}

// read is Get without a version.
func (s *store) Read(ctx context.Context, name string) ([]byte, error) {
	if err := push.ValidName(name); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	data, _, err := s.get(ctx, name)
	return data, err
}

// get returns the content and its entity tag, "" where there is none that
// If-Match could use.
func (s *store) get(ctx context.Context, name string) (data []byte, etag string, err error) {
	resp, err := s.do(ctx, http.MethodGet, name, nil, http.Header{
		"Accept-Encoding": {"identity"}, // a compressed answer has another, weak, entity tag
		"Cache-Control":   {"no-cache"},
	})
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, "", s.failure("read", name, resp)
	}
	if e := resp.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return nil, "", fmt.Errorf("read %s: the server sent %q encoding although none was asked for", s.at(name), e)
	}
	if data, err = bounded.Read(resp.Body, s.maxSize, min(resp.ContentLength, 1<<20), nil); err != nil {
		return nil, "", fmt.Errorf("read %s: %w", s.at(name), err)
	}
	if etag = resp.Header.Get("ETag"); !strings.HasPrefix(etag, `"`) {
		etag = ""
	}
	return data, etag, nil
}

func (s *store) Put(ctx context.Context, name string, data []byte, prior push.Version) (push.Version, error) {
	if err := push.ValidName(name); err != nil {
		return "", err
	}
	if int64(len(data)) > s.maxSize {
		return "", fmt.Errorf("write %s: %d bytes are more than the limit of %d", s.at(name), len(data), s.maxSize)
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	header, err := s.condition(ctx, "write", name, prior)
	if err != nil && !(prior == "" && errors.Is(err, fs.ErrNotExist)) {
		return "", err
	}
	header.Set("Content-Type", "application/octet-stream")
	if err := s.send(ctx, http.MethodPut, "write", name, data, header); err != nil {
		return "", err
	}
	return push.VersionOf(data), nil
}

func (s *store) Delete(ctx context.Context, name string, prior push.Version) error {
	if err := push.ValidName(name); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	header, err := s.condition(ctx, "delete", name, prior)
	if err != nil {
		return err
	}
	return s.send(ctx, http.MethodDelete, "delete", name, nil, header)
}

// condition compares the object with prior and returns the headers that let
// the server do so once more at the moment of writing. For an object that does
// not exist it returns If-None-Match with an error that is fs.ErrNotExist, or
// push.ErrConflict when prior says that there was one.
func (s *store) condition(ctx context.Context, verb, name string, prior push.Version) (http.Header, error) {
	header := http.Header{}
	if prior == push.Any {
		return header, nil
	}
	now, etag, err := s.get(ctx, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if prior != "" && verb != "delete" {
			return header, fmt.Errorf("%s %s: %w", verb, s.at(name), push.ErrConflict)
		}
		header.Set("If-None-Match", "*")
		return header, err
	case err != nil:
		return header, err
	case push.VersionOf(now) != prior:
		return header, fmt.Errorf("%s %s: %w", verb, s.at(name), push.ErrConflict)
	}
	if etag != "" {
		header.Set("If-Match", etag)
	}
	return header, nil
}

func (s *store) send(ctx context.Context, method, verb, name string, data []byte, header http.Header) error {
	resp, err := s.do(ctx, method, name, data, header)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return s.failure(verb, name, resp)
	}
	io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // lets the connection be used again
	return nil
}

func (s *store) do(ctx context.Context, method, name string, data []byte, header http.Header) (*http.Response, error) {
	var body io.Reader
	if method == http.MethodPut {
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, s.at(name), body)
	if err != nil {
		return nil, err
	}
	req.Header = header.Clone()
	if err := s.authenticate(req); err != nil {
		return nil, err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err // the method and URL stand before it already
		}
		var unknown x509.UnknownAuthorityError
		if errors.As(err, &unknown) {
			return nil, fmt.Errorf("store %s is not trusted: %w: name the CA that issued its certificate", s, err)
		}
		return nil, fmt.Errorf("store %s does not answer: %s %s: %w", s, method, s.at(name), err)
	}
	return resp, nil
}

// authenticate adds the credentials of the store.
func (s *store) authenticate(req *http.Request) error {
	if s.token != nil {
		token, err := s.token()
		if err != nil {
			return fmt.Errorf("token for store %s: %w", s, err)
		}
		if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return fmt.Errorf("token for store %s: it holds blanks or characters that a bearer token never has", s)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		return nil
	}
	if s.username == "" && s.password == nil {
		return nil
	}
	var password string
	if s.password != nil {
		var err error
		if password, err = s.password(); err != nil {
			return fmt.Errorf("password for store %s: %w", s, err)
		}
	}
	req.SetBasicAuth(s.username, password)
	return nil
}

// at is the URL of an object.
func (s *store) at(name string) string {
	return s.base.JoinPath(strings.Split((&url.URL{Path: name}).EscapedPath(), "/")...).String()
}

// failure says what a status means for the person who has to act on it. The
// answer's body is left out: it may repeat what was sent.
func (s *store) failure(verb, name string, resp *http.Response) error {
	at := fmt.Sprintf("%s %s", verb, s.at(name))
	switch c := resp.StatusCode; {
	case c == http.StatusNotFound || c == http.StatusGone:
		return fmt.Errorf("%s: %s: %w", at, answer.Status(resp.StatusCode), fs.ErrNotExist)
	case c == http.StatusPreconditionFailed:
		return fmt.Errorf("%s: %w", at, push.ErrConflict)
	case c == http.StatusUnauthorized || c == http.StatusForbidden:
		return fmt.Errorf("%s: %s: user name and password of the store, or its token, are missing, wrong or not allowed to %s", at, answer.Status(resp.StatusCode), verb)
	case c >= 300 && c <= 399:
		return fmt.Errorf("%s: %s: the server redirects, which is not followed: give the final address as store", at, answer.Status(resp.StatusCode))
	case c == http.StatusMethodNotAllowed || c == http.StatusNotImplemented:
		return fmt.Errorf("%s: %s: the server does not accept %s there: allow WebDAV methods or use another store", at, answer.Status(resp.StatusCode), resp.Request.Method)
	case c == http.StatusConflict:
		return fmt.Errorf("%s: %s: most likely a directory of the name does not exist on the server", at, answer.Status(resp.StatusCode))
	case c == http.StatusRequestEntityTooLarge:
		return fmt.Errorf("%s: %s: raise the server's limit for uploads", at, answer.Status(resp.StatusCode))
	}
	return fmt.Errorf("%s: the server answered %s", at, answer.Status(resp.StatusCode))
}
