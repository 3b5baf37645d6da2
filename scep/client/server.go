// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// Server is what a SCEP server shows, checked against the fingerprint.
type Server struct {
	URL          string
	Capabilities scep.Capabilities
	Root         *x509.Certificate   // the pinned one
	Issuer       *x509.Certificate   // the CA nearest to the phones; Root itself where there is one level
	Recipient    *x509.Certificate   // who reads requests: an RA or Issuer
	Signers      []*x509.Certificate // who may sign replies
	Bag          []*x509.Certificate // all that GetCACert gave, in its order
	Digest       crypto.Hash         // what requests will be signed with
	Cipher       scep.Cipher         // and encrypted with
	Date         time.Time           // the server's clock when asked; zero when it does not tell
	Skew         time.Duration       // the server's clock minus ours
	Warnings     []string            // what works but should be known
}

// Server asks for capabilities and CA certificates and checks the latter
// against the fingerprint (RFC 8894 sections 2.2, 3.5.1, 4.2). Nothing that is
// sent is secret. A server that has no GetCACaps has no capabilities.
func (c *Client) Server(ctx context.Context) (*Server, error) {
	if c.cfg.Cache != nil {
		return c.cfg.Cache.get(ctx, c)
	}
	return c.fetchServer(ctx)
}

func (c *Client) fetchServer(ctx context.Context) (*Server, error) {
	s := &Server{URL: c.base.String()}
	if err := c.fetchCaps(ctx, s); err != nil {
		return nil, err
	}
	a, err := c.ask(ctx, "GetCACert", "GetCACert", c.identifier(), nil, scep.MaxCACerts, "")
	if err != nil {
		return nil, err
	}
	if s.Date = a.date; !a.date.IsZero() {
		s.Skew = a.date.Sub(a.received).Round(time.Second)
	}
	if err := s.read(a); err != nil {
		return nil, err
	}
	if err := c.assign(ctx, s, c.cfg.Clock()); err != nil {
		return nil, err
	}
	c.choose(s)
	return s, nil
}

// read takes the certificates of a GetCACert answer.
func (s *Server) read(a *answer) (err error) {
	if s.Bag, err = scep.ParseCACerts(a.body); err == nil {
		return nil
	}
	hint := "is this the address of a SCEP server?"
	if a.contentType == "text/html" {
		hint = "the answer is a web page, not a CA certificate; is the path right?"
	}
	return &Error{Step: stepCACert, Code: CodeBag, Err: &described{err, peerText(err.Error(), "")}, Hint: hint}
}

func (c *Client) identifier() *string {
	if c.cfg.CAIdentifier == "" {
		return nil
	}
	return &c.cfg.CAIdentifier
}

// fetchCaps asks for the capabilities. Old servers answer with an error or drop
// the connection; only what would fail again in a moment is reported.
func (c *Client) fetchCaps(ctx context.Context, s *Server) error {
	a, err := c.ask(ctx, "GetCACaps", "GetCACaps", c.identifier(), nil, scep.MaxCapabilities, "")
	switch e, _ := errors.AsType[*Error](err); {
	case err == nil:
		s.Capabilities = scep.ParseCapabilities(a.body)
		if len(s.Capabilities.Words) == 0 {
			s.warn("the server names no capabilities")
		}
		return nil
	case e != nil && (e.Code == CodeCanceled || e.Code == CodeTimeout || e.Code == CodeRedirect):
		return err
	case isDial(err):
		return err
	default:
		s.warn("the server does not answer GetCACaps (%v)", err)
		return nil
	}
}

// choose settles digest and cipher: the best both sides have, and never less
// than the floor.
func (c *Client) choose(s *Server) {
	switch s.Digest = s.Capabilities.Digest(); {
	case s.Digest == crypto.SHA512, s.Digest == crypto.SHA256:
	case c.cfg.AllowSHA1:
		s.Digest = crypto.SHA1
		s.warn("requests are signed with SHA-1")
	default:
		s.Digest = crypto.SHA256
		s.warn("the server does not name SHA-256; requests use it nevertheless")
	}
	switch {
	case s.Capabilities.AES():
		s.Cipher = scep.AES128CBC
	case c.cfg.AllowDES3:
		s.Cipher = scep.DES3CBC
		s.warn("requests are encrypted with triple DES")
	default:
		s.Cipher = scep.AES128CBC
		s.warn("the server does not name AES; requests use it nevertheless")
	}
}

func (s *Server) warn(format string, args ...any) {
	s.Warnings = append(s.Warnings, fmt.Sprintf(format, args...))
}
