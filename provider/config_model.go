// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
)

// configModel is ciscophone_config as configuration, plan and state hold it.
type configModel struct {
	Path       types.String `tfsdk:"path"`
	BaseFile   types.String `tfsdk:"base_file"`
	Base       types.String `tfsdk:"base"` // write-only
	Parameters types.Map    `tfsdk:"parameters"`
	Phone      types.Object `tfsdk:"phone"`
	OnDestroy  types.String `tfsdk:"on_destroy"`

	sharedModel

	ID                    types.String `tfsdk:"id"`
	ContentDigest         types.String `tfsdk:"content_digest"`
	Changes               types.List   `tfsdk:"changes"`
	Reenrolls             types.Bool   `tfsdk:"reenrolls"`
	Revision              types.Int64  `tfsdk:"revision"`
	EnrollmentRevision    types.Int64  `tfsdk:"enrollment_revision"`
	CertificateCommonName types.String `tfsdk:"certificate_common_name"`
}

// sharedModel is what a configuration and a fleet have in common.
type sharedModel struct {
	Server            types.String `tfsdk:"server"`
	RootCAFingerprint types.String `tfsdk:"root_ca_fingerprint"`
	CommonName        types.String `tfsdk:"common_name"`

	ChallengeWO        types.String `tfsdk:"challenge_password_wo"` // write-only
	ChallengeWOVersion types.Int64  `tfsdk:"challenge_password_wo_version"`
	ChallengeFile      types.String `tfsdk:"challenge_password_file"`
	Challenge          types.String `tfsdk:"challenge_password"`

	Encryption        types.String `tfsdk:"encryption"`
	EncryptionKeyWO   types.String `tfsdk:"encryption_key_wo"` // write-only
	EncryptionKeyFile types.String `tfsdk:"encryption_key_file"`
}

// phoneModel is the nested object phone.
type phoneModel struct {
	Model types.String `tfsdk:"model"`
	MAC   types.String `tfsdk:"mac"`
}

var phoneTypes = map[string]attr.Type{"model": types.StringType, "mac": types.StringType}

// identityModel is what identifies a configuration in its store.
type configIdentity struct {
	Path types.String `tfsdk:"path"`
}

// known tells whether everything the outcome depends on is known.
func (m configModel) known() bool {
	for _, v := range []attr.Value{m.Path, m.BaseFile, m.Base, m.Parameters, m.Phone, m.Server, m.RootCAFingerprint,
		m.CommonName, m.ChallengeWO, m.ChallengeFile, m.Challenge, m.Encryption, m.EncryptionKeyWO, m.EncryptionKeyFile} {
		if !fullyKnown(v) {
			return false
		}
	}
	return true
}

func fullyKnown(v attr.Value) bool {
	if v.IsUnknown() {
		return false
	}
	switch v := v.(type) {
	case basetypes.MapValue:
		for _, e := range v.Elements() {
			if e.IsUnknown() {
				return false
			}
		}
	case basetypes.ObjectValue:
		for _, e := range v.Attributes() {
			if e.IsUnknown() {
				return false
			}
		}
	}
	return true
}

// hasBase tells whether the content starts from a given document rather than
// from the one in the store.
func (m configModel) hasBase() bool { return !m.BaseFile.IsNull() || !m.Base.IsNull() }

// managesChallenge tells whether a challenge password is configured, known or not.
func (m configModel) managesChallenge() bool {
	return !m.ChallengeWO.IsNull() || !m.ChallengeFile.IsNull() || !m.Challenge.IsNull()
}

// attribute gives the path of the attribute that sets a parameter.
func (m configModel) attribute(param string) path.Path {
	switch param {
	case cdc.ParamServer:
		return path.Root("server")
	case cdc.ParamRootCAFingerprint:
		return path.Root("root_ca_fingerprint")
	case cdc.ParamCommonName:
		return path.Root("common_name")
	case cdc.ParamChallengePassword:
		switch {
		case !m.ChallengeFile.IsNull():
			return path.Root("challenge_password_file")
		case !m.Challenge.IsNull():
			return path.Root("challenge_password")
		}
		return path.Root("challenge_password_wo")
	}
	if _, ok := m.Parameters.Elements()[param]; ok {
		return path.Root("parameters").AtMapKey(param)
	}
	return path.Root("path")
}

// parameters gives the further parameters that are known and not null.
func (m configModel) parameters() map[string]string {
	out := map[string]string{}
	for name, v := range m.Parameters.Elements() {
		if s, ok := v.(types.String); ok && !s.IsNull() && !s.IsUnknown() {
			out[name] = s.ValueString()
		}
	}
	return out
}

// identity gives the phone the file is for, nil where none (or not all of it)
// is configured or known.
func (m configModel) identity(ctx context.Context) (*device.Identity, diag.Diagnostics) {
	var diags diag.Diagnostics
	if m.Phone.IsNull() || m.Phone.IsUnknown() {
		return nil, nil
	}
	var p phoneModel
	diags.Append(m.Phone.As(ctx, &p, basetypes.ObjectAsOptions{})...)
	if diags.HasError() || p.Model.IsUnknown() || p.MAC.IsUnknown() {
		return nil, diags
	}
	model, err := device.ParseModel(p.Model.ValueString())
	if err != nil {
		diags.AddAttributeError(path.Root("phone").AtName("model"), "Unknown Phone Model", sentence(err))
	}
	mac, err := device.ParseMAC(p.MAC.ValueString())
	if err != nil {
		diags.AddAttributeError(path.Root("phone").AtName("mac"), "Invalid MAC Address", sentence(err))
	}
	if diags.HasError() {
		return nil, diags
	}
	return &device.Identity{Model: model, MAC: mac}, diags
}
