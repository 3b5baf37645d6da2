// SPDX-License-Identifier: MPL-2.0

//go:build !linux

package push

import "os"

// flush has all temporary files on the disk before it returns.
func flush(_ *os.File, r *os.Root, items []pending) error {
	for _, p := range items {
		if p.temp == "" {
			continue
		}
		if err := syncFile(r, p.temp); err != nil {
			return err
		}
	}
	return nil
}
