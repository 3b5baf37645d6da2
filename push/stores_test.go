// SPDX-License-Identifier: MPL-2.0

package push_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/push"
)

var ctx = context.Background()

func open(t *testing.T, location string, o push.Options) push.Store {
	t.Helper()
	s, err := push.Open(location, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestDirStore(t *testing.T) {
	t.Parallel()
	testStore(t, open(t, t.TempDir(), push.Options{}))
}

func TestDirConcurrentWriters(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	testWriters(t, 8, 20, func() push.Store { return open(t, dir, push.Options{}) })
}

func TestDirList(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), push.Options{})
	for _, n := range []string{"b", "a", "site/c"} {
		if _, err := s.Put(t.Context(), n, []byte(n), ""); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.List(t.Context())
	if want := []string{"a", "b", "site/c"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("list: %q, %v; want %q", got, err, want)
	}
}

// TestPutAll: what can be written is, each on its own condition, and nothing
// is left of the rest.
func TestPutAll(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, s := range map[string]push.Store{
		"directory": open(t, dir, push.Options{MaxSize: 100}),
		"server":    open(t, serve(t, &webServer{objects: map[string]string{}, tags: true}), push.Options{MaxSize: 100}),
	} {
		t.Run(name, func(t *testing.T) {
			v, err := s.Put(ctx, "old", []byte("1"), "")
			if err != nil {
				t.Fatal(err)
			}
			errs := push.PutAll(ctx, s, []push.Item{
				{Name: "old", Data: []byte("2"), Prior: v},
				{Name: "site/new", Data: []byte("3")},
				{Name: "outdated", Data: []byte("4"), Prior: v},
				{Name: "../out", Data: []byte("5")},
				{Name: "large", Data: make([]byte, 101)},
				{Name: "any", Data: []byte("6"), Prior: push.Any},
			})
			for i, want := range []error{nil, nil, push.ErrConflict, fs.ErrInvalid, errors.New("limit of 100"), nil} {
				if ok := errors.Is(errs[i], want) || want != nil && errs[i] != nil && strings.Contains(errs[i].Error(), want.Error()); !ok {
					t.Errorf("item %d: %v, want %v", i, errs[i], want)
				}
			}
			for object, want := range map[string]string{"old": "2", "site/new": "3", "any": "6"} {
				if data, _, err := s.Get(ctx, object); err != nil || string(data) != want {
					t.Errorf("%s is %q (%v), want %q", object, data, err, want)
				}
			}
		})
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 3 {
		t.Errorf("left in the directory: %v (%v)", entries, err)
	}
}

// A change that must not overwrite another's: read, decide, write on the
// condition that nobody wrote in between.
func Example() {
	dir, err := os.MkdirTemp("", "store")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	s, err := push.Open(dir, push.Options{})
	if err != nil {
		log.Fatal(err)
	}
	v, err := s.Put(ctx, "SEP001A2B3C4D5E.xml", []byte("<flat-profile/>"), "")
	fmt.Println("created:", err)
	_, err = s.Put(ctx, "SEP001A2B3C4D5E.xml", []byte("<flat-profile></flat-profile>"), v)
	fmt.Println("changed:", err)
	_, err = s.Put(ctx, "SEP001A2B3C4D5E.xml", []byte("<flat-profile> </flat-profile>"), v)
	fmt.Println("outdated:", errors.Is(err, push.ErrConflict))
	// Output:
	// created: <nil>
	// changed: <nil>
	// outdated: true
}
