// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/phonecfg/terraform-provider-ciscophone/scep/ndes"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// page gives the page of NDES that is configured, and whether all that Check
// looks at is known.
func (m challengeModel) page() (p ndes.Page, known bool) {
	p = ndes.Page{
		URL: m.NDES.ValueString(), Username: m.Username.ValueString(), Password: secret.New(m.Password.ValueString()),
		Auth: ndes.Auth(m.Auth.ValueString()), AllowHTTP: m.AllowHTTP.ValueBool(),
	}
	return p, !m.NDES.IsNull() && !m.NDES.IsUnknown() && !m.Auth.IsUnknown() && !m.AllowHTTP.IsUnknown()
}

// fromNDES asks the page for a challenge password.
func (m challengeModel) fromNDES(ctx context.Context, diags *diag.Diagnostics) (string, error) {
	p, _ := m.page()
	if !m.CAFile.IsNull() {
		roots, err := readRoots(m.CAFile.ValueString())
		if err != nil {
			diags.AddAttributeError(path.Root("ndes_ca_file"), "CA Certificates Cannot Be Read", sentence(err))
			return "", nil
		}
		p.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	}
	challenge, err := p.Challenge(ctx)
	return challenge.Reveal(), err
}

// ndesAdvice names the attributes with which a failure can be fixed.
func ndesAdvice(err error) string {
	var authority x509.UnknownAuthorityError
	switch {
	case errors.Is(err, ndes.ErrPlainHTTP):
		return "\n\nTo allow it set ndes_allow_http = true."
	case errors.Is(err, ndes.ErrNotOffered):
		return "\n\nndes_auth says which is used, \"basic\" or \"ntlm\"."
	case errors.Is(err, ndes.ErrRefused):
		return "\n\nIn HCL a backslash is written twice: ndes_username = \"DOMAIN\\\\user\". The user must be allowed to enroll by the templates of NDES."
	case errors.As(err, &authority):
		return "\n\nndes_ca_file names the CA that issued the certificate of the web server."
	}
	return ""
}
