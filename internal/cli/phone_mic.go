// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2/maybe"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/phone"
	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// Files of simulated phones.
const (
	micFile   = "mic.pem"               // in a phone's folder: leaf, issuing CA, root, key
	rootsFile = "manufacturer-root.pem" // in the folder of all
)

// manufacture gives each phone the MIC its folder holds, and a new one where it
// holds none, and writes the roots of all.
func manufacture(dir string, ids []device.Identity) ([]*scep.Signer, error) {
	var maker *phone.Manufacturer
	var roots bytes.Buffer
	seen := map[string]bool{}
	mics := make([]*scep.Signer, len(ids))
	for i, id := range ids {
		own := phoneDir(dir, id)
		mic, err := micOf(own)
		if errors.Is(err, errNoPhone) {
			if maker == nil {
				if maker, err = phone.NewManufacturer(time.Now(), nil); err != nil {
					return nil, err
				}
			}
			if mic, err = maker.MIC(id); err != nil {
				return nil, err
			}
			mic.Chain = append(mic.Chain, maker.Root())
			err = writeMIC(own, mic)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", own, err)
		}
		if name := mic.Certificate.Subject.CommonName; name != id.MICName() {
			return nil, fmt.Errorf("%s holds the phone %s, not %s: take the model it was made with, or another folder", own, name, id.MICName())
		}
		mics[i] = mic
		if root := mic.Chain[len(mic.Chain)-1]; !seen[string(root.Raw)] {
			seen[string(root.Raw)] = true
			_ = pem.Encode(&roots, &pem.Block{Type: "CERTIFICATE", Bytes: root.Raw})
		}
	}
	return mics, maybe.WriteFile(filepath.Join(dir, rootsFile), roots.Bytes(), 0o644)
}

func writeMIC(dir string, mic *scep.Signer) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	key, err := pemKey(mic.Key)
	if err != nil {
		return err
	}
	return maybe.WriteFile(filepath.Join(dir, micFile), append(pemChain(append([]*x509.Certificate{mic.Certificate}, mic.Chain...)), key...), 0o600)
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

func parseMIC(data []byte) (*scep.Signer, error) {
	damaged := errors.New(micFile + " is damaged: remove the phone's folder to make a new phone")
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
