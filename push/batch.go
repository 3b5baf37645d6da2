// SPDX-License-Identifier: MPL-2.0

package push

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
)

// An Item is one object to write, with the arguments of [Store.Put].
type Item struct {
	Name  string
	Data  []byte
	Prior Version
}

// PutAll puts many objects and returns an error for each, nil where it was
// written. Each is written entirely or not at all and on its own condition, as
// by Put; but on a directory of Linux the disk is waited for once instead of
// once for each. The items stay in memory until then, so a large set is better
// handed over in parts.
func PutAll(ctx context.Context, s Store, items []Item) []error {
	if d, ok := s.(*dirStore); ok {
		return d.putAll(ctx, items)
	}
	errs := make([]error, len(items))
	for i, it := range items {
		_, errs[i] = s.Put(ctx, it.Name, it.Data, it.Prior)
	}
	return errs
}

func (s *dirStore) putAll(ctx context.Context, items []Item) []error {
	errs := make([]error, len(items))
	fail := func(err error) []error {
		for i := range errs {
			if errs[i] == nil {
				errs[i] = err
			}
		}
		return errs
	}
	r, err := s.root()
	if err != nil {
		return fail(err)
	}
	defer r.Close()
	temps := make([]string, len(items))
	defer func() {
		for _, tmp := range temps {
			if tmp != "" {
				r.Remove(tmp)
			}
		}
	}()
	for i, it := range items {
		temps[i], err = s.prepare(ctx, r, it)
		if err != nil {
			errs[i] = s.wrap("write", it.Name, err)
		}
	}
	if err := s.flush(r, temps); err != nil {
		return fail(fmt.Errorf("write to store %s: %w", s.dir, reason(err)))
	}
	unlock, err := s.exclusive(ctx)
	if err != nil {
		return fail(fmt.Errorf("write to store %s: %w", s.dir, err))
	}
	dirs := map[string]bool{}
	var held []io.Closer
	for i, it := range items {
		if errs[i] != nil || temps[i] == "" {
			continue
		}
		if len(held) < maxHeld {
			if old := hold(r, it.Name); old != nil {
				held = append(held, old)
			}
		}
		if err := s.move(r, temps[i], it.Name, it.Prior); err != nil {
			errs[i] = s.wrap("write", it.Name, err)
			continue
		}
		temps[i] = ""
		dirs[path.Dir(it.Name)] = true
	}
	unlock()
	for _, old := range held {
		old.Close()
	}
	for dir := range dirs {
		syncDir(r, dir)
	}
	return errs
}

// maxHeld bounds how many replaced files are held open.
const maxHeld = 64

// prepare writes an item's temporary file, not yet synced.
func (s *dirStore) prepare(ctx context.Context, r *os.Root, it Item) (tmp string, err error) {
	if err := errors.Join(ValidName(it.Name), ctx.Err()); err != nil {
		return "", err
	}
	if int64(len(it.Data)) > s.maxSize {
		return "", fmt.Errorf("%d bytes are more than the limit of %d", len(it.Data), s.maxSize)
	}
	info, err := lstat(r, it.Name)
	if errors.Is(err, fs.ErrNotExist) {
		info, err = nil, makeDirs(r, path.Dir(it.Name))
	}
	if err != nil {
		return "", err
	}
	s.sweep(r, path.Dir(it.Name))
	return s.writeTemp(r, it.Name, it.Data, info, false)
}
