// SPDX-License-Identifier: MPL-2.0

package stores_test

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/storetest"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/push/stores"
)

var ctx = context.Background()

func open(t *testing.T, location string, o stores.Options) push.Store {
	t.Helper()
	s, err := stores.Open(location, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// limit bounds the objects of the stores under test.
const limit = 1000

// TestStores runs the contract on every kind of store. nginx has it too: see
// TestNginx.
func TestStores(t *testing.T) {
	t.Parallel()
	web := func(tags bool) string {
		return serve(t, &webServer{objects: map[string]string{}, tags: tags}) + "/cfg"
	}
	dir := t.TempDir()
	for name, location := range map[string]string{
		"directory": dir, "web server": web(true), "web server without ETags": web(false),
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, open(t, location, stores.Options{MaxSize: limit}), limit)
		})
	}
	if err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != ".push.lock" {
			t.Errorf("left in the directory: %s", name)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}

func TestConcurrentWriters(t *testing.T) {
	t.Parallel()
	for name, location := range map[string]string{
		"directory": t.TempDir(), "web server": serve(t, &webServer{objects: map[string]string{}, tags: true}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Writers(t, 8, 20, func() push.Store { return open(t, location, stores.Options{}) })
		})
	}
}

// TestBulkWithoutStore: a directory that does not exist is an error of every
// object, and not that the object does not exist.
func TestBulkWithoutStore(t *testing.T) {
	t.Parallel()
	missing := push.NewBulk(open(t, filepath.Join(t.TempDir(), "missing"), stores.Options{}))
	defer missing.Close()
	if _, err := missing.Read(ctx, "a"); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("reading in a store that does not exist: %v", err)
	}
	missing.Put(ctx, push.Item{Name: "a"})
	if errs := missing.Commit(ctx); len(errs) != 1 || errs[0] == nil || errors.Is(errs[0], fs.ErrNotExist) {
		t.Errorf("writing into a store that does not exist: %v", errs)
	}
}

// TestBulkErrorInTheMiddle: what the server refuses is an error of that object
// alone.
func TestBulkErrorInTheMiddle(t *testing.T) {
	t.Parallel()
	w := &webServer{objects: map[string]string{}, tags: true}
	s := open(t, serve(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/b" && r.Method == http.MethodPut {
			rw.WriteHeader(http.StatusInsufficientStorage)
			return
		}
		w.ServeHTTP(rw, r)
	})), stores.Options{})
	b := push.NewBulk(s)
	defer b.Close()
	for _, name := range []string{"a", "b", "c"} {
		b.Put(ctx, push.Item{Name: name, Data: [][]byte{[]byte(name)}})
	}
	errs := b.Commit(ctx)
	if len(errs) != 3 || errs[0] != nil || errs[1] == nil || !strings.Contains(errs[1].Error(), "507") || errs[2] != nil {
		t.Errorf("commit: %v, want an error of b alone", errs)
	}
	if len(w.objects) != 2 || w.objects["/a"] != "a" || w.objects["/c"] != "c" {
		t.Errorf("the server holds %q", w.objects)
	}
}
