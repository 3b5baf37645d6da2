// SPDX-License-Identifier: MPL-2.0

package verify

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	maxPage       = 256 << 10
	maxChain      = 16
	requestWithin = 10 * time.Second
)

// A page is unencrypted and its phone may be anywhere; nothing may lead the
// request elsewhere.
var defaultClient = &http.Client{
	Transport:     &http.Transport{Proxy: nil, ResponseHeaderTimeout: requestWithin, MaxIdleConnsPerHost: 1, IdleConnTimeout: 15 * time.Second},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// fetch reads the phone's status document into a map from element name to
// text. page is the address of the phone's web page; one that ends in .xml is
// taken as the status document's own.
func fetch(ctx context.Context, page string, hc *http.Client) (map[string]string, error) {
	u, err := url.Parse(page)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("the address of the phone's page must be an http:// or https:// URL such as http://10.0.0.17/")
	}
	if !strings.HasSuffix(u.Path, ".xml") {
		u = u.JoinPath("admin", "status.xml")
	}
	if hc == nil {
		hc = defaultClient
	}
	ctx, cancel := context.WithTimeout(ctx, requestWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	resp, err := hc.Do(req)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err
		}
		return nil, fmt.Errorf("the phone at %s does not answer: %w", u.Redacted(), err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the phone at %s answered %s instead of its status", u.Redacted(), resp.Status)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxPage+1))
	if err != nil {
		return nil, fmt.Errorf("the phone at %s: %w", u.Redacted(), err)
	}
	if len(body) > maxPage {
		return nil, fmt.Errorf("the phone at %s: the status is larger than %d bytes", u.Redacted(), maxPage)
	}
	s, err := leaves(body)
	if err != nil {
		return nil, fmt.Errorf("the phone at %s: the status is not XML: %w", u.Redacted(), err)
	}
	return s, nil
}

// leaves returns the text of each element that has no child, by its name.
func leaves(doc []byte) (map[string]string, error) {
	d := xml.NewDecoder(bytes.NewReader(doc))
	out := map[string]string{}
	var text strings.Builder
	leaf, seen := false, false
	for {
		t, err := d.Token()
		if err == io.EOF {
			if !seen {
				return nil, errors.New("no element in it")
			}
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			leaf, seen = true, true
			text.Reset()
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			if leaf {
				out[t.Name.Local] = strings.TrimSpace(text.String())
			}
			leaf = false
		}
	}
}

// parseChain reads the chain as the status document holds it: base64 of DER,
// leaf first, with white space between.
func parseChain(s string) ([]*x509.Certificate, error) {
	fields := strings.Fields(s)
	if len(fields) > maxChain {
		return nil, fmt.Errorf("%d certificates are more than %d", len(fields), maxChain)
	}
	var chain []*x509.Certificate
	for i, f := range fields {
		der, err := base64.StdEncoding.DecodeString(f)
		if err != nil {
			return nil, fmt.Errorf("certificate %d: %w", i+1, err)
		}
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("certificate %d: %w", i+1, err)
		}
		chain = append(chain, c)
	}
	return chain, nil
}
