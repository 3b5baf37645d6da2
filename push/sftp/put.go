// SPDX-License-Identifier: MPL-2.0

package sftp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"github.com/pkg/sftp"

	"github.com/phonecfg/terraform-provider-ciscophone/push"
)

// A writing is one Put, which may take several attempts.
type writing struct {
	s       *store
	name    string
	data    []byte
	prior   push.Version
	temp    string // the temporary file, "" before the first attempt
	renamed bool   // the server was asked to rename it
}

func (s *store) Put(ctx context.Context, name string, data []byte, prior push.Version) (push.Version, error) {
	if err := errors.Join(push.ValidName(name), ctx.Err()); err != nil {
		return "", err
	}
	if int64(len(data)) > s.o.MaxSize {
		return "", s.wrap("write", name, fmt.Errorf("%d bytes are more than the limit of %d", len(data), s.o.MaxSize))
	}
	end, err := s.turns.take(ctx, name)
	if err != nil {
		return "", s.wrap("write", name, err)
	}
	defer end()
	w := &writing{s: s, name: name, data: data, prior: prior}
	if err := s.do(ctx, w.attempt); err != nil {
		if w.renamed {
			err = fmt.Errorf("whether it was written is not known, read it again: %w", err)
		}
		return "", s.wrap("write", name, err)
	}
	return push.VersionOf(data), nil
}

// attempt writes the object, unless an attempt before has done so.
func (w *writing) attempt(c *conn) error {
	if w.temp != "" {
		switch err := c.Remove(w.s.at(w.temp)); {
		case err == nil:
			w.renamed = false // and it never will be
		case errors.Is(err, fs.ErrNotExist) && w.renamed:
			w.renamed = false
			return nil
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
	}
	old, same, err := w.present(c)
	if err != nil || same {
		return err
	}
	w.temp = newTemp(w.name)
	if err := w.fill(c, old); err != nil {
		return w.discard(c, err)
	}
	return w.move(c, old != nil)
}

// present returns the description of the object that is there, nil if there is
// none, and whether it holds the bytes already.
func (w *writing) present(c *conn) (old fs.FileInfo, same bool, err error) {
	var data []byte
	if w.prior == push.Any || w.prior == "" {
		old, err = w.s.lstat(c, w.name)
	} else {
		data, old, err = w.s.read(c, w.name)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if w.prior != push.Any && w.prior != "" {
			return nil, false, push.ErrConflict
		}
		return nil, false, w.s.makeDirs(c, path.Dir(w.name))
	case err != nil:
		return nil, false, err
	case w.prior == push.Any:
		return old, false, nil
	case w.prior == "" || push.VersionOf(data) != w.prior:
		return nil, false, push.ErrConflict
	}
	return old, push.VersionOf(w.data) == w.prior, nil
}

// fill writes the temporary file and has it on the server's disk. A file that
// takes another's place takes its mode, and its owner as far as the user may give
// files away.
func (w *writing) fill(c *conn, old fs.FileInfo) error {
	f, err := c.OpenFile(w.s.at(w.temp), os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return err
	}
	if old != nil {
		if stat, ok := old.Sys().(*sftp.FileStat); ok {
			_ = f.Chown(int(stat.UID), int(stat.GID)) // only root may, as a rule
		}
		err = f.Chmod(old.Mode().Perm())
	}
	if err == nil {
		_, err = f.Write(w.data)
	}
	if _, ok := c.HasExtension("fsync@openssh.com"); ok && err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// move puts the temporary file in its place, if the object still is what prior
// names.
func (w *writing) move(c *conn, replaces bool) error {
	from, to := w.s.at(w.temp), w.s.at(w.name)
	if w.prior == "" || w.prior == push.Any && !replaces {
		w.renamed = true
		err := c.Rename(from, to) // OpenSSH refuses this where a file is
		if err == nil || lost(err) {
			return err
		}
		w.renamed = false
		if _, serr := c.Lstat(to); serr != nil {
			return w.discard(c, err)
		}
		if w.prior == "" {
			return w.discard(c, push.ErrConflict)
		}
	}
	if _, ok := c.HasExtension("posix-rename@openssh.com"); !ok {
		return w.discard(c, errors.New("the server cannot replace a file in one step (posix-rename@openssh.com)"))
	}
	if w.prior != push.Any {
		err := w.s.compare(c, w.name, w.prior)
		if errors.Is(err, fs.ErrNotExist) {
			err = push.ErrConflict
		}
		if err != nil {
			return w.discard(c, err)
		}
	}
	w.renamed = true
	err := c.PosixRename(from, to)
	if err == nil || lost(err) {
		return err
	}
	w.renamed = false
	return w.discard(c, err)
}

// discard removes the temporary file, and returns why.
func (w *writing) discard(c *conn, why error) error {
	if !lost(why) {
		_ = c.Remove(w.s.at(w.temp))
	}
	return why
}

// makeDirs creates the directories of a new object, through nothing but
// directories.
func (s *store) makeDirs(c *conn, dir string) error {
	if dir == "." {
		return nil
	}
	if err := s.makeDirs(c, path.Dir(dir)); err != nil {
		return err
	}
	err := s.isDir(c, dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := c.Mkdir(s.at(dir)); err != nil {
		if s.isDir(c, dir) == nil { // somebody else was quicker
			return nil
		}
		return err
	}
	return nil
}
