// SPDX-License-Identifier: MPL-2.0

package review

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// baseline is the file of --baseline or --write-baseline. Files are named in it
// relative to its own folder, with slashes, so that it means the same wherever
// the repository is checked out and the command is run.
type baseline struct {
	validate.Baseline
	path  string
	write bool
	seen  map[string]bool
	files int
}

// baseline returns the baseline of a path, which it reads once, or the one that is
// being written.
func (s *session) baseline(path string) (*baseline, error) {
	if s.flags.writeBaseline != "" {
		path = s.flags.writeBaseline
	}
	if b, ok := s.baselines[path]; ok {
		return b, nil
	}
	b := &baseline{path: path, seen: map[string]bool{}}
	if b.write = s.flags.writeBaseline != ""; !b.write {
		data, err := s.app.ReadFile(path)
		if err != nil {
			return nil, term.Failure(err).Hint("write one with --write-baseline")
		}
		read, err := validate.ReadBaseline(bytes.NewReader(data))
		if err != nil {
			return nil, term.Failure(fmt.Errorf("%s: %w", path, err))
		}
		b.Baseline = *read
	}
	s.baselines[path] = b
	return b, nil
}

// filter returns the findings that are new, or accepts them all.
func (b *baseline) filter(r Result) []Finding {
	key := b.key(r.File)
	b.seen[key] = true
	b.files++
	problems := make([]validate.Problem, len(r.findings))
	for i, f := range r.findings {
		problems[i] = f.Problem
	}
	if b.write {
		b.Add(key, problems)
	}
	left := b.Filter(key, problems)
	var findings []Finding
	for _, f := range r.findings {
		if len(left) == 0 {
			break
		}
		if same(f.Problem, left[0]) {
			left = left[1:]
			findings = append(findings, f)
		}
	}
	return findings
}

// same compares what tells two problems of one file apart.
func same(p, q validate.Problem) bool {
	return p.Rule == q.Rule && p.Start == q.Start && p.End == q.End && p.Param == q.Param && p.Message == q.Message
}

func (b *baseline) key(file string) string {
	absolute, err := filepath.Abs(file)
	if err != nil {
		return filepath.ToSlash(file)
	}
	folder, err := filepath.Abs(filepath.Dir(b.path))
	if err != nil {
		return filepath.ToSlash(file)
	}
	if relative, err := filepath.Rel(folder, absolute); err == nil {
		return filepath.ToSlash(relative)
	}
	return filepath.ToSlash(absolute)
}

// finish writes the baseline, or tells which of its entries are out of date. A
// file that could not be read would be missing in it, so then it is not written.
func (b *baseline) finish(a *term.App, failed bool) error {
	switch {
	case !b.write:
		stale := 0
		for _, e := range b.Stale() {
			if b.seen[e.File] {
				stale += e.Count
			}
		}
		if stale > 0 {
			a.Say(fmt.Sprintf("%s accepts %s that the files no longer have", b.path, term.Count(stale, "finding")), "write it anew with --write-baseline "+b.path)
		}
		return nil
	case failed:
		return term.Failure(errors.New(b.path + " was not written, because not every file could be read"))
	}
	var buf bytes.Buffer
	if err := b.Write(&buf); err != nil {
		return err
	}
	if err := term.ReplaceFile(b.path, buf.Bytes()); err != nil {
		return err
	}
	fmt.Fprintf(a.Stderr, "accepted: %s in %s\n", term.Count(b.Len(), "finding"), term.Count(b.files, "file"))
	return nil
}
