// SPDX-License-Identifier: MPL-2.0

package lab

import (
	"bytes"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/desk"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/ca"
)

// deskHandler serves the desk of the lab's CA, and challenges of once. It
// answers who can read the lab's folder: the password there is the bearer token.
func (l *Lab) deskHandler(once *ca.OneTime, password string) http.Handler {
	authority, mux := l.ca, http.NewServeMux()
	l.serveSuccessor(mux)
	mux.HandleFunc("GET /requests", func(w http.ResponseWriter, _ *http.Request) {
		requests := []desk.Request{}
		for _, r := range authority.Pending() {
			requests = append(requests, desk.Request{ID: r.ID, CommonName: r.CommonName, KeyHash: r.KeyHash,
				Authorization: string(r.Authorization), Address: r.Address, At: r.At})
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(requests)
	})
	mux.HandleFunc("POST /challenge", func(w http.ResponseWriter, r *http.Request) {
		challenge, err := once.Issue(r.URL.Query().Get("cn"), time.Now())
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = io.WriteString(w, challenge)
	})
	mux.HandleFunc("GET /index.txt", func(w http.ResponseWriter, _ *http.Request) {
		var b bytes.Buffer // an error must not look like a short list
		if err := authority.WriteIndex(&b); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = b.WriteTo(w)
	})
	for name, do := range map[string]func(string) error{"approve": authority.Approve, "deny": authority.Deny, "revoke": authority.Revoke} {
		mux.HandleFunc("POST /"+name, func(w http.ResponseWriter, r *http.Request) {
			if err := do(r.URL.Query().Get("id")); err != nil {
				http.Error(w, err.Error(), http.StatusConflict)
				return
			}
			w.WriteHeader(http.StatusNoContent)
		})
	}
	want := []byte("Bearer " + password)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), want) != 1 {
			http.Error(w, "the password in desk-password.txt is missing", http.StatusUnauthorized)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// startDesk opens the desk on loopback, whatever the lab listens on.
func (l *Lab) startDesk(former Info, once *ca.OneTime) error {
	// A new one each time: that of a lab that stopped may have been shown to
	// whoever has its port now.
	if err := os.Remove(l.info.DeskPasswordFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	password, err := secretFile(l.info.DeskPasswordFile)
	if err != nil {
		return err
	}
	l.info.DeskURL, err = l.serve(newServer("127.0.0.1:0", l.deskHandler(once, password)), former.DeskURL)
	return err
}
