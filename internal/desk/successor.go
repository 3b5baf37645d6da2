// SPDX-License-Identifier: MPL-2.0

package desk

import (
	"context"
	"net/http"
)

// NextCA has the CA announce another that will replace it, and returns the SHA-256
// of that one's root.
func (d *Desk) NextCA(ctx context.Context) (fingerprint string, err error) {
	data, err := d.do(ctx, http.MethodPost, "next-ca", "", "")
	return string(data), err
}

// ReplaceCA puts the announced CA into force, and returns the SHA-256 of its root.
func (d *Desk) ReplaceCA(ctx context.Context) (fingerprint string, err error) {
	data, err := d.do(ctx, http.MethodPost, "replace-ca", "", "")
	return string(data), err
}
