// SPDX-License-Identifier: MPL-2.0

package browser

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// serve gives a page with this body.
func serve(t *testing.T, body string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'")
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		if _, err := w.Write([]byte(body)); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// recorder takes the failures of a test, so that a test can ask for them.
type recorder struct {
	testing.TB
	failures []string
}

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, strings.TrimSpace(format))
}

// TestFinds: what is wrong with a page is seen; a judge who never objects would
// be none.
func TestFinds(t *testing.T) {
	t.Parallel()
	b := Open(t)
	b.Go(serve(t, `<!DOCTYPE html><html><title>Bad</title><style>:focus{outline:none}</style>
<main><h2>Low</h2><p style="color:#999;background:#eee">gray on gray</p><input id="nameless"><div style="width:3000px">wide</div>
<img src="http://192.0.2.1/x.png"><button></button></main>`))
	unnamed := strings.Join(b.Unnamed(), "\n")
	for _, want := range []string{"a textbox has no name", "a button has no name", "exactly one heading"} {
		if !strings.Contains(unnamed, want) {
			t.Errorf("%q is not among what the tree lacks:\n%s", want, unnamed)
		}
	}
	if b.axe != "" {
		found := strings.Join(b.Violations(), "\n")
		for _, want := range []string{"color-contrast: ", "label: ", "button-name: ", "html-has-lang: ", "image-alt: "} {
			if !strings.Contains(found, want) {
				t.Errorf("%q is not among the violations:\n%s", want, found)
			}
		}
	}
	// The rest is said through the test itself.
	r := &recorder{TB: t}
	judged := &Tab{t: r, ctx: b.ctx}
	judged.Accessible()
	judged.To("#nameless")
	for _, want := range []string{"%s: the page is %d px wider than its window", "the focus on %s cannot be seen"} {
		if !slices.Contains(r.failures, want) {
			t.Errorf("%q is not among the failures %q", want, r.failures)
		}
	}
	b.Expect("192.0.2.1") // what the policy refused was said
}

func TestComplains(t *testing.T) {
	t.Parallel()
	b := Open(t)
	b.Go(serve(t, `<!DOCTYPE html><html lang="en"><title>Loud</title><main><h1>Loud</h1></main><script>console.log("chatter"); nothing.there()</script>`))
	r := &recorder{TB: t}
	b.mu.Lock()
	complaints := slices.Clone(b.complaints)
	b.mu.Unlock()
	(&Tab{t: r, complaints: complaints, expected: []string{"chatter", "of something else"}}).judge()
	if want := []string{"the browser does not complain of %q", "the browser complains: %s"}; !slices.Equal(r.failures, want) {
		t.Errorf("%q, want %q (of %q)", r.failures, want, complaints)
	}
	b.Expect("chatter")
	b.Expect("nothing is not defined")
}

// TestKeyboard: fields, lists, files and links by keys alone.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	b := Open(t)
	address := serve(t, `<!DOCTYPE html><html lang="en"><title>Form</title><main><h1>Form</h1>
<p><label>Text <input id="text" value="old"></label> <label>List <select id="list"><option>one<option>two<option>three</select></label>
<label>File <input type="file" id="file"></label> <a id="link" href="/elsewhere">Elsewhere</a></p></main>`)
	b.Go(address)
	b.Accessible()
	b.Fill("#text", "new Text 1!")
	b.Pick("#list", "three")
	file := filepath.Join(t.TempDir(), "some.p12")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.Upload("#file", file)
	if got := Eval[string](b, "[text.value, list.value, file.files[0].name].join()"); got != "new Text 1!,three,some.p12" {
		t.Errorf("filled in: %q", got)
	}
	b.To("#link")
	b.Loads(func() { b.Press(Enter) })
	if got := b.Path(); got != "/elsewhere" {
		t.Errorf("the link leads to %q", got)
	}
	b.Only(address)
	b.Expect("404")
}
