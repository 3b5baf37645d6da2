// SPDX-License-Identifier: MPL-2.0

package storetest

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/push"
)

func item(name, content string) push.Item {
	return push.Item{Name: name, Data: [][]byte{[]byte(content)}}
}

// bulk: what can be written is, each object on its own condition, in the order
// of Put, and only by Commit.
func bulk(t *testing.T, s push.Store, limit int) {
	ctx := t.Context()
	bulk := push.NewBulk(s)
	defer bulk.Close()
	if errs := bulk.Commit(ctx); len(errs) != 0 {
		t.Errorf("a commit of nothing returns %v", errs)
	}
	for _, name := range []string{"old", "older", "oldest", "there"} {
		bulk.Put(ctx, item(name, name))
		absent(t, s, name)
	}
	if errs := bulk.Commit(ctx); errors.Join(errs...) != nil || len(errs) != 4 {
		t.Fatal(errs)
	}
	was := func(want string) func([]byte) bool {
		return func(present []byte) bool { return string(present) == want }
	}
	limited := errors.New("limit of")
	items := []struct {
		name, data string
		prior      push.Version
		replaces   func([]byte) bool
		want       error
	}{
		{"old", "2", push.VersionOf([]byte("old")), nil, nil},
		{"site/new", "3", "", nil, nil},
		{"absent", "4", push.VersionOf([]byte("old")), nil, push.ErrConflict},
		{"../out", "5", "", nil, fs.ErrInvalid},
		{"large", strings.Repeat("x", limit+1), "", nil, limited},
		{"any", "6", push.Any, nil, nil},
		{"older", "7", push.Any, nil, nil},
		{"oldest", "8", "", was("oldest"), nil},
		{"there", "9", "", nil, push.ErrConflict},
		{"there", "9", push.VersionOf([]byte("old")), nil, push.ErrConflict},
		{"there", "9", push.VersionOf([]byte("there")), was("other"), push.ErrConflict},
		{"gone", "9", "", was(""), push.ErrConflict},
		{"twice", "first", "", nil, nil},
		{"twice", "again", "", nil, push.ErrConflict},
		{"twice", "later", push.VersionOf([]byte("first")), nil, nil},
	}
	for _, it := range items {
		data := []byte(it.data)
		bulk.Put(ctx, push.Item{Name: it.name, Data: [][]byte{data[:1], data[1:]}, Prior: it.prior, Replaces: it.replaces})
		clear(data) // it belongs to the caller again
	}
	holds(t, s, "old", "old")
	for i, err := range bulk.Commit(ctx) {
		want := items[i].want
		if ok := errors.Is(err, want) || want == limited && err != nil && strings.Contains(err.Error(), want.Error()); !ok {
			t.Errorf("item %d, %s: %v, want %v", i, items[i].name, err, want)
		}
	}
	for name, want := range map[string]string{"old": "2", "site/new": "3", "any": "6", "older": "7", "oldest": "8", "there": "there", "twice": "later"} {
		if data, err := bulk.Read(ctx, name); err != nil || string(data) != want {
			t.Errorf("%s is %q (%v), want %q", name, data, err, want)
		}
		holds(t, s, name, want)
		is(t, s.Delete(ctx, name, push.Any), nil, "delete "+name)
	}
	for name, want := range map[string]error{"absent": fs.ErrNotExist, "../out": fs.ErrInvalid, "large": fs.ErrNotExist} {
		if data, err := bulk.Read(ctx, name); !errors.Is(err, want) {
			t.Errorf("%s is %.80q, %v, want %v", name, data, err, want)
		}
	}
	if errs := bulk.Commit(ctx); len(errs) != 0 {
		t.Errorf("a commit of nothing more returns %v", errs)
	}
}

// bulkAborted: what was not committed, or not in time, is not written.
func bulkAborted(t *testing.T, s push.Store, _ int) {
	ctx := t.Context()
	put(t, s, b, "before", "")
	prepare := func(ctx context.Context) *push.Bulk {
		bulk := push.NewBulk(s)
		bulk.Put(ctx, item(a, "new"))
		bulk.Put(ctx, push.Item{Name: b, Data: [][]byte{[]byte("after")}, Prior: push.Any})
		return bulk
	}
	unchanged := func() {
		t.Helper()
		absent(t, s, a)
		holds(t, s, b, "before")
	}
	prepare(ctx).Close()
	unchanged()

	gone, cancel := context.WithCancel(ctx)
	bulk := prepare(gone)
	cancel()
	for range 2 { // canceled after the objects were prepared, and before
		errs := bulk.Commit(gone)
		if len(errs) != 2 || !errors.Is(errs[0], context.Canceled) || !errors.Is(errs[1], context.Canceled) {
			t.Errorf("a canceled commit returns %v", errs)
		}
		bulk.Close()
		unchanged()
		bulk = prepare(gone)
	}
	bulk.Close()

	// Canceled in the middle: each object is written if and only if its error is nil.
	gone, cancel = context.WithCancel(ctx)
	bulk = push.NewBulk(s)
	defer bulk.Close()
	bulk.Put(gone, push.Item{Name: b, Data: [][]byte{[]byte("after")}, Replaces: func([]byte) bool { cancel(); return false }})
	bulk.Put(gone, item(a, "new"))
	errs := bulk.Commit(gone)
	if len(errs) != 2 || errs[0] == nil {
		t.Fatalf("a commit canceled in the middle returns %v", errs)
	}
	holds(t, s, b, "before")
	if errs[1] == nil {
		holds(t, s, a, "new")
		is(t, s.Delete(ctx, a, push.Any), nil, "delete")
	}
	absent(t, s, a)
	is(t, s.Delete(ctx, b, push.Any), nil, "delete")
}

// bulkClosed: a closed Bulk does nothing any more and says so.
func bulkClosed(t *testing.T, s push.Store, _ int) {
	ctx := t.Context()
	bulk := push.NewBulk(s)
	bulk.Put(ctx, item(a, "dropped"))
	bulk.Close()
	bulk.Close()
	if errs := bulk.Commit(ctx); len(errs) != 0 {
		t.Errorf("commit of what Close dropped returns %v", errs)
	}
	bulk.Put(ctx, item(a, "late"))
	if errs := bulk.Commit(ctx); len(errs) != 1 || !errors.Is(errs[0], fs.ErrClosed) {
		t.Errorf("commit of what was put after Close returns %v, want fs.ErrClosed", errs)
	}
	if _, err := bulk.Read(ctx, a); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("read after Close: %v, want fs.ErrClosed", err)
	}
	bulk.Close()
	absent(t, s, a)

	bulk = push.NewBulk(nil)
	bulk.Put(ctx, item(a, "x"))
	if errs := bulk.Commit(ctx); len(errs) != 1 || errs[0] == nil {
		t.Errorf("a bulk of no store returns %v", errs)
	}
	if _, err := bulk.Read(ctx, a); err == nil {
		t.Error("a bulk of no store reads")
	}
	bulk.Close()
}
