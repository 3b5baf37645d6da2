// SPDX-License-Identifier: MPL-2.0

package provision_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/provision"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// A content notes how far it was read, and whether it was closed.
type content struct {
	io.ReadSeeker
	read, closed int
}

func (c *content) Read(p []byte) (int, error) {
	n, err := c.ReadSeeker.Read(p)
	c.read += n
	return n, err
}

func (c *content) Close() error { c.closed++; return nil }

// TestSource: what a source says of its file is sent, and its content is read
// only where it is needed.
func TestSource(t *testing.T) {
	t.Parallel()
	const text = "<flat-profile/>"
	for _, c := range []struct {
		name    string
		header  http.Header
		request string
		status  int
		body    string
		read    int
	}{
		{"no tag", nil, "X: x", 200, text, 2 * len(text)},
		{"tag", http.Header{"ETag": {`"1"`}}, "X: x", 200, text, len(text)}, // not in canonical form
		{"same", http.Header{"Etag": {`"1"`}}, `If-None-Match: "1"`, 304, "", 0},
		{"same, weak", http.Header{"Etag": {`W/"1"`}}, `If-None-Match: W/"1"`, 304, "", 0},
		{"another", http.Header{"Etag": {`"1"`}}, `If-None-Match: "2"`, 200, text, len(text)},
		{"failed condition", http.Header{"Etag": {`"1"`}}, `If-Match: "2"`, 412, "", 0},
		{"part", http.Header{"Etag": {`"1"`}}, "Range: bytes=1-4", 206, "flat", 4},
		{"no such part", http.Header{"Etag": {`"1"`}}, "Range: bytes=99-", 416, "invalid range: failed to overlap\n", 0},
		{"encoded", http.Header{"Etag": {`"1"`}, "Content-Encoding": {"aes128gcm"}}, "X: x", 200, text, len(text)},
		{"wrong length", http.Header{"Etag": {`"1"`}, "Content-Length": {"3"}}, "X: x", 200, text, len(text)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			given := &content{ReadSeeker: strings.NewReader(text)}
			srv := httptest.NewServer(provision.Handler(provision.SourceFunc(func(context.Context, string) (provision.File, error) {
				return provision.File{Header: c.header, Content: given}, nil
			}), provision.Options{}))
			t.Cleanup(srv.Close)
			resp, body := do(t, "GET", srv.URL+"/a.xml", "", c.request, "Accept-Encoding: aes128gcm")
			if resp.StatusCode != c.status || body != c.body {
				t.Errorf("%s %q, want %d %q", resp.Status, body, c.status, c.body)
			}
			if given.read != c.read || given.closed != 1 {
				t.Errorf("read %d bytes and closed %d times, want %d and 1", given.read, given.closed, c.read)
			}
			if c.status == 200 && resp.Header.Get("Content-Encoding") != c.header.Get("Content-Encoding") {
				t.Errorf("Content-Encoding %q", resp.Header.Get("Content-Encoding"))
			}
			if c.status == 200 && (resp.Header.Get("Content-Type") != "application/xml" || resp.Header.Get("ETag") == "") {
				t.Errorf("header %v", resp.Header)
			}
		})
	}
}

// TestSourceFailures: a source that has nothing to say is not the phone's fault.
func TestSourceFailures(t *testing.T) {
	t.Parallel()
	answer := func(err error) provision.Source {
		return provision.SourceFunc(func(context.Context, string) (provision.File, error) { return provision.File{}, err })
	}
	for name, c := range map[string]struct {
		source provision.Source
		want   int
	}{
		"absent":      {answer(fmt.Errorf("a.xml: %w", fs.ErrNotExist)), 404},
		"broken":      {answer(errors.New("the database is down")), 500},
		"nothing":     {answer(nil), 500},
		"no source":   {nil, 500},
		"no function": {provision.SourceFunc(nil), 500},
		"no store":    {provision.FromStore(nil), 500},
	} {
		h := provision.Handler(c.source, provision.Options{Username: "deploy", Password: login})
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest("GET", "/a.xml", nil))
		if rec.Code != c.want || strings.Contains(rec.Body.String(), "database") {
			t.Errorf("%s: %d %q, want %d", name, rec.Code, rec.Body, c.want)
		}
		rec = httptest.NewRecorder()
		put := httptest.NewRequest("PUT", "/a.xml", strings.NewReader("x"))
		put.SetBasicAuth("deploy", password)
		if h.ServeHTTP(rec, put); rec.Code != 405 {
			t.Errorf("%s: PUT %d, want 405: there is no store", name, rec.Code)
		}
	}
}

// Files made on demand, encrypted for each phone with its own key (RFC 8188).
func ExampleSourceFunc() {
	keys := map[string]secret.Text{"SEP001A2B3C4D5E.xml": secret.New("input keying material")}
	source := provision.SourceFunc(func(_ context.Context, name string) (provision.File, error) {
		key, ok := keys[name]
		if !ok {
			return provision.File{}, fs.ErrNotExist
		}
		sealed, err := seal.Seal([]byte("<flat-profile/>"), seal.Options{Cipher: seal.AES128GCM, Key: key})
		return provision.File{
			Header:  http.Header{"Content-Encoding": {"aes128gcm"}, "Etag": {`W/"revision-7"`}},
			Content: strings.NewReader(string(sealed)),
		}, err
	})
	srv := httptest.NewServer(provision.Handler(source, provision.Options{}))
	defer srv.Close()

	resp, err := http.Get(srv.URL + "/SEP001A2B3C4D5E.xml")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	plain, err := seal.Open(body, seal.OpenOptions{Key: keys["SEP001A2B3C4D5E.xml"]})
	fmt.Println(resp.Header.Get("Content-Encoding"), string(plain), err)
	// Output: aes128gcm <flat-profile/> <nil>
}
