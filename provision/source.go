// SPDX-License-Identifier: MPL-2.0

package provision

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"

	"github.com/phonecfg/terraform-provider-ciscophone/push"
)

// A Source has the files that phones fetch. [FromStore] makes one of a store,
// [SourceFunc] one of a function.
type Source interface {
	// Get returns the file called name, which [push.ValidName] accepts. The
	// handler answers 404 to an error that is fs.ErrNotExist in the sense of
	// errors.Is, and 500 to any other. Get may be called concurrently.
	Get(ctx context.Context, name string) (File, error)
}

// A File is one answer of a Source.
type File struct {
	// Header is sent with the file. Where it has no ETag, the handler hashes
	// the content, and where it has no Content-Type, the name decides. A file
	// that is encrypted for RFC 8188 has Content-Encoding: aes128gcm; its bytes
	// differ each time, so its ETag should be a weak one (W/"...") of what was
	// encrypted.
	Header http.Header
	// Content is read only as far as the request needs it: with an ETag, not at
	// all for a file that the phone has already. It is closed if it is an
	// io.Closer.
	Content io.ReadSeeker
}

// A SourceFunc is a function that is a Source.
type SourceFunc func(ctx context.Context, name string) (File, error)

// Get calls f.
func (f SourceFunc) Get(ctx context.Context, name string) (File, error) {
	if f == nil {
		return File{}, errNoSource
	}
	return f(ctx, name)
}

var errNoSource = errors.New("no source of files was given to the handler")

// etag is a strong entity tag for a version. Versions are opaque and may hold
// characters an entity tag must not, so they are hashed.
func etag(v push.Version) string {
	sum := sha256.Sum256([]byte(v))
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

// contentTag is a strong entity tag for a content, which is read to its end.
func contentTag(content io.ReadSeeker) (string, error) {
	h := sha256.New()
	if _, err := io.Copy(h, content); err != nil {
		return "", err
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	return `"` + hex.EncodeToString(h.Sum(nil)[:16]) + `"`, nil
}
