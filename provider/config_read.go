// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

const (
	maxBaseFile = 16 << 20
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
func (m configModel) challenge() (*secret.Text, diag.Diagnostics) {
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
	if err := absolute(name); err != nil {
		return nil, err
	}
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, unread(name, err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file: give the path of a file", name)
	case info.Size() > limit:
		return nil, fmt.Errorf("%s has %d bytes, more than the limit of %d: is it the right file?", name, info.Size(), limit)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, unread(name, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	switch {
	case err != nil:
		return nil, unread(name, err)
	case int64(len(data)) > limit:
		return nil, errors.New(name + " grew while it was read: try again when nobody writes it")
	}
	return data, nil
}

func absolute(name string) error {
	if !filepath.IsAbs(name) {
		return fmt.Errorf("%q is not an absolute path: write \"${path.module}/...\" with abspath()", name)
	}
	return nil
}

// unread says why a file could not be read and what to do, without the name of
// the system call.
func unread(name string, err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: no such file: check the path; the file must be on the machine that runs plan and apply", name)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s may not be read by the user that runs plan and apply: give that user the right to", name)
	}
	return fmt.Errorf("%s cannot be read: %w", name, err)
}

// readSecretFile reads the secret of attribute from a file that holds nothing
// else. What is left out of the file is a warning.
func readSecretFile(name string, attribute path.Path, diags *diag.Diagnostics) (secret.Text, error) {
	if err := absolute(name); err != nil {
		return secret.Text{}, err
	}
	s, note, err := secret.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		err = unread(name, err)
	}
	if note != "" {
		diags.AddAttributeWarning(attribute, "Byte Order Mark Left Out", sentence(errors.New(name+": "+note)))
	}
	return s, err
}

func pointer(v types.String) *string {
	if v.IsNull() {
		return nil
	}
	s := v.ValueString()
	return &s
}
