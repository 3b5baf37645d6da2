// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
)

// template gives a document of 2,900 parameters and 200 kB, as phones have it.
func template() string {
	var b strings.Builder
	b.WriteString("<flat-profile>\n")
	for i := range 2900 {
		fmt.Fprintf(&b, "  <Parameter_%d_ ua=\"na\">a value, %d of these</Parameter_%d_>\n", i, i, i)
	}
	b.WriteString("</flat-profile>\n")
	return b.String()
}

func inventory(phones int) string {
	var b strings.Builder
	b.WriteString("mac,model,domain\n")
	for i := range phones {
		fmt.Fprintf(&b, "001A2B%06X,9871,example.net\n", i)
	}
	return b.String()
}

const fleetModule = `terraform {
  required_providers {
    ciscophone = { source = "phonecfg/ciscophone" }
  }
}
provider "ciscophone" {
  store = "${abspath(path.module)}/store"
}
resource "ciscophone_fleet" "all" {
  inventory               = file("phones.csv")
  template_file           = "${abspath(path.module)}/template.xml"
  scep_server             = file("server.txt")
  root_ca_fingerprint     = "9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08"
  challenge_password_file = "${abspath(path.module)}/challenge.txt"
}
`

// fleet measures one resource of many phones.
func fleet(ctx context.Context, o options, dir string) ([]line, error) {
	w, err := newWork(o, dir)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(w.write("template.xml", template()), w.write("challenge.txt", "a challenge of the benchmark\n"),
		w.write("main.tf", fleetModule)); err != nil {
		return nil, err
	}
	var first, none, change []float64
	state := 0.0
	for range o.rounds {
		r, err := w.fleetRound(ctx, o)
		if err != nil {
			return nil, err
		}
		first, none, change, state = append(first, r.first), append(none, r.none), append(change, r.change), r.state
	}
	memory, _, err := w.usage()
	if err != nil {
		return nil, err
	}
	if memory == 0 {
		return nil, errors.New("the provider's memory was not noted")
	}
	return []line{
		{name: "fleet-apply/cp", measured: median(first), limit: 3, unit: "x"},
		{name: "fleet-plan/hash", measured: median(none), limit: 2, unit: "x"},
		{name: "fleet-change/cp", measured: median(change), limit: 3, unit: "x"},
		{name: "fleet-state-bytes", measured: state, limit: 200},
		{name: "fleet-megabytes", measured: float64(memory) / 1e6, limit: 200},
	}, nil
}

// A fleetRound is what one round measured: ratios to the floor, and bytes of state
// for each phone.
type fleetRound struct{ first, none, change, state float64 }

// fleetRound applies a fleet to an empty store, plans it without a change, and
// changes what all phones share.
func (w *work) fleetRound(ctx context.Context, o options) (r fleetRound, err error) {
	// A fleet without phones: what the command line takes by itself.
	if err := errors.Join(w.forget(), os.RemoveAll(w.path("store")), os.Mkdir(w.path("store"), 0o700), w.write("server.txt", "http://scep.example.net"),
		w.write("phones.csv", inventory(0))); err != nil {
		return r, err
	}
	if _, err := w.apply(ctx); err != nil {
		return r, err
	}
	empty, err := w.noChange(ctx)
	if err != nil {
		return r, err
	}

	if err := errors.Join(w.forget(), w.write("phones.csv", inventory(o.phones)), settle(ctx)); err != nil {
		return r, err
	}
	applied, err := w.apply(ctx)
	if err != nil {
		return r, err
	}
	info, err := os.Stat(w.path("terraform.tfstate"))
	if err != nil {
		return r, err
	}
	r.state = float64(info.Size()) / float64(o.phones)
	cp, err := copied(ctx, w.path("store"), w.path("copy"))
	if err != nil {
		return r, err
	}
	hash, err := hashed(w.path("store"))
	if err != nil {
		return r, err
	}
	planned, err := w.noChange(ctx)
	if err != nil {
		return r, err
	}
	if err := errors.Join(w.write("server.txt", "http://other.example.net"), settle(ctx)); err != nil {
		return r, err
	}
	changed, err := w.planApply(ctx)
	if err != nil {
		return r, err
	}
	cp2, err := copied(ctx, w.path("store"), w.path("copy"))
	if err != nil {
		return r, err
	}
	r.first, r.none, r.change = applied/cp, planned/(hash+empty), changed/((cp+cp2)/2)
	if o.talk {
		fmt.Fprintf(os.Stderr, "first apply %.2f s, cp and sync %.2f s and %.2f s; no-op plan %.2f s, reading and hashing %.2f s, plan without phones %.2f s; change %.2f s\n",
			applied, cp, cp2, planned, hash, empty, changed)
	}
	return r, nil
}
