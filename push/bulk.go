// SPDX-License-Identifier: MPL-2.0

package push

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
)

// An Item is one object to write.
type Item struct {
	Name string
	// Data is the content in parts, so that what many objects have in common
	// need not be copied for each.
	Data [][]byte
	// Prior is the version that must be there, as in [Store.Put].
	Prior Version
	// Replaces, if not nil, decides in place of Prior: it is given what is there
	// at the moment of writing, not to be kept, and says whether that is what
	// shall be replaced. An object that does not exist is a conflict.
	Replaces func(present []byte) bool
}

// A Bulk reads and writes many objects of a store, for one goroutine. Each is
// written entirely or not at all and on its own condition, as by [Store.Put];
// but on a directory of Linux the disk is waited for once at [Bulk.Commit]
// instead of once for each object. Nothing is read or hashed more often than
// the conditions need. [Bulk.Close] must be called.
type Bulk struct {
	store Store
	dir   *dirStore // nil: not a directory
	root  *os.Root  // of dir, once it was needed
	disk  *os.File  // dir, open since before the first file was written: its flush tells of them all
	in    []byte    // what was read last
	out   []byte
	items []pending
}

// A pending item is written and not yet in its place.
type pending struct {
	item Item
	temp string // on a directory; "" where there is nothing to be put in place
	err  error
}

// NewBulk gives a Bulk. The store is touched by the first operation only.
func NewBulk(s Store) *Bulk {
	d, _ := s.(*dirStore)
	return &Bulk{store: s, dir: d}
}

// Read gives an object, without the Version that [Store.Get] makes, which takes
// longer than reading. The content is valid until the next use of the Bulk.
func (b *Bulk) Read(ctx context.Context, name string) ([]byte, error) {
	if h, ok := b.store.(*httpStore); ok {
		return h.read(ctx, name)
	}
	if b.dir == nil {
		data, _, err := b.store.Get(ctx, name)
		return data, err
	}
	if err := errors.Join(ValidName(name), ctx.Err(), b.open()); err != nil {
		return nil, err
	}
	f, info, err := b.dir.open(b.root, name)
	if err == nil {
		b.in, err = readAll(f, b.dir.maxSize, info.Size(), b.in)
		f.Close()
	}
	if err != nil {
		return nil, b.dir.wrap("read", name, err)
	}
	return b.in, nil
}

// Put prepares an object. Data is not used after Put returns.
func (b *Bulk) Put(ctx context.Context, it Item) {
	p := pending{item: it}
	p.item.Data = nil
	b.out = b.out[:0]
	for _, part := range it.Data {
		b.out = append(b.out, part...)
	}
	switch {
	case b.dir == nil:
		p.err = b.putAlone(ctx, it)
	default:
		if p.err = b.open(); p.err == nil {
			if p.temp, p.err = b.dir.prepare(ctx, b.root, it.Name, b.out); p.err != nil {
				p.err = b.dir.wrap("write", it.Name, p.err)
			}
		}
	}
	b.items = append(b.items, p)
}

// putAlone writes to a store where there is nothing to be gained.
func (b *Bulk) putAlone(ctx context.Context, it Item) error {
	prior := it.Prior
	if it.Replaces != nil {
		present, v, err := b.store.Get(ctx, it.Name)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !it.Replaces(present) {
			return fmt.Errorf("write %s in store %s: %w", it.Name, b.store, ErrConflict)
		}
		if err != nil {
			return err
		}
		prior = v
	}
	_, err := b.store.Put(ctx, it.Name, bytes.Clone(b.out), prior)
	return err
}

// Commit puts in place what was prepared since the last Commit, and returns an
// error for each of these objects in the order of Put, nil where it was written.
func (b *Bulk) Commit(ctx context.Context) []error {
	if slices.ContainsFunc(b.items, func(p pending) bool { return p.temp != "" }) {
		if err := b.commit(ctx); err != nil {
			for i := range b.items {
				if p := &b.items[i]; p.err == nil {
					p.err = fmt.Errorf("write to store %s: %w", b.dir.dir, reason(err))
				}
			}
		}
	}
	errs := make([]error, len(b.items))
	for i, p := range b.items {
		errs[i] = p.err
	}
	b.clear()
	return errs
}

