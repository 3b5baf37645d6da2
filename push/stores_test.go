// SPDX-License-Identifier: MPL-2.0

package push_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"slices"
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
