// SPDX-License-Identifier: MPL-2.0

// Licenses writes THIRD_PARTY.txt: every module whose code is in the provider
// or in cfgxml on any platform they are released for, under which license it
// is, and the text of each license and notice, as most of them ask for. It
// fails for a module without a license, or with one it does not know to go
// together with the MPL-2.0. So are the libraries that web pages of ours embed.
//
//	licenses DIR	DIR is the project's root
package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

//go:generate go run -buildvcs=false . ../../..

// platforms are those whose code can differ in what it imports.
var platforms = []string{"linux", "darwin", "windows", "freebsd"}

// allowed are licenses whose code may be part of a program under the MPL-2.0.
var allowed = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0", "Unlicense"}

// embedded are the folders with libraries for web pages, as npm has them.
var embedded = []string{"verify/report/uplot"}

// pages lists the libraries that web pages embed.
func pages(root string) (all []module, err error) {
	for _, folder := range embedded {
		m := module{Dir: filepath.Join(root, folder)}
		data, err := os.ReadFile(filepath.Join(m.Dir, "package.json"))
		if err != nil {
			return nil, err
		}
		var p struct{ Name, Version string }
		if err := json.Unmarshal(data, &p); err != nil {
			return nil, fmt.Errorf("%s: %w", folder, err)
		}
		m.Path, m.Version = "npm:"+p.Name, p.Version
		all = append(all, m)
	}
	return all, nil
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: licenses DIR")
		os.Exit(2)
	}
	text, err := render(context.Background(), os.Args[1])
	if err == nil {
		err = os.WriteFile(filepath.Join(os.Args[1], "THIRD_PARTY.txt"), []byte(text), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "licenses:", err)
		os.Exit(1)
	}
}

// module is a part of what `go list` says of one.
type module struct {
	Path, Version, Dir string
	Main               bool
	Replace            *module
}

// modules lists the modules whose packages are in the programs.
func modules(ctx context.Context, root string) ([]module, error) {
	found := map[string]module{}
	for _, platform := range platforms {
		cmd := exec.CommandContext(ctx, "go", "list", "-deps", "-json=Module", ".", "./cmd/cfgxml", "./cmd/ciscophone")
		cmd.Dir = root
		cmd.Env = append(os.Environ(), "GOOS="+platform, "GOARCH=amd64", "CGO_ENABLED=0")
		out, err := cmd.Output()
		if err != nil {
			var exit *exec.ExitError
			if errors.As(err, &exit) {
				err = fmt.Errorf("%w: %s", err, exit.Stderr)
			}
			return nil, fmt.Errorf("go list for %s: %w", platform, err)
		}
		for dec := json.NewDecoder(bytes.NewReader(out)); ; {
			var p struct{ Module *module }
			if err := dec.Decode(&p); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, err
			}
			m := p.Module
			if m == nil || m.Main {
				continue // the standard library, or this project
			}
			if m.Replace != nil {
				m.Dir = m.Replace.Dir
			}
			found[m.Path] = *m
		}
	}
	var all []module
	for _, m := range found {
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b module) int { return cmp.Compare(a.Path, b.Path) })
	return all, nil
}

// render writes the file.
func render(ctx context.Context, root string) (string, error) {
	all, err := modules(ctx, root)
	if err != nil {
		return "", err
	}
	libraries, err := pages(root)
	if err != nil {
		return "", err
	}
	all = append(all, libraries...)
	var list, texts strings.Builder
	var errs []error
	heads := map[string][]string{} // text: the modules it is of
	var order []string
	for _, m := range all {
		license, files, err := licenseOf(m.Dir)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s %s: %w", m.Path, m.Version, err))
			continue
		}
		fmt.Fprintf(&list, "%-13s %s %s\n", license, m.Path, m.Version)
		for _, text := range files {
			if heads[text] == nil {
				order = append(order, text)
			}
			heads[text] = append(heads[text], m.Path)
		}
	}
	for _, text := range order {
		fmt.Fprintf(&texts, "\n%s\n%s\n\n%s\n", strings.Repeat("-", 78), strings.Join(heads[text], "\n"), text)
	}
	return "The provider and cfgxml are under the MPL-2.0 (see LICENSE). They contain the\n" +
		"Go standard library (BSD-3-Clause, https://go.dev/LICENSE) and these modules;\n" +
		"each one's source is at https://pkg.go.dev/MODULE@VERSION, that of npm:NAME at\n" +
		"https://www.npmjs.com/package/NAME/v/VERSION.\n" +
		"Written by make generate; do not edit.\n\n" + list.String() + texts.String(), errors.Join(errs...)
}

// licenseOf reads the license and the notices in a module's folder.
func licenseOf(dir string) (license string, files []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", nil, fmt.Errorf("is not downloaded: %w", err)
	}
	for _, e := range entries {
		name := strings.ToUpper(strings.TrimSuffix(strings.TrimSuffix(e.Name(), ".md"), ".txt"))
		is := strings.HasPrefix(name, "LICEN") || strings.HasPrefix(name, "COPYING")
		if !e.Type().IsRegular() || !is && name != "NOTICE" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return "", nil, err
		}
		text := strings.TrimSpace(strings.ReplaceAll(string(data), "\r\n", "\n"))
		files = append(files, text)
		if !is {
			continue
		}
		got := classify(text)
		if !slices.Contains(allowed, got) {
			return "", nil, fmt.Errorf("%s: %s is not among %s", e.Name(), cmp.Or(got, "an unknown license"), strings.Join(allowed, ", "))
		}
		if license == "" {
			license = got
		} else if license != got {
			license += "+" + got
		}
	}
	if license == "" {
		return "", nil, errors.New("has no license")
	}
	return license, files, nil
}

// classify tells licenses apart by sentences that only they have. Empty means
// unknown.
func classify(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	has := func(s string) bool { return strings.Contains(text, s) }
	switch {
	case has("GNU AFFERO GENERAL PUBLIC LICENSE"), has("GNU GENERAL PUBLIC LICENSE"), has("GNU LESSER GENERAL PUBLIC LICENSE"):
		if !has("Mozilla Public License") { // which names them
			return "GPL"
		}
		fallthrough
	case has("Mozilla Public License"):
		if has("ersion 2.0") {
			return "MPL-2.0"
		}
	case has("Business Source License"):
		return "BUSL"
	case has("Apache License") && has("Version 2.0"):
		return "Apache-2.0"
	case has("Permission is hereby granted, free of charge"):
		return "MIT"
	case has("Permission to use, copy, modify, and/or distribute this software for any purpose"),
		has("Permission to use, copy, modify, and distribute this software for any purpose"):
		return "ISC"
	case has("Redistribution and use in source and binary forms"):
		if has("Neither the name") || has("may not be used to endorse") || has("nor the names") {
			return "BSD-3-Clause"
		}
		return "BSD-2-Clause"
	case has("This is free and unencumbered software released into the public domain"):
		return "Unlicense"
	}
	return ""
}
