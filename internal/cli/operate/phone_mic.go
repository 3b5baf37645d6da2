// SPDX-License-Identifier: MPL-2.0

package operate

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2/maybe"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/phone"
	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// rootsFile has the manufacturers' roots, in the folder of all phones.
const rootsFile = "manufacturer-root.pem"

// manufacture gives each phone the MIC its folder holds, and a new one where it
// holds none, and writes the roots of all.
func manufacture(ctx context.Context, dir string, ids []device.Identity) ([]*scep.Signer, error) {
	dirs := make([]string, len(ids))
	for i, id := range ids {
		dirs[i] = phoneDir(dir, id)
	}
	mics, roots, err := phone.MICs(ctx, dirs, ids, time.Now(), nil)
	if err != nil {
		return nil, err
	}
	return mics, maybe.WriteFile(filepath.Join(dir, rootsFile), pemChain(roots), 0o644)
}

func pemChain(chain []*x509.Certificate) []byte {
	var b bytes.Buffer
	for _, c := range chain {
		_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	}
	return b.Bytes()
}

func pemKey(key crypto.Signer) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}
