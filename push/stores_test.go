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

// TestBulk: what can be written is, each on its own condition, and nothing is
// left of the rest.
func TestBulk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, s := range map[string]push.Store{
		"directory": open(t, dir, push.Options{MaxSize: 100}),
		"server":    open(t, serve(t, &webServer{objects: map[string]string{}, tags: true}), push.Options{MaxSize: 100}),
	} {
		t.Run(name, func(t *testing.T) {
			b := push.NewBulk(s)
			defer b.Close()
			versions := map[string]push.Version{}
			for _, object := range []string{"old", "older", "oldest", "there"} {
				b.Put(ctx, push.Item{Name: object, Data: [][]byte{[]byte(object)}})
				versions[object] = push.VersionOf([]byte(object))
			}
			if errs := b.Commit(ctx); errors.Join(errs...) != nil || len(errs) != 4 {
				t.Fatal(errs)
			}
			is := func(want string) func([]byte) bool {
				return func(present []byte) bool { return string(present) == want }
			}
			items := []struct {
				name, data string
				prior      push.Version
				replaces   func([]byte) bool
				want       error
			}{
				{"old", "2", versions["old"], nil, nil},
				{"site/new", "3", "", nil, nil},
				{"absent", "4", versions["old"], nil, push.ErrConflict},
				{"../out", "5", "", nil, fs.ErrInvalid},
				{"large", strings.Repeat("x", 101), "", nil, errors.New("limit of 100")},
				{"any", "6", push.Any, nil, nil},
				{"older", "7", push.Any, nil, nil},
				{"oldest", "8", "", is("oldest"), nil},
				{"there", "9", "", nil, push.ErrConflict},
				{"there", "9", versions["old"], nil, push.ErrConflict},
				{"there", "9", versions["there"], is("other"), push.ErrConflict},
				{"gone", "9", "", is(""), push.ErrConflict},
			}
			for _, it := range items {
				data := []byte(it.data)
				b.Put(ctx, push.Item{Name: it.name, Data: [][]byte{data[:1], data[1:]}, Prior: it.prior, Replaces: it.replaces})
				clear(data) // it belongs to the caller again
			}
			for i, err := range b.Commit(ctx) {
				want := items[i].want
				if ok := errors.Is(err, want) || want != nil && err != nil && strings.Contains(err.Error(), want.Error()); !ok {
					t.Errorf("item %d, %s: %v, want %v", i, items[i].name, err, want)
				}
			}
			for object, want := range map[string]string{"old": "2", "site/new": "3", "any": "6", "older": "7", "oldest": "8", "there": "there"} {
				if data, err := b.Read(ctx, object); err != nil || string(data) != want {
					t.Errorf("%s is %q (%v), want %q", object, data, err, want)
				}
			}
			for object, want := range map[string]error{"absent": fs.ErrNotExist, "../out": fs.ErrInvalid} {
				if data, err := b.Read(ctx, object); !errors.Is(err, want) {
					t.Errorf("%s is %q, %v, want %v", object, data, err, want)
				}
			}
			if errs := b.Commit(ctx); len(errs) != 0 {
				t.Errorf("a commit of nothing gives %v", errs)
			}
		})
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 6 {
		t.Errorf("left in the directory: %v (%v)", entries, err)
	}
}

// TestBulkClose: what is not committed leaves no trace, nor does what cannot be.
func TestBulkClose(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := push.NewBulk(open(t, dir, push.Options{}))
	b.Put(ctx, push.Item{Name: "a", Data: [][]byte{[]byte("1")}})
	b.Close()
	b = push.NewBulk(open(t, dir, push.Options{}))
	defer b.Close()
	b.Put(ctx, push.Item{Name: "a", Data: [][]byte{[]byte("1")}})
	stopped, stop := context.WithCancel(ctx)
	stop()
	if errs := b.Commit(stopped); len(errs) != 1 || !errors.Is(errs[0], context.Canceled) {
		t.Errorf("an interrupted commit gives %v", errs)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("left in the directory: %v (%v)", entries, err)
	}
	missing := push.NewBulk(open(t, dir+"/missing", push.Options{}))
	defer missing.Close()
	if _, err := missing.Read(ctx, "a"); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("reading in a store that does not exist: %v", err)
	}
	missing.Put(ctx, push.Item{Name: "a"})
	if errs := missing.Commit(ctx); len(errs) != 1 || errs[0] == nil || errors.Is(errs[0], fs.ErrNotExist) {
		t.Errorf("writing into a store that does not exist: %v", errs)
	}
}

// Many objects at once: what two files have in common is not copied for each.
func ExampleBulk() {
	dir, err := os.MkdirTemp("", "store")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	s, err := push.Open(dir, push.Options{})
	if err != nil {
		log.Fatal(err)
	}
	b := push.NewBulk(s)
	defer b.Close()
	head, tail := []byte("<flat-profile><Station_Name>"), []byte("</Station_Name></flat-profile>")
	for _, name := range []string{"Lobby", "Bar"} {
		b.Put(ctx, push.Item{Name: name + ".xml", Data: [][]byte{head, []byte(name), tail}})
	}
	fmt.Println("written:", b.Commit(ctx))
	data, err := b.Read(ctx, "Bar.xml")
	fmt.Println(string(data), err)
	// Output:
	// written: [<nil> <nil>]
	// <flat-profile><Station_Name>Bar</Station_Name></flat-profile> <nil>
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
