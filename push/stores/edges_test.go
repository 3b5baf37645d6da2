// SPDX-License-Identifier: MPL-2.0

package stores_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/evil"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/push/stores"
)

func TestOpenSpellings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ location, want, err string }{
		{"file://localhost/srv", "/srv", ""},
		{"https://h/a%2Fb", "https://h/a%2Fb/", ""},
		{"https://h/a%2Fb/", "https://h/a%2Fb/", ""},
		{"https://h/a/", "https://h/a/", ""},
		{"file:srv", "", "want an absolute directory"},
		{"file://", "", "absolute directory"},
		{"http://h/#part", "", "fragment"},
		{"http://h/?", "http://h/?", ""},
		{"mailto:swordfish@h", "", "(not shown"},
	} {
		s, err := stores.Open(c.location, stores.Options{})
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) || strings.Contains(err.Error(), "swordfish") {
				t.Errorf("%q: error %v, want one with %q", c.location, err, c.err)
			}
		} else if err != nil || strings.TrimSuffix(s.String(), "?") != strings.TrimSuffix(c.want, "?") {
			t.Errorf("%q opens as %v, %v; want %q", c.location, s, err, c.want)
		}
	}
}

// TestHTTPStatuses: what each answer means for the one who asked.
func TestHTTPStatuses(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]error{
		http.StatusNotFound: fs.ErrNotExist, http.StatusGone: fs.ErrNotExist, http.StatusPreconditionFailed: push.ErrConflict,
		http.StatusNotImplemented: errors.New("does not accept"), http.StatusPartialContent: errors.New("answered 206"),
	} {
		s := open(t, serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })), stores.Options{})
		_, _, err := s.Get(t.Context(), "a")
		if !errors.Is(err, want) && (err == nil || !strings.Contains(err.Error(), want.Error())) {
			t.Errorf("get, %d: %v, want %v", code, err, want)
		}
		if code < 300 {
			continue // a success for PUT
		}
		if _, err := s.Put(t.Context(), "a", nil, push.Any); !errors.Is(err, want) && (err == nil || !strings.Contains(err.Error(), want.Error())) {
			t.Errorf("put, %d: %v, want %v", code, err, want)
		}
	}
}

// TestHTTPTags: a weak entity tag, and the tag of an encoded answer, are no
// condition for a write.
func TestHTTPTags(t *testing.T) {
	t.Parallel()
	var put http.Header
	s := open(t, serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			put = r.Header.Clone()
			return
		}
		if got := r.Header.Get("Accept-Encoding"); got != "identity" {
			t.Errorf("Accept-Encoding %q", got)
		}
		w.Header().Set("ETag", `W/"1"`)
		io.WriteString(w, "one")
	})), stores.Options{})
	if _, err := s.Put(t.Context(), "a", []byte("two"), push.VersionOf([]byte("one"))); err != nil || put.Get("If-Match") != "" {
		t.Errorf("put over a weak tag: If-Match %q, %v", put.Get("If-Match"), err)
	}
	for encoding, want := range map[string]string{"gzip": "gzip", "Identity": ""} {
		if _, _, err := openEncoded(t, encoding).Get(t.Context(), "a"); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("an answer in %s: %v", encoding, err)
		}
	}
}

func openEncoded(t *testing.T, encoding string) push.Store {
	return open(t, serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", encoding)
		io.WriteString(w, "one")
	})), stores.Options{})
}

// TestHTTPClient: the caller's client is used, not changed, and follows nothing.
func TestHTTPClient(t *testing.T) {
	t.Parallel()
	elsewhere := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") }))
	url := serve(t, http.RedirectHandler(elsewhere, http.StatusFound))
	used := false
	mine := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		used = true
		return http.DefaultTransport.RoundTrip(r)
	})}
	_, _, err := open(t, url, stores.Options{Client: mine}).Get(t.Context(), "a")
	if err == nil || !strings.Contains(err.Error(), "redirects") || !used || mine.CheckRedirect != nil {
		t.Errorf("%v, used %v, changed %v", err, used, mine.CheckRedirect != nil)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestBulkOfMany: more files are replaced in one Commit than are held open.
func TestBulkOfMany(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := push.NewBulk(open(t, dir, stores.Options{}))
	defer b.Close()
	const many = 200
	for round := range 2 {
		for i := range many {
			b.Put(t.Context(), push.Item{Name: fmt.Sprintf("d%d/%d", i%3, i), Data: [][]byte{fmt.Append(nil, round)}, Prior: push.Any})
		}
		if err := errors.Join(b.Commit(t.Context())...); err != nil {
			t.Fatal(err)
		}
	}
	for i := range many {
		if data, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("d%d/%d", i%3, i))); string(data) != "1" {
			t.Fatalf("file %d holds %q, %v", i, data, err)
		}
	}
}

// TestReasonIsNotRepeated: what a server writes behind its status code may be
// anything.
func TestReasonIsNotRepeated(t *testing.T) {
	t.Parallel()
	s, err := stores.Open(evil.Server(t), stores.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, _, got := s.Get(t.Context(), "a.xml")
	_, put := s.Put(t.Context(), "a.xml", []byte("x"), "")
	for what, err := range map[string]error{"Get": got, "Put": put, "Delete": s.Delete(t.Context(), "a.xml", "")} {
		if err == nil || evil.Spoke(err.Error()) || !strings.Contains(err.Error(), "418 I'm a teapot") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
