// SPDX-License-Identifier: MPL-2.0

package reports

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/status"
)

// A Report is what a phone sent at one time.
type Report struct {
	MAC      device.MAC `json:"-"`
	Number   uint64     `json:"number"` // of this phone's reports, from 1
	Received time.Time  `json:"received"`
	Encoding string     `json:"encoding,omitempty"` // Content-Encoding
	Body     []byte     `json:"body"`               // as it came
}

// A Content is what a report says: one of both.
type Content struct {
	Config *cfgxml.Document // parameters: all of them, or those that changed
	Status *status.Document
}

// Read opens a report and parses it. A report without encryption needs no key.
func (r *Report) Read(key secret.Text) (Content, error) {
	plain, err := seal.Open(r.Body, seal.OpenOptions{Key: key})
	if err != nil {
		return Content{}, err
	}
	// A status has a root of its own; in <env>, what comes first counts.
	at := bytes.Index(plain, []byte("<flat-status"))
	if profile := bytes.Index(plain, []byte("<flat-profile")); at >= 0 && (profile < 0 || at < profile) {
		d, err := status.Parse(plain)
		return Content{Status: d}, err
	}
	d, err := cfgxml.Parse(plain)
	return Content{Config: d}, err
}

const newest = "newest.json"

// Newest returns the newest report of a phone. Its error is fs.ErrNotExist in the
// sense of errors.Is for a phone that has not reported.
func Newest(ctx context.Context, store push.Store, mac device.MAC) (*Report, error) {
	if store == nil {
		return nil, errors.New("no store of reports is given")
	}
	r, _, _, err := load(ctx, store, mac, newest)
	return r, err
}

// load returns one of a phone's reports, with the object and its version.
func load(ctx context.Context, store push.Store, mac device.MAC, which string) (*Report, []byte, push.Version, error) {
	name := mac.Lower() + "/" + which
	data, v, err := store.Get(ctx, name)
	if err != nil {
		return nil, nil, "", err
	}
	r := Report{MAC: mac}
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, nil, "", fmt.Errorf("%s in %s is not a report: %w", name, store, err)
	}
	return &r, data, v, nil
}

// An earlyError says how long a phone should have waited.
type earlyError struct{ wait time.Duration }

func (e *earlyError) Error() string { return fmt.Sprintf("%v too early", e.wait) }

// maxTries is how often another writer may come first.
const maxTries = 64

// keep makes r the newest report of its phone. The former newest one goes into the
// history before it is replaced, under a place that follows from its number: a crash
// in between leaves it twice, never not at all.
func (h *handler) keep(ctx context.Context, r *Report) error {
	for range maxTries {
		former, data, v, err := load(ctx, h.store, r.MAC, newest)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			former, v = &Report{}, ""
		case err != nil:
			return err
		default:
			if wait := h.o.Interval - r.Received.Sub(former.Received); h.o.Interval > 0 && wait > 0 {
				return &earlyError{min(wait, h.o.Interval)}
			}
			if err := h.shelve(ctx, former, data); err != nil && !errors.Is(err, push.ErrConflict) {
				return err
			} else if err != nil {
				continue
			}
		}
		r.Number = former.Number + 1
		next, err := json.Marshal(r)
		if err != nil {
			return err
		}
		if _, err = h.store.Put(ctx, r.MAC.Lower()+"/"+newest, next, v); !errors.Is(err, push.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("%d others stored reports of %s at the same time: %w", maxTries, r.MAC, push.ErrConflict)
}

// shelve puts a report into the history, unless a later one has taken its place
// there already, as happens to who was slow.
func (h *handler) shelve(ctx context.Context, r *Report, data []byte) error {
	place := strconv.FormatUint(r.Number%uint64(h.o.History), 10) + ".json"
	there, _, v, err := load(ctx, h.store, r.MAC, place)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		v = ""
	case err != nil:
		return err
	case there.Number >= r.Number:
		return nil
	}
	_, err = h.store.Put(ctx, r.MAC.Lower()+"/"+place, data, v)
	return err
}
