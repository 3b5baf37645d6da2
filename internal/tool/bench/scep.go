// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/phone"
)

// A certificate costs at least these private key operations, RSA-2048 all of
// them. The phone signs its own certificate (only at first), the CSR and the
// message, and decrypts the reply; the CA decrypts the request and signs the
// certificate and the reply.
const (
	firstOps   = 4 + 3
	renewalOps = 3 + 3
	caOps      = 3
)

// Phones enroll in rounds, each beside as many RSA operations as its floor has.
// All phones and everything the CA knows of them stay in memory.
const (
	fleetSize   = 1000
	fleetRounds = 20
)

// processors are what the bounds of SCEP are for.
const processors = 2

// onProcessors runs f on two processors.
func onProcessors[T any](f func() (T, error)) (T, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
	return f()
}

// parallel calls f with 0 to n-1 in some goroutines and gives the time all took.
func parallel(n int, f func(int) error) (time.Duration, error) {
	const workers = 4 * processors
	var next atomic.Int64
	var all sync.WaitGroup
	errs := make([]error, n)
	start := time.Now()
	for range min(workers, n) {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				errs[i] = f(i)
			}
		})
	}
	all.Wait()
	return time.Since(start), errors.Join(errs...)
}

// privateOps is the time that n private key operations take on all processors.
func privateOps(key *rsa.PrivateKey, n int) (time.Duration, error) {
	digest := sha256.Sum256([]byte("bench"))
	return parallel(n, func(int) error {
		_, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
		return err
	})
}

// fleetRun is what the life of a fleet gave: its first enrollment and a renewal.
type fleetRun struct {
	first, renewal float64 // times the floor
	megabytes      float64
}

// measureFleet enrolls a thousand phones whose keys are ready, moves the clock to
// the end of their certificates and lets them renew. They ask for capabilities
// and certificates each time, as phones do, and speak HTTP over loopback.
func measureFleet() (fleetRun, error) {
	return onProcessors(func() (run fleetRun, err error) {
		l, err := newSCEPLab()
		if err != nil {
			return run, err
		}
		defer l.close()
		debug.FreeOSMemory()
		before := memory()
		stop := make(chan struct{})
		peak := watchMemory(stop)
		phones := make([]*phone.Phone, fleetSize)
		for i := range phones {
			if phones[i], err = l.phone(i, nil); err != nil {
				return run, err
			}
		}
		if run.first, err = l.lives(phones, firstOps, 1); err != nil {
			return run, err
		}
		close(stop)
		run.megabytes = float64(<-peak-before) / 1e6
		l.advance(lifetime - 10*24*time.Hour)
		run.renewal, err = l.lives(phones, renewalOps, 2)
		return run, err
	})
}

// lives lets every phone do what is due, in rounds, and gives the median of the
// times over the floor of ops operations. serials is how many certificates each
// phone has had afterwards.
func (l *scepLab) lives(phones []*phone.Phone, ops, serials int) (float64, error) {
	var ratios []float64
	size := len(phones) / fleetRounds
	for round := range fleetRounds {
		group := phones[round*size:][:size]
		runtime.GC()
		took, err := parallel(size, func(i int) error {
			group[i].Tick(context.Background())
			return nil
		})
		if err != nil {
			return 0, err
		}
		floor, err := privateOps(l.keys[0], size*ops)
		if err != nil {
			return 0, err
		}
		ratios = append(ratios, float64(took)/float64(floor))
	}
	if err := l.installed(phones); err != nil {
		return 0, err
	}
	if issued := len(l.ca.Issued()); issued != serials*len(phones) {
		return 0, fmt.Errorf("%d certificates for %d phones, want %d for each", issued, len(phones), serials)
	}
	return median(ratios), nil
}

// installed errs if a phone has no certificate, or wants another.
func (l *scepLab) installed(phones []*phone.Phone) error {
	for _, p := range phones {
		if s := p.Status(); s.State != phone.Installed {
			return fmt.Errorf("%s is %s: %s", s.Identity.MICName(), s.State, s.Download)
		}
	}
	return nil
}

// memory is what this process holds of the machine's.
func memory() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64() - s[1].Value.Uint64()
}

// watchMemory gives the most that memory was until stop.
func watchMemory(stop <-chan struct{}) <-chan uint64 {
	result := make(chan uint64, 1)
	go func() {
		most := memory()
		for {
			select {
			case <-stop:
				result <- max(most, memory())
				return
			case <-time.After(5 * time.Millisecond):
				most = max(most, memory())
			}
		}
	}()
	return result
}

func fleetFirst(in *inputs) (float64, error) {
	run, err := in.fleet()
	return run.first, err
}

func fleetRenewal(in *inputs) (float64, error) {
	run, err := in.fleet()
	return run.renewal, err
}

func fleetMemory(in *inputs) (float64, error) {
	run, err := in.fleet()
	return run.megabytes, err
}
