// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/inventory"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// validate checks the attributes by themselves, before anything is read. What is
// not known yet is passed over. A fleet's common name and parameters are checked
// phone by phone, where their placeholders are filled.
func (m *settingsModel) validate(phone *device.Identity, fleet bool) diag.Diagnostics {
	var diags diag.Diagnostics
	if text := m.Template; !text.IsNull() && !text.IsUnknown() {
		if _, err := cfgxml.Parse([]byte(text.ValueString())); err != nil {
			diags.AddAttributeError(path.Root("template"), "Document Cannot Be Read", sentence(err))
		}
	}
	field := func(param string, v types.String) {
		if !v.IsNull() && !v.IsUnknown() {
			problems := validate.Field(param, cdc.Canonical(param, v.ValueString()), validate.Settings{Identity: phone})
			diags.Append(problemDiagnostics(problems, validate.Warning, m.attribute)...)
		}
	}
	for _, f := range reconcile.Fields {
		if v := m.field(f.Param); v != nil && !(fleet && f.Param == cdc.ParamCommonName) {
			field(f.Param, *v)
		}
	}
	field(cdc.ParamChallengePassword, m.ChallengeWO)
	field(cdc.ParamChallengePassword, m.Challenge)
	for _, name := range slices.Sorted(maps.Keys(m.Parameters.Elements())) {
		at := path.Root("parameters").AtMapKey(name)
		v := m.Parameters.Elements()[name].(types.String)
		own := slices.IndexFunc(reconcile.Fields[:], func(f reconcile.Field) bool { return f.Param == name })
		switch {
		case own >= 0:
			diags.AddAttributeError(at, "Parameter Has Its Own Attribute", fmt.Sprintf("%s is not set here but by the attribute %s.", name, m.attribute(name)))
		case catalog.IsSecret(name):
			diags.AddAttributeError(at, "Password Would Be Stored",
				name+" holds a password or key, and parameters are stored in the state. Keep it in the document the file starts from.")
		case v.IsNull():
			diags.AddAttributeError(at, "Parameter Without Value", "Leave "+name+" out, or give a value; \"\" empties it.")
		case fleet && len(inventory.Labels(v.ValueString())) > 0:
		default:
			field(name, v)
		}
	}
	diags.Append(m.validateKeys()...)
	return diags
}

func (m *settingsModel) validateKeys() (diags diag.Diagnostics) {
	if m.Encryption.IsUnknown() || m.KeyWO.IsUnknown() || m.KeyFile.IsUnknown() || m.Encryption.IsNull() {
		return nil
	}
	switch {
	case m.KeyWO.IsNull() && m.KeyFile.IsNull():
		diags.AddAttributeError(path.Root("encryption"), "No Encryption Key", "Set encryption_key_wo or encryption_key_file: the secret that the phones have.")
	case !m.KeyWO.IsNull() && m.KeyWO.ValueString() == "":
		diags.AddAttributeError(path.Root("encryption_key_wo"), "No Encryption Key", "The key is empty.")
	case !m.KeyWO.IsNull() && m.OnDestroy.ValueString() == destroyClear:
		diags.AddAttributeError(path.Root("on_destroy"), "File Could Not Be Opened",
			"When the file is cleared there is no configuration any more, and encryption_key_wo is in no state. Use encryption_key_file, or on_destroy = \"delete\" or \"keep\".")
	}
	return diags
}

// explain says what stands in the way of a content, on the attribute that can
// be changed.
func (m *settingsModel) explain(diags *diag.Diagnostics, err error) {
	var unreadable *reconcile.UnreadableError
	var mask *reconcile.MaskError
	var edit *cfgxml.EditError
	switch {
	case errors.As(err, &unreadable) && unreadable.Template:
		diags.AddAttributeError(m.from(), "Document Cannot Be Read", sentence(err)+"\n\nCorrect the document there.")
	case errors.As(err, &unreadable):
		hint := "Correct the file by hand, or give template_file or template: with one the stored file is replaced."
		if !m.Encryption.IsNull() {
			hint = "If the key was changed, give the one before as former_encryption_key_wo or former_encryption_key_file. With template_file or template the stored file is replaced."
		}
		diags.AddAttributeError(m.from(), "Document Cannot Be Read", sentence(err)+"\n\n"+hint)
	case errors.Is(err, secret.ErrMask):
		name := cdc.ParamChallengePassword
		if errors.As(err, &edit) {
			name = edit.Name
		}
		diags.AddAttributeError(m.attribute(name), "Masked Password", sentence(err))
	case errors.As(err, &mask):
		hint := fmt.Sprintf("Put the real password there, or remove the line: the phone keeps its password when %s is absent.", mask.Param)
		if mask.Param == cdc.ParamChallengePassword {
			hint += " Or manage it with challenge_password_wo or challenge_password_file."
		}
		diags.AddAttributeError(m.from(), "Masked Password", sentence(err)+"\n\n"+hint)
	case errors.Is(err, reconcile.ErrNothing):
		diags.AddAttributeError(path.Root("path"), "Nothing To Write", sentence(err)+
			"\n\nPut the file into the store, give template_file, or set parameters such as scep_server.")
	case errors.As(err, &edit):
		diags.AddAttributeError(m.attribute(edit.Name), "Value Cannot Be Written", sentence(err))
	default:
		diags.AddAttributeError(m.from(), "Document Cannot Be Edited", sentence(err))
	}
}
