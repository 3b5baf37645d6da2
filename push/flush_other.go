// SPDX-License-Identifier: MPL-2.0

//go:build !linux

package push

import "os"

// flush has all temporary files on the disk before it returns.
func (s *dirStore) flush(r *os.Root, temps []string) error {
	for _, tmp := range temps {
		if tmp == "" {
			continue
		}
		f, err := r.OpenFile(tmp, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		err = f.Sync()
		f.Close()
		if err != nil {
			return err
		}
	}
	return nil
}
