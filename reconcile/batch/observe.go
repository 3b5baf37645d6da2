// SPDX-License-Identifier: MPL-2.0

package batch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
)

// Observe returns the digests of what the phones' files hold, "" where there is
// none, and what went wrong with each. whole says that there is a template, so that
// all of a file counts and not only what is managed.
func (b *Batch) Observe(ctx context.Context, whole bool) (is []string, errs []error) {
	is, errs = make([]string, len(b.Phones)), make([]error, len(b.Phones))
	each(ctx, len(b.Phones), func() (func(int), func()) {
		bulk := push.NewBulk(b.Store)
		return func(i int) {
			p := &b.Phones[i]
			stored, err := bulk.Read(ctx, p.Name)
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return
			case err != nil:
				errs[i] = err
				return
			case b.Sealed:
				is[i] = sealedDigest(stored)
				return
			}
			is[i] = Unreadable
			if plain, err := reconcile.Open(&b.Shared, stored); err == nil && whole {
				is[i] = shortDigest(plain, nil, p.Desired.Settings.Names())
			} else if err == nil {
				is[i] = managedDigest(p.Desired.Settings.Names(), plain, nil)
			}
		}, bulk.Close
	})
	return is, errs
}

// Stamp returns a text that is the same as long as nobody writes the phones' files,
// "" where the store does not tell.
func Stamp(ctx context.Context, store push.Store, phones []Phone) string {
	bulk := push.NewBulk(store)
	defer bulk.Close()
	h := sha256.New()
	for _, p := range phones {
		stamp, ok := bulk.Stamp(ctx, p.Name)
		if !ok {
			return ""
		}
		fmt.Fprintf(h, "%s %s\n", p.Name, stamp)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
