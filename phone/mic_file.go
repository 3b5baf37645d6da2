// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/renameio/v2/maybe"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// MICFile is the file in a phone's folder that holds its MIC: the certificate, the
// issuing CA, the root and the key, in PEM.
const MICFile = "mic.pem"

// ReadMIC returns the MIC that a phone's folder holds. The error of a folder
// without one is fs.ErrNotExist.
func ReadMIC(dir string) (*scep.Signer, error) {
	data, err := os.ReadFile(filepath.Join(dir, MICFile))
	if err != nil {
		return nil, err
	}
	return parseMIC(data)
}

// MICs returns the MIC that each phone's folder holds. A folder that holds none
// gets a new one, by a manufacturer that begins at now; keys is as in
// [NewManufacturer], and new keys are made on all processors. roots are those of
// all manufacturers.
func MICs(ctx context.Context, dirs []string, ids []device.Identity, now time.Time, keys func() (*rsa.PrivateKey, error)) (mics []*scep.Signer, roots []*x509.Certificate, err error) {
	if len(dirs) != len(ids) {
		return nil, nil, fmt.Errorf("MIC: %d folders for %d phones", len(dirs), len(ids))
	}
	maker := sync.OnceValues(func() (*Manufacturer, error) { return NewManufacturer(now, keys) })
	mics, errs := make([]*scep.Signer, len(ids)), make([]error, len(ids))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(len(ids), runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(ids)) && ctx.Err() == nil; i = next.Add(1) - 1 {
				if mics[i], errs[i] = keptMIC(dirs[i], ids[i], maker); errs[i] != nil {
					errs[i] = fmt.Errorf("%s: %w", dirs[i], errs[i])
				}
			}
		})
	}
	wg.Wait()
	if err := errors.Join(append(errs, ctx.Err())...); err != nil {
		return nil, nil, err
	}
	seen := map[string]bool{}
	for _, mic := range mics {
		if root := mic.Chain[len(mic.Chain)-1]; !seen[string(root.Raw)] {
			seen[string(root.Raw)] = true
			roots = append(roots, root)
		}
	}
	return mics, roots, nil
}

func keptMIC(dir string, id device.Identity, maker func() (*Manufacturer, error)) (*scep.Signer, error) {
	mic, err := ReadMIC(dir)
	if errors.Is(err, fs.ErrNotExist) {
		var m *Manufacturer
		if m, err = maker(); err != nil {
			return nil, err
		}
		if mic, err = m.MIC(id); err != nil {
			return nil, err
		}
		mic.Chain = append(mic.Chain, m.Root())
		err = writeMIC(dir, mic)
	}
	if err != nil {
		return nil, err
	}
	if name := mic.Certificate.Subject.CommonName; name != id.MICName() {
		return nil, fmt.Errorf("it holds the phone %s, not %s: take the model it was made with, or another folder", name, id.MICName())
	}
	return mic, nil
}

func writeMIC(dir string, mic *scep.Signer) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(mic.Key)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	for _, c := range append([]*x509.Certificate{mic.Certificate}, mic.Chain...) {
		_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	}
	_ = pem.Encode(&b, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
	return maybe.WriteFile(filepath.Join(dir, MICFile), b.Bytes(), 0o600)
}

func parseMIC(data []byte) (*scep.Signer, error) {
	damaged := errors.New(MICFile + " is damaged: remove the phone's folder to make a new phone")
	s := &scep.Signer{}
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			break
		}
		switch block.Type {
		case "CERTIFICATE":
			c, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return nil, damaged
			}
			if s.Certificate == nil {
				s.Certificate = c
			} else {
				s.Chain = append(s.Chain, c)
			}
		case "PRIVATE KEY":
			key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
			signer, ok := key.(crypto.Signer)
			if err != nil || !ok {
				return nil, damaged
			}
			s.Key = signer
		}
	}
	if s.Certificate == nil || s.Key == nil || len(s.Chain) == 0 {
		return nil, damaged
	}
	return s, nil
}
