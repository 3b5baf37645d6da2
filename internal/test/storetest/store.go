// SPDX-License-Identifier: MPL-2.0

// Package storetest holds the contract of [push.Store] and [push.Bulk] as
// tests. Every kind of store runs them: what holds for one holds for all.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/push"
)

// Run tests an empty store whose objects are bounded to limit bytes. The store
// is empty again afterwards.
func Run(t *testing.T, s push.Store, limit int) {
	for name, test := range map[string]func(*testing.T, push.Store, int){
		"conditions":   conditions,
		"contents":     contents,
		"names":        names,
		"canceled":     canceled,
		"bulk":         bulk,
		"bulk aborted": bulkAborted,
		"bulk closed":  bulkClosed,
	} {
		t.Run(name, func(t *testing.T) { test(t, s, limit) })
	}
}

const a, b = "site/a.xml", "site/b.xml"

func conditions(t *testing.T, s push.Store, _ int) {
	ctx := t.Context()
	if _, _, err := s.Get(ctx, a); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("get of what is not there: %v", err)
	}
	is(t, s.Delete(ctx, a, push.Any), fs.ErrNotExist, "delete of what is not there")
	is(t, s.Delete(ctx, a, push.VersionOf(nil)), fs.ErrNotExist, "delete of a version that is not there")

	v1 := put(t, s, a, "one", "")
	holds(t, s, a, "one")
	if _, v, err := s.Get(ctx, a); err != nil || v != v1 || v == "" {
		t.Fatalf("version %q, %v; want %q", v, err, v1)
	}
	conflict := func(err error, when string) {
		t.Helper()
		is(t, err, push.ErrConflict, when)
	}
	_, err := s.Put(ctx, a, []byte("two"), "")
	conflict(err, "put of a new object over an old one")
	_, err = s.Put(ctx, a, []byte("one"), "")
	conflict(err, "put of a new object over an old one with the same content")
	v2 := put(t, s, a, "two", v1)
	_, err = s.Put(ctx, a, []byte("three"), v1)
	conflict(err, "put over an outdated version")
	_, err = s.Put(ctx, b, []byte("three"), v1)
	conflict(err, "put over an object that went away")
	conflict(s.Delete(ctx, a, v1), "delete of an outdated version")
	conflict(s.Delete(ctx, a, ""), "delete of what must not exist")
	holds(t, s, a, "two")
	if same := put(t, s, a, "two", v2); same != v2 {
		t.Fatalf("the same bytes have the versions %q and %q", v2, same)
	}
	v3 := put(t, s, a, "whatever was there", push.Any)
	put(t, s, b, "nothing was there", push.Any)
	is(t, s.Delete(ctx, a, v3), nil, "delete of the present version")
	is(t, s.Delete(ctx, b, push.Any), nil, "delete of any version")
	absent(t, s, a, b)
}

// contents: any bytes up to the limit, none more, and no memory shared with
// the caller.
func contents(t *testing.T, s push.Store, limit int) {
	ctx := t.Context()
	for _, content := range []string{"", "\x00\r\n\xff", strings.Repeat("x", limit)} {
		data := []byte(content)
		v, err := s.Put(ctx, a, data, push.Any)
		if err != nil || v != push.VersionOf([]byte(content)) || string(data) != content {
			t.Fatalf("put of %d bytes: version %q, %v", len(content), v, err)
		}
		for i := range data {
			data[i] = 'z' // it belongs to the caller again
		}
		holds(t, s, a, content)
		got, _, err := s.Get(ctx, a)
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			got[i] = 'z'
		}
		holds(t, s, a, content)
	}
	secret := strings.Repeat("swordfish ", limit/10+1)
	_, err := s.Put(ctx, a, []byte(secret), push.Any)
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("limit of %d", limit)) || strings.Contains(err.Error(), "swordfish") {
		t.Errorf("put of more than the limit: %v", err)
	}
	holds(t, s, a, strings.Repeat("x", limit))
	is(t, s.Delete(ctx, a, push.Any), nil, "delete")
}

