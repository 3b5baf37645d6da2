// SPDX-License-Identifier: MPL-2.0

package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// searcher looks for a secret in everything that a run leaves behind.
type searcher struct {
	forms map[string][]byte // how it is written -> what to look for
	files int
	bytes int64
}

// newSearcher looks for secret as it is, as base64, in a URL, and as the digest
// with which one could try passwords.
func newSearcher(secret string) (*searcher, error) {
	if len(secret) < 8 {
		return nil, fmt.Errorf("a secret of %d characters occurs by chance", len(secret))
	}
	sum := sha256.Sum256([]byte(secret))
	return &searcher{forms: map[string][]byte{
		"in clear text":  []byte(secret),
		"as base64":      []byte(strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(secret)), "=")),
		"in a URL":       []byte(url.QueryEscape(secret)),
		"as hexadecimal": []byte(hex.EncodeToString([]byte(secret))),
		"as its SHA-256": []byte(hex.EncodeToString(sum[:])),
	}}, nil
}

// data looks at one piece of data.
func (s *searcher) data(where string, data []byte) error {
	s.files++
	s.bytes += int64(len(data))
	for how, form := range s.forms {
		if bytes.Contains(data, form) {
			return fmt.Errorf("the challenge password stands in %s, %s", where, how)
		}
	}
	return nil
}

// folder looks at every file in and below dir, and inside of those that are zip
// archives, as plans are. The provider's own binary is left out.
func (s *searcher) folder(dir string) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || strings.HasPrefix(entry.Name(), "terraform-provider-") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return s.data(name, data)
		}
		for _, f := range archive.File {
			r, err := f.Open()
			if err != nil {
				return err
			}
			data, err := io.ReadAll(r)
			if err := errors.Join(err, r.Close()); err != nil {
				return err
			}
			if err := s.data(name+", "+f.Name, data); err != nil {
				return err
			}
		}
		return nil
	})
}

// search is the step of the demonstration: state, plans, their JSON.
func (d *demo) search(ctx context.Context) error {
	secret, err := os.ReadFile(d.lab.ChallengeFile)
	if err != nil {
		return err
	}
	s, err := newSearcher(strings.TrimSpace(string(secret)))
	if err != nil {
		return err
	}
	// What is searched must be able to hold it: the pushed files do.
	for i, data := range d.afterPush {
		if s.data("", data) == nil {
			return fmt.Errorf("%s does not hold the challenge password", d.lab.Phones[i].Config)
		}
	}
	s.files, s.bytes = 0, 0
	shown := [][]string{{"show", "-json"}}
	plans, err := filepath.Glob(filepath.Join(d.tofu.dir, "*.tfplan"))
	if err != nil {
		return err
	}
	for _, p := range plans {
		shown = append(shown, []string{"show", "-json", filepath.Base(p)})
	}
	for _, args := range shown {
		out, status, err := d.tofu.quiet(ctx, args...)
		if err != nil {
			return err
		}
		if status != 0 {
			return fmt.Errorf("%s ended with status %d", strings.Join(args, " "), status)
		}
		if err := s.data("the output of "+strings.Join(args, " "), []byte(out)); err != nil {
			return err
		}
	}
	if err := s.folder(d.tofu.dir); err != nil {
		return err
	}
	d.shows("state, %d plans and their JSON, %d files of %d kB: none holds it", len(plans), s.files, s.bytes/1000)
	return nil
}
