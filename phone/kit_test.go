// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/scep"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/ca"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// keyPool hands out RSA keys that were made once for all tests: making one
// takes as long as twenty enrollments. Keys are handed out in turn, so that two
// in a row differ.
var keyPool = sync.OnceValue(func() []*rsa.PrivateKey {
	keys := make([]*rsa.PrivateKey, 12)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			k, err := rsa.GenerateKey(rand.Reader, 2048)
			if err != nil {
				panic(err)
			}
			keys[i] = k
		})
	}
	wg.Wait()
	return keys
})

var keyTurn atomic.Uint64

func poolKey() (*rsa.PrivateKey, error) {
	pool := keyPool()
	return pool[keyTurn.Add(1)%uint64(len(pool))], nil
}

// ownTurn is poolKey for one phone: its next key is never the one before,
// however many keys the phones of tests beside it take meanwhile.
func ownTurn() func() (*rsa.PrivateKey, error) {
	var turn atomic.Uint64
	turn.Store(keyTurn.Add(1))
	return func() (*rsa.PrivateKey, error) {
		pool := keyPool()
		return pool[turn.Add(1)%uint64(len(pool))], nil
	}
}

// clock is a time that stands still until it is moved.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.After(c.t) {
		c.t = t
	}
}

func (c *clock) advance(d time.Duration) { c.set(c.now().Add(d)) }

const (
	testChallenge = "Sesame-4711-open"
	testAdmin     = "admin-Passw0rd"
)

var maker = sync.OnceValue(func() *Manufacturer {
	m, err := NewManufacturer(newClock().now(), poolKey)
	if err != nil {
		panic(err)
	}
	return m
})

func testIdentity() device.Identity {
	model, err := device.ParseModel("9871")
	if err != nil {
		panic(err)
	}
	mac, err := device.ParseMAC("00:1A:2B:3C:4D:5E")
	if err != nil {
		panic(err)
	}
	return device.Identity{Model: model, MAC: mac, Serial: "FCH12345678"}
}

var testMIC = sync.OnceValue(func() *scep.Signer {
	mic, err := maker().MIC(testIdentity())
	if err != nil {
		panic(err)
	}
	return mic
})

// world is a phone with everything around it: a CA, a provisioning server, a
// clock, a log.
type world struct {
	t       *testing.T
	clock   *clock
	ca      *ca.CA
	server  *httptest.Server // SCEP
	front   *front           // before the CA: to take it away, to count, to look
	profile *profileServer
	phone   *Phone
	log     *lockedBuffer
	config  Config
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// front stands before a SCEP server.
type front struct {
	mu       sync.Mutex
	next     http.Handler
	instead  http.Handler        // answers in its place when set
	requests []string            // operations asked for
	methods  map[string][]string // … and how, by operation
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	operation := r.URL.Query().Get("operation")
	f.requests = append(f.requests, operation)
	if f.methods == nil {
		f.methods = map[string][]string{}
	}
	f.methods[operation] = append(f.methods[operation], r.Method)
	h := f.next
	if f.instead != nil {
		h = f.instead
	}
	f.mu.Unlock()
	h.ServeHTTP(w, r)
}

func (f *front) replace(h http.Handler) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.instead = h
}

func (f *front) count(operation string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, r := range f.requests {
		if r == operation {
			n++
		}
	}
	return n
}

// profileServer serves one cfg.xml.
type profileServer struct {
	mu       sync.Mutex
	data     []byte
	version  int
	requests []*http.Request
	instead  http.Handler
}

func (s *profileServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests = append(s.requests, r)
	instead, data, etag := s.instead, s.data, fmt.Sprintf(`"v%d"`, s.version)
	s.mu.Unlock()
	if instead != nil {
		instead.ServeHTTP(w, r)
		return
	}
	w.Header().Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Write(data)
}

func (s *profileServer) replace(h http.Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.instead = h
}

func (s *profileServer) put(data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data = data
	s.version++
}

// readyCA is the database of a CA that has its keys: making them takes longer
// than most tests.
var readyCA = sync.OnceValue(func() []byte {
	dir, err := os.MkdirTemp("", "phone-test-ca")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	c, err := ca.New(ca.Config{Dir: dir, Clock: newClock().now})
	if err != nil {
		panic(err)
	}
	if err := c.Close(); err != nil {
		panic(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "ca.db"))
	if err != nil {
		panic(err)
	}
	return data
})

