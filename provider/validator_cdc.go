// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
)

// cdcValidator refuses a string that package cdc does not accept. It is for
// attributes that compare or fetch; what a phone's file takes is for package
// validate.
type cdcValidator struct {
	summary, want string
	parse         func(string) error
}

var (
	isFingerprint = cdcValidator{"Invalid Fingerprint", "a SHA-1, SHA-256, SHA-384 or SHA-512 fingerprint in hexadecimal", func(s string) error {
		_, err := cdc.ParseFingerprint(s)
		return err
	}}
	isServer = cdcValidator{"Invalid SCEP Server", "an http URL or an IP address", func(s string) error {
		_, err := cdc.ParseServer(s)
		return err
	}}
)

func (v cdcValidator) Description(context.Context) string         { return "must be " + v.want }
func (v cdcValidator) MarkdownDescription(context.Context) string { return "must be " + v.want }

func (v cdcValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	err := v.parse(req.ConfigValue.ValueString())
	if e, ok := errors.AsType[*cdc.Error](err); ok {
		resp.Diagnostics.AddAttributeError(req.Path, v.summary, sentenceOf(e.Message)+"\n\n"+sentenceOf(e.Hint))
	}
}

// one makes a list of one validator.
func one(v cdcValidator) []validator.String { return []validator.String{v} }
