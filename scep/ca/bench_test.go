// SPDX-License-Identifier: MPL-2.0

//go:build unix

package ca

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// privateOp is the processor time of one RSA-2048 private key operation on this
// machine, now: the unit of all ratios here. Processor time, because other
// programs may be running.
func privateOp(b *testing.B) time.Duration {
	b.Helper()
	key := phoneKey(0)
	digest := sha256.Sum256([]byte("x"))
	const n = 500
	began := processorTime(b)
	parallel(n, func(int) {
		if _, err := key.Sign(nil, digest[:], crypto.SHA256); err != nil {
			b.Error(err)
		}
	})
	return (processorTime(b) - began) / n
}

// processorTime is what this process has used so far on all cores.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// parallel calls f(0) to f(n-1), as many clients at once as a CA may have.
func parallel(n int, f func(i int)) {
	var next atomic.Int64
	done := make(chan struct{})
	const workers = 32
	for range workers {
		go func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					break
				}
				f(i)
			}
			done <- struct{}{}
		}()
	}
	for range workers {
		<-done
	}
}

// benchmarkCA measures the CA alone on ready-made messages. The ceiling is three
// RSA operations for a certificate: open the envelope, sign the certificate,
// sign the reply. "of-ceiling" is the share of that speed, "wall-of-ceiling" the
// same by the clock on the wall on all cores; at least 0.6 is the goal.
func benchmarkCA(b *testing.B, change func(*Config), each func(r *rig, i int) ask) {
	r := newRig(b, func(c *Config) {
		c.Logger = nil
		if change != nil {
			change(c)
		}
	})
	ready := messages(r, b.N, each)
	op := privateOp(b)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began := processorTime(b)
	b.ResetTimer()
	parallel(b.N, func(i int) {
		w := httptest.NewRecorder()
		req := httptest.NewRequest(http.MethodPost, "/scep?operation=PKIOperation", bytes.NewReader(ready[i]))
		req.RemoteAddr = "127.0.0.1:1"
		r.ServeHTTP(w, req)
		if w.Code != http.StatusOK {
			b.Errorf("status %d", w.Code)
		}
	})
	b.StopTimer()
	used := processorTime(b) - began
	op = (op + privateOp(b)) / 2
	ceiling := float64(3*op) * float64(b.N)
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(ready)
	b.ReportMetric(ceiling/float64(used), "of-ceiling")
	b.ReportMetric(ceiling/float64(runtime.GOMAXPROCS(0))/float64(b.Elapsed()), "wall-of-ceiling")
	b.ReportMetric(max(0, float64(after.HeapAlloc)-float64(before.HeapAlloc))/float64(b.N)/1024, "kB-kept/op")
	if s := r.Stats(); s.Refused+s.Malformed > 0 || s.Repeated > 0 {
		b.Fatalf("stats %+v", s)
	}
}

func messages(r *rig, n int, each func(r *rig, i int) ask) [][]byte {
	ready := make([][]byte, n)
	for i := range ready {
		ready[i] = r.message(each(r, i))
	}
	return ready
}

func enrollment(_ *rig, i int) ask {
	return ask{transaction: transactionNumber(i), key: phoneKey(i)}
}

func BenchmarkEnroll(b *testing.B) { benchmarkCA(b, nil, enrollment) }

func BenchmarkEnrollDatabase(b *testing.B) {
	dir := b.TempDir()
	benchmarkCA(b, func(c *Config) { c.Dir = dir }, enrollment)
}

func BenchmarkRenew(b *testing.B) {
	benchmarkCA(b, nil, func(r *rig, i int) ask {
		name := phoneName + "." + transactionNumber(i)
		old := r.enroll(ask{transaction: "first" + transactionNumber(i), key: phoneKey(i), name: name})
		return ask{messageType: scep.RenewalReq, transaction: transactionNumber(i), key: phoneKey(i + 1), name: name, signer: old, challenge: "-"}
	})
}

// BenchmarkHostile measures the most expensive refusals. "rsa-ops" is the time
// in RSA operations; the goal is below 3.
func BenchmarkHostile(b *testing.B) {
	r := newRig(b, nil)
	for _, c := range []struct {
		name    string
		message []byte
	}{
		{"depth", nested(15000)},
		{"indefinite", bytes.Repeat([]byte{0x30, 0x80}, scep.MaxMessage/2)},
		{"flat", flat(scep.MaxMessage - 4)},
		{"certificates", manyCertificates(r)},
		{"attributes", r.message(ask{content: bytes.Repeat([]byte{5, 0}, 20000)})},
		{"wrong challenge", r.message(ask{challenge: "guess"})},
	} {
		b.Run(c.name, func(b *testing.B) {
			op := privateOp(b)
			began := processorTime(b)
			b.ResetTimer()
			parallel(b.N, func(int) { r.post(c.message) })
			b.ReportMetric(float64(processorTime(b)-began)/float64(b.N)/float64(op), "rsa-ops")
		})
	}
}

// flat is a sequence of as many empty values as fit.
func flat(n int) []byte {
	n -= n % 2
	b := []byte{0x30, 0x82, byte(n >> 8), byte(n)}
	return append(b, bytes.Repeat([]byte{5, 0}, n/2)...)
}

// manyCertificates is a well-signed message with as many certificates as fit.
func manyCertificates(r *rig) []byte {
	s := r.selfSigned(phoneName, phoneKey(0))
	for range scep.MaxCerts - 1 {
		s.Chain = append(s.Chain, r.Root())
	}
	return r.message(ask{signer: s, challenge: "guess", messageType: "99"})
}
