// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"bytes"
	"context"
	"crypto/x509"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/ca"
)

// TestRetry: after a failure the phone waits, longer each time; a changed
// parameter is tried at once.
func TestRetry(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.front.replace(http.NotFoundHandler())
	down := w.enrollment()
	if err := w.provision(down); err == nil {
		t.Fatal("no error")
	}
	var pauses []time.Duration
	for range 8 {
		at := w.clock.now()
		next := w.phone.Status().NextAttempt
		pauses = append(pauses, next.Sub(at))
		w.clock.set(next.Add(-time.Second))
		asked := len(w.front.requests)
		w.phone.Tick(t.Context())
		if len(w.front.requests) != asked {
			t.Fatal("asked before its time")
		}
		w.clock.set(next)
		w.phone.Tick(t.Context())
		if len(w.front.requests) == asked {
			t.Fatal("did not ask when it was time")
		}
	}
	if want := "[1m0s 2m0s 4m0s 8m0s 16m0s 32m0s 1h0m0s 1h0m0s]"; fmt.Sprint(pauses) != want {
		t.Errorf("pauses %v, want %s", pauses, want)
	}
	w.front.replace(nil)
	down.CommonName = "changed"
	if err := w.provision(down); err != nil {
		t.Error(err)
	}
	w.holds()
}

// TestSameKeyUntilAnswered: a request whose answer was lost is asked again with
// the same key, so that the CA need not issue twice.
func TestSameKeyUntilAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	lost := true
	w.front.replace(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("operation") == "PKIOperation" && lost {
			lost = false
			w.ca.ServeHTTP(discard{http.Header{}}, r)
			panic(http.ErrAbortHandler)
		}
		w.ca.ServeHTTP(rw, r)
	}))
	if err := w.provision(w.enrollment()); err == nil {
		t.Fatal("the answer was not lost")
	}
	w.clock.advance(time.Hour)
	w.phone.Tick(t.Context())
	w.holds()
	if n := len(w.ca.Issued()); n != 1 {
		t.Errorf("%d certificates were issued for one request", n)
	}
}

// discard is a client that has gone.
type discard struct{ h http.Header }

func (d discard) Header() http.Header         { return d.h }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

// TestChangeInterruptsEnrollment: what is under way was asked for with other
// parameters and is not installed.
func TestChangeInterruptsEnrollment(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	reached, release := make(chan struct{}), make(chan struct{})
	w.front.replace(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("operation") == "PKIOperation" {
			select {
			case reached <- struct{}{}:
				select {
				case <-release:
				case <-r.Context().Done():
					return
				}
			default:
			}
		}
		w.ca.ServeHTTP(rw, r)
	}))
	w.phone.SetParameters(w.enrollment())
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.phone.Tick(context.Background())
	}()
	<-reached
	e := w.enrollment()
	e.CommonName = "second"
	w.phone.SetParameters(e)
	<-done
	close(release)
	if got := w.holds().Leaf().Subject.CommonName; got != "second" {
		t.Errorf("common name %q", got)
	}
}

// TestSwitchedOffIsNoFailure: a phone that is switched off while it enrolls does
// not note a failure.
func TestSwitchedOffIsNoFailure(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	w.front.replace(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}))
	w.phone.SetParameters(w.enrollment())
	w.phone.Tick(ctx)
	if s := w.phone.Status(); s.Failed || s.State != Enrolling {
		t.Errorf("state %s, %q", s.State, s.Download)
	}
}

// noPolling is a time for an enrollment that leaves none for the first poll, after
// five seconds, and as much as can be for the rest.
const noPolling = 4900 * time.Millisecond

// newWaiting returns a world in which the phone's request waits for approval.
func newWaiting(t *testing.T) (w *world, id string) {
	t.Helper()
	w = newWorld(t, func(cc *ca.Config, c *Config) { cc.Approval, c.EnrollTimeout = true, noPolling })
	if err := w.provision(w.enrollment()); err == nil {
		t.Fatal("no error")
	}
	waiting := w.ca.Pending()
	if len(waiting) != 1 {
		t.Fatalf("%d requests wait", len(waiting))
	}
	return w, waiting[0].ID
}

