// SPDX-License-Identifier: MPL-2.0

package stores_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/push/stores"
)

// A webServer is a small server with strong ETags and conditional writes.
type webServer struct {
	mu      sync.Mutex
	objects map[string]string
	tags    bool // give ETags and honor the conditions
	seen    []http.Header
}

func (s *webServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, r.Header.Clone())
	old, ok := s.objects[r.URL.Path]
	tag := fmt.Sprintf(`"%x"`, old)
	if s.tags && r.Method != http.MethodGet {
		if m := r.Header.Get("If-Match"); m != "" && (!ok || m != tag) || ok && r.Header.Get("If-None-Match") == "*" {
			w.WriteHeader(http.StatusPreconditionFailed)
			return
		}
	}
	switch {
	case r.Method == http.MethodPut:
		s.objects[r.URL.Path] = string(body)
		w.WriteHeader(http.StatusNoContent)
	case !ok:
		w.WriteHeader(http.StatusNotFound)
	case r.Method == http.MethodDelete:
		delete(s.objects, r.URL.Path)
		w.WriteHeader(http.StatusNoContent)
	default:
		if s.tags {
			w.Header().Set("ETag", tag)
		}
		io.WriteString(w, old)
	}
}

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}

// TestHTTPConditions sees that the conditions reach the server, which alone
// can make comparing and writing one step.
func TestHTTPConditions(t *testing.T) {
	t.Parallel()
	w := &webServer{objects: map[string]string{}, tags: true}
	s := open(t, serve(t, w), stores.Options{})
	v, err := s.Put(t.Context(), "a", []byte("one"), "")
	if err != nil {
		t.Fatal(err)
	}
	if got := w.seen[len(w.seen)-1].Get("If-None-Match"); got != "*" {
		t.Errorf("a new object is put with If-None-Match %q, want *", got)
	}
	if _, err := s.Put(t.Context(), "a", []byte("two"), v); err != nil {
		t.Fatal(err)
	}
	if got := w.seen[len(w.seen)-1].Get("If-Match"); got != `"6f6e65"` {
		t.Errorf("a changed object is put with If-Match %q, want the ETag of %q", got, "one")
	}
}

// TestHTTPNames sees that a name stays below the base, whatever is in it.
func TestHTTPNames(t *testing.T) {
	t.Parallel()
	w := &webServer{objects: map[string]string{}}
	s := open(t, serve(t, w)+"/cfg", stores.Options{})
	for _, name := range []string{"a b.xml", "a%2f..%2fb", "50%.xml", "a?b=c#d", "büro/x;y"} {
		if _, err := s.Put(t.Context(), name, []byte(name), ""); err != nil {
			t.Fatal(err)
		}
		if got := w.objects["/cfg/"+name]; got != name {
			t.Errorf("%q is not where it should be: %q", name, w.objects)
		}
	}
}

// silent takes the request and never answers. The server notices the client's
// going only once the body is read.
func silent(_ http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

const password = "pa55word-0f-the-store"

func TestHTTPFailures(t *testing.T) {
	t.Parallel()
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://127.0.0.1:1/elsewhere")
			w.WriteHeader(code)
			io.WriteString(w, r.Header.Get("Authorization")+password)
		}
	}
	for name, c := range map[string]struct {
		h    http.HandlerFunc
		want string
	}{
		"redirect":     {status(302), "redirects"},
		"permanent":    {status(308), "redirects"},
		"unauthorized": {status(401), "user name and password"},
		"forbidden":    {status(403), "user name and password"},
		"method":       {status(405), "does not accept"},
		"no directory": {status(409), "directory"},
		"too large":    {status(413), "limit"},
		"broken":       {status(500), "answered 500"},
		"full":         {status(507), "answered 507"},
		"silent":       {silent, "does not answer"},
		"cut": {func(w http.ResponseWriter, r *http.Request) {
			c, _, _ := http.NewResponseController(w).Hijack()
			c.Close()
		}, "does not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, serve(t, c.h), stores.Options{Username: "deploy", Timeout: 300 * time.Millisecond,
				Password: func() (string, error) { return password, nil }})
			_, err := s.Put(t.Context(), "a.xml", []byte("x"), push.Any)
			_, _, gerr := s.Get(t.Context(), "a.xml")
			for _, err := range []error{err, gerr} {
				if err == nil || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), c.want) {
					t.Errorf("error %v, want one with %q", err, c.want)
				} else if strings.Contains(err.Error(), password) || strings.Contains(err.Error(), "Basic ") {
					t.Errorf("the error holds the password: %v", err)
				}
			}
			if strings.Contains(s.String(), password) {
				t.Errorf("String holds the password: %s", s)
			}
		})
	}
}

func TestHTTPOversizedAnswer(t *testing.T) {
	t.Parallel()
	endless := func(w http.ResponseWriter, r *http.Request) {
		for b := make([]byte, 1<<16); ; {
			if _, err := w.Write(b); err != nil {
				return
			}
		}
	}
	s := open(t, serve(t, http.HandlerFunc(endless)), stores.Options{MaxSize: 1 << 20})
	if _, _, err := s.Get(t.Context(), "a"); err == nil || !strings.Contains(err.Error(), "limit of 1048576") {
		t.Errorf("get of an endless answer: %v", err)
	}
}

func TestHTTPCredentials(t *testing.T) {
	t.Parallel()
	w := &webServer{objects: map[string]string{"/a": "x"}}
	s := open(t, serve(t, w), stores.Options{Username: "deploy", Password: func() (string, error) { return password, nil }})
	if _, _, err := s.Get(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	r := http.Request{Header: w.seen[0]}
	if u, p, ok := r.BasicAuth(); !ok || u != "deploy" || p != password {
		t.Errorf("the server saw %q, %q, %v", u, p, ok)
	}
	broken := open(t, serve(t, w), stores.Options{Password: func() (string, error) { return "", errors.New("no such file") }})
	if _, _, err := broken.Get(t.Context(), "a"); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("error %v, want the one of the password", err)
	}
}

func TestHTTPCancel(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{})
	url := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { close(asked); <-r.Context().Done() }))
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-asked; cancel() }()
	if _, _, err := open(t, url, stores.Options{}).Get(ctx, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("get after cancel: %v", err)
	}
}

func TestHTTPListIsUnsupported(t *testing.T) {
	t.Parallel()
	if _, err := open(t, "http://127.0.0.1:1/", stores.Options{}).List(t.Context()); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("list: %v", err)
	}
}
