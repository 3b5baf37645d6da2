// SPDX-License-Identifier: MPL-2.0

package provision

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/push"
)

// A counting store counts the contents that are read to make tags.
type counting struct {
	push.Store
	push.Opener
	reads atomic.Int32
}

func (c *counting) Get(ctx context.Context, name string) ([]byte, push.Version, error) {
	c.reads.Add(1)
	return c.Store.Get(ctx, name)
}

// newCounting returns a store with a.xml, and its source as it is when the clock
// is well past the file's last change.
func newCounting(t *testing.T, content string) (*counting, storeSource, string) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "a.xml")
	write(t, file, content)
	s, err := push.OpenDir(dir, push.Options{})
	if err != nil {
		t.Fatal(err)
	}
	store := &counting{Store: s, Opener: s.(push.Opener)}
	source := FromStore(store).(storeSource)
	source.now = func() time.Time { return time.Now().Add(time.Hour) }
	return store, source, file
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// get asks h for a.xml; header is "Name: value" lines.
func get(h http.Handler, method string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/a.xml", nil)
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// TestReadOnce: a file that does not change is read once, whatever is asked.
func TestReadOnce(t *testing.T) {
	t.Parallel()
	store, source, _ := newCounting(t, "<flat-profile/>")
	h := Handler(source, Options{})
	tag := get(h, "GET").Header().Get("ETag")
	for _, c := range []struct {
		method, header string
		status         int
		body           string
	}{
		{"GET", "If-None-Match: " + tag, 304, ""},
		{"GET", `If-None-Match: "other"`, 200, "<flat-profile/>"},
		{"GET", `If-Match: "other"`, 412, ""},
		{"GET", "Range: bytes=1-4", 206, "flat"},
		{"HEAD", "X: x", 200, ""},
		{"GET", "X: x", 200, "<flat-profile/>"},
	} {
		w := get(h, c.method, c.header)
		if w.Code != c.status || w.Body.String() != c.body || w.Code < 400 && w.Header().Get("ETag") != tag {
			t.Errorf("%s with %s: %d %q, tag %s", c.method, c.header, w.Code, w.Body, w.Header().Get("ETag"))
		}
	}
	if n := store.reads.Load(); n != 1 {
		t.Errorf("the file was read %d times, want once", n)
	}
}

// TestNoStaleAnswer: whatever way a file changes, the next answer has the new
// content and another tag, also where size and time of modification stay.
func TestNoStaleAnswer(t *testing.T) {
	t.Parallel()
	long := time.Now().Add(-24 * time.Hour)
	for name, change := range map[string]func(t *testing.T, file string){
		"written in place": func(t *testing.T, file string) { write(t, file, "two") },
		"replaced": func(t *testing.T, file string) {
			write(t, file+".new", "two")
			if err := os.Rename(file+".new", file); err != nil {
				t.Fatal(err)
			}
		},
		"replaced, same time": func(t *testing.T, file string) {
			write(t, file+".new", "two")
			if err := os.Chtimes(file+".new", long, long); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(file+".new", file); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, source, file := newCounting(t, "one")
			if err := os.Chtimes(file, long, long); err != nil {
				t.Fatal(err)
			}
			h := Handler(source, Options{})
			tag := get(h, "GET").Header().Get("ETag")
			if w := get(h, "GET", "If-None-Match: "+tag); w.Code != 304 {
				t.Fatalf("unchanged: %d", w.Code)
			}
			change(t, file)
			if w := get(h, "GET", "If-None-Match: "+tag); w.Code != 200 || w.Body.String() != "two" || w.Header().Get("ETag") == tag {
				t.Errorf("%d %q with the tag %s", w.Code, w.Body, w.Header().Get("ETag"))
			}
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
			if w := get(h, "GET", "If-None-Match: "+tag); w.Code != 404 {
				t.Errorf("removed: %d", w.Code)
			}
		})
	}
}

// TestYoungFile: a file that has just been written is read each time, because its
// next change may bear the same time.
func TestYoungFile(t *testing.T) {
	t.Parallel()
	store, source, file := newCounting(t, "one")
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	source.now = func() time.Time { return info.ModTime().Add(racy) }
	h := Handler(source, Options{})
	get(h, "GET")
	get(h, "GET")
	if n := store.reads.Load(); n != 2 {
		t.Errorf("read %d times, want each time", n)
	}
}

