// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

const maxTemplate = 16 << 20

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
