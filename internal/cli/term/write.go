// SPDX-License-Identifier: MPL-2.0

package term

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/google/renameio/v2/maybe"
)

// ReplaceFile writes data to name atomically: whoever reads the file sees the
// old bytes or the new ones, and after a failure the old ones are intact. The
// permissions of a file that is there stay. A symbolic link, a device or a
// directory is refused: renaming over it would replace it by a file. A file
// that holds the same bytes is not touched. A new file can be read by its
// owner alone, for it may hold a challenge password.
func ReplaceFile(name string, data []byte) error {
	mode := fs.FileMode(0o600)
	info, err := os.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return WriteError(name, err)
	case info.Mode()&fs.ModeSymlink != 0:
		return WriteError(name, errors.New("is a symbolic link; name the file it points to"))
	case !info.Mode().IsRegular():
		return WriteError(name, errors.New("is not a regular file"))
	default:
		mode = info.Mode().Perm()
		if mode&0o200 == 0 {
			return WriteError(name, errors.New("is write-protected"))
		}
		if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, data) {
			return nil
		}
	}
	if err := maybe.WriteFile(name, data, mode); err != nil {
		return WriteError(name, err)
	}
	return nil
}

// ReplaceRead is replaceFile for what was made of the bytes read, which the
// file must still hold: the change that somebody else saved meanwhile is not
// overwritten. Between two runs of cfgxml the file's lock makes that certain.
func ReplaceRead(name string, read, data []byte) error {
	if info, err := os.Lstat(name); err == nil && !info.Mode().IsRegular() {
		return ReplaceFile(name, data) // which says why not; opening a pipe would wait
	}
	f, err := os.Open(name)
	if err != nil {
		return WriteError(name, err)
	}
	defer func() { f.Close() }() // and with it the lock
	lockFile(f)
	if now, err := os.ReadFile(name); err != nil {
		return WriteError(name, err)
	} else if !bytes.Equal(now, read) {
		return WriteError(name, errors.New("somebody changed it meanwhile; run the command again"))
	}
	return ReplaceFile(name, data)
}

// WriteError is the plain reason why a file could not be written.
func WriteError(name string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Errorf("cannot write %s: %w", name, err)
}

// WriteResult puts the outcome of an edit where the flags say: into the file
// named by -o, back into the input with -w, or to standard output.
func (a *App) WriteResult(data []byte, input, output string, inPlace bool) error {
	switch {
	case inPlace:
		return ReplaceFile(input, data)
	case output != "" && output != StdinName:
		return ReplaceFile(output, data)
	}
	_, err := a.Stdout.Write(data)
	return err
}
