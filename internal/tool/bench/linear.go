// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"runtime/debug"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// linear returns how much more a parameter of a large document takes than one of
// a small document. The other side is as many small documents as have the
// parameters of the large one, each with its own memory, and one step of the
// work is done on all of them before the next: both sides do the same work on
// the same amount of memory, so that caches help neither. The collector waits
// until both sides have run, and what it costs is counted nowhere. What is left
// is how the work itself grows.
func linear(in *inputs, work func(sample) []func()) (float64, error) {
	small, large := in.small(), in.large()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var works [][]func()
	for range large.parameters / small.parameters {
		works = append(works, work(small.clone()))
	}
	return ratio(steps(work(large)), steps(works...)), nil
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
	small, large := in.small(), in.large()
	perParameter := func(s sample) float64 {
		return occupied(func() any { return parse(s.data) }) / float64(s.parameters)
	}
	return perParameter(large) / perParameter(small), nil
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

// linearRules compares the rules on the large document with the rules on its
// parameters in documents of the small size: the numbers in the names of a large
// document are beyond those that phones have, so others would not do.
func linearRules(in *inputs) (float64, error) {
	small, large := in.small(), in.large()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	work := func(data []byte) []func() {
		var d *cfgxml.Document
		return []func(){
			func() { d = parse(data) },
			func() { validate.Document(d, validate.Settings{}) },
		}
	}
	var works [][]func()
	var part bytes.Buffer
	count := 0
	for p := range parse(large.data).All() {
		start, end := p.Span()
		part.Write(large.data[start:end])
		part.WriteByte('\n')
		if count++; count%small.parameters == 0 {
			works = append(works, work([]byte("<flat-profile>\n"+part.String()+"</flat-profile>\n")))
			part.Reset()
		}
	}
	return ratio(steps(work(large.data)), steps(works...)), nil
}
