// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

const (
	maxBaseFile      = 16 << 20
	maxChallengeFile = 4 << 10
)

// wish reads what the configuration asks for, the files it names included. m
// must be known and hold the write-only values, that is, come from the
// configuration.
func (m configModel) wish(ctx context.Context, forget []string) (wish, diag.Diagnostics) {
	var diags diag.Diagnostics
	w := wish{
		server: pointer(m.Server), fingerprint: pointer(m.RootCAFingerprint), commonName: pointer(m.CommonName),
		parameters: m.parameters(), forget: forget,
	}
	var err error
	switch {
	case !m.BaseFile.IsNull():
		w.hasBase, w.baseName = true, m.BaseFile.ValueString()
		if w.base, err = readFile(w.baseName, maxBaseFile); err != nil {
			diags.AddAttributeError(path.Root("base_file"), "Base File Cannot Be Read", sentence(err))
		}
	case !m.Base.IsNull():
		w.hasBase, w.baseName, w.base = true, "base", []byte(m.Base.ValueString())
	}
	challenge, ds := m.challenge()
	diags.Append(ds...)
	w.challenge = challenge
	sealing, ds := m.sealing()
	diags.Append(ds...)
	w.sealing = sealing
	phone, ds := m.identity(ctx)
	diags.Append(ds...)
	w.phone = phone
	return w, diags
}

// challenge gives the configured challenge password, nil where none is managed.
func (m configModel) challenge() (*cfgxml.Secret, diag.Diagnostics) {
	var diags diag.Diagnostics
	var text string
	switch {
	case !m.ChallengeFile.IsNull():
		data, err := readFile(m.ChallengeFile.ValueString(), maxChallengeFile)
		if err != nil {
			diags.AddAttributeError(path.Root("challenge_password_file"), "Challenge Password File Cannot Be Read", sentence(err))
			return nil, diags
		}
		text = strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
		if text == "" {
			diags.AddAttributeError(path.Root("challenge_password_file"), "Challenge Password File Is Empty",
				fmt.Sprintf("%s holds no password. For enrollment by the phone's factory certificate leave the attribute out.", m.ChallengeFile.ValueString()))
			return nil, diags
		}
	case !m.ChallengeWO.IsNull():
		text = m.ChallengeWO.ValueString()
	case !m.Challenge.IsNull():
		text = m.Challenge.ValueString()
	default:
		return nil, nil
	}
	s := cfgxml.NewSecret(text)
	return &s, diags
}

// quiet keeps the configured challenge and key out of whatever is logged below ctx,
// should it ever get into a message by way of an error of somebody else.
func (m configModel) quiet(ctx context.Context) context.Context {
	var secrets []string
	if challenge, _ := m.challenge(); challenge != nil && !challenge.IsZero() {
		secrets = append(secrets, challenge.Reveal())
	}
	if sealing, _ := m.sealing(); sealing != nil && !sealing.Key.IsZero() {
		secrets = append(secrets, sealing.Key.Reveal())
	}
	if len(secrets) == 0 {
		return ctx
	}
	ctx = tflog.MaskAllFieldValuesStrings(ctx, secrets...)
	return tflog.MaskMessageStrings(ctx, secrets...)
}

// readFile reads a regular file of a bounded size. Its path must be absolute,
// because the provider's working directory is not the configuration's.
func readFile(name string, limit int64) ([]byte, error) {
	if !filepath.IsAbs(name) {
		return nil, fmt.Errorf("%q is not an absolute path: write \"${path.module}/...\" with abspath()", name)
	}
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file", name)
	case info.Size() > limit:
		return nil, fmt.Errorf("%s has %d bytes, more than the limit of %d", name, info.Size(), limit)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = errors.New(name + " grew while it was read")
	}
	return data, err
}

func pointer(v types.String) *string {
	if v.IsNull() {
		return nil
	}
	s := v.ValueString()
	return &s
}
