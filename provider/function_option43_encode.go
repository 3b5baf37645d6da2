// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/option43"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// option43EncodeFunction is option43_encode: the value of DHCP option 43. It
// takes a map rather than an object, because the attributes of an object must
// all be written, and most options hold three or four of the six.
type option43EncodeFunction struct{}

func newOption43EncodeFunction() function.Function { return option43EncodeFunction{} }

func (option43EncodeFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "option43_encode"
}

func (option43EncodeFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "The value of DHCP option 43 for factory-reset phones",
		MarkdownDescription: "Encodes the SCEP parameters that a factory-reset phone takes from DHCP option 43, as hexadecimal digits in lower case without separators. " +
			"The challenge password stands in them in clear text, as on the wire: give a sensitive value, and the result is sensitive too. " +
			"Parameters that a phone would not take are an error, with the reason.",
		Parameters: []function.Parameter{function.MapParameter{
			Name: "parameters", ElementType: types.StringType,
			MarkdownDescription: "`scep_server` (an http URL or IP address) and `root_ca_fingerprint` (SHA-1, -256, -384 or -512 in hexadecimal) are mandatory; " +
				"`challenge_password`, `fips_mode` and `enable_802_1x` (true or false), `certificate_select` (`\"Custom installed\"` or `\"Manufacturing installed\"`) are not. " +
				"What is null or absent is left out of the option.",
		}},
		Return: function.StringReturn{},
	}
}

func (option43EncodeFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var given map[string]types.String
	if resp.Error = req.Arguments.Get(ctx, &given); resp.Error != nil {
		return
	}
	p, err := option43Parameters(given)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, err.Error())
		return
	}
	value, err := p.Encode()
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, err.Error())
		return
	}
	resp.Error = resp.Result.Set(ctx, hex.EncodeToString(value))
}

// What Certificate Select may be, as on the phone's page.
const (
	customInstalled        = "Custom installed"
	manufacturingInstalled = "Manufacturing installed"
)

func option43Parameters(given map[string]types.String) (option43.Parameters, error) {
	var p option43.Parameters
	var e cdc.Enrollment
	for _, name := range slices.Sorted(maps.Keys(given)) {
		v := given[name]
		if v.IsUnknown() {
			return p, fmt.Errorf("the value of %s is not known", name)
		}
		if v.IsNull() {
			continue
		}
		value := v.ValueString()
		var err error
		switch name {
		case "scep_server":
			e.Server = value
		case "root_ca_fingerprint":
			e.RootCAFingerprint = value
		case "challenge_password":
			e.ChallengePassword = secret.New(value)
		case "fips_mode":
			p.FIPSMode, err = switchOf(value, "true", "false")
		case "enable_802_1x":
			p.Enable8021X, err = switchOf(value, "true", "false")
		case "certificate_select":
			p.CertificateSelect, err = switchOf(value, customInstalled, manufacturingInstalled)
		default:
			err = errors.New("no such parameter: want scep_server, root_ca_fingerprint, challenge_password, fips_mode, enable_802_1x or certificate_select")
		}
		if err != nil {
			return p, fmt.Errorf("parameter %s: %w", name, err)
		}
	}
	of, err := option43.FromEnrollment(e)
	if err != nil {
		return p, err
	}
	of.FIPSMode, of.Enable8021X, of.CertificateSelect = p.FIPSMode, p.Enable8021X, p.CertificateSelect
	return of, nil
}

func switchOf(value, on, off string) (option43.Switch, error) {
	switch {
	case strings.EqualFold(value, on):
		return option43.On, nil
	case strings.EqualFold(value, off):
		return option43.Off, nil
	}
	return option43.Unset, fmt.Errorf("%q: want %s or %s", value, on, off)
}
