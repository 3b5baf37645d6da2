// SPDX-License-Identifier: MPL-2.0

package provision

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/push"
)

// Options adjust the handler. The zero value serves everything to everybody and
// accepts no uploads.
type Options struct {
	// Username and Password allow writing where the source is a store's, see
	// [FromStore]. Password is called for each request that presents
	// credentials; nil makes the handler read-only. An empty password never
	// matches.
	Username string
	Password func() (string, error)
	// PrivateReads asks for the same credentials on GET and HEAD.
	PrivateReads bool
	// MaxSize bounds an uploaded object, in bytes. 0 means 4 MiB.
	MaxSize int64
	// Gzip is how many bytes of compressed files to keep. Files are compressed
	// once for those clients that accept it. 0 means never.
	Gzip int64
	// Logger records writes and failures, never contents. Nil logs nothing.
	Logger *slog.Logger
}

// Handler serves the files of s below the URL path "/": mount it elsewhere with
// http.StripPrefix. See the package comment for what it answers.
func Handler(s Source, o Options) http.Handler {
	if o.MaxSize <= 0 {
		o.MaxSize = 4 << 20
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if s == nil {
		s = SourceFunc(nil)
	}
	h := &handler{source: s, o: o}
	if o.Gzip > 0 {
		h.gzip = &gzipper{newLRU[*gzipped](o.Gzip)}
	}
	if from, ok := s.(storeSource); ok && from.store != nil && o.Password != nil {
		h.store = from.store
	}
	return h
}

type handler struct {
	source Source
	store  push.Store // nil: read-only
	gzip   *gzipper   // nil: nothing is compressed
	o      Options
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox") // a stored file must not run in a browser
	w.Header().Set("Cache-Control", "no-cache, private")

	read := r.Method == http.MethodGet || r.Method == http.MethodHead
	write := (r.Method == http.MethodPut || r.Method == http.MethodDelete) && h.store != nil
	if !read && !write {
		w.Header().Set("Allow", h.allow())
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	if (write || h.o.PrivateReads) && !h.authorized(r) {
		w.Header().Set("WWW-Authenticate", `Basic realm="provisioning", charset="UTF-8"`)
		http.Error(w, "user name and password are missing or wrong", http.StatusUnauthorized)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	if err := push.ValidName(name); err != nil {
		if write {
			http.Error(w, "not a valid object name", http.StatusBadRequest)
			return
		}
		http.NotFound(w, r)
		return
	}
	switch r.Method {
	case http.MethodPut:
		h.put(w, r, name)
	case http.MethodDelete:
		h.delete(w, r, name)
	default:
		h.get(w, r, name)
	}
}

func (h *handler) allow() string {
	if h.store != nil {
		return "GET, HEAD, PUT, DELETE"
	}
	return "GET, HEAD"
}

func (h *handler) authorized(r *http.Request) bool {
	user, given, ok := r.BasicAuth()
	if !ok || h.o.Password == nil {
		return false
	}
	want, err := h.o.Password()
	if err != nil {
		h.o.Logger.Error("the password for writing cannot be read", "error", err)
		return false
	}
	sameUser := equal(user, h.o.Username)
	samePassword := equal(given, want)
	return sameUser && samePassword && want != ""
}

// equal compares in a time that depends on neither text.
func equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

func (h *handler) get(w http.ResponseWriter, r *http.Request, name string) {
	f, err := h.source.Get(r.Context(), name)
	if c, ok := f.Content.(io.Closer); ok {
		defer c.Close()
	}
	header := http.Header{"Content-Type": {contentType(name)}}
	for field, values := range f.Header {
		header[http.CanonicalHeaderKey(field)] = values
	}
	header.Del("Content-Length") // ServeContent knows better
	switch {
	case err != nil:
	case f.Content == nil:
		err = errors.New("the source returned neither a content nor an error")
	case header.Get("ETag") == "":
		var tag string
		tag, err = contentTag(f.Content)
		header.Set("ETag", tag)
	}
	content := f.Content
	if err == nil && h.gzip != nil {
		content, err = h.gzip.encode(r, name, header, content)
	}
	if err != nil {
		h.fail(w, r, name, err)
		return
	}
	maps.Copy(w.Header(), header)
	// ServeContent answers the conditions, ranges and HEAD. There is no time of
	// change: the entity tag is exact, a time stamp would not be.
	http.ServeContent(w, r, "", time.Time{}, content)
}

func (h *handler) put(w http.ResponseWriter, r *http.Request, name string) {
	if r.Header.Get("Content-Range") != "" {
		http.Error(w, "a part of an object cannot be written", http.StatusBadRequest)
		return
	}
	prior, existed, ok := h.prior(w, r, name)
	if !ok {
		return
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.o.MaxSize))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		http.Error(w, "the object is larger than the server takes", http.StatusRequestEntityTooLarge)
		return
	}
	if err != nil {
		http.Error(w, "the body ended early", http.StatusBadRequest)
		return
	}
	v, err := h.store.Put(r.Context(), name, data, prior)
	if err != nil {
		h.fail(w, r, name, err)
		return
	}
	h.o.Logger.Info("stored", "name", name, "bytes", len(data))
	w.Header().Set("ETag", etag(v))
	if existed {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.WriteHeader(http.StatusCreated)
}

func (h *handler) delete(w http.ResponseWriter, r *http.Request, name string) {
	prior, existed, ok := h.prior(w, r, name)
	if !ok {
		return
	}
	if !existed {
		http.NotFound(w, r)
		return
	}
	if err := h.store.Delete(r.Context(), name, prior); err != nil {
		h.fail(w, r, name, err)
		return
	}
	h.o.Logger.Info("deleted", "name", name)
	w.WriteHeader(http.StatusNoContent)
}

// prior turns the conditions of a write into the version the store is to
// compare with, having compared them with what is there now. ok is false when
// the answer has been given.
func (h *handler) prior(w http.ResponseWriter, r *http.Request, name string) (prior push.Version, existed, ok bool) {
	now, err := h.version(r.Context(), name)
	if err != nil {
		h.fail(w, r, name, err)
		return "", false, false
	}
	existed = now != ""
	prior = push.Any
	failed := false
	if match := plainTags(r.Header.Values("If-Match")); len(match) > 0 {
		prior = now
		failed = !existed || !listed(match, etag(now), false)
	}
	if none := plainTags(r.Header.Values("If-None-Match")); len(none) > 0 {
		prior = now
		failed = failed || existed && listed(none, etag(now), true)
	}
	if failed {
		http.Error(w, "the object has changed in the meantime", http.StatusPreconditionFailed)
		return "", existed, false
	}
	return prior, existed, true
}

func (h *handler) version(ctx context.Context, name string) (push.Version, error) {
	_, v, err := h.store.Get(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return v, err
}

// fail answers without telling where the store is: its errors are for the log.
func (h *handler) fail(w http.ResponseWriter, r *http.Request, name string, err error) {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		http.NotFound(w, r)
	case errors.Is(err, push.ErrConflict):
		http.Error(w, "the object has changed in the meantime", http.StatusPreconditionFailed)
	case r.Context().Err() != nil:
		// Nobody is there to read an answer.
	default:
		h.o.Logger.Error("the store failed", "method", r.Method, "name", name, "error", err)
		http.Error(w, "the store failed: see the server's log", http.StatusInternalServerError)
	}
}

// listed reports whether a list of entity tags has tag. A weak tag counts where
// weak comparison is allowed (RFC 9110, section 8.8.3.2).
func listed(values []string, tag string, weak bool) bool {
	for _, v := range values {
		for e := range strings.SplitSeq(v, ",") {
			e = strings.TrimSpace(e)
			if weak {
				e = strings.TrimPrefix(e, "W/")
			}
			if e == "*" || e == tag {
				return true
			}
		}
	}
	return false
}

func contentType(name string) string {
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case ".xml", ".cfg":
		return "application/xml"
	default:
		if t := mime.TypeByExtension(ext); t != "" {
			return t
		}
		return "application/octet-stream"
	}
}
