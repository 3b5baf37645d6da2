// SPDX-License-Identifier: MPL-2.0

// Package push writes named objects into a store, atomically and without losing
// anybody's work.
//
// A store is a directory, such as the root of a TFTP, HTTP or NFS provisioning
// server, which [OpenDir] opens, or a place of another kind, each a package of
// its own below this one: an importer links what it uses. Package push/stores
// opens any of them by its location.
//
// For one object, use the methods of [Store]; for many, use a [Bulk], which
// waits for the disk less often. The package does not look into the objects.
//
// # Nothing is lost
//
// [Store.Get] returns the content together with its [Version], and [Store.Put]
// accepts the version that the caller expects to replace. If somebody else has
// written in between, Put changes nothing and returns [ErrConflict]: read
// again, decide again. Pass "" to create an object that must not exist yet, and
// [Any] to write whatever is there.
//
// A Put that fails, whatever the reason (a full disk, a read-only directory, a
// cut connection, a killed process), leaves the former content as it was. A
// reader sees the former bytes or the new ones, never a part.
//
// One limit of this promise is outside of our reach. On a directory, the comparison and the renaming are one step for all programs
// that use this package, because they lock the file .push.lock in the store's
// directory, which stays there. They are not one step for an editor that saves
// at the same instant. On Linux the lock is an open file description lock,
// which NFS clients forward to their server, so it holds between several
// machines on one export and the server itself, unless an export is mounted
// with nolock or local_lock. On Windows it holds within one process only.
//
// # Bounds
//
// Objects are at most [Options.MaxSize] bytes, in both directions. Every
// operation ends within [Options.Timeout]. Neither errors nor [Store.String] hold
// a credential; a location that carries one is refused.
package push

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// A Version identifies the content of an object. It is opaque: compare it, pass
// it to [Store.Put], and do nothing else with it. The empty Version stands for
// an object that does not exist.
//
// A Version is derived from the whole content. Where the content holds a
// password, somebody who has the rest of it can try passwords against the
// Version; so do not store Versions where the content itself must not be.
type Version string

// Any, passed as the prior version, writes or deletes whatever is there.
const Any Version = "*"

// ErrConflict is returned when the object is no longer, or not yet, the one that
// the caller named by its prior version. Nothing was changed.
var ErrConflict = errors.New("changed by somebody else in the meantime")

// ErrNotRegular is returned for a name that is a symbolic link, a directory or a
// device: a link could lead out of the store.
var ErrNotRegular = errors.New("not a regular file")

// A Store holds named objects. Names are slash-separated and relative, see
// [ValidName]. All methods may be called concurrently and end when ctx does.
type Store interface {
	// Get returns an object and its version. The error of an object that does
	// not exist is fs.ErrNotExist in the sense of errors.Is; the error of a
	// store that does not exist or does not answer is not.
	Get(ctx context.Context, name string) (data []byte, v Version, err error)

	// Put writes an object if its present version is prior and returns the new
	// version. Putting the bytes that are already there is a success and, on a
	// directory, writes nothing. Directories in name are created.
	Put(ctx context.Context, name string, data []byte, prior Version) (Version, error)

	// Delete removes an object if its present version is prior. The error of an
	// object that does not exist is fs.ErrNotExist.
	Delete(ctx context.Context, name string, prior Version) error

	// List returns the names of all objects, sorted. A web server cannot list
	// them: its error is errors.ErrUnsupported in the sense of errors.Is.
	List(ctx context.Context) ([]string, error)

	// String returns the location of the store, without credentials.
	String() string
}

// A Reader is a [Store] that reads an object for less than [Store.Get] takes,
// which also computes a [Version].
type Reader interface {
	Read(ctx context.Context, name string) ([]byte, error)
}

// An Opener is a [Store] whose objects are files, for who sends them on or wants
// to know whether they changed without reading them. The caller closes the file.
type Opener interface {
	Open(ctx context.Context, name string) (*os.File, error)
}

// Options bound a store in a directory. The zero value is usable.
type Options struct {
	// MaxSize bounds one object, in bytes. 0 means [DefaultMaxSize].
	MaxSize int64
	// Timeout bounds one operation. 0 means [DefaultTimeout].
	Timeout time.Duration
}

// The bounds of a store where none are given.
const (
	DefaultMaxSize = 16 << 20
	DefaultTimeout = 30 * time.Second
)

// OpenDir returns the store in a directory: an absolute path, or a file:// URL
// of one. It does not touch the disk, so a directory that is not there shows at
// the first operation.
func OpenDir(location string, o Options) (Store, error) {
	dir := location
	if u, err := url.Parse(location); !filepath.IsAbs(location) && err == nil && u.Scheme == "file" && u.Opaque == "" {
		if u.Host != "" && u.Host != "localhost" {
			return nil, fmt.Errorf("store %q: a file URL names no host: want file:///directory", location)
		}
		dir = filepath.FromSlash(u.Path)
	}
	if !filepath.IsAbs(dir) {
		return nil, fmt.Errorf("store %q: want an absolute directory, or file:/// and one", location)
	}
	if o.MaxSize <= 0 {
		o.MaxSize = DefaultMaxSize
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	return openDir(dir, o), nil
}

// VersionOf returns the Version of a content, for callers who have it without
// [Store.Get], such as from [Bulk.Read].
func VersionOf(data []byte) Version {
	sum := sha256.Sum256(data)
	return Version("sha256:" + hex.EncodeToString(sum[:]))
}
