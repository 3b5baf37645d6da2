// SPDX-License-Identifier: MPL-2.0

package provision

import (
	"bytes"
	"context"
	"io/fs"
	"net/http"
	"os"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/push"
)

// FromStore returns the source of a store's files. A handler of it accepts
// uploads too, if [Options.Password] is set.
//
// Of a store in a directory, a file whose size, times and inode are those of
// when it was last read is not read again to answer a conditional request, and
// is otherwise sent from the kernel's cache.
func FromStore(s push.Store) Source {
	return storeSource{store: s, tags: newLRU[taggedFile](maxTags), now: time.Now}
}

// maxTags is how many entity tags are kept: about 50 MB of them.
const maxTags = 100_000

// racy is how long after its last change a file may change once more without its
// times showing it: the clock of a file system ticks every few milliseconds, or
// every two seconds on FAT. A younger file is read each time.
const racy = 3 * time.Second

type storeSource struct {
	store push.Store
	tags  *lru[taggedFile]
	now   func() time.Time
}

// A taggedFile is the entity tag of a file as it was when info described it.
type taggedFile struct {
	info fs.FileInfo
	tag  string
}

func (s storeSource) Get(ctx context.Context, name string) (File, error) {
	switch store := s.store.(type) {
	case nil:
		return File{}, errNoSource
	case push.Opener:
		return s.open(ctx, store, name)
	}
	data, v, err := s.store.Get(ctx, name)
	if err != nil {
		return File{}, err
	}
	return stored(v, bytes.NewReader(data)), nil
}

// open answers with the open file if its tag is known, and with what it read to
// make the tag otherwise.
func (s storeSource) open(ctx context.Context, store push.Opener, name string) (File, error) {
	f, err := store.Open(ctx, name)
	if err != nil {
		return File{}, err
	}
	info, err := f.Stat()
	if err == nil {
		if known, ok := s.tags.get(name); ok && same(known.info, info) {
			return File{Header: http.Header{"Etag": {known.tag}}, Content: f}, nil
		}
	}
	f.Close()
	if err != nil {
		return File{}, err
	}
	before := s.now()
	data, v, err := s.store.Get(ctx, name)
	if err != nil {
		return File{}, err
	}
	answer := stored(v, bytes.NewReader(data))
	if settled(info, before) && s.unchanged(ctx, store, name, info) {
		s.tags.put(name, taggedFile{info, etag(v)}, 1)
	}
	return answer, nil
}

// unchanged reports whether the file that was read is the one that info
// describes, and was not written to meanwhile.
func (s storeSource) unchanged(ctx context.Context, store push.Opener, name string, info fs.FileInfo) bool {
	f, err := store.Open(ctx, name)
	if err != nil {
		return false
	}
	defer f.Close()
	now, err := f.Stat()
	return err == nil && same(info, now)
}

// settled reports whether a change of the file from now on would show in its
// times.
func settled(info fs.FileInfo, now time.Time) bool {
	return now.Sub(info.ModTime()) > racy && now.Sub(changed(info)) > racy
}

func same(a, b fs.FileInfo) bool {
	return a.Size() == b.Size() && a.ModTime().Equal(b.ModTime()) && changed(a).Equal(changed(b)) && os.SameFile(a, b)
}

func stored(v push.Version, content *bytes.Reader) File {
	return File{Header: http.Header{"Etag": {etag(v)}}, Content: content}
}
