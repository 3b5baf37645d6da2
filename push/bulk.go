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

	"github.com/phonecfg/terraform-provider-ciscophone/internal/bounded"
)

// An Item is one object to write.
type Item struct {
	Name string
	// Data is the content in parts, so that what many objects share need not be
	// copied for each.
	Data [][]byte
	// Prior is the version that must be there, as in [Store.Put].
	Prior Version
	// Replaces, if not nil, decides in place of Prior: it receives the present
	// content at the moment of writing, must not retain it, and reports whether
	// that content may be replaced. An object that does not exist is a conflict.
	Replaces func(present []byte) bool
}

// A Bulk reads and writes many objects of a store, for one goroutine:
// [Bulk.Put] prepares an object and [Bulk.Commit] writes everything prepared
// since the last Commit. Without a Commit, nothing is written, whatever the
// store. Each object is written entirely or not at all and on its own
// condition, as by [Store.Put]; the error of one does not keep the others from
// being written.
//
// On a directory, prepared objects are temporary files, and on Linux Commit
// waits for the disk once instead of once per object. On any other store they
// are held in memory until Commit, which writes them one after the other: commit
// every few megabytes.
//
// [Bulk.Close] must be called.
type Bulk struct {
	store  Store
	dir    *dirStore // nil: not a directory
	root   *os.Root  // of dir, once it was needed
	disk   *os.File  // dir, opened before the first file is written: its flush reports errors of all
	in     []byte    // what was read last
	out    []byte
	items  []pending
	closed bool
}

// A pending item is prepared and not yet in its place.
type pending struct {
	item Item   // without Data
	temp string // its file on a directory; "" where nothing is left to rename
	data []byte // its content on any other store
	err  error
}

// NewBulk returns a Bulk of s. The store is touched by the first operation only.
func NewBulk(s Store) *Bulk {
	d, _ := s.(*dirStore)
	return &Bulk{store: s, dir: d}
}

// usable returns the error of a Bulk without a store, or one that is closed.
func (b *Bulk) usable() error {
	switch {
	case b.store == nil:
		return errors.New("no store given: use push.NewBulk with the result of push.Open")
	case b.closed:
		return fmt.Errorf("bulk of store %s: %w", b.store, fs.ErrClosed)
	}
	return nil
}

// Read returns the content of an object, without the Version that [Store.Get]
// computes, which takes longer than reading. Objects prepared and not yet
// committed are not seen. The content is valid until the next use of the Bulk.
func (b *Bulk) Read(ctx context.Context, name string) ([]byte, error) {
	if err := b.usable(); err != nil {
		return nil, err
	}
	if r, ok := b.store.(Reader); ok {
		return r.Read(ctx, name)
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
		b.in, err = bounded.Read(f, b.dir.maxSize, info.Size(), b.in)
		f.Close()
	}
	if err != nil {
		return nil, b.dir.wrap("read", name, err)
	}
	return b.in, nil
}

// Stamp returns a text that stays the same as long as nobody writes the object,
// made of its size and the time of its last change, as far as the file system
// tells them. It is "" for an object that does not exist. Only a directory has
// stamps.
func (b *Bulk) Stamp(ctx context.Context, name string) (string, bool) {
	if b.dir == nil || errors.Join(b.usable(), ValidName(name), ctx.Err(), b.open()) != nil {
		return "", false
	}
	info, err := lstat(b.root, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", true
	case err != nil:
		return "", false
	}
	return fmt.Sprint(info.Size(), " ", info.ModTime().UnixNano()), true
}

// Put prepares an object for the next [Bulk.Commit], which also returns the
// error of this preparation. Data is not used after Put returns.
func (b *Bulk) Put(ctx context.Context, it Item) {
	p := pending{item: it}
	p.item.Data = nil
	switch p.err = b.usable(); {
	case p.err != nil:
	case b.dir == nil:
		p.data = bytes.Join(it.Data, nil)
	default:
		if p.err = b.open(); p.err == nil {
			b.out = b.out[:0]
			for _, part := range it.Data {
				b.out = append(b.out, part...)
			}
			if p.temp, p.err = b.dir.prepare(ctx, b.root, it.Name, b.out); p.err != nil {
				p.err = b.dir.wrap("write", it.Name, p.err)
			}
		}
	}
	b.items = append(b.items, p)
}

// Commit writes the objects prepared since the last Commit. It returns one
// error for each of them, in the order of Put, nil where the object was written.
func (b *Bulk) Commit(ctx context.Context) []error {
	if b.dir == nil {
		for i := range b.items {
			if p := &b.items[i]; p.err == nil {
				p.err = b.putAlone(ctx, p)
			}
		}
	} else if slices.ContainsFunc(b.items, func(p pending) bool { return p.temp != "" }) {
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

// putAlone writes to a store where many objects take as long as each alone.
func (b *Bulk) putAlone(ctx context.Context, p *pending) error {
	prior := p.item.Prior
	if p.item.Replaces != nil {
		present, v, err := b.store.Get(ctx, p.item.Name)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !p.item.Replaces(present) {
			return fmt.Errorf("write %s in store %s: %w", p.item.Name, b.store, ErrConflict)
		}
		if err != nil {
			return err
		}
		prior = v
	}
	_, err := b.store.Put(ctx, p.item.Name, p.data, prior)
	return err
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
	if b.in, err = bounded.Read(f, b.dir.maxSize, size, b.in); err != nil {
		return err
	}
	if it.Replaces != nil && it.Replaces(b.in) || it.Replaces == nil && VersionOf(b.in) == it.Prior {
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

// Close discards what was prepared and not committed and ends the Bulk: later
// calls fail with fs.ErrClosed. Closing twice does nothing.
func (b *Bulk) Close() {
	b.clear()
	b.closed = true
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
