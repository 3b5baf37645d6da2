// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// A settingsModel is what ciscophone_config and ciscophone_fleet have in common:
// what a file should hold.
type settingsModel struct {
	TemplateFile types.String `tfsdk:"template_file"`
	Template     types.String `tfsdk:"template"` // write-only

	SCEPServer         types.String `tfsdk:"scep_server"`
	RootCAFingerprint  types.String `tfsdk:"root_ca_fingerprint"`
	CommonName         types.String `tfsdk:"common_name"`
	ChallengeWO        types.String `tfsdk:"challenge_password_wo"` // write-only
	ChallengeWOVersion types.Int64  `tfsdk:"challenge_password_wo_version"`
	ChallengeFile      types.String `tfsdk:"challenge_password_file"`
	Challenge          types.String `tfsdk:"challenge_password"`
	Parameters         types.Map    `tfsdk:"parameters"`

	Encryption    types.String `tfsdk:"encryption"`
	KeyWO         types.String `tfsdk:"encryption_key_wo"` // write-only
	KeyFile       types.String `tfsdk:"encryption_key_file"`
	FormerKeyWO   types.String `tfsdk:"former_encryption_key_wo"` // write-only
	FormerKeyFile types.String `tfsdk:"former_encryption_key_file"`

	OnDestroy types.String `tfsdk:"on_destroy"`
}