// TestPending: a request that waits for approval is asked again until somebody
// approves, without a second certificate.
func TestPending(t *testing.T) {
	t.Parallel()
	w, id := newWaiting(t)
	s := w.phone.Status()
	if want := "Waiting for approval since " + s.Waiting.UTC().Format("01/02/2006 15:04:05"); s.Waiting.IsZero() || s.Download != want || s.Failed || !s.NextAttempt.After(w.clock.now()) {
		t.Errorf("the phone shows %q, failed %t, next attempt %s", s.Download, s.Failed, s.NextAttempt)
	}
	if err := w.ca.Approve(id); err != nil {
		t.Fatal(err)
	}
	w.clock.advance(time.Hour)
	w.phone.Tick(t.Context())
	w.holds()
	if n := len(w.ca.Issued()); n != 1 {
		t.Errorf("%d certificates were issued", n)
	}
	if s := w.phone.Status(); !s.Waiting.IsZero() || !strings.HasPrefix(s.Download, "Last provisioning succeeded") {
		t.Errorf("afterwards the phone shows %q", s.Download)
	}
}

// TestDenied: a request that somebody denies is no wrong password.
func TestDenied(t *testing.T) {
	t.Parallel()
	w, id := newWaiting(t)
	if err := w.ca.Deny(id); err != nil {
		t.Fatal(err)
	}
	w.clock.advance(time.Hour)
	w.phone.Tick(t.Context())
	s := w.phone.Status()
	if !strings.Contains(s.Download, "operator denied") || strings.Contains(s.Download, "password") || s.AsksPassword || !s.Waiting.IsZero() {
		t.Errorf("the phone shows %q, asks for a password %t", s.Download, s.AsksPassword)
	}
}

func TestWithoutMIC(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(_ *ca.Config, c *Config) { c.MIC = nil })
	if err := w.provision(w.enrollment()); err != nil {
		t.Fatal(err)
	}
	w.holds()
	if _, err := New(Config{Identity: testIdentity(), MIC: &scep.Signer{Certificate: maker().Root(), Key: testMIC().Key}}); err == nil {
		t.Error("a MIC with the key of another certificate was taken")
	}
	if _, err := New(Config{}); err == nil {
		t.Error("a phone without a model was made")
	}
	if _, err := New(Config{Identity: testIdentity(), KeyBits: 1024}); err == nil {
		t.Error("1024 bits were taken")
	}
}

// TestManufacturer: a MIC is what its root says it is.
func TestManufacturer(t *testing.T) {
	t.Parallel()
	roots, middle := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(maker().Root())
	middle.AddCert(maker().Issuing())
	mic := testMIC()
	if _, err := mic.Certificate.Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: middle, CurrentTime: newClock().now(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}); err != nil {
		t.Error(err)
	}
	if mic.Certificate.Subject.CommonName != "CP-9871-SEP001A2B3C4D5E" || !bytes.Equal(mic.Chain[0].Raw, maker().Issuing().Raw) {
		t.Errorf("MIC of %s", mic.Certificate.Subject)
	}
	if _, err := NewManufacturer(time.Now(), nil); err != nil {
		t.Error(err)
	}
}

// TestOldFirmware: a phone ignores parameters its release does not know.
func TestOldFirmware(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(_ *ca.Config, c *Config) { c.Firmware = "3.4(1)" })
	if err := w.provision(w.enrollment()); err != nil {
		t.Fatal(err)
	}
	if got := w.holds().Leaf().Subject.CommonName; got != "CP-9871-SEP001A2B3C4D5E" {
		t.Errorf("3.4(1) took the common name: %q", got)
	}
	w = newWorld(t, func(_ *ca.Config, c *Config) { c.Firmware = "3.1(1)" })
	if err := w.provision(w.enrollment()); err != nil {
		t.Fatal(err)
	}
	if s := w.phone.Status(); s.State != Absent || len(w.front.requests) != 0 {
		t.Errorf("3.1(1) knows SCEP: %s", s.State)
	}
	if _, err := New(Config{Identity: testIdentity(), Firmware: "newest"}); err == nil {
		t.Error("a firmware release that is none was taken")
	}
}
