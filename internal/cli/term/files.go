// SPDX-License-Identifier: MPL-2.0

package term

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// MaxFile bounds what is read into memory. A phone's full configuration is
// about 200 kB.
const MaxFile = 64 << 20

// StdinName is how standard input is named on the command line and in output.
const StdinName = "-"

// Spoken is how a file is named to people.
func Spoken(name string) string {
	switch name {
	case StdinName:
		return "<stdin>"
	case "":
		return `""`
	}
	return name
}

// ReadFile reads one named file, or standard input for "-".
func (a *App) ReadFile(name string) ([]byte, error) {
	return a.AppendFile(nil, name)
}

// AppendFile is readFile into a buffer that is used again.
func (a *App) AppendFile(buf []byte, name string) ([]byte, error) {
	var r io.Reader = a.Stdin
	size := int64(0)
	if name != StdinName {
		f, err := openFile(a.Ctx, name)
		if err != nil {
			return buf, ReadError(name, err)
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return buf, ReadError(name, err)
		}
		if info.IsDir() {
			return buf, ReadError(name, errors.New("is a directory"))
		}
		size = info.Size()
		r = f
		if !info.Mode().IsRegular() {
			r = &interruptible{ctx: a.Ctx, r: f}
		}
	}
	if size > MaxFile {
		return buf, ReadError(name, fmt.Errorf("has %d bytes, more than the %d that are read", size, MaxFile))
	}
	if int64(cap(buf)-len(buf)) < size+1 {
		buf = append(make([]byte, 0, int64(len(buf))+size+1), buf...)
	}
	for start := len(buf); ; {
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case errors.Is(err, io.EOF):
			return buf, nil
		case err != nil:
			return buf, ReadError(name, err)
		case len(buf)-start > MaxFile:
			return buf, ReadError(name, fmt.Errorf("has more than the %d bytes that are read", MaxFile))
		case len(buf) == cap(buf):
			buf = append(buf, 0)[:len(buf)]
		}
	}
}

// ReadError is the plain reason why a file could not be read, without the
// name of the system call.
func ReadError(name string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Errorf("cannot read %s: %w", Spoken(name), err)
}

// Discover turns the arguments of a command into file names: a directory
// stands for the .xml files in it and below, in the order of their names, a
// file for itself whatever its name. Pipes, sockets and devices in a directory
// are passed over, and so are links to directories. Directories that cannot be read are
// reported as errors beside the files that were found.
func Discover(args []string) (files []string, errs []error) {
	for _, arg := range args {
		if arg == StdinName {
			files = append(files, arg)
			continue
		}
		info, err := os.Stat(arg)
		if err != nil {
			errs = append(errs, ReadError(arg, err))
			continue
		}
		if !info.IsDir() {
			files = append(files, arg)
			continue
		}
		_ = filepath.WalkDir(arg, func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				errs = append(errs, ReadError(path, err))
				if entry != nil && entry.IsDir() {
					return filepath.SkipDir
				}
				return nil
			}
			hidden := strings.HasPrefix(entry.Name(), ".") && path != arg
			switch {
			case entry.IsDir() && hidden:
				return filepath.SkipDir
			case entry.IsDir(), hidden, !strings.EqualFold(filepath.Ext(entry.Name()), ".xml"):
			case isFile(path, entry):
				files = append(files, path)
			}
			return nil
		})
	}
	return files, errs
}

// isFile reports whether an entry of a directory is to be read: a file, or a link
// to one. A link to nowhere is, so that the error is told.
func isFile(path string, entry fs.DirEntry) bool {
	if entry.Type()&fs.ModeSymlink == 0 {
		return entry.Type().IsRegular()
	}
	info, err := os.Stat(path)
	return err != nil || info.Mode().IsRegular()
}
