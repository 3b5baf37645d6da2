// SPDX-License-Identifier: MPL-2.0

package sftp

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"sort"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/bounded"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
)

func (s *store) Get(ctx context.Context, name string) ([]byte, push.Version, error) {
	data, err := s.Read(ctx, name)
	if err != nil {
		return nil, "", err
	}
	return data, push.VersionOf(data), nil
}

// Read is Get without a version.
func (s *store) Read(ctx context.Context, name string) (data []byte, err error) {
	if err := errors.Join(push.ValidName(name), ctx.Err()); err != nil {
		return nil, err
	}
	err = s.do(ctx, func(c *conn) error {
		data, _, err = s.read(c, name)
		return err
	})
	if err != nil {
		return nil, s.wrap("read", name, err)
	}
	return data, nil
}

// read returns content and description of a regular file.
func (s *store) read(c *conn, name string) ([]byte, fs.FileInfo, error) {
	info, err := s.lstat(c, name)
	if err != nil {
		return nil, nil, err
	}
	if info.Size() > s.o.MaxSize {
		return nil, nil, fmt.Errorf("%d bytes are more than the limit of %d", info.Size(), s.o.MaxSize)
	}
	f, err := c.Open(s.at(name))
	if err != nil {
		return nil, nil, err
	}
	data, err := bounded.Read(f, s.o.MaxSize, info.Size(), nil)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return data, info, err
}

// lstat describes the file at name and refuses one that is not a regular file, or
// that is reached through anything but directories. Its error is fs.ErrNotExist
// only if the store itself is there.
func (s *store) lstat(c *conn, name string) (fs.FileInfo, error) {
	for i, r := range name {
		if r != '/' {
			continue
		}
		if err := s.isDir(c, name[:i]); err != nil {
			return nil, s.missing(c, err)
		}
	}
	info, err := c.Lstat(s.at(name))
	switch {
	case err != nil:
		return nil, s.missing(c, err)
	case !info.Mode().IsRegular():
		return nil, push.ErrNotRegular
	}
	return info, nil
}

func (s *store) isDir(c *conn, dir string) error {
	info, err := c.Lstat(s.at(dir))
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is not a directory", dir)
	}
	return err
}

// missing tells an object that does not exist from a store that does not.
func (s *store) missing(c *conn, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	switch info, rerr := c.Stat(s.root); {
	case errors.Is(rerr, fs.ErrNotExist):
		return errors.New("the store's directory does not exist: create it, or correct the store")
	case rerr != nil:
		return rerr
	case !info.IsDir():
		return errors.New("the store is not a directory")
	}
	return err
}

func (s *store) Delete(ctx context.Context, name string, prior push.Version) error {
	if err := errors.Join(push.ValidName(name), ctx.Err()); err != nil {
		return err
	}
	end, err := s.turns.take(ctx, name)
	if err != nil {
		return s.wrap("delete", name, err)
	}
	defer end()
	sent := false // an attempt before this one may have done it
	err = s.do(ctx, func(c *conn) error {
		err := s.compare(c, name, prior)
		if err != nil {
			if sent && errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		}
		sent = true
		return c.Remove(s.at(name))
	})
	if err != nil {
		return s.wrap("delete", name, err)
	}
	return nil
}

// compare returns fs.ErrNotExist for an object that does not exist, and
// push.ErrConflict for one that is not what prior names.
func (s *store) compare(c *conn, name string, prior push.Version) error {
	if prior == push.Any || prior == "" {
		_, err := s.lstat(c, name)
		if err == nil && prior == "" {
			err = push.ErrConflict
		}
		return err
	}
	data, _, err := s.read(c, name)
	if err == nil && push.VersionOf(data) != prior {
		err = push.ErrConflict
	}
	return err
}

const (
	tempPrefix, tempSuffix = ".push-", ".tmp"

	maxList  = 1 << 20
	maxDepth = 512 // a name has at most 1,024 bytes
	staleAge = time.Hour
)

func newTemp(name string) string {
	return path.Join(path.Dir(name), tempPrefix+rand.Text()+tempSuffix)
}

func (s *store) List(ctx context.Context) (names []string, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	err = s.do(ctx, func(c *conn) error {
		names = nil
		return s.walk(c, "", 0, &names)
	})
	if err != nil {
		return nil, s.wrap("list", "the objects", err)
	}
	sort.Strings(names)
	return names, nil
}

// walk adds the objects of a directory to names, and removes what a killed program
// left: a temporary file holds the same passwords as the object.
func (s *store) walk(c *conn, dir string, depth int, names *[]string) error {
	entries, err := c.ReadDir(s.at(dir))
	if err != nil {
		return s.missing(c, err)
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		switch {
		case e.Mode().IsRegular() && stale(e):
			_ = c.Remove(s.at(name)) // somebody else may have been quicker
		case push.ValidName(name) != nil:
		case e.IsDir() && depth < maxDepth:
			if err := s.walk(c, name, depth+1, names); err != nil {
				return err
			}
		case e.Mode().IsRegular():
			*names = append(*names, name)
		}
		if len(*names) > maxList {
			return fmt.Errorf("more than %d files", maxList)
		}
	}
	return nil
}

func stale(e os.FileInfo) bool {
	return strings.HasPrefix(e.Name(), tempPrefix) && strings.HasSuffix(e.Name(), tempSuffix) && time.Since(e.ModTime()) > staleAge
}
