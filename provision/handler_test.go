// SPDX-License-Identifier: MPL-2.0

package provision_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/push/web"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/storetest"
	"github.com/phonecfg/terraform-provider-ciscophone/provision"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
)

const password = "correct horse"

func login() (string, error) { return password, nil }

// newServer serves a directory with one phone's file and one hidden file.
func newServer(t *testing.T, o provision.Options) (base, dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, content := range map[string]string{
		"SEP001A2B3C4D5E.xml":    "<flat-profile>\r\n</flat-profile>\r\n",
		"site/SEP0011.xml":       "<flat-profile/>",
		".htpasswd":              "hidden",
		".hidden/SEP.xml":        "hidden",
		"page.html":              "<script>alert(1)</script>",
		"../outside-" + t.Name(): "outside",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	store, err := push.OpenDir(dir, push.Options{MaxSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(provision.Handler(provision.FromStore(store), o))
	t.Cleanup(srv.Close)
	return srv.URL, dir
}

// do sends one request; header is "Name: value" lines.
func do(t *testing.T, method, url, body string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range header {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Login" {
			req.SetBasicAuth("deploy", value)
			continue
		}
		req.Header.Add(name, value)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(data)
}

func TestGet(t *testing.T) {
	t.Parallel()
	base, _ := newServer(t, provision.Options{})
	url := base + "/SEP001A2B3C4D5E.xml"

	resp, body := do(t, "GET", url, "")
	if resp.StatusCode != 200 || body != "<flat-profile>\r\n</flat-profile>\r\n" {
		t.Fatalf("GET: %s, %q", resp.Status, body)
	}
	tag := resp.Header.Get("ETag")
	if len(tag) < 10 || tag[0] != '"' {
		t.Fatalf("ETag %q is not a strong entity tag", tag)
	}
	if got := resp.Header.Get("Content-Type"); got != "application/xml" {
		t.Errorf("Content-Type %q", got)
	}

	resp, body = do(t, "HEAD", url, "")
	if resp.StatusCode != 200 || body != "" || resp.ContentLength != 33 || resp.Header.Get("ETag") != tag {
		t.Errorf("HEAD: %s, %d bytes, ETag %s", resp.Status, resp.ContentLength, resp.Header.Get("ETag"))
	}
	for _, none := range []string{tag, "W/" + tag, `"x", ` + tag, "*"} {
		if resp, body = do(t, "GET", url, "", "If-None-Match: "+none); resp.StatusCode != 304 || body != "" {
			t.Errorf("If-None-Match %s: %s with %d bytes, want 304", none, resp.Status, len(body))
		}
	}
	if resp, _ = do(t, "GET", url, "", `If-None-Match: "other"`); resp.StatusCode != 200 {
		t.Errorf("another entity tag: %s, want 200", resp.Status)
	}
	if resp, body = do(t, "GET", base+"/site/SEP0011.xml", ""); body != "<flat-profile/>" {
		t.Errorf("an object in a directory: %s %q", resp.Status, body)
	}
	if resp, _ = do(t, "GET", base+"/page.html", ""); !strings.Contains(resp.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Error("a stored page may run in the browser")
	}
}

func TestPathsThatLeadNowhere(t *testing.T) {
	t.Parallel()
	base, _ := newServer(t, provision.Options{Username: "deploy", Password: login})
	for _, path := range []string{
		"/", "/site/", "/absent.xml", "/.htpasswd", "/.hidden/SEP.xml",
		"/../outside-" + t.Name(), "/..%2foutside-" + t.Name(), "/%2e%2e/outside-" + t.Name(),
		"/site/../SEP001A2B3C4D5E.xml", "//SEP001A2B3C4D5E.xml", "/site//SEP0011.xml", "/./SEP001A2B3C4D5E.xml",
		"/..%5coutside", "/SEP%00.xml", "/SEP%0a.xml", "/%ff.xml", "/" + strings.Repeat("a", 300),
	} {
		if resp, body := do(t, "GET", base+path, ""); resp.StatusCode != 404 || strings.Contains(body, "outside\n") || strings.Contains(body, "hidden") {
			t.Errorf("GET %s: %s %q, want 404", path, resp.Status, body)
		}
	}
	// What is there but is no file, the store calls a failure.
	for _, path := range []string{"/site", "/SEP001A2B3C4D5E.xml/x"} {
		if resp, body := do(t, "GET", base+path, ""); resp.StatusCode < 400 || strings.Contains(body, "SEP0011") {
			t.Errorf("GET %s: %s %q, want a refusal", path, resp.Status, body)
		}
	}
	for _, path := range []string{"/.htpasswd", "/../x.xml", "/..%2fx.xml", "/a/../b.xml", "/"} {
		if resp, _ := do(t, "PUT", base+path, "x", "Login: "+password); resp.StatusCode != 400 {
			t.Errorf("PUT %s: %s, want 400", path, resp.Status)
		}
	}
}

func TestReadOnlyWithoutPassword(t *testing.T) {
	t.Parallel()
	base, dir := newServer(t, provision.Options{})
	for _, method := range []string{"PUT", "DELETE", "POST", "PATCH", "PROPFIND"} {
		resp, _ := do(t, method, base+"/SEP001A2B3C4D5E.xml", "x", "Login: "+password)
		if resp.StatusCode != 405 || resp.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: %s, Allow %q", method, resp.Status, resp.Header.Get("Allow"))
		}
	}
	if data, _ := os.ReadFile(filepath.Join(dir, "SEP001A2B3C4D5E.xml")); len(data) != 33 {
		t.Error("the file was changed")
	}
}

func TestWriteNeedsThePassword(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]provision.Options{
		"password":       {Username: "deploy", Password: login},
		"empty password": {Username: "deploy", Password: func() (string, error) { return "", nil }},
		"unreadable":     {Username: "deploy", Password: func() (string, error) { return "", errors.New("gone") }},
		"other user":     {Username: "someone", Password: login},
	} {
		base, dir := newServer(t, o)
		logins := [][]string{nil, {"Login: "}, {"Login: wrong"}}
		if name != "password" {
			logins = append(logins, []string{"Login: " + password})
		}
		for _, login := range logins {
			for _, method := range []string{"PUT", "DELETE"} {
				resp, _ := do(t, method, base+"/SEP001A2B3C4D5E.xml", "x", login...)
				if resp.StatusCode != 401 || resp.Header.Get("WWW-Authenticate") == "" {
					t.Errorf("%s: %s with %v: %s, want 401", name, method, login, resp.Status)
				}
			}
		}
		if data, _ := os.ReadFile(filepath.Join(dir, "SEP001A2B3C4D5E.xml")); len(data) != 33 {
			t.Errorf("%s: the file was changed", name)
		}
	}
}

func TestPrivateReads(t *testing.T) {
	t.Parallel()
	base, _ := newServer(t, provision.Options{Username: "deploy", Password: login, PrivateReads: true})
	if resp, body := do(t, "GET", base+"/SEP001A2B3C4D5E.xml", ""); resp.StatusCode != 401 || strings.Contains(body, "profile") {
		t.Errorf("without login: %s %q", resp.Status, body)
	}
	if resp, _ := do(t, "GET", base+"/SEP001A2B3C4D5E.xml", "", "Login: "+password); resp.StatusCode != 200 {
		t.Errorf("with login: %s", resp.Status)
	}
}

func TestConditionalWrites(t *testing.T) {
	t.Parallel()
	base, dir := newServer(t, provision.Options{Username: "deploy", Password: login, MaxSize: 100})
	credentials := "Login: " + password
	fresh, old := base+"/new.xml", base+"/SEP001A2B3C4D5E.xml"
	resp, _ := do(t, "GET", old, "")
	tag := resp.Header.Get("ETag")

	steps := []struct {
		name, method, url, body, header string
		want                            int
	}{
		{"stale tag", "PUT", old, "stale", `If-Match: "stale"`, 412},
		{"weak tag", "PUT", old, "weak", "If-Match: W/" + tag, 412},
		{"create over something", "PUT", old, "create", "If-None-Match: *", 412},
		{"same content again", "PUT", old, "none", "If-None-Match: " + tag, 412},
		{"must exist", "PUT", fresh, "x", "If-Match: *", 412},
		{"right tag", "PUT", old, "two", "If-Match: " + tag, 204},
		{"the former tag", "PUT", old, "three", "If-Match: " + tag, 412},
		{"create", "PUT", fresh, "one", "If-None-Match: *", 201},
		{"create again", "PUT", fresh, "two", "If-None-Match: *", 412},
		{"unconditional", "PUT", fresh, "two", "X-Nothing: x", 204},
		{"too large", "PUT", fresh, strings.Repeat("x", 101), "X-Nothing: x", 413},
		{"a part", "PUT", fresh, "x", "Content-Range: bytes 0-0/3", 400},
		{"delete with a stale tag", "DELETE", fresh, "", `If-Match: "stale"`, 412},
		{"delete", "DELETE", fresh, "", "X-Nothing: x", 204},
		{"delete again", "DELETE", fresh, "", "X-Nothing: x", 404},
	}
	for _, s := range steps {
		if resp, body := do(t, s.method, s.url, s.body, credentials, s.header); resp.StatusCode != s.want {
			t.Fatalf("%s: %s %q, want %d", s.name, resp.Status, body, s.want)
		}
	}
	if data, _ := os.ReadFile(filepath.Join(dir, "SEP001A2B3C4D5E.xml")); string(data) != "two" {
		t.Errorf("the store holds %q, want what was put with the right tag", data)
	}
}

// TestPushThroughIt: a push.Store at the handler's URL behaves as every store.
func TestPushThroughIt(t *testing.T) {
	t.Parallel()
	base, dir := newServer(t, provision.Options{Username: "deploy", Password: login})
	const limit = 1000
	at, err := url.Parse(base + "/site%20b/")
	if err != nil {
		t.Fatal(err)
	}
	s, err := web.Open(at, web.Options{Username: "deploy", Password: login, MaxSize: limit})
	if err != nil {
		t.Fatal(err)
	}
	storetest.Run(t, s, limit)
	if _, err := s.Put(t.Context(), "SEP 1.xml", []byte("one"), ""); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(filepath.Join(dir, "site b", "SEP 1.xml")); string(data) != "one" {
		t.Errorf("stored %q, %v", data, err)
	}
}

// TestConcurrentWriters: of many that start from the same version, one wins.
func TestConcurrentWriters(t *testing.T) {
	t.Parallel()
	base, _ := newServer(t, provision.Options{Username: "deploy", Password: login})
	url := base + "/SEP001A2B3C4D5E.xml"
	resp, _ := do(t, "GET", url, "")
	tag := resp.Header.Get("ETag")
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for i := range 8 {
		wg.Go(func() {
			resp, _ := do(t, "PUT", url, fmt.Sprintf("writer %d", i), "Login: "+password, "If-Match: "+tag)
			mu.Lock()
			defer mu.Unlock()
			if resp.StatusCode == 204 {
				won++
			} else if resp.StatusCode != 412 {
				t.Errorf("writer %d: %s", i, resp.Status)
			}
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("%d writers won, want 1", won)
	}
}

// failing is a store whose disk is broken; its error tells where it is.
type failing struct{ push.Store }

func (failing) Get(context.Context, string) ([]byte, push.Version, error) {
	return nil, "", errors.New("/srv/secret/place: input/output error")
}

func TestStoreFailure(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	h := provision.Handler(provision.FromStore(failing{}), provision.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest("GET", "/SEP.xml", nil))
	if rec.Code != 500 || strings.Contains(rec.Body.String(), "/srv") {
		t.Errorf("%d %q: want 500 that does not tell where the store is", rec.Code, rec.Body)
	}
	if !strings.Contains(log.String(), "/srv/secret/place") {
		t.Errorf("the log does not tell the reason: %q", log.String())
	}
}

func ExampleHandler() {
	dir, _ := os.MkdirTemp("", "provision")
	defer os.RemoveAll(dir)
	os.WriteFile(filepath.Join(dir, "SEP001A2B3C4D5E.xml"), []byte("<flat-profile/>"), 0o600)

	store, _ := push.OpenDir(dir, push.Options{})
	srv := httptest.NewServer(provision.Handler(provision.FromStore(store), provision.Options{}))
	defer srv.Close()

	resp, _ := http.Get(srv.URL + "/SEP001A2B3C4D5E.xml")
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	fmt.Println(resp.Status, string(body))
	// Output: 200 OK <flat-profile/>
}
