// SPDX-License-Identifier: MPL-2.0

//go:build !linux

package push

import "os"

// flush has all temporary files on the disk before it returns.
func (s *dirStore) flush(r *os.Root, items []pending) error {
	for _, p := range items {
		if p.temp == "" {
			continue
		}
		f, err := r.OpenFile(p.temp, os.O_WRONLY, 0)
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
