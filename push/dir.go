// SPDX-License-Identifier: MPL-2.0

package push

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/bounded"
)

// A dirStore keeps objects as files below one directory. Every access goes
// through an os.Root, so no symbolic link and no race leads out of it.
type dirStore struct {
	dir     string
	maxSize int64
	timeout time.Duration
	turn    chan struct{} // holds one: who of this store may ask for the lock
	mu      sync.Mutex
	swept   map[string]bool // directories already rid of old temporary files
	// fill writes the bytes of a temporary file. It is a field so that a test
	// can let it fail half-way, as a full disk does.
	fill func(w io.Writer, data []byte) error
}

func openDir(dir string, o Options) *dirStore {
	return &dirStore{
		dir: dir, maxSize: o.MaxSize, timeout: o.Timeout, turn: make(chan struct{}, 1), swept: map[string]bool{},
		fill: func(w io.Writer, data []byte) error { _, err := w.Write(data); return err },
	}
}

func (s *dirStore) String() string { return s.dir }

// root opens the store's directory. Its error never is fs.ErrNotExist: a
// missing store is not a missing object.
func (s *dirStore) root() (*os.Root, error) {
	r, err := os.OpenRoot(s.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("store %s: the directory does not exist: create it, or correct the store", s.dir)
	case err != nil:
		return nil, fmt.Errorf("store %s: %w", s.dir, reason(err))
	}
	return r, nil
}

func (s *dirStore) Get(ctx context.Context, name string) ([]byte, Version, error) {
	if err := errors.Join(ValidName(name), ctx.Err()); err != nil {
		return nil, "", err
	}
	r, err := s.root()
	if err != nil {
		return nil, "", err
	}
	defer r.Close()
	data, _, err := s.read(r, name)
	if err != nil {
		return nil, "", s.wrap("read", name, err)
	}
	return data, VersionOf(data), nil
}

// read returns content and description of a regular file.
func (s *dirStore) read(r *os.Root, name string) ([]byte, fs.FileInfo, error) {
	f, info, err := s.open(r, name)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	data, err := bounded.Read(f, s.maxSize, info.Size(), nil)
	return data, info, err
}

// Open opens an object for reading.
func (s *dirStore) Open(ctx context.Context, name string) (*os.File, error) {
	if err := errors.Join(ValidName(name), ctx.Err()); err != nil {
		return nil, err
	}
	r, err := s.root()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	f, _, err := s.open(r, name)
	if err != nil {
		return nil, s.wrap("read", name, err)
	}
	return f, nil
}

// open opens a regular file, reached without following any symbolic link.
func (s *dirStore) open(r *os.Root, name string) (*os.File, fs.FileInfo, error) {
	info, err := lstat(r, name)
	if err != nil {
		return nil, nil, err
	}
	if info.Size() > s.maxSize {
		return nil, nil, fmt.Errorf("%d bytes are more than the limit of %d", info.Size(), s.maxSize)
	}
	f, err := r.OpenFile(name, os.O_RDONLY|openNonblock, 0)
	if err != nil {
		return nil, nil, err
	}
	now, err := f.Stat()
	if err == nil && !now.Mode().IsRegular() {
		err = ErrNotRegular
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}

// lstat describes the file at name and refuses one that is no regular file, or
// that is reached through anything but directories.
func lstat(r *os.Root, name string) (fs.FileInfo, error) {
	for i, c := range name {
		if c != '/' {
			continue
		}
		info, err := r.Lstat(name[:i])
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			return nil, fmt.Errorf("%s is a %s, not a directory", name[:i], kind(info.Mode()))
		}
	}
	info, err := r.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("is a %s, %w", kind(info.Mode()), ErrNotRegular)
	}
	return info, nil
}

func (s *dirStore) Put(ctx context.Context, name string, data []byte, prior Version) (Version, error) {
	if err := errors.Join(ValidName(name), ctx.Err()); err != nil {
		return "", err
	}
	if int64(len(data)) > s.maxSize {
		return "", s.wrap("write", name, fmt.Errorf("%d bytes are more than the limit of %d", len(data), s.maxSize))
	}
	r, err := s.root()
	if err != nil {
		return "", err
	}
	defer r.Close()
	v, err := s.put(ctx, r, name, data, prior)
	if err != nil {
		return "", s.wrap("write", name, err)
	}
	return v, nil
}

func (s *dirStore) put(ctx context.Context, r *os.Root, name string, data []byte, prior Version) (Version, error) {
	want := VersionOf(data)
	old, info, err := s.read(r, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if prior != Any && prior != "" {
			return "", ErrConflict
		}
		if err := makeDirs(r, path.Dir(name)); err != nil {
			return "", err
		}
	case err != nil:
		return "", err
	case prior != Any && prior != VersionOf(old):
		return "", ErrConflict
	case want == VersionOf(old):
		return want, nil
	}
	s.sweep(r, path.Dir(name))

	// The slow part, writing and syncing, is done before the lock is taken.
	tmp, err := s.writeTemp(r, name, data, info, true)
	if err != nil {
		return "", err
	}
	if err := s.replace(ctx, r, tmp, name, prior); err != nil {
		r.Remove(tmp)
		return "", err
	}
	syncDir(r, path.Dir(name)) // without the lock: others need not wait for the disk
	return want, nil
}