// TestGzip: the compressed form has a tag of its own and is made once.
func TestGzip(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("<Station_Name>x</Station_Name>\n", 100)
	_, source, file := newCounting(t, text)
	h := Handler(source, Options{Gzip: 1 << 20})
	plain := get(h, "GET")
	if plain.Body.String() != text || plain.Header().Get("Vary") != "Accept-Encoding" {
		t.Fatalf("plain: %d bytes, header %v", plain.Body.Len(), plain.Header())
	}
	w := get(h, "GET", "Accept-Encoding: deflate, gzip;q=0.5")
	tag := w.Header().Get("ETag")
	if got := unzip(t, w.Body); got != text || w.Header().Get("Content-Encoding") != "gzip" || tag == plain.Header().Get("ETag") {
		t.Fatalf("compressed: %d bytes, header %v", len(got), w.Header())
	}
	if again := get(h, "GET", "Accept-Encoding: gzip", "If-None-Match: "+tag); again.Code != 304 || again.Header().Get("ETag") != tag {
		t.Errorf("asked again: %d %v", again.Code, again.Header())
	}
	for _, header := range []string{"Accept-Encoding: gzip;q=0", "Accept-Encoding: *, gzip; q=0.0", "Accept-Encoding: br", "Accept-Encoding: identity"} {
		if w := get(h, "GET", header); w.Body.String() != text || w.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s: header %v", header, w.Header())
		}
	}
	if w := get(h, "GET", "Accept-Encoding: gzip", "Range: bytes=0-3"); w.Code != 206 || w.Body.String() != text[:4] {
		t.Errorf("a part: %d %q", w.Code, w.Body)
	}
	head := get(h, "HEAD", "Accept-Encoding: gzip")
	if head.Header().Get("ETag") != tag {
		t.Errorf("HEAD: %v", head.Header())
	}
	write(t, file, text+"more")
	if got := unzip(t, get(h, "GET", "Accept-Encoding: gzip", "If-None-Match: "+tag).Body); got != text+"more" {
		t.Error("after a change, the former compressed form is sent")
	}
}

// TestGzipTagWrites: who read the compressed form may write with its tag.
func TestGzipTagWrites(t *testing.T) {
	t.Parallel()
	_, source, _ := newCounting(t, strings.Repeat("x", leastGzip))
	h := Handler(source, Options{Gzip: 1 << 20, Username: "deploy", Password: func() (string, error) { return "pw", nil }})
	tag := get(h, "GET", "Accept-Encoding: gzip").Header().Get("ETag")
	if !strings.HasSuffix(tag, gzipSuffix) {
		t.Fatalf("tag %s", tag)
	}
	for want, match := range map[int]string{412: `"other-gzip"`, 204: tag} {
		r := httptest.NewRequest("PUT", "/a.xml", strings.NewReader(strings.Repeat("x", leastGzip)))
		r.SetBasicAuth("deploy", "pw")
		r.Header.Set("If-Match", match)
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != want {
			t.Errorf("If-Match: %s: %d, want %d", match, w.Code, want)
		}
	}
}

func unzip(t *testing.T, b *bytes.Buffer) string {
	t.Helper()
	z, err := gzip.NewReader(b)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestLRU: the cache stays within its bound and drops the eldest.
func TestLRU(t *testing.T) {
	t.Parallel()
	c := newLRU[int](10)
	for i := range 20 {
		c.get("0") // stays young
		c.put(fmt.Sprint(i), i, 3)
	}
	c.put("large", 1, 11)
	c.put("19", 20, 4)
	for name, want := range map[string]int{"0": 0, "18": 18, "19": 20} {
		if got, ok := c.get(name); !ok || got != want {
			t.Errorf("%s: %d %v, want %d", name, got, ok, want)
		}
	}
	if c.remove("18"); c.used != 7 || len(c.at) != 2 || c.ages.Len() != 2 {
		t.Errorf("%d used by %d entries", c.used, len(c.at))
	}
}
