// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"context"
	"errors"
	"os"
	"strings"
)

// few is the number of phones for the comparison; local_file takes minutes for
// more.
const few = 200

const localModule = `terraform {
  required_providers {
    local = { source = "hashicorp/local" }
  }
}
resource "local_file" "phone" {
  count    = 200
  filename = "${path.module}/store/SEP001A2B${format("%06X", count.index)}.xml"
  content  = templatefile("${path.module}/phone.tftpl", { server = "http://scep.example.net" })
}
`

const configModule = `terraform {
  required_providers {
    ciscophone = { source = "phonecfg/ciscophone" }
  }
}
provider "ciscophone" {
  store = "${abspath(path.module)}/store"
}
resource "ciscophone_config" "phone" {
  count     = 200
  path      = "SEP001A2B${format("%06X", count.index)}.xml"
  template_file = "${abspath(path.module)}/template.xml"
  scep_server = "http://scep.example.net"

  root_ca_fingerprint     = "9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08"
  challenge_password_file = "${abspath(path.module)}/challenge.txt"
}
`

// compared measures the same 200 files as local_file, as ciscophone_config and
// as one ciscophone_fleet.
func compared(ctx context.Context, o options, dir string) ([]line, error) {
	w, err := newWork(o, dir)
	if err != nil {
		return nil, err
	}
	element := "<CDC_Server_1_ ua=\"na\">${server}</CDC_Server_1_>\n</flat-profile>"
	if err := errors.Join(w.write("template.xml", template()), w.write("phone.tftpl", strings.Replace(template(), "</flat-profile>", element, 1)),
		w.write("challenge.txt", "a challenge of the benchmark\n"), w.write("server.txt", "http://scep.example.net"), w.write("phones.csv", inventory(few))); err != nil {
		return nil, err
	}
	measure := func(module string) (apply, plan float64, err error) {
		if err := errors.Join(w.forget(), os.RemoveAll(w.path("store")), os.MkdirAll(w.path("store"), 0o700), w.write("main.tf", module), settle(ctx)); err != nil {
			return 0, 0, err
		}
		if apply, err = w.apply(ctx); err != nil {
			return 0, 0, err
		}
		plan, err = w.noChange(ctx)
		return apply, plan, err
	}
	var ratios [4][]float64
	for range o.rounds {
		localApply, localPlan, err := measure(localModule)
		if err != nil {
			return nil, err
		}
		configApply, configPlan, err := measure(configModule)
		if err != nil {
			return nil, err
		}
		fleetApply, fleetPlan, err := measure(fleetModule)
		if err != nil {
			return nil, err
		}
		for i, r := range []float64{localApply / configApply, localPlan / configPlan, localApply / fleetApply, localPlan / fleetPlan} {
			ratios[i] = append(ratios[i], r)
		}
	}
	return []line{
		{name: "local_file/config-apply", measured: median(ratios[0]), limit: 10, unit: "x", least: true},
		{name: "local_file/config-plan", measured: median(ratios[1]), limit: 10, unit: "x", least: true},
		{name: "local_file/fleet-apply", measured: median(ratios[2]), limit: 40, unit: "x", least: true},
		{name: "local_file/fleet-plan", measured: median(ratios[3]), limit: 40, unit: "x", least: true},
	}, nil
}
