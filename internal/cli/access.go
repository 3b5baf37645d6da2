// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"net/http"

	"github.com/spf13/pflag"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/trust"
	"github.com/phonecfg/terraform-provider-ciscophone/verify"
)

// accessFlags are the flags of commands that read phones' web pages.
type accessFlags struct {
	user, password, caFile string
	pin                    cdc.Fingerprint
}

func (f *accessFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.user, "user", "", "user `name` for the phones' pages (default \"admin\")")
	flags.StringVar(&f.password, "password", "", "its password from `source`: @PATH, env:VARIABLE or -")
	fingerprintVar(flags, &f.pin, "pin", "fingerprint of the certificate that an https page must show, in `hex`")
	flags.StringVar(&f.caFile, "ca-file", "", "CAs in a PEM `file` that may have issued the certificate of an https page")
}

// client returns a client for the phones' pages.
func (f accessFlags) client(a *app) (*http.Client, error) {
	access := verify.Access{User: f.user, Certificate: f.pin}
	if f.password != "" {
		var err error
		if access.Password, err = a.readSecret(f.password); err != nil {
			return nil, err
		}
	}
	if f.caFile != "" {
		data, err := a.readFile(f.caFile)
		if err != nil {
			return nil, err
		}
		if access.Roots, err = trust.Roots(f.caFile, data); err != nil {
			return nil, usageError("%w", err)
		}
	}
	client, err := access.Client()
	if err != nil {
		return nil, usageError("%w", err)
	}
	return client, nil
}