func names(t *testing.T, s push.Store, _ int) {
	ctx := t.Context()
	for _, name := range []string{"", "../a.xml", "/a.xml", "a//b", "a/", ".hidden", `a\b`, "a\x00", "a\n", strings.Repeat("a", 201)} {
		_, err := s.Put(ctx, name, nil, push.Any)
		is(t, err, fs.ErrInvalid, "put "+name)
		_, _, err = s.Get(ctx, name)
		is(t, err, fs.ErrInvalid, "get "+name)
		is(t, s.Delete(ctx, name, push.Any), fs.ErrInvalid, "delete "+name)
	}
	good := []string{"50%.xml", "a b.xml", "a%2f..%2fb", "a?b=c#d", strings.Repeat("a", 200), "büro/x;y"}
	for _, name := range good {
		put(t, s, name, name, "")
	}
	listed, err := s.List(ctx)
	if !errors.Is(err, errors.ErrUnsupported) && (err != nil || !slices.Equal(listed, good)) {
		t.Errorf("list: %q, %v; want %q", listed, err, good)
	}
	for _, name := range good {
		holds(t, s, name, name)
		is(t, s.Delete(ctx, name, push.Any), nil, "delete "+name)
	}
}

func canceled(t *testing.T, s push.Store, _ int) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := s.Get(ctx, a)
	is(t, err, context.Canceled, "get")
	_, err = s.Put(ctx, a, []byte("x"), push.Any)
	is(t, err, context.Canceled, "put")
	_, err = s.Put(ctx, a, []byte("x"), "")
	is(t, err, context.Canceled, "put of a new object")
	absent(t, s, a)
	put(t, s, a, "x", "")
	is(t, s.Delete(ctx, a, push.Any), context.Canceled, "delete")
	holds(t, s, a, "x")
	if _, err = s.List(ctx); !errors.Is(err, errors.ErrUnsupported) {
		is(t, err, context.Canceled, "list")
	}
	is(t, s.Delete(t.Context(), a, push.Any), nil, "delete")
}

// Writers lets many increase the same number, each by reading, adding one and
// writing what must not have changed in between. Nothing may get lost.
func Writers(t *testing.T, writers, rounds int, open func() push.Store) {
	ctx := t.Context()
	put(t, open(), "n", "0", "")
	errs := make(chan error, writers)
	for range writers {
		s := open()
		go func() { errs <- Increase(ctx, s, "n", rounds) }()
	}
	for range writers {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
	holds(t, open(), "n", fmt.Sprint(writers*rounds))
}

// Increase adds one to the number that an object holds, as often as rounds
// says, over again where somebody else was quicker.
func Increase(ctx context.Context, s push.Store, name string, rounds int) error {
	for done := 0; done < rounds; {
		data, v, err := s.Get(ctx, name)
		if err != nil {
			return err
		}
		var n int
		if _, err := fmt.Sscan(string(data), &n); err != nil {
			return fmt.Errorf("read a part of the file: %q", data)
		}
		_, err = s.Put(ctx, name, fmt.Append(nil, n+1), v)
		switch {
		case err == nil:
			done++
		case !errors.Is(err, push.ErrConflict):
			return err
		}
	}
	return nil
}

func put(t *testing.T, s push.Store, name, content string, prior push.Version) push.Version {
	t.Helper()
	v, err := s.Put(t.Context(), name, []byte(content), prior)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func holds(t *testing.T, s push.Store, name, want string) {
	t.Helper()
	if data, _, err := s.Get(t.Context(), name); err != nil || string(data) != want {
		t.Fatalf("%s holds %.80q, %v; want %.80q", name, data, err, want)
	}
}

func absent(t *testing.T, s push.Store, names ...string) {
	t.Helper()
	for _, name := range names {
		if data, _, err := s.Get(t.Context(), name); !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("%s holds %.80q, %v; want nothing", name, data, err)
		}
	}
}

func is(t *testing.T, err, want error, when string) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("%s: error %v, want %v", when, err, want)
	}
}
