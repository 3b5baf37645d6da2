// SPDX-License-Identifier: MPL-2.0

// Package blob is a [push.Store] in a bucket of an object store. The services are
// packages below this one; this one is what they share.
//
// An object is written whole or not at all, and a reader sees the former bytes or
// the new ones: services promise that. Before an object is written it is read and
// compared, and what the service calls its version is sent along, so that a service
// that honors the condition compares once more at the moment of writing.
package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/bounded"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
)

// A Service is what differs between object stores.
type Service struct {
	// Tag returns what the service calls the version of an object being read.
	Tag func(r *blob.Reader) string
	// Write and Delete add the condition that the object has still this tag. The
	// argument as is that of BeforeWrite and BeforeDelete.
	Write  func(as func(any) bool, tag string) error
	Delete func(as func(any) bool, tag string) error
	// Conflict reports whether the service refused because of a condition.
	Conflict func(err error) bool
	// NoBucket reports whether the bucket does not exist.
	NoBucket func(err error) bool
	// Reason says what an error means without text that the server chose.
	Reason func(err error) error
}

type store struct {
	bucket   *blob.Bucket
	location string
	service  Service
	o        push.Options
}

// New returns the store in a bucket. The location is how it is named in errors. The
// bucket is one that gocloud.dev opened, and the service has all of its functions.
func New(bucket *blob.Bucket, location string, service Service, o push.Options) (push.Store, error) {
	if bucket == nil || service.Tag == nil || service.Write == nil || service.Delete == nil || service.Conflict == nil || service.NoBucket == nil || service.Reason == nil {
		return nil, errors.New("a store of objects needs an open bucket and a service with all of its functions")
	}
	if o.MaxSize <= 0 {
		o.MaxSize = push.DefaultMaxSize
	}
	if o.Timeout <= 0 {
		o.Timeout = push.DefaultTimeout
	}
	return &store{bucket: bucket, location: location, service: service, o: o}, nil
}

func (s *store) String() string { return s.location }

func (s *store) Get(ctx context.Context, name string) ([]byte, push.Version, error) {
	if err := push.ValidName(name); err != nil {
		return nil, "", err
	}
	ctx, cancel := context.WithTimeout(ctx, s.o.Timeout)
	defer cancel()
	data, _, err := s.get(ctx, name)
	if err != nil {
		return nil, "", s.wrap("read", name, err)
	}
	return data, push.VersionOf(data), nil
}

func (s *store) get(ctx context.Context, name string) (data []byte, tag string, err error) {
	if err := ctx.Err(); err != nil {
		return nil, "", err
	}
	r, err := s.bucket.NewReader(ctx, name, nil)
	if err != nil {
		return nil, "", err
	}
	defer r.Close()
	data, err = bounded.Read(r, s.o.MaxSize, min(r.Size(), 1<<20), nil)
	return data, s.service.Tag(r), err
}

// compare returns the tag of the object that prior names, "" where prior names none
// in particular.
func (s *store) compare(ctx context.Context, name string, prior push.Version) (tag string, err error) {
	data, tag, err := s.get(ctx, name)
	switch {
	case err != nil:
		return "", err
	case push.VersionOf(data) != prior:
		return "", push.ErrConflict
	}
	return tag, nil
}

func (s *store) Put(ctx context.Context, name string, data []byte, prior push.Version) (push.Version, error) {
	if err := push.ValidName(name); err != nil {
		return "", err
	}
	if int64(len(data)) > s.o.MaxSize {
		return "", s.wrap("write", name, fmt.Errorf("%d bytes are more than the limit of %d", len(data), s.o.MaxSize))
	}
	ctx, cancel := context.WithTimeout(ctx, s.o.Timeout)
	defer cancel()
	if err := s.put(ctx, name, data, prior); err != nil {
		return "", s.wrap("write", name, err)
	}
	return push.VersionOf(data), nil
}

func (s *store) put(ctx context.Context, name string, data []byte, prior push.Version) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	mark := rand.Text()
	o := &blob.WriterOptions{ContentType: "application/octet-stream", CacheControl: "no-cache", Metadata: map[string]string{markName: mark}}
	if prior != push.Any {
		tag, err := s.compare(ctx, name, prior)
		switch {
		case s.absent(err) && prior == "":
			o.IfNotExist = true
		case s.absent(err):
			return push.ErrConflict
		case err != nil:
			return err
		default:
			o.BeforeWrite = func(as func(any) bool) error { return s.service.Write(as, tag) }
		}
	}
	err := s.bucket.WriteAll(ctx, name, data, o)
	if err == nil || ctx.Err() != nil {
		return err
	}
	// A request whose answer got lost was repeated, and may have met its own work.
	if now, aerr := s.bucket.Attributes(ctx, name); aerr == nil && now.Metadata[markName] == mark {
		return nil
	}
	return err
}

// markName is the metadata that tells the work of one Put from that of others,
// which may have written the same bytes.
const markName = "push"

func (s *store) Delete(ctx context.Context, name string, prior push.Version) error {
	if err := push.ValidName(name); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.o.Timeout)
	defer cancel()
	if err := s.delete(ctx, name, prior); err != nil {
		return s.wrap("delete", name, err)
	}
	return nil
}

func (s *store) delete(ctx context.Context, name string, prior push.Version) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	o := &blob.DeleteOptions{}
	if prior == push.Any {
		if _, _, err := s.get(ctx, name); err != nil {
			return err
		}
	} else {
		tag, err := s.compare(ctx, name, prior)
		if err != nil {
			return err
		}
		o.BeforeDelete = func(as func(any) bool) error { return s.service.Delete(as, tag) }
	}
	err := s.bucket.DeleteWithOptions(ctx, name, o)
	if s.absent(err) { // it was there: a repeated request has met its own work
		return nil
	}
	return err
}

// maxList bounds the names that List returns.
const maxList = 1 << 20

func (s *store) List(ctx context.Context) (names []string, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.o.Timeout)
	defer cancel()
	pages, errs := s.bucket.List(nil).All(ctx)
	for object := range pages {
		if push.ValidName(object.Key) == nil {
			names = append(names, object.Key)
		}
		if len(names) > maxList {
			return nil, s.wrap("list", "the objects", fmt.Errorf("more than %d of them", maxList))
		}
	}
	if err := errs(); err != nil {
		return nil, s.wrap("list", "the objects", err)
	}
	slices.Sort(names)
	return names, nil
}

// absent reports whether an error says that an object does not exist, in a bucket
// that does.
func (s *store) absent(err error) bool {
	return gcerrors.Code(err) == gcerrors.NotFound && !s.service.NoBucket(err)
}

func (s *store) conflict(err error) bool {
	return errors.Is(err, push.ErrConflict) || gcerrors.Code(err) == gcerrors.FailedPrecondition || s.service.Conflict(err)
}

func (s *store) wrap(verb, name string, err error) error {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
	case s.service.NoBucket(err):
		err = errors.New("the bucket does not exist: create it, or correct the store")
	case s.absent(err):
		err = fs.ErrNotExist
	case s.conflict(err):
		err = push.ErrConflict
	default:
		err = s.service.Reason(err)
	}
	return fmt.Errorf("%s %s in store %s: %w", verb, name, s.location, err)
}