// known reports whether everything that a content depends on is known.
func (m *settingsModel) known() bool {
	for _, v := range []attr.Value{m.TemplateFile, m.Template, m.SCEPServer, m.RootCAFingerprint, m.CommonName, m.ChallengeWO, m.ChallengeFile,
		m.Challenge, m.Parameters, m.Encryption, m.KeyWO, m.KeyFile, m.FormerKeyWO, m.FormerKeyFile} {
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
	unknown := func(v attr.Value) bool { return v.IsUnknown() }
	switch v := v.(type) {
	case basetypes.ListValue:
		return !slices.ContainsFunc(v.Elements(), unknown)
	case basetypes.MapValue:
		return !slices.ContainsFunc(slices.Collect(maps.Values(v.Elements())), unknown)
	case basetypes.ObjectValue:
		return !slices.ContainsFunc(slices.Collect(maps.Values(v.Attributes())), unknown)
	}
	return true
}

// whole reports whether the content starts from a template, which decides over
// all of it, rather than from the file in the store.
func (m *settingsModel) whole() bool { return !m.TemplateFile.IsNull() || !m.Template.IsNull() }

// enrolls reports whether a challenge password is managed, known or not.
func (m *settingsModel) challenges() bool {
	return !m.ChallengeWO.IsNull() || !m.ChallengeFile.IsNull() || !m.Challenge.IsNull()
}

// field returns the attribute of a parameter of the enrollment, nil for the
// challenge password, which has several.
func (m *settingsModel) field(param string) *types.String {
	switch param {
	case cdc.ParamServer:
		return &m.SCEPServer
	case cdc.ParamRootCAFingerprint:
		return &m.RootCAFingerprint
	case cdc.ParamCommonName:
		return &m.CommonName
	}
	return nil
}

// attribute returns the path of the attribute that sets a parameter.
func (m *settingsModel) attribute(param string) path.Path {
	for _, f := range reconcile.Fields {
		switch {
		case f.Param != param:
		case !f.Secret:
			return path.Root(f.Attribute)
		case !m.ChallengeFile.IsNull():
			return path.Root("challenge_password_file")
		case !m.Challenge.IsNull():
			return path.Root("challenge_password")
		default:
			return path.Root("challenge_password_wo")
		}
	}
	if _, ok := m.Parameters.Elements()[param]; ok {
		return path.Root("parameters").AtMapKey(param)
	}
	return path.Root("path")
}

// from returns the path of the attribute that a content starts from.
func (m *settingsModel) from() path.Path {
	switch {
	case !m.TemplateFile.IsNull():
		return path.Root("template_file")
	case !m.Template.IsNull():
		return path.Root("template")
	}
	return path.Root("path")
}

// values returns what is managed and no secret, by the names of parameters; what
// is not known is left out.
func (m *settingsModel) values() map[string]string {
	out := map[string]string{}
	add := func(name string, v attr.Value) {
		if s, ok := v.(types.String); ok && !s.IsNull() && !s.IsUnknown() {
			out[name] = s.ValueString()
		}
	}
	for name, v := range m.Parameters.Elements() {
		add(name, v)
	}
	for _, f := range reconcile.Fields {
		if v := m.field(f.Param); v != nil {
			add(f.Param, *v)
		}
	}
	return out
}

// desired reads what the configuration asks for, the files it names included. m
// must be known and hold the write-only values, that is, come from the
// configuration. prior and was are the state and its mark, where there are any.
func (m *settingsModel) desired(prior *settingsModel, was mark) (reconcile.Desired, diag.Diagnostics) {
	d := reconcile.Desired{Settings: reconcile.Settings{Values: m.values()}}
	if prior != nil {
		d.Forget = m.forgets(prior, was)
		// The version says when another password is pushed. One that a program makes
		// for one use is another at every apply.
		d.KeepChallenge = was.Applied && was.Challenge && !m.ChallengeWO.IsNull() && !m.ChallengeWOVersion.IsNull() && m.ChallengeWOVersion.Equal(prior.ChallengeWOVersion)
	}
	var diags, ds diag.Diagnostics
	if m.whole() {
		data, name, err := []byte(m.Template.ValueString()), "the template", error(nil)
		if !m.TemplateFile.IsNull() {
			name = m.TemplateFile.ValueString()
			data, err = readFile(name, maxTemplate)
		}
		if err != nil {
			diags.AddAttributeError(m.from(), "Template Cannot Be Read", sentence(err))
		} else if d.Template, err = templates.parse(name, data); err != nil {
			m.explain(&diags, err)
		}
	}
	d.Settings.Challenge, ds = m.challenge()
	diags.Append(ds...)
	diags.Append(m.seal(&d)...)
	return d, diags
}

// forgets lists the parameters that were managed in the state and are not in
// the configuration. After an import nothing is: its state says what the file
// holds, not what is managed.
func (m *settingsModel) forgets(prior *settingsModel, was mark) (names []string) {
	if !was.Applied {
		return nil
	}
	for _, f := range reconcile.Fields {
		v := m.field(f.Param)
		if v == nil && was.Challenge && !m.challenges() || v != nil && v.IsNull() && !prior.field(f.Param).IsNull() {
			names = append(names, f.Param)
		}
	}
	now := m.Parameters.Elements()
	for _, name := range slices.Sorted(maps.Keys(prior.Parameters.Elements())) {
		if _, ok := now[name]; !ok {
			names = append(names, name)
		}
	}
	return names
}

// unmanaged warns of what an import found in the file and the configuration leaves
// out: a CLI shows it as removed, from the state.
func (m *settingsModel) unmanaged(imported *settingsModel) (diags diag.Diagnostics) {
	for _, f := range reconcile.Fields {
		if v := m.field(f.Param); v != nil && v.IsNull() && !imported.field(f.Param).IsNull() {
			diags.AddAttributeWarning(path.Root(f.Attribute), "Left in the File",
				fmt.Sprintf("The imported file holds %s, and the configuration does not set %s: the file keeps it, and the state forgets it. Set %s to manage it.", f.Param, f.Attribute, f.Attribute))
		}
	}
	return diags
}

// challenge returns the configured challenge password, nil where none is managed.
func (m *settingsModel) challenge() (*secret.Text, diag.Diagnostics) {
	var diags diag.Diagnostics
	var text string
	switch {
	case !m.ChallengeFile.IsNull():
		at := path.Root("challenge_password_file")
		s, err := readSecretFile(m.ChallengeFile.ValueString(), at, &diags)
		if err != nil {
			if errors.Is(err, secret.ErrEmpty) {
				err = fmt.Errorf("%w; for enrollment by the phone's factory certificate leave the attribute out", err)
			}
			diags.AddAttributeError(at, "Challenge Password File Cannot Be Used", sentence(err))
			return nil, diags
		}
		return &s, diags
	case !m.ChallengeWO.IsNull():
		text = m.ChallengeWO.ValueString()
	case !m.Challenge.IsNull():
		text = m.Challenge.ValueString()
	default:
		return nil, nil
	}
	s := secret.New(text)
	return &s, diags
}

// seal sets how the file is encrypted. A write-only key is in a configuration
// only, never in a state: there its absence gives options without a key.
func (m *settingsModel) seal(d *reconcile.Desired) (diags diag.Diagnostics) {
	if m.Encryption.IsNull() {
		return nil
	}
	key := func(name string, wo, file types.String) secret.Text {
		if file.IsNull() {
			s := secret.New(wo.ValueString())
			if s.Masked() {
				diags.AddAttributeError(path.Root(name+"_wo"), "Masked Key", sentence(secret.ErrMask))
			}
			return s
		}
		at := path.Root(name + "_file")
		s, err := readSecretFile(file.ValueString(), at, &diags)
		if err != nil {
			diags.AddAttributeError(at, "Encryption Key File Cannot Be Used", sentence(err))
		}
		return s
	}
	cipher, err := seal.ParseCipher(m.Encryption.ValueString())
	if err != nil {
		diags.AddAttributeError(path.Root("encryption"), "Unknown Cipher", sentence(err))
	}
	d.Sealing = &seal.Options{Cipher: cipher, Key: key("encryption_key", m.KeyWO, m.KeyFile)}
	d.FormerKey = key("former_encryption_key", m.FormerKeyWO, m.FormerKeyFile)
	return diags
}

// quiet keeps the secrets of d out of whatever is logged below ctx, should one
// ever get into a message by way of an error of somebody else.
func quiet(ctx context.Context, d reconcile.Desired) context.Context {
	var secrets []string
	add := func(s secret.Text) {
		if !s.IsZero() {
			secrets = append(secrets, s.Reveal())
		}
	}
	if d.Settings.Challenge != nil {
		add(*d.Settings.Challenge)
	}
	if d.Sealing != nil {
		add(d.Sealing.Key)
		add(d.FormerKey)
	}
	ctx = tflog.MaskAllFieldValuesStrings(ctx, secrets...)
	return tflog.MaskMessageStrings(ctx, secrets...)
}

// templateProblems warns of what is wrong with the template itself.
func (m *settingsModel) templateProblems(d *reconcile.Desired) diag.Diagnostics {
	if d.Template == nil {
		return nil
	}
	at := path.Root("template")
	if !m.TemplateFile.IsNull() {
		at = path.Root("template_file")
	}
	return problemDiagnostics(d.Template.Problems(d), validate.Warning, func(string) path.Path { return at })
}
