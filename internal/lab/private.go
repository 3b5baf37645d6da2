// SPDX-License-Identifier: MPL-2.0

package lab

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// secrets are the files of a lab's folder that only its owner may read.
var secrets = []string{"challenge.txt", "store-password.txt", "desk-password.txt", "phone-password.txt"}

// checkFolder refuses a folder, or a file of the lab in it, that others can change,
// as ssh does with its own: what stands in it would be theirs, and a link would
// have the lab write elsewhere. What is not there yet is fine.
func checkFolder(dir string) error {
	names := append([]string{".", lockFile, InfoFile, "root-ca.pem", "store", "admin", "phones", "ca", filepath.Join("ca", "ca.db")}, secrets...)
	for _, name := range names {
		path := filepath.Join(dir, name)
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if name == "." { // how one comes to the folder is the caller's choice
			if info, err = os.Stat(path); err != nil {
				return err
			}
		}
		mode := info.Mode()
		switch {
		case mode.Type() != 0 && !mode.IsDir():
			return fmt.Errorf("%s is not a regular file or folder (%v): remove it", path, mode)
		case !ours(info):
			return fmt.Errorf("%s belongs to another user: give another folder", path)
		case mode.Perm()&writableByOthers != 0:
			return fmt.Errorf("%s can be changed by others (mode %04o): chmod go-w %s", path, mode.Perm(), path)
		case slices.Contains(secrets, name) && mode.Perm()&readableByOthers != 0:
			return fmt.Errorf("%s can be read by others (mode %04o): chmod 600 %s", path, mode.Perm(), path)
		}
	}
	return nil
}
