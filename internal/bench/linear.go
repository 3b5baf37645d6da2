// SPDX-License-Identifier: MPL-2.0

package main

import (
	"runtime/debug"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// linear gives how much more a parameter of the huge document takes than one
// of a large document. The other side is as many large documents as have the
// parameters of the huge one, each with its own memory, and one step of the
// work is done on all of them before the next: both sides do the same work on
// the same amount of memory, so that caches, which hold a large document and
// no huge one, help neither. The collector waits until both sides have run,
// and what it costs is counted nowhere. What is left is how the work itself
// grows.
func linear(in *inputs, work func(sample) []func()) (float64, error) {
	large, huge := in.large(), in.huge()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var works [][]func()
	for range huge.parameters / large.parameters {
		works = append(works, work(large.clone()))
	}
	return ratio(steps(work(huge)), steps(works...)), nil
}

// steps does the first step of all works, then the second of all.
func steps(works ...[]func()) func() {
	return func() {
		for i := range works[0] {
			for _, w := range works {
				w[i]()
			}
		}
	}
}

func linearScan(in *inputs) (float64, error) {
	return linear(in, func(s sample) []func() { return []func(){scanner(s.data)} })
}

// linearScanMemory measures the memory that a document occupies once it is
// read, its own bytes not counted.
func linearScanMemory(in *inputs) (float64, error) {
	large, huge := in.large(), in.huge()
	perParameter := func(s sample) float64 {
		return occupied(func() any { return parse(s.data) }) / float64(s.parameters)
	}
	return perParameter(huge) / perParameter(large), nil
}

func linearEdit(in *inputs) (float64, error) {
	return linear(in, func(s sample) []func() {
		var d *cfgxml.Document
		return []func(){
			func() { d = parse(s.data) },
			func() { must(d.Edit(edits...)) },
		}
	})
}

func linearDiff(in *inputs) (float64, error) {
	return linear(in, func(s sample) []func() {
		var a, b *cfgxml.Document
		return []func(){
			func() { a = parse(s.data) },
			func() { b = parse(s.other) },
			func() { cfgxml.Diff(a, b) },
		}
	})
}

func linearTemplate(in *inputs) (float64, error) {
	return linear(in, func(s sample) []func() { return []func(){filler(s.data)} })
}

func linearRules(in *inputs) (float64, error) {
	return linear(in, func(s sample) []func() {
		var d *cfgxml.Document
		return []func(){
			func() { d = parse(s.data) },
			func() { validate.Document(d, validate.Settings{}) },
		}
	})
}
