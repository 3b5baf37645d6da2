// SPDX-License-Identifier: MPL-2.0

// Package push writes named objects into a store, atomically and without losing
// anybody's work.
//
// A store is a directory, such as the root of a TFTP, HTTP or NFS provisioning
// server, or the base URL of a web server that accepts PUT. [Open] tells them
// apart by their location:
//
//	s, err := push.Open("/srv/provisioning", push.Options{})
//	s, err := push.Open("https://phones.example.net/cfg/", push.Options{
//		Username: "deploy",
//		Password: func() (string, error) { return os.Getenv("STORE_PASSWORD"), nil },
//	})
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
// Two limits of this promise are outside of our reach.
//
// On a directory, the comparison and the renaming are one step for all programs
// that use this package, because they lock the file .push.lock in the store's
// directory, which stays there. They are not one step for an editor that saves
// at the same instant. On Linux the lock is an open file description lock,
// which NFS clients forward to their server, so it holds between several
// machines on one export and the server itself, unless an export is mounted
// with nolock or local_lock. On Windows it holds within one process only.
//
// On a web server, the comparison and the writing are one step when the server
// sends strong ETags and honors If-Match (RFC 9110, section 13.1.1). With one
// that does not, like nginx, the content is compared by a GET just before the
// PUT, which leaves a gap of one round trip. Whether such a server writes
// atomically is up to the server; nginx and Apache do.
//
// # Bounds
//
// Objects are at most [Options.MaxSize] bytes, in both directions. Every
// operation ends within [Options.Timeout]. The HTTP store follows no redirect
// and uses no proxy from the environment, so that credentials and
// configuration go to the named host and nowhere else. Neither errors nor
// [Store.String] hold a credential; a URL that carries one is refused.
package push

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
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

// Options adjust a store. The zero value is usable.
type Options struct {
	// Client sends the requests of an HTTP store. Its redirect policy is not
	// used: redirects are refused. Nil means a client without proxy that uses TLS.
	Client *http.Client
	// TLS says which CAs may have issued the certificate of an HTTPS store, and
	// which certificate it is shown in return. Nil means the system's, and none.
	TLS *tls.Config
	// Username and Password authenticate an HTTP store by Basic authentication
	// (RFC 7617). Password is called for each request and may be nil.
	Username string
	Password func() (string, error)
	// Token authenticates an HTTPS store by a bearer token (RFC 6750) in place of
	// them. It is called for each request, so that one that expires can be renewed.
	Token func() (string, error)
	// MaxSize bounds one object, in bytes. 0 means 16 MiB.
	MaxSize int64
	// Timeout bounds one operation. 0 means 30 seconds.
	Timeout time.Duration
}

const (
	defaultMaxSize = 16 << 20
	defaultTimeout = 30 * time.Second
)

// Open returns the store at location: an absolute directory, a file:// URL of
// one, or the http:// or https:// base URL of a web server. It touches neither
// disk nor network, so a store that is not there shows at the first operation.
func Open(location string, o Options) (Store, error) {
	if o.MaxSize <= 0 {
		o.MaxSize = defaultMaxSize
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.Token != nil && (o.Username != "" || o.Password != nil) {
		return nil, errors.New("a store takes either a bearer token or a user name and password, not both")
	}
	if filepath.IsAbs(location) {
		return openDir(location, o)
	}
	u, err := url.Parse(location)
	switch {
	case location == "":
		return nil, errors.New("no store given: want an absolute directory or an http(s):// URL")
	case err != nil || u.Scheme == "" || u.Opaque != "":
		if strings.Contains(location, "@") {
			location = "(not shown: it may hold a password)"
		}
		return nil, fmt.Errorf("store %q is neither an absolute directory (/srv/provisioning) nor a file://, http:// or https:// URL", location)
	case u.User != nil:
		return nil, fmt.Errorf("store %q carries credentials: give user name and password apart from the URL", u.Redacted())
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("store %s://%s%s: a query or fragment has no meaning in a base URL", u.Scheme, u.Host, u.Path)
	case u.Scheme == "file":
		if u.Host != "" && u.Host != "localhost" {
			return nil, fmt.Errorf("store %q: a file URL names no host: want file:///directory", location)
		}
		dir := filepath.FromSlash(u.Path)
		if !filepath.IsAbs(dir) {
			return nil, fmt.Errorf("store %q: want file:/// and an absolute directory", location)
		}
		return openDir(dir, o)
	case u.Scheme == "http" || u.Scheme == "https":
		if u.Host == "" {
			return nil, fmt.Errorf("store %q has no host", location)
		}
		if u.Scheme == "http" && o.Token != nil { // RFC 6750, section 5.3
			return nil, fmt.Errorf("store %q would be sent its bearer token in the clear: want https://", location)
		}
		return openHTTP(u, o), nil
	}
	return nil, fmt.Errorf("store %q: scheme %q is not known: want an absolute directory, file://, http:// or https://", location, u.Scheme)
}

// VersionOf returns the Version of a content, for callers who have it without
// [Store.Get], such as from [Bulk.Read].
func VersionOf(data []byte) Version {
	sum := sha256.Sum256(data)
	return Version("sha256:" + hex.EncodeToString(sum[:]))
}

// readAll reads r to its end, which is expected after size bytes, into dst if
// there is room, and fails beyond limit bytes.
func readAll(r io.Reader, limit, size int64, dst []byte) ([]byte, error) {
	dst = dst[:0]
	if want := min(max(size, 0), limit) + 1; int64(cap(dst)) < want { // one more shows the end
		dst = make([]byte, 0, want+want/8)
	}
	for {
		n, err := r.Read(dst[len(dst):cap(dst)])
		dst = dst[:len(dst)+n]
		switch {
		case int64(len(dst)) > limit:
			return dst, fmt.Errorf("larger than the limit of %d bytes", limit)
		case err == io.EOF:
			return dst, nil
		case err != nil:
			return dst, err
		}
		if len(dst) == cap(dst) { // it grows while it is read
			dst = slices.Grow(dst, 4096)
		}
	}
}
