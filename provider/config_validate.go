// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// ValidateConfig tells what is wrong with each attribute, before anything is
// read and without any connection. What is not known yet is passed over.
func (r *configResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var m configModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !m.Path.IsUnknown() {
		if err := push.ValidName(m.Path.ValueString()); err != nil {
			resp.Diagnostics.AddAttributeError(path.Root("path"), "Invalid Path",
				sentence(err)+"\n\nWrite the name of the file in the store, such as SEP001A2B3C4D5E.xml or site-a/SEP001A2B3C4D5E.xml.")
		}
	}
	resp.Diagnostics.Append(m.validateValues(ctx, nil, false)...)
	resp.Diagnostics.Append(m.validateSealing()...)
}

// validateValues checks what configurations and fleets have in common. names
// gives the fleet's names of attributes; a fleet's common name and parameters
// are checked phone by phone, where their placeholders are filled.
func (m configModel) validateValues(ctx context.Context, names map[string]string, fleet bool) diag.Diagnostics {
	var diags diag.Diagnostics
	root := func(name string) path.Path {
		if other, ok := names[name]; ok {
			name = other
		}
		return path.Root(name)
	}
	for name, v := range map[string]types.String{"base_file": m.BaseFile, "challenge_password_file": m.ChallengeFile, "encryption_key_file": m.EncryptionKeyFile} {
		if !v.IsNull() && !v.IsUnknown() && !filepath.IsAbs(v.ValueString()) {
			diags.AddAttributeError(root(name), "Not an Absolute Path", notAbsolute(v.ValueString()))
		}
	}
	if text := m.Base; !text.IsNull() && !text.IsUnknown() {
		if _, err := cfgxml.Parse([]byte(text.ValueString())); err != nil {
			diags.AddAttributeError(root("base"), "Document Cannot Be Read", sentence(err))
		}
	}
	identity, ds := m.identity(ctx)
	diags.Append(ds...)
	settings := validate.Settings{Identity: identity}
	field := func(param string, v types.String) {
		if v.IsNull() || v.IsUnknown() {
			return
		}
		diags.Append(problemDiagnostics(validate.Field(param, cdc.Canonical(param, v.ValueString()), settings), validate.Warning, m.attribute)...)
	}
	field(cdc.ParamServer, m.Server)
	field(cdc.ParamRootCAFingerprint, m.RootCAFingerprint)
	if !fleet {
		field(cdc.ParamCommonName, m.CommonName)
	}
	field(cdc.ParamChallengePassword, m.ChallengeWO)
	field(cdc.ParamChallengePassword, m.Challenge)
	for _, name := range slices.Sorted(maps.Keys(m.Parameters.Elements())) {
		at := path.Root("parameters").AtMapKey(name)
		switch v := m.Parameters.Elements()[name].(types.String); {
		case cdc.IsParam(name):
			diags.AddAttributeError(at, "Parameter Has Its Own Attribute",
				name+" is not set here but by the attribute "+configModel{}.attribute(name).String()+".")
		case catalog.IsSecret(name):
			diags.AddAttributeError(at, "Password Would Be Stored",
				name+" holds a password or key, and parameters are stored in the state. Keep it in the document the file starts from.")
		case v.IsNull():
			diags.AddAttributeError(at, "Parameter Without Value", "Leave "+name+" out, or give a value; \"\" empties it.")
		case fleet && placeholder.MatchString(v.ValueString()):
		default:
			field(name, v)
		}
	}
	return diags
}

func notAbsolute(name string) string {
	return fmt.Sprintf("%q depends on where the provider was started.\n\nWrite abspath(\"${path.module}/...\") instead.", name)
}