func newWorld(t *testing.T, change func(*ca.Config, *Config)) *world {
	t.Helper()
	w := &world{t: t, clock: newClock(), log: &lockedBuffer{}, profile: &profileServer{data: []byte("<flat-profile/>")}}
	cc := ca.Config{
		Clock: w.clock.now, Lifetime: 90 * 24 * time.Hour, Challenges: ca.StaticChallenge(testChallenge),
		ManufacturerRoots: []*x509.Certificate{maker().Root()}, MIC: ca.MICPolicy{AnyCommonName: true},
		Logger: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	provisioning := httptest.NewServer(w.profile)
	t.Cleanup(provisioning.Close)
	w.config = Config{
		Identity: testIdentity(), MIC: testMIC(), ConfigURL: provisioning.URL + "/SEP$MAU.xml", Clock: w.clock.now,
		Keys: ownTurn(), AdminPassword: secret.New(testAdmin), EnrollTimeout: 5 * time.Second,
		Logger: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if change != nil {
		change(&cc, &w.config)
	}
	var err error
	if cc.Dir == "" && !cc.RA && !cc.Quirks.NDES {
		cc.Dir = t.TempDir()
		if err := os.WriteFile(filepath.Join(cc.Dir, "ca.db"), readyCA(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if w.ca, err = ca.New(cc); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.ca.Close() })
	w.front = &front{next: w.ca}
	w.server = httptest.NewServer(w.front)
	t.Cleanup(w.server.Close)
	w.boot()
	return w
}

// boot switches the phone on (again).
func (w *world) boot() {
	w.t.Helper()
	var err error
	if w.phone, err = New(w.config); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) fingerprint() string {
	return strings.ToLower(cdc.FingerprintOf(w.ca.Root().Raw, crypto.SHA256).String()) // crypto.SHA256
}

// enrollment is what an administrator would set.
func (w *world) enrollment() cfgxml.Enrollment {
	return cfgxml.Enrollment{
		Server: w.server.URL, RootCAFingerprint: w.fingerprint(), ChallengePassword: secret.New(testChallenge),
		CommonName: "phone-$MA.example.nl",
	}
}

// provision puts a cfg.xml with e on the server and lets the phone fetch it.
func (w *world) provision(e cfgxml.Enrollment) error {
	w.t.Helper()
	doc, err := cfgxml.Parse([]byte("<flat-profile>\n  <Station_Name ua=\"na\">Reception</Station_Name>\n  <Admin_Password ua=\"na\">letmein-9</Admin_Password>\n  <CDC_Challenge_Password_1_ ua=\"na\"/>\n</flat-profile>\n"))
	if err != nil {
		w.t.Fatal(err)
	}
	data, err := doc.WithEnrollment(e)
	if err != nil {
		w.t.Fatal(err)
	}
	w.profile.put(data.Bytes())
	return w.phone.Resync(context.Background())
}

// holds asserts that the phone has a certificate in effect and returns it.
func (w *world) holds() Certificate {
	w.t.Helper()
	s := w.phone.Status()
	c := s.InEffect()
	if c == nil {
		w.t.Fatalf("no certificate in effect; state %s, Download Status 1: %s\n%s", s.State, s.Download, w.log)
	}
	return *c
}

// get asks the phone's pages, as the administrator when password is not empty.
func (w *world) get(method, path, password string, body string, header ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequest(method, path, bytes.NewBufferString(body))
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if password != "" {
		r.SetBasicAuth("admin", password)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	w.phone.Handler().ServeHTTP(rec, r)
	return rec
}

// live lets time pass until the given moment, from one thing the phone has to
// do to the next, and calls each after every one of them.
func (w *world) live(until time.Time, each func()) {
	w.t.Helper()
	for steps := 0; ; steps++ {
		if steps > 10_000 {
			w.t.Fatal("the phone never rests")
		}
		due := w.phone.Tick(context.Background())
		if each != nil {
			each()
		}
		if due.After(until) {
			w.clock.set(until)
			return
		}
		if !due.After(w.clock.now()) {
			due = w.clock.now().Add(time.Millisecond)
		}
		w.clock.set(due)
	}
}

// status asserts that Download Status 1 tells of a failure with all of words.
func (w *world) failed(words ...string) {
	w.t.Helper()
	s := w.phone.Status()
	if !s.Failed {
		w.t.Fatalf("Download Status 1 is %q, want a failure", s.Download)
	}
	for _, word := range words {
		if !strings.Contains(s.Download, word) {
			w.t.Errorf("Download Status 1 is %q, want %q in it", s.Download, word)
		}
	}
}
