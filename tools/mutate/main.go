// SPDX-License-Identifier: MPL-2.0

// Mutate runs go-gremlins on packages of the project, one file after the other,
// and sums up: how many mutants the tests cover and how many of those they kill.
// A mutant that ends in a timeout counts as covered and not as killed.
//
// The result of a file is kept and used again until the file changes, so that a
// campaign of hours can be interrupted. -fresh runs everything again, as after
// tests were removed.
package main

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	c := campaign{}
	flag.StringVar(&c.gremlins, "gremlins", "gremlins", "the go-gremlins `program`")
	flag.StringVar(&c.out, "out", "build/mutate", "`folder` of the results")
	flag.StringVar(&c.equivalent, "equivalent", "tools/mutate/equivalent.txt", "`file` that lists mutants no test can kill")
	flag.BoolVar(&c.fresh, "fresh", false, "use no earlier result")
	flag.BoolVar(&c.reportOnly, "report", false, "run nothing: sum up the results there are")
	only := flag.String("only", "", "run only files that match the `expression`")
	flag.Parse()
	c.only = regexp.MustCompile(*only)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := c.run(ctx, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

type campaign struct {
	gremlins, out, equivalent string
	fresh, reportOnly         bool
	only                      *regexp.Regexp
	known                     map[string]string // reasons of equivalent mutants
}

// mutant is one change of the source.
type mutant struct {
	Type   string `json:"type"`
	Status string `json:"status"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// shard is the result of one file.
type shard struct {
	File    string   `json:"file"`
	Digest  string   `json:"digest"` // of the file as it was
	Mutants []mutant `json:"mutants"`
}

// result is that of a package.
type result struct {
	Package           string         `json:"package"`
	Count             map[string]int `json:"count"`
	CoveredPercent    float64        `json:"covered_percent"`
	KilledPercent     float64        `json:"killed_percent"` // of the covered ones
	Shards            []shard        `json:"shards"`
	survivors         []string
	equivalent, stale int
}

func (c *campaign) run(ctx context.Context, packages []string) error {
	var err error
	if c.known, err = readEquivalent(c.equivalent); err != nil {
		return err
	}
	var all []*result
	for _, p := range packages {
		r, err := c.pkg(ctx, p)
		if err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		all = append(all, r)
	}
	for _, r := range all {
		for _, s := range r.survivors {
			fmt.Println(s)
		}
	}
	fmt.Printf("%-12s %8s %8s %8s %8s %11s %10s\n", "package", "mutants", "covered", "killed", "timeouts", "equivalent", "not run")
	for _, r := range all {
		fmt.Printf("%-12s %8d %7.1f%% %7.1f%% %8d %11d %10d\n", r.Package, r.total(), r.CoveredPercent, r.KilledPercent, r.Count["TIMED OUT"], r.equivalent, r.stale)
	}
	return nil
}

// pkg runs what is missing of a package, file by file.
func (c *campaign) pkg(ctx context.Context, dir string) (*result, error) {
	files, err := sources(dir)
	if err != nil {
		return nil, err
	}
	r := &result{Package: filepath.ToSlash(dir), Count: map[string]int{}}
	for _, file := range files {
		s, err := c.shard(ctx, dir, file, files)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if s == nil {
			r.stale++
			continue
		}
		if err := c.add(r, dir, *s); err != nil {
			return nil, err
		}
	}
	covered := r.Count["KILLED"] + r.Count["LIVED"] + r.Count["TIMED OUT"]
	r.CoveredPercent, r.KilledPercent = percent(covered, r.total()), percent(r.Count["KILLED"], covered)
	return r, write(filepath.Join(c.out, strings.ReplaceAll(r.Package, "/", "-")+".json"), r)
}

// sources lists the files of a package and of those below it that have mutants.
func sources(dir string) ([]string, error) {
	var files []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			files = append(files, path)
		}
		return err
	})
	return files, err
}

// shard returns the result of one file: an earlier one of the same source, or a
// new one. It is nil where there is none and none is to be made.
func (c *campaign) shard(ctx context.Context, dir, file string, files []string) (*shard, error) {
	source, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(source)
	want := shard{File: file, Digest: hex.EncodeToString(sum[:])}
	path := filepath.Join(c.out, dir, file+".json")
	if data, err := os.ReadFile(path); err == nil && !c.fresh {
		var old shard
		if err := json.Unmarshal(data, &old); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if old.Digest == want.Digest {
			return &old, nil
		}
	}
	if c.reportOnly || !c.only.MatchString(file) {
		return nil, nil
	}
	fmt.Fprintf(os.Stderr, "mutate: %s/%s\n", dir, file)
	if want.Mutants, err = c.gremlin(ctx, dir, file, files); err != nil {
		return nil, err
	}
	return &want, write(path, want)
}

// gremlin runs go-gremlins on one file: it has no flag to include, so that all
// the others are excluded for this run. Each has a run of its own.
func (c *campaign) gremlin(ctx context.Context, dir, file string, files []string) ([]mutant, error) {
	out, err := os.CreateTemp("", "mutate-*.json")
	if err != nil {
		return nil, err
	}
	out.Close()
	defer os.Remove(out.Name())
	args := []string{"unleash", "./" + filepath.ToSlash(dir), "--workers", "1", "--timeout-coefficient", "20", "--output", out.Name(), "--silent"}
	for _, other := range files {
		if other != file {
			args = append(args, "--exclude-files", "^"+regexp.QuoteMeta(other)+"$")
		}
	}
	cmd := exec.CommandContext(ctx, c.gremlins, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(out.Name())
	if err != nil || len(data) == 0 { // no mutant in the file
		return []mutant{}, err
	}
	var report struct {
		Files []struct {
			Mutations []mutant `json:"mutations"`
		} `json:"files"`
	}
	if err := json.Unmarshal(data, &report); err != nil {
		return nil, err
	}
	all := []mutant{}
	for _, f := range report.Files {
		all = append(all, f.Mutations...)
	}
	slices.SortFunc(all, func(a, b mutant) int {
		return cmp.Or(a.Line-b.Line, a.Column-b.Column, strings.Compare(a.Type, b.Type))
	})
	return all, nil
}

// add counts the mutants of a file and notes those that nothing killed.
func (c *campaign) add(r *result, dir string, s shard) error {
	source, err := os.ReadFile(filepath.Join(dir, s.File))
	if err != nil {
		return err
	}
	lines := strings.Split(string(source), "\n")
	path := filepath.ToSlash(filepath.Join(dir, s.File))
	for _, m := range s.Mutants {
		r.Count[m.Status]++
		if m.Status == "KILLED" || m.Line > len(lines) {
			continue
		}
		text := strings.TrimSpace(lines[m.Line-1])
		if _, ok := c.known[key(path, m.Type, text)]; ok {
			r.equivalent++
			continue
		}
		r.survivors = append(r.survivors, fmt.Sprintf("%s:%d:%d: %s %s: %s", path, m.Line, m.Column, m.Status, m.Type, text))
	}
	r.Shards = append(r.Shards, s)
	return nil
}

func (r *result) total() int {
	n := 0
	for status, count := range r.Count {
		if status != "NOT VIABLE" {
			n += count
		}
	}
	return n
}

func percent(part, whole int) float64 {
	if whole == 0 {
		return 100
	}
	return 100 * float64(part) / float64(whole)
}

func key(path, kind, text string) string { return path + "\t" + kind + "\t" + text }

// readEquivalent reads lines of a path, the kind of mutant, the line of the
// source and the reason, with tabs between them.
func readEquivalent(name string) (map[string]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	known := map[string]string{}
	for s := bufio.NewScanner(f); s.Scan(); {
		if s.Text() == "" || strings.HasPrefix(s.Text(), "#") {
			continue
		}
		fields := strings.Split(s.Text(), "\t")
		if len(fields) != 4 || fields[3] == "" {
			return nil, fmt.Errorf("%s: %q: want path, kind, source line and reason with tabs between them", name, s.Text())
		}
		known[key(fields[0], fields[1], fields[2])] = fields[3]
	}
	return known, nil
}

func write(path string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", append(data, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
