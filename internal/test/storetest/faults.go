// SPDX-License-Identifier: MPL-2.0

package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/push"
)

// A Promise is what a kind of store says of two who write the same object from
// different programs; docs/stores.md has them in a table.
type Promise struct {
	Create  bool // of two who create an object one gets push.ErrConflict
	Replace bool // of two who replace the same version one gets push.ErrConflict
	Repeat  bool // a Put whose connection breaks is repeated
}

// Faults breaks the connections between a store and the server at target, at many
// points of a Put, and lets a second writer in between. Whatever happens, the
// object is whole, a success was one, a conflict changed nothing, and what was
// promised is held. Open opens the store through an address that leads to target;
// the timeout of its operations is short where the server is made to stall.
func Faults(t *testing.T, target string, promise Promise, open func(address string, timeout time.Duration) push.Store) {
	direct := open(target, time.Minute)
	whole := strings.Repeat("0123456789abcdef", 6<<10)
	for _, up := range []bool{true, false} {
		total := measure(t, target, up, whole, open)
		for _, f := range []fault{cut, stall, hold} {
			for _, create := range []bool{true, false} {
				const points = 9
				for i := range int64(points) {
					if f == stall && i%3 != 1 {
						continue // each waits for a timeout
					}
					at := total * (i + 1) / (points + 1)
					t.Run(fmt.Sprintf("%s/client sends %t/create %t/%d", [...]string{"", "cut", "stall", "hold"}[f], up, create, at), func(t *testing.T) {
						t.Parallel()
						b := &broken{direct: direct, target: target, fault: f, up: up, at: at, open: open, promise: promise}
						b.run(t, whole, create)
					})
				}
			}
		}
	}
}

// measure returns how many bytes one direction of a Put has that replaces.
func measure(t *testing.T, target string, up bool, data string, open func(string, time.Duration) push.Store) int64 {
	t.Helper()
	p := startProxy(t, target, none, up, 0)
	s := open(p.address(), time.Minute)
	v := put(t, s, "measured.xml", "old", "")
	put(t, s, "measured.xml", data, v)
	is(t, s.Delete(t.Context(), "measured.xml", push.Any), nil, "delete")
	return p.stop()
}

// A broken connection is one case of Faults.
type broken struct {
	direct  push.Store
	target  string
	fault   fault
	up      bool
	at      int64
	open    func(string, time.Duration) push.Store
	promise Promise
}

func (b *broken) run(t *testing.T, whole string, create bool) {
	t.Helper()
	name := fmt.Sprintf("broken-%d-%t-%t-%d.xml", b.fault, b.up, create, b.at)
	was, prior := "", push.Version("")
	if !create {
		was = "old"
		prior = put(t, b.direct, name, was, "")
	}
	p := startProxy(t, b.target, b.fault, b.up, b.at)
	timeout := time.Minute
	if b.fault == stall {
		timeout = 2 * time.Second
	}
	s := b.open(p.address(), timeout)
	done := make(chan error, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	go func() {
		_, err := s.Put(ctx, name, []byte(whole), prior)
		done <- err
	}()
	second := errors.New("not tried")
	var err error
	if b.fault == hold {
		select {
		case <-p.reached:
			_, second = b.direct.Put(t.Context(), name, []byte("second"), prior)
			close(p.release)
			err = <-done
		case err = <-done:
		}
	} else {
		err = <-done
	}
	p.stop()
	b.judge(t, name, was, whole, create, err, second)
}

// judge says whether what is there, and what the two were told, can be true.
func (b *broken) judge(t *testing.T, name, was, whole string, create bool, err, second error) {
	t.Helper()
	at := fmt.Sprintf("at byte %d: first %v, second %v", b.at, err, second)
	data, _, gerr := b.direct.Get(t.Context(), name)
	now := string(data)
	if gerr != nil && !(create && now == "") {
		t.Fatalf("%s: the object is gone: %v", at, gerr)
	}
	if now != was && now != whole && now != "second" {
		t.Fatalf("%s: the object is torn: %.40q, %d bytes", at, now, len(now))
	}
	promised := b.promise.Replace
	if create {
		promised = b.promise.Create
	}
	switch {
	case second != nil && b.fault == hold && !errors.Is(second, push.ErrConflict) && !strings.HasPrefix(second.Error(), "not tried"):
		t.Fatalf("%s: the second writer does not see a conflict", at)
	case err == nil && second == nil && promised:
		t.Fatalf("%s: one update is lost", at)
	case b.fault == cut && b.promise.Repeat && err != nil:
		t.Fatalf("%s: it was not repeated", at)
	case err == nil && second != nil && now != whole:
		t.Fatalf("%s: a success wrote nothing: %.40q", at, now)
	case errors.Is(err, push.ErrConflict) && now == whole:
		t.Fatalf("%s: a conflict that has written", at)
	case second == nil && err != nil && now != "second":
		t.Fatalf("%s: the second writer's success is lost: %.40q", at, now)
	}
	if gerr == nil {
		is(t, b.direct.Delete(t.Context(), name, push.Any), nil, "delete")
	}
}
