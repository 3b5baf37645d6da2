// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// xmllintByScan measures libxml2's SAX parser, which keeps nothing, as the
// difference of two runs of xmllint: one that parses a hundred times, as
// --repeat does, and one that parses once.
func xmllintByScan(in *inputs) (float64, error) {
	const repeats = 100
	path, err := exec.LookPath("xmllint")
	if err != nil {
		return 0, &missingError{"xmllint on PATH"}
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "cfg.xml")
	data := in.usual().data
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return 0, err
	}
	xmllint := func(args ...string) (time.Duration, error) {
		start := time.Now()
		err := exec.Command(path, append(args, "--sax", "--noout", file)...).Run()
		return time.Since(start), err
	}
	scan := scanner(data)
	n := runs(scan)
	ratios := make([]float64, rounds)
	for i := range ratios {
		one, err := xmllint()
		if err != nil {
			return 0, fmt.Errorf("xmllint: %w", err)
		}
		all, err := xmllint("--repeat")
		if err != nil {
			return 0, fmt.Errorf("xmllint: %w", err)
		}
		ratios[i] = float64(all-one) / (repeats - 1) / timed(scan, n)
	}
	return median(ratios), nil
}
