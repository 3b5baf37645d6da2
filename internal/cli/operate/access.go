// SPDX-License-Identifier: MPL-2.0

package operate

import (
	"math/big"
	"net/http"

	"github.com/spf13/pflag"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
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
	term.FingerprintVar(flags, &f.pin, "pin", "fingerprint of the certificate that an https page must show, in `hex`")
	flags.StringVar(&f.caFile, "ca-file", "", "CAs in a PEM `file` that may have issued the certificate of an https page")
}

// client returns a client for the phones' pages.
func (f accessFlags) client(a *term.App) (*http.Client, error) {
	access := verify.Access{User: f.user, Certificate: f.pin}
	if f.password != "" {
		var err error
		if access.Password, err = a.ReadSecret(f.password); err != nil {
			return nil, err
		}
	}
	if f.caFile != "" {
		data, err := a.ReadFile(f.caFile)
		if err != nil {
			return nil, err
		}
		if access.Roots, err = trust.Roots(f.caFile, data); err != nil {
			return nil, term.UsageError("%w", err)
		}
	}
	client, err := access.Client()
	if err != nil {
		return nil, term.UsageError("%w", err)
	}
	return client, nil
}

// serialVar defines a flag for a certificate's serial number.
func serialVar(flags *pflag.FlagSet, to **big.Int, name, usage string) {
	flags.Var(&term.Parsed[*big.Int]{To: to, Kind: "hex", Parse: verify.ParseSerial}, name, usage)
}
