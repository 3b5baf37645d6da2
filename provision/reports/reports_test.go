// SPDX-License-Identifier: MPL-2.0

package reports_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/provision/reports"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

var phone = device.MAC{0, 0x1a, 0x2b, 0x3c, 0x4d, 0x5e}

const (
	address = "/reports/SEP001A2B3C4D5E.xml"
	profile = "<flat-profile><Station_Name ua=\"na\">Lobby</Station_Name></flat-profile>"
)

func newStore(t testing.TB) push.Store {
	t.Helper()
	s, err := push.OpenDir(t.TempDir(), push.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func known(m device.MAC) bool { return m == phone }

func send(h http.Handler, method, path string, body []byte) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, bytes.NewReader(body)))
	return w
}

// TestForms: every form of a report is stored as it came and read back.
func TestForms(t *testing.T) {
	t.Parallel()
	key := secret.New("report key")
	sealed := func(c seal.Cipher) []byte {
		data, err := seal.Seal([]byte(profile), seal.Options{Cipher: c, Key: key})
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write([]byte(profile))
	z.Close()
	for name, c := range map[string]struct {
		body []byte
		kind string
	}{
		"profile":           {[]byte(profile), "configuration"},
		"declaration":       {[]byte(`<?xml version="1.0"?>` + "\r\n" + profile), "configuration"},
		"device":            {[]byte("<device>" + profile + "</device>"), "configuration"},
		"env":               {[]byte("<env>" + profile + "</env>"), "configuration"},
		"status":            {[]byte("<flat-status><Product_Name>CP-9871</Product_Name></flat-status>"), "status"},
		"env with status":   {[]byte("<env><flat-status><Product_Name>CP-9871</Product_Name></flat-status></env>"), "status"},
		"--key":             {sealed(seal.AES256CBC), "configuration"},
		"RFC 8188":          {sealed(seal.AES128GCM), "configuration"},
		"gzip":              {zipped.Bytes(), "configuration"},
		"cut off":           {[]byte(profile[:30]), ""},
		"not XML":           {[]byte("\x00\xff not xml s3cret"), ""},
		"a web page":        {[]byte("<html>s3cret"), ""},
		"cut off encrypted": {sealed(seal.AES256CBC)[:20], ""},
	} {
		for _, method := range []string{"PUT", "POST"} {
			t.Run(name+" "+method, func(t *testing.T) {
				t.Parallel()
				var log strings.Builder
				store := newStore(t)
				h := reports.Handler(store, reports.Options{
					Known: known, Key: func(device.MAC) secret.Text { return key }, Logger: slog.New(slog.NewTextHandler(&log, nil))})
				if w := send(h, method, address, c.body); w.Code != 204 {
					t.Fatalf("%d %q", w.Code, w.Body)
				}
				r, err := reports.Newest(t.Context(), store, phone)
				if err != nil || !bytes.Equal(r.Body, c.body) {
					t.Fatalf("stored %v, %v", r, err)
				}
				content, err := r.Read(key)
				kind := ""
				switch {
				case err != nil:
				case content.Status != nil:
					kind = "status"
				case content.Config != nil:
					kind = "configuration"
				}
				if kind != c.kind {
					t.Errorf("read as %q (%v), want %q", kind, err, c.kind)
				}
				if want := "cannot be read"; (c.kind == "") != strings.Contains(log.String(), want) || strings.Contains(log.String(), "s3cret") {
					t.Errorf("log %q", log.String())
				}
			})
		}
	}
}

// TestRefused: what is not stored.
func TestRefused(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	h := reports.Handler(store, reports.Options{Known: known, MaxSize: 100})
	for _, c := range []struct {
		method, path string
		body         string
		want         int
	}{
		{"GET", address, "", 405},
		{"DELETE", address, "", 405},
		{"PUT", "/reports/SEP001A2B3C4D5F.xml", profile, 404},
		{"PUT", "/reports/SEP001A2B3C4D5E.xml/", profile, 204}, // the same path to Go
		{"PUT", "/", profile, 404},
		{"PUT", "/reports/config.xml", profile, 404},
		{"PUT", address, "", 400},
		{"PUT", address, strings.Repeat("x", 101), 413},
		{"PUT", "/00:1a:2b:3c:4d:5e", profile, 204},
	} {
		if w := send(h, c.method, c.path, []byte(c.body)); w.Code != c.want {
			t.Errorf("%s %s with %d bytes: %d, want %d", c.method, c.path, len(c.body), w.Code, c.want)
		}
	}
	if w := send(reports.Handler(store, reports.Options{}), "PUT", address, []byte(profile)); w.Code != 404 {
		t.Errorf("nobody is known: %d", w.Code)
	}
}

// TestInterval: a phone's next report is accepted when the time is over.
func TestInterval(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	h := reports.Handler(newStore(t), reports.Options{Known: known, Interval: time.Minute, Now: func() time.Time { return now }})
	for _, c := range []struct {
		after time.Duration
		want  int
		retry string
	}{{0, 204, ""}, {59 * time.Second, 429, "2"}, {time.Second, 204, ""}, {0, 429, "61"}, {-time.Hour, 429, "61"}} {
		now = now.Add(c.after)
		if w := send(h, "PUT", address, []byte(profile)); w.Code != c.want || w.Header().Get("Retry-After") != c.retry {
			t.Errorf("at %v: %d, Retry-After %q, want %d and %q", now, w.Code, w.Header().Get("Retry-After"), c.want, c.retry)
		}
	}
}

// TestHistory: of many reports that come at the same time none is lost but those
// that the history has no place for.
func TestHistory(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	h := reports.Handler(store, reports.Options{Known: known, History: 4})
	var senders sync.WaitGroup
	for i := range 3 {
		senders.Go(func() {
			for k := range 5 {
				if w := send(h, "PUT", address, fmt.Appendf(nil, "%d-%d", i, k)); w.Code != 204 {
					t.Errorf("%d: %q", w.Code, w.Body)
				}
			}
		})
	}
	senders.Wait()
	names, err := store.List(t.Context())
	if err != nil || len(names) != 5 {
		t.Fatalf("%q, %v: want the newest and four before it", names, err)
	}
	var numbers []uint64
	for _, n := range names {
		data, _, err := store.Get(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		var number uint64
		if _, err := fmt.Sscanf(string(data), `{"number":%d,`, &number); err != nil {
			t.Fatalf("%s: %s", data, err)
		}
		numbers = append(numbers, number)
	}
	if slices.Sort(numbers); !slices.Equal(numbers, []uint64{11, 12, 13, 14, 15}) {
		t.Errorf("kept %v of 15", numbers)
	}
	if _, err := reports.Newest(t.Context(), store, device.MAC{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a phone that did not report: %v", err)
	}
}

// TestCompare: what the report says of the file.
func TestCompare(t *testing.T) {
	t.Parallel()
	parse := func(params string) *cfgxml.Document {
		d, err := cfgxml.Parse([]byte("<flat-profile>" + params + "</flat-profile>"))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	const want = "<A>new</A><B>same</B><Admin_Password>s3cret-pw</Admin_Password>"
	former := parse("<A>old</A><B>same</B>")
	for name, c := range map[string]struct {
		reported string
		former   *cfgxml.Document
		want     reports.Verdict
		names    string
	}{
		"all":                   {"<A>new</A><B>same</B><C>own</C>", former, reports.Applied, ""},
		"a delta":               {"<A>new</A>", former, reports.Applied, ""},
		"access only":           {`<A ua="rw">new</A>`, former, reports.Applied, ""},
		"before":                {"<A>old</A><B>same</B>", former, reports.NotYet, "A"},
		"before, not known":     {"<A>old</A><B>same</B>", nil, reports.Differs, "A"},
		"changed at the phone":  {"<A>new</A><B>own</B>", former, reports.Differs, "B"},
		"both":                  {"<A>old</A><B>own</B>", former, reports.Differs, "A B"},
		"a password is no news": {"<A>new</A><Admin_Password>*****</Admin_Password>", former, reports.Applied, ""},
		"only a password":       {"<Admin_Password>*****</Admin_Password>", former, reports.CannotTell, ""},
		"nothing of it":         {"<C>x</C>", former, reports.CannotTell, ""},
	} {
		verdict, changes := reports.Compare(parse(c.reported), parse(want), c.former)
		var names []string
		for _, ch := range changes {
			names = append(names, ch.Name)
		}
		if verdict != c.want || strings.Join(names, " ") != c.names || strings.Contains(changes.String(), "s3cret") {
			t.Errorf("%s: %s %v, want %s %s", name, verdict, changes, c.want, c.names)
		}
	}
}

// FuzzReport: whatever a phone sends comes back from its stored form, is read or
// refused, and is applied if it is compared with itself.
func FuzzReport(f *testing.F) {
	for _, seed := range []string{profile, "<env>" + profile + "</env>", "<flat-status><a>b</a></flat-status>", "Salted__12345678", "\x1f\x8b\x08", "<flat-status"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		data, err := json.Marshal(&reports.Report{MAC: phone, Body: body})
		if err != nil {
			t.Fatal(err)
		}
		var r reports.Report
		if err := json.Unmarshal(data, &r); err != nil || !bytes.Equal(r.Body, body) {
			t.Fatalf("%q came back, %v", r.Body, err)
		}
		c, err := r.Read(secret.New("key"))
		if err == nil && (c.Config == nil) == (c.Status == nil) {
			t.Fatal("neither a configuration nor a status, and no error")
		}
		if c.Config == nil || err != nil {
			return
		}
		if verdict, changes := reports.Compare(c.Config, c.Config, nil); verdict != reports.Applied && verdict != reports.CannotTell {
			t.Fatalf("compared with itself: %s %v", verdict, changes)
		}
	})
}
