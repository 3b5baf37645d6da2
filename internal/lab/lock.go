// SPDX-License-Identifier: MPL-2.0

package lab

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// lockFile is locked while a lab runs in its folder. It holds the number of the
// process.
const lockFile = "lab.lock"

// InUseError says that another lab runs in a folder.
type InUseError struct {
	Dir     string
	Process string // its number; empty if it is not known
	SCEPURL string // where its CA is; empty if it is not known
}

func (e *InUseError) Error() string {
	by := "another lab"
	if e.Process != "" {
		by = "the lab of process " + e.Process
	}
	if e.SCEPURL != "" {
		by += ", whose CA is at " + e.SCEPURL
	}
	return fmt.Sprintf("%s is in use by %s", e.Dir, by)
}

var errLocked = errors.New("locked by another process")

// lock makes sure that no other lab runs in the folder until the file that it
// returns is closed.
func lock(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE|noFollow, 0o600)
	if err != nil {
		return nil, err
	}
	if err := tryLock(f); err != nil {
		defer f.Close()
		if !errors.Is(err, errLocked) {
			return nil, fmt.Errorf("lock %s: %w", f.Name(), err)
		}
		process, _ := io.ReadAll(io.LimitReader(f, 32))
		other, _ := Read(dir) // it may be starting yet
		return nil, &InUseError{dir, strings.TrimSpace(string(process)), other.SCEPURL}
	}
	if err := f.Truncate(0); err != nil {
		f.Close()
		return nil, err
	}
	if _, err := fmt.Fprintln(f, os.Getpid()); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