// replace puts the temporary file in the place of name, under the lock, if the
// object still is what prior names.
func (s *dirStore) replace(ctx context.Context, r *os.Root, tmp, name string, prior Version) error {
	unlock, err := s.exclusive(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	return s.move(r, tmp, name, prior)
}

// move is replace for who has the lock.
func (s *dirStore) move(r *os.Root, tmp, name string, prior Version) error {
	if prior != Any {
		if err := s.still(r, name, prior); err != nil {
			return err
		}
	} else if _, err := lstat(r, name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return r.Rename(tmp, name)
}

// exclusive waits for this store's turn and then for the lock that other
// stores and programs share. Waiting in turn is fair and costs nothing; the
// lock alone would be polled.
func (s *dirStore) exclusive(ctx context.Context) (unlock func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("another program holds the store's lock: %w", ctx.Err())
	}
	release, err := s.lock(ctx)
	if err != nil {
		<-s.turn
		return nil, err
	}
	return func() { release(); <-s.turn }, nil
}

// still says whether the object is what prior names, under the lock.
func (s *dirStore) still(r *os.Root, name string, prior Version) error {
	data, _, err := s.read(r, name)
	var now Version
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	default:
		now = VersionOf(data)
	}
	if now != prior {
		return ErrConflict
	}
	return nil
}

// lockName is the file in the store's directory that writers lock. It is a
// file because the lock of a directory never leaves an NFS client, and it stays,
// because removing it takes it away from those who wait for it.
const lockName = ".push.lock"

const tempPrefix, tempSuffix = ".push-", ".tmp"

// writeTemp writes data into a new hidden file beside name and, with sync, has
// it on the disk before it returns. A file that takes another's place takes its mode,
// and its owner as far as this process may give files away.
func (s *dirStore) writeTemp(r *os.Root, name string, data []byte, old fs.FileInfo, sync bool) (string, error) {
	mode := fs.FileMode(0o644) // less the umask: phones and web servers read it as somebody else
	if old != nil {
		mode = 0o600 // nobody reads it before it has its proper mode
	}
	tmp := path.Join(path.Dir(name), tempPrefix+rand.Text()+tempSuffix)
	f, err := r.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return "", err
	}
	err = s.fill(f, data)
	if err == nil && old != nil {
		if err = keepOwner(f, old); err == nil {
			err = f.Chmod(old.Mode().Perm())
		}
	}
	if err == nil && sync {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		r.Remove(tmp)
		return "", err
	}
	return tmp, nil
}

func (s *dirStore) Delete(ctx context.Context, name string, prior Version) error {
	if err := errors.Join(ValidName(name), ctx.Err()); err != nil {
		return err
	}
	r, err := s.root()
	if err != nil {
		return err
	}
	defer r.Close()
	unlock, err := s.exclusive(ctx)
	if err != nil {
		return s.wrap("delete", name, err)
	}
	defer unlock()
	if _, err := lstat(r, name); err != nil {
		return s.wrap("delete", name, err)
	}
	if prior != Any {
		if err := s.still(r, name, prior); err != nil {
			return s.wrap("delete", name, err)
		}
	}
	if err := r.Remove(name); err != nil {
		return s.wrap("delete", name, err)
	}
	syncDir(r, path.Dir(name))
	return nil
}

const maxList = 1 << 20

func (s *dirStore) List(ctx context.Context) ([]string, error) {
	r, err := s.root()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var names []string
	err = fs.WalkDir(r.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		switch {
		case name == ".":
		case d.IsDir() && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case d.Type().IsRegular() && ValidName(name) == nil:
			names = append(names, name)
		}
		if len(names) > maxList {
			return fmt.Errorf("more than %d files", maxList)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list store %s: %w", s.dir, reason(err))
	}
	sort.Strings(names)
	return names, nil
}

// sweep removes what a killed process left behind: its temporary file holds
// the same passwords as the object, and nobody would ever delete it.
func (s *dirStore) sweep(r *os.Root, dir string) {
	s.mu.Lock()
	done := s.swept[dir]
	s.swept[dir] = true
	s.mu.Unlock()
	if done {
		return
	}
	entries, err := fs.ReadDir(r.FS(), dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), tempPrefix) || !strings.HasSuffix(e.Name(), tempSuffix) {
			continue
		}
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > time.Hour {
			r.Remove(path.Join(dir, e.Name()))
		}
	}
}

// makeDirs creates the directories of a new object, through nothing but
// directories.
func makeDirs(r *os.Root, dir string) error {
	if dir == "." {
		return nil
	}
	if err := makeDirs(r, path.Dir(dir)); err != nil {
		return err
	}
	info, err := r.Lstat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if err = r.Mkdir(dir, 0o755); err == nil || errors.Is(err, fs.ErrExist) {
			return nil
		}
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is a %s, not a directory", dir, kind(info.Mode()))
	}
	return nil
}

// syncDir makes a renaming outlast a power cut where the system can do that.
func syncDir(r *os.Root, dir string) {
	if d, err := r.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
}

func (s *dirStore) wrap(verb, name string, err error) error {
	return fmt.Errorf("%s %s in store %s: %w", verb, name, s.dir, reason(err))
}

// reason strips the operation and path that package os puts before an error:
// they name temporary files and say everything twice.
func reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	var le *os.LinkError
	if errors.As(err, &le) {
		return le.Err
	}
	return err
}

func kind(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "directory"
	case m&fs.ModeSymlink != 0:
		return "symbolic link"
	case m.IsRegular():
		return "regular file"
	case m&fs.ModeNamedPipe != 0:
		return "named pipe"
	case m&fs.ModeSocket != 0:
		return "socket"
	}
	return "device"
}
