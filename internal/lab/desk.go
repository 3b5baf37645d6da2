// SPDX-License-Identifier: MPL-2.0

package lab

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep/ca"
)

// The desk of the CA is where a person approves requests. It answers on
// loopback only, whatever the lab listens on, and only to who can read the
// lab's folder: the password there is the bearer token.

// deskHandler serves the desk of authority. Password is what a caller must show.
func deskHandler(authority *ca.CA, password string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /requests", func(w http.ResponseWriter, _ *http.Request) {
		requests := authority.Pending()
		if requests == nil {
			requests = []ca.Request{}
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(requests)
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

func (l *Lab) startDesk(former Info) error {
	password, err := secretFile(l.info.DeskPasswordFile)
	if err != nil {
		return err
	}
	l.info.DeskURL, err = l.serve(newServer("127.0.0.1:0", deskHandler(l.ca, password)), former.DeskURL)
	return err
}

// Desk speaks to the CA of a lab that runs in another process.
type Desk struct {
	base     string
	password string
	client   *http.Client
}

// OpenDesk finds the desk of the lab in dir.
func OpenDesk(dir string) (*Desk, error) {
	info, err := Read(dir)
	if err != nil {
		return nil, err
	}
	password, err := secretFile(info.DeskPasswordFile)
	if err != nil {
		return nil, err
	}
	return &Desk{info.DeskURL, password, &http.Client{Transport: &http.Transport{Proxy: nil}, Timeout: 30 * time.Second}}, nil
}

// Requests returns what waits for approval, oldest first.
func (d *Desk) Requests(ctx context.Context) ([]ca.Request, error) {
	data, err := d.do(ctx, http.MethodGet, "requests", "")
	if err != nil {
		return nil, err
	}
	var out []ca.Request
	if err := json.Unmarshal(data, &out); err != nil {
		return nil, fmt.Errorf("requests: %w", err)
	}
	return out, nil
}

// Approve issues the certificate that the request with this id waits for.
func (d *Desk) Approve(ctx context.Context, id string) error {
	_, err := d.do(ctx, http.MethodPost, "approve", id)
	return err
}

// Deny makes the requester's next poll fail.
func (d *Desk) Deny(ctx context.Context, id string) error {
	_, err := d.do(ctx, http.MethodPost, "deny", id)
	return err
}

// Revoke revokes the certificate with this serial number, in hexadecimal.
func (d *Desk) Revoke(ctx context.Context, serial string) error {
	_, err := d.do(ctx, http.MethodPost, "revoke", serial)
	return err
}

// Index returns what was issued, in the format of OpenSSL's index.txt.
func (d *Desk) Index(ctx context.Context) ([]byte, error) {
	return d.do(ctx, http.MethodGet, "index.txt", "")
}

func (d *Desk) do(ctx context.Context, method, path, id string) ([]byte, error) {
	target := d.base + path
	if id != "" {
		target += "?id=" + url.QueryEscape(id)
	}
	req, err := http.NewRequestWithContext(ctx, method, target, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+d.password)
	resp, err := d.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= http.StatusBadRequest {
		err = errors.New(strings.TrimSpace(string(data)))
	}
	return data, err
}
