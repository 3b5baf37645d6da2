// SPDX-License-Identifier: MPL-2.0

package push

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
)

// An httpStore keeps objects below a base URL, by GET, PUT and DELETE.
type httpStore struct {
	base     *url.URL
	client   *http.Client
	username string
	password func() (string, error)
	token    func() (string, error)
	maxSize  int64
	timeout  time.Duration
}

func openHTTP(base *url.URL, o Options) *httpStore {
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
	return &httpStore{base: &b, client: client, username: o.Username, password: o.Password, token: o.Token, maxSize: o.MaxSize, timeout: o.Timeout}
}

func (s *httpStore) String() string { return s.base.String() }

func (s *httpStore) List(context.Context) ([]string, error) {
	return nil, fmt.Errorf("list store %s: a web server does not tell its files: %w", s, errors.ErrUnsupported)
}

func (s *httpStore) Get(ctx context.Context, name string) ([]byte, Version, error) {
	data, err := s.read(ctx, name)
	if err != nil {
		return nil, "", err
	}
	return data, VersionOf(data), nil
}

// read is Get without a version.
func (s *httpStore) read(ctx context.Context, name string) ([]byte, error) {
	if err := ValidName(name); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	data, _, err := s.get(ctx, name)
	return data, err
}

// get returns the content and its entity tag, "" where there is none that
// If-Match could use.
func (s *httpStore) get(ctx context.Context, name string) (data []byte, etag string, err error) {
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
	if data, err = readAll(resp.Body, s.maxSize, min(resp.ContentLength, 1<<20), nil); err != nil {
		return nil, "", fmt.Errorf("read %s: %w", s.at(name), err)
	}
	if etag = resp.Header.Get("ETag"); !strings.HasPrefix(etag, `"`) {
		etag = ""
	}
	return data, etag, nil
}

func (s *httpStore) Put(ctx context.Context, name string, data []byte, prior Version) (Version, error) {
	if err := ValidName(name); err != nil {
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
	return VersionOf(data), nil
}

func (s *httpStore) Delete(ctx context.Context, name string, prior Version) error {
	if err := ValidName(name); err != nil {
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
// ErrConflict when prior says that there was one.
func (s *httpStore) condition(ctx context.Context, verb, name string, prior Version) (http.Header, error) {
	header := http.Header{}
	if prior == Any {
		return header, nil
	}
	now, etag, err := s.get(ctx, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if prior != "" && verb != "delete" {
			return header, fmt.Errorf("%s %s: %w", verb, s.at(name), ErrConflict)
		}
		header.Set("If-None-Match", "*")
		return header, err
	case err != nil:
		return header, err
	case VersionOf(now) != prior:
		return header, fmt.Errorf("%s %s: %w", verb, s.at(name), ErrConflict)
	}
	if etag != "" {
		header.Set("If-Match", etag)
	}
	return header, nil
}

func (s *httpStore) send(ctx context.Context, method, verb, name string, data []byte, header http.Header) error {
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

func (s *httpStore) do(ctx context.Context, method, name string, data []byte, header http.Header) (*http.Response, error) {
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
func (s *httpStore) authenticate(req *http.Request) error {
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
func (s *httpStore) at(name string) string {
	return s.base.JoinPath(strings.Split((&url.URL{Path: name}).EscapedPath(), "/")...).String()
}

// failure says what a status means for the person who has to act on it. The
// answer's body is left out: it may repeat what was sent.
func (s *httpStore) failure(verb, name string, resp *http.Response) error {
	at := fmt.Sprintf("%s %s", verb, s.at(name))
	switch c := resp.StatusCode; {
	case c == http.StatusNotFound || c == http.StatusGone:
		return fmt.Errorf("%s: %s: %w", at, foreign.Status(resp.StatusCode), fs.ErrNotExist)
	case c == http.StatusPreconditionFailed:
		return fmt.Errorf("%s: %w", at, ErrConflict)
	case c == http.StatusUnauthorized || c == http.StatusForbidden:
		return fmt.Errorf("%s: %s: user name and password of the store, or its token, are missing, wrong or not allowed to %s", at, foreign.Status(resp.StatusCode), verb)
	case c >= 300 && c <= 399:
		return fmt.Errorf("%s: %s: the server redirects, which is not followed: give the final address as store", at, foreign.Status(resp.StatusCode))
	case c == http.StatusMethodNotAllowed || c == http.StatusNotImplemented:
		return fmt.Errorf("%s: %s: the server does not accept %s there: allow WebDAV methods or use another store", at, foreign.Status(resp.StatusCode), resp.Request.Method)
	case c == http.StatusConflict:
		return fmt.Errorf("%s: %s: most likely a directory of the name does not exist on the server", at, foreign.Status(resp.StatusCode))
	case c == http.StatusRequestEntityTooLarge:
		return fmt.Errorf("%s: %s: raise the server's limit for uploads", at, foreign.Status(resp.StatusCode))
	}
	return fmt.Errorf("%s: the server answered %s", at, foreign.Status(resp.StatusCode))
}
