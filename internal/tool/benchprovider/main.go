// SPDX-License-Identifier: MPL-2.0

//go:build unix

// Benchprovider measures the provider with a real command line, OpenTofu or
// Terraform, against what the same disk and processor do without it.
//
//	go run ./internal/tool/benchprovider -tofu build/tofu -provider bin/terraform-provider-ciscophone
//	go run ./internal/tool/benchprovider -phones 10000 ...
//
// It prints lines of the form of internal/tool/bench,
//
//	NAME  MEASURED  BOUND  ok|SHORT
//
// and exits with 1 if one is short, with 3 if a measurement failed. What could
// not be measured is a line that begins with "#". Each ratio is taken within
// one round, its two sides one after the other, and the median of the rounds
// counts: a neighbor that is busy with the disk disturbs both.
//
// The yardsticks are cp, which copies the files of the store, with the sync
// that follows, and reading and hashing each of these files once, on all
// processors. It needs room for two copies of the store: 800 MB for 2,000
// phones, 4 GB for 10,000.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

func main() {
	if filepath.Base(os.Args[0]) == providerName {
		os.Exit(watch())
	}
	var o options
	flag.IntVar(&o.phones, "phones", 2000, "phones of the fleet")
	flag.IntVar(&o.rounds, "rounds", 3, "rounds; the median counts")
	flag.StringVar(&o.cli, "tofu", os.Getenv("CISCOPHONE_TOFU"), "path of OpenTofu or Terraform")
	flag.StringVar(&o.provider, "provider", "bin/"+providerName, "path of the provider")
	flag.StringVar(&o.local, "local", os.Getenv("CISCOPHONE_PROVIDER_LOCAL"), "path of terraform-provider-local 1.4.0, to compare with; may be empty")
	flag.StringVar(&o.dir, "dir", "", "where to work; default is a new directory for temporary files")
	flag.BoolVar(&o.talk, "v", false, "tell the times of each round, and the processor times of each command")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	short, err := run(ctx, o)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "benchprovider:", err)
		os.Exit(3)
	case short:
		os.Exit(1)
	}
}

type options struct {
	phones, rounds       int
	cli, provider, local string
	dir                  string
	talk                 bool
}

// A line is one bound and what was measured.
type line struct {
	name     string
	measured float64
	limit    float64
	unit     string
	least    bool
}

func (l line) print() (short bool) {
	sign, verdict := "<=", "ok"
	if l.least {
		sign = ">="
	}
	if l.least && l.measured < l.limit || !l.least && l.measured > l.limit {
		verdict, short = "SHORT", true
	}
	format := func(v float64) string {
		if l.unit == "" {
			return fmt.Sprintf("%.0f", v)
		}
		return fmt.Sprintf("%.2f%s", v, l.unit)
	}
	fmt.Printf("%-26s  %9s  %9s  %s\n", l.name, format(l.measured), sign+format(l.limit), verdict)
	return short
}

func run(ctx context.Context, o options) (short bool, err error) {
	if o.cli == "" {
		return false, errors.New("-tofu is missing: the path of OpenTofu or Terraform")
	}
	for _, p := range []*string{&o.cli, &o.provider, &o.local} {
		if *p == "" {
			continue
		}
		if *p, err = filepath.Abs(*p); err != nil {
			return false, err
		}
		if _, err := os.Stat(*p); err != nil {
			return false, err
		}
	}
	dir, err := os.MkdirTemp(o.dir, "benchprovider-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	start := time.Now()
	lines, err := fleet(ctx, o, filepath.Join(dir, "fleet"))
	if err != nil {
		return false, err
	}
	for _, l := range lines {
		short = l.print() || short
	}
	if o.local == "" {
		fmt.Println("# local_file/config: not run: needs the program terraform-provider-local 1.4.0, named by -local or CISCOPHONE_PROVIDER_LOCAL")
	} else {
		if lines, err = compared(ctx, o, filepath.Join(dir, "compared")); err != nil {
			return short, err
		}
		for _, l := range lines {
			short = l.print() || short
		}
	}
	fmt.Fprintf(os.Stderr, "benchprovider: %d phones, %d rounds, %v\n", o.phones, o.rounds, time.Since(start).Round(time.Second))
	return short, nil
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}
