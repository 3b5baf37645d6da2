// SPDX-License-Identifier: MPL-2.0

// Package desk speaks to the desk of a lab's CA, where a person approves
// requests and gets challenge passwords that serve once. The desk is on
// loopback; the password in the lab's folder opens it.
package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// InfoFile is the file in a lab's folder that says where its desk is.
const InfoFile = "lab.json"

// What is read of an answer, some hundred thousand lines, and of a refusal; and
// how long one may take where the caller sets no bound.
const (
	maxAnswer  = 64 << 20
	maxRefusal = 1 << 10
	within     = 30 * time.Second
)

// ErrStopped says that the lab of a folder runs no more.
var ErrStopped = errors.New("the lab has stopped")

// Request is one that waits for approval.
type Request struct {
	ID            string    `json:"id"`            // the transaction id, chosen by the requester: escape it
	CommonName    string    `json:"cn"`            // asked for: escape it
	KeyHash       string    `json:"key_hash"`      // SHA-256 of the public key, lower hex
	Authorization string    `json:"authorization"` // what the requester showed: challenge, mic
	Address       string    `json:"address"`       // where the request came from
	At            time.Time `json:"at"`
}

// Desk is the desk of a lab that runs, in this process or another.
type Desk struct {
	base     string
	password secret.Text
	client   *http.Client
}

// Open finds the desk of the lab in dir. It errs with [io/fs.ErrNotExist] when there
// was never one.
func Open(dir string) (*Desk, error) {
	data, err := readFile(filepath.Join(dir, InfoFile), maxAnswer)
	if err != nil {
		return nil, err
	}
	var info struct {
		URL          string `json:"desk_url"`
		PasswordFile string `json:"desk_password_file"`
	}
	if err := json.Unmarshal(data, &info); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, InfoFile), err)
	}
	if u, err := url.Parse(info.URL); err != nil || u.Scheme != "http" || u.Hostname() != "127.0.0.1" {
		return nil, fmt.Errorf("%s: desk_url %q: want http://127.0.0.1:…/", filepath.Join(dir, InfoFile), info.URL)
	}
	password, _, err := secret.ReadFile(info.PasswordFile)
	if err != nil {
		return nil, err
	}
	client := &http.Client{Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true}}
	return &Desk{info.URL, password, client}, nil
}

// readFile reads a file of at most limit bytes, and nothing that has no end.
func readFile(name string, limit int64) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a file", name)
	case info.Size() > limit:
		return nil, fmt.Errorf("%s has %d bytes: want at most %d", name, info.Size(), limit)
	}
	return os.ReadFile(name)
}

// Challenge returns a new challenge password. It serves once, within an hour,
// for commonName or, when that is empty, for any.
func (d *Desk) Challenge(ctx context.Context, commonName string) (secret.Text, error) {
	data, err := d.do(ctx, http.MethodPost, "challenge", "cn", commonName)
	return secret.New(string(data)), err
}

// Requests returns what waits for approval, oldest first.
func (d *Desk) Requests(ctx context.Context) ([]Request, error) {
	data, err := d.do(ctx, http.MethodGet, "requests", "", "")
	if err != nil {
		return nil, err
	}
	var out []Request
	if err := json.Unmarshal(data, &out); err != nil {
		return nil, fmt.Errorf("requests: %w", err)
	}
	return out, nil
}

// Approve issues the certificate that the request with this id waits for.
func (d *Desk) Approve(ctx context.Context, id string) error {
	_, err := d.do(ctx, http.MethodPost, "approve", "id", id)
	return err
}

// Deny makes the requester's next poll fail.
func (d *Desk) Deny(ctx context.Context, id string) error {
	_, err := d.do(ctx, http.MethodPost, "deny", "id", id)
	return err
}

// Revoke revokes the certificate with this serial number, in hexadecimal.
func (d *Desk) Revoke(ctx context.Context, serial string) error {
	_, err := d.do(ctx, http.MethodPost, "revoke", "id", serial)
	return err
}

// Index returns what was issued, in the format of OpenSSL's index.txt.
func (d *Desk) Index(ctx context.Context) ([]byte, error) {
	return d.do(ctx, http.MethodGet, "index.txt", "", "")
}

func (d *Desk) do(ctx context.Context, method, path, key, value string) ([]byte, error) {
	target := d.base + path
	if key != "" {
		target += "?" + url.Values{key: {value}}.Encode()
	}
	if _, bounded := ctx.Deadline(); !bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, within)
		defer cancel()
	}
	req, err := http.NewRequestWithContext(ctx, method, target, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+d.password.Reveal())
	resp, err := d.client.Do(req)
	if errors.Is(err, syscall.ECONNREFUSED) {
		return nil, fmt.Errorf("%w: nobody answers at %s", ErrStopped, d.base)
	}
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= http.StatusBadRequest {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
		return nil, errors.New(strings.TrimSpace(string(text)))
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err == nil && len(data) > maxAnswer {
		err = fmt.Errorf("%s: the answer has more than %d bytes", path, maxAnswer)
	}
	return data, err
}
