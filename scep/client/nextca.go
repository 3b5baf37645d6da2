// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

const stepNextCA = "GetNextCACert"

// NextCA asks for the CA that is to replace the present one (GetNextCACert, RFC
// 8894 section 4.7), and returns its root, whose fingerprint phones will need. The
// answer is signed by a certificate that the pinned root vouches for. Where there
// is no other root to come, the error has CodeNoNext.
func (c *Client) NextCA(ctx context.Context) (*x509.Certificate, error) {
	s, err := c.Server(ctx)
	if err != nil {
		return nil, err
	}
	if !s.Capabilities.GetNextCACert() {
		return nil, problem(stepNextCA, CodeNoNext, "ask the CA's operator for the new root", "the server does not name %s", stepNextCA)
	}
	a, err := c.askNextCA(ctx)
	if err != nil {
		if e, ok := errors.AsType[*Error](err); ok && e.Code == CodeStatus && e.Status == http.StatusNotFound {
			e.Code, e.Hint = CodeNoNext, "the CA has not announced a successor"
		}
		return nil, err
	}
	next, err := s.nextRoot(a)
	if err != nil {
		return nil, &Error{Step: stepNextCA, Code: CodeBag, Err: &described{err, peerText(err.Error(), "")}, Hint: "do not trust it"}
	}
	if next == nil {
		return nil, problem(stepNextCA, CodeNoNext, "the fingerprint stays", "the next CA is below the present root")
	}
	return next, nil
}

func (c *Client) askNextCA(ctx context.Context) (*answer, error) {
	return c.ask(ctx, stepNextCA, stepNextCA, c.identifier(), nil, scep.MaxCACerts, "")
}

// nextRoot is the root that an answer to GetNextCACert announces, nil when the
// next CA is below the present one.
func (s *Server) nextRoot(a *answer) (*x509.Certificate, error) {
	certs, err := scep.ParseNextCACert(a.body, append(s.Signers, s.Root)...)
	if err != nil {
		return nil, err
	}
	for _, cert := range certs {
		if isCA(cert) && selfIssued(cert) && !cert.Equal(s.Root) {
			return cert, nil
		}
	}
	return nil, nil
}
