// SPDX-License-Identifier: MPL-2.0

package lab

import (
	"crypto"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2/maybe"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/ca"
)

// nextCAFile is the root of the CA that will replace the lab's, while there is one.
const nextCAFile = "next-root-ca.pem"

// PrepareNextCA makes the CA that will replace the lab's, announces it by
// GetNextCACert, writes its root to next-root-ca.pem, and returns the SHA-256 of
// that root. Called again it changes nothing.
func (l *Lab) PrepareNextCA() (fingerprint string, err error) {
	if err := l.ca.PrepareNext(); err != nil {
		return "", err
	}
	root := l.ca.NextRoot()
	if root == nil {
		return "", errors.New("the next CA has just replaced the former")
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Raw})
	return cdc.FingerprintOf(root.Raw, crypto.SHA256).String(), maybe.WriteFile(filepath.Join(l.dir, nextCAFile), text, 0o644)
}

// ReplaceCA puts the CA of PrepareNextCA into force: root-ca.pem, lab.json and
// option 43 have the new root then. Phones have to be given its fingerprint.
func (l *Lab) ReplaceCA() error {
	if err := l.ca.Replace(); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.writeRoot(); err != nil {
		return err
	}
	if err := l.encodeOption43(); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(l.dir, nextCAFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return l.info.write(l.dir)
}

// writeRoot says what the root of the CA is. The caller holds l.mu.
func (l *Lab) writeRoot() error {
	root := l.ca.Root()
	l.info.FingerprintSHA1 = cdc.FingerprintOf(root.Raw, crypto.SHA1).String()
	l.info.FingerprintSHA256 = cdc.FingerprintOf(root.Raw, crypto.SHA256).String()
	return maybe.WriteFile(l.info.CAFile, l.ca.RootPEM(), 0o644)
}

// serveSuccessor lets the desk do both.
func (l *Lab) serveSuccessor(mux *http.ServeMux) {
	mux.HandleFunc("POST /next-ca", func(w http.ResponseWriter, _ *http.Request) {
		fingerprint, err := l.PrepareNextCA()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = io.WriteString(w, fingerprint)
	})
	mux.HandleFunc("POST /replace-ca", func(w http.ResponseWriter, _ *http.Request) {
		switch err := l.ReplaceCA(); {
		case errors.Is(err, ca.ErrNoNext):
			http.Error(w, fmt.Sprintf("%v: announce it first", err), http.StatusConflict)
		case err != nil:
			http.Error(w, err.Error(), http.StatusInternalServerError)
		default:
			_, _ = io.WriteString(w, l.Info().FingerprintSHA256)
		}
	})
}
