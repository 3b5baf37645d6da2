// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
)

// fingerprintFunction is fingerprint: those of a root CA's certificate.
type fingerprintFunction struct{}

func newFingerprintFunction() function.Function { return fingerprintFunction{} }

func (fingerprintFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "fingerprint"
}

func (fingerprintFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "The fingerprints of a certificate",
		MarkdownDescription: "SHA-1 and SHA-256 of a certificate, upper case hexadecimal without colons, as `CDC_Root_CA_Fingerprint_1_` takes them: " +
			"`fingerprint(file(\"root.pem\")).sha256`. Takes one certificate: PEM, or DER as `filebase64()` gives it. A chain is refused, because only the root's fingerprint will do.",
		Parameters: []function.Parameter{function.StringParameter{Name: "certificate", MarkdownDescription: "The root CA's certificate."}},
		Return:     function.ObjectReturn{AttributeTypes: map[string]attr.Type{"sha1": types.StringType, "sha256": types.StringType}},
	}
}

func (fingerprintFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var text string
	if resp.Error = req.Arguments.Get(ctx, &text); resp.Error != nil {
		return
	}
	cert, err := certificateOf(text)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, err.Error())
		return
	}
	sum := func(h crypto.Hash) string { return cdc.FingerprintOf(cert.Raw, h).String() }
	resp.Error = resp.Result.Set(ctx, struct {
		SHA1   string `tfsdk:"sha1"`
		SHA256 string `tfsdk:"sha256"`
	}{sum(crypto.SHA1), sum(crypto.SHA256)})
}

// certificateOf reads the one certificate in a text: PEM, or DER in base64.
func certificateOf(text string) (*x509.Certificate, error) {
	var der []byte
	rest := []byte(text)
	for n := 0; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("the PEM holds a %s, want one CERTIFICATE", strings.ToLower(block.Type))
		}
		if n++; n > 1 {
			return nil, errors.New("the PEM holds several certificates, want that of the root CA alone")
		}
		der = block.Bytes
	}
	if der == nil {
		var err error
		if der, err = base64.StdEncoding.DecodeString(string(bytes.TrimSpace(rest))); err != nil || len(der) == 0 {
			return nil, errors.New("neither PEM nor DER in base64")
		}
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("not a certificate: %w", err)
	}
	return cert, nil
}