func (b *Bulk) commit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := flush(b.disk, b.root, b.items); err != nil {
		return err
	}
	unlock, err := b.dir.exclusive(ctx)
	if err != nil {
		return err
	}
	dirs := map[string]bool{}
	held := make([]*os.File, 0, maxHeld)
	for i := range b.items {
		p := &b.items[i]
		if p.temp == "" {
			continue
		}
		old, err := b.replace(p)
		switch {
		case old == nil:
		case len(held) < maxHeld:
			held = append(held, old)
		default:
			old.Close()
		}
		if err != nil {
			p.err = b.dir.wrap("write", p.item.Name, err)
			continue
		}
		p.temp = ""
		dirs[path.Dir(p.item.Name)] = true
	}
	unlock()
	for _, old := range held {
		old.Close()
	}
	for dir := range dirs {
		syncDir(b.root, dir)
	}
	return nil
}

// maxHeld bounds how many replaced files are held open. Giving back a file's
// blocks takes longer than everything else under the lock; as long as it is
// open the system waits with that.
const maxHeld = 128

// replace puts an item in its place, under the lock, if its condition holds. It
// gives the file that was there, still open.
func (b *Bulk) replace(p *pending) (old *os.File, err error) {
	old, info, err := b.dir.open(b.root, p.item.Name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if p.item.Replaces != nil || p.item.Prior != "" && p.item.Prior != Any {
			return nil, ErrConflict
		}
		return nil, b.root.Rename(p.temp, p.item.Name)
	case err != nil:
		return nil, err
	}
	if err := b.still(p.item, old, info.Size()); err != nil {
		return old, err
	}
	if !holds {
		old.Close()
		old = nil
	}
	return old, b.root.Rename(p.temp, p.item.Name)
}

// still says whether an open file is what the item may replace.
func (b *Bulk) still(it Item, f *os.File, size int64) (err error) {
	switch {
	case it.Replaces == nil && it.Prior == Any:
		return nil
	case it.Replaces == nil && it.Prior == "":
		return ErrConflict
	}
	if b.in, err = readAll(f, b.dir.maxSize, size, b.in); err != nil {
		return err
	}
	if it.Replaces != nil && it.Replaces(b.in) || it.Replaces == nil && versionOf(b.in) == it.Prior {
		return nil
	}
	return ErrConflict
}

func (b *Bulk) open() (err error) {
	if b.root != nil {
		return nil
	}
	if b.root, err = b.dir.root(); err != nil {
		return err
	}
	if b.disk, err = b.root.Open("."); err != nil {
		b.root.Close()
		b.root = nil
	}
	return err
}

// clear forgets the items and removes what is left of them.
func (b *Bulk) clear() {
	for _, p := range b.items {
		if p.temp != "" {
			b.root.Remove(p.temp)
		}
	}
	clear(b.items)
	b.items = b.items[:0]
}

// Close ends the Bulk. What was not committed is not written.
func (b *Bulk) Close() {
	b.clear()
	if b.root != nil {
		b.disk.Close()
		b.root.Close()
		b.root, b.disk = nil, nil
	}
}

// prepare writes an object's temporary file, not yet synced.
func (s *dirStore) prepare(ctx context.Context, r *os.Root, name string, data []byte) (tmp string, err error) {
	if err := errors.Join(ValidName(name), ctx.Err()); err != nil {
		return "", err
	}
	if int64(len(data)) > s.maxSize {
		return "", fmt.Errorf("%d bytes are more than the limit of %d", len(data), s.maxSize)
	}
	info, err := lstat(r, name)
	if errors.Is(err, fs.ErrNotExist) {
		info, err = nil, makeDirs(r, path.Dir(name))
	}
	if err != nil {
		return "", err
	}
	s.sweep(r, path.Dir(name))
	return s.writeTemp(r, name, data, info, false)
}

// syncFile has one file on the disk.
func syncFile(r *os.Root, name string) error {
	f, err := r.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	err = f.Sync()
	f.Close()
	return err
}
