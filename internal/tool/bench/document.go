// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"testing"

	"github.com/beevik/etree"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// scanner returns a function that scans data.
func scanner(data []byte) func() {
	return func() { parse(data) }
}

func scanByWalk(in *inputs) (float64, error) {
	data := in.usual().data
	total := 0
	walk := func() {
		for rest := data; ; total++ {
			i := bytes.IndexByte(rest, '<')
			if i < 0 {
				return
			}
			rest = rest[i+1:]
		}
	}
	return ratio(scanner(data), walk), nil
}

func etreeByParse(in *inputs) (float64, error) {
	data := in.usual().data
	tree := func() {
		check(etree.NewDocument().ReadFromBytes(data))
	}
	return ratio(tree, func() { parse(data) }), nil
}

func etreeEditByEdit(in *inputs) (float64, error) {
	data := in.usual().data
	var buffer bytes.Buffer
	values := map[string]string{}
	for _, name := range []string{cdc.ParamServer, cdc.ParamRootCAFingerprint, cdc.ParamChallengePassword, cdc.ParamCommonName} {
		values[name], _ = parse(in.usual().other).Get(name)
	}
	tree := func() {
		document := etree.NewDocument()
		check(document.ReadFromBytes(data))
		for name, value := range values {
			document.Root().SelectElement(name).SetText(value)
		}
		buffer.Reset()
		must(document.WriteTo(&buffer))
	}
	return ratio(tree, editor(data)), nil
}

// editor returns a function that scans data and sets four parameters.
func editor(data []byte) func() {
	return func() { must(parse(data).Edit(edits...)).Bytes() }
}

func editAllocations(in *inputs) (float64, error) {
	return testing.AllocsPerRun(100, editor(in.usual().data)), nil
}

// judge gives a function that scans data and asks every rule.
func judge(data []byte) func() {
	return func() { validate.Document(parse(data), validate.Settings{}) }
}

func rulesByScan(in *inputs) (float64, error) {
	data := in.usual().data
	return ratio(judge(data), scanner(data)), nil
}

// filler gives a function that fills a template of data for one phone.
func filler(data []byte) func() {
	template := must(cfgxml.Compile(parse(data), cdc.ParamServer, cdc.ParamRootCAFingerprint, cdc.ParamChallengePassword, cdc.ParamCommonName))
	out := make([]byte, 0, len(data)+4096)
	return func() {
		out = must(template.Append(out[:0], "http://ca.example.org/scep", "0A8C4D6B7E9F1A2B3C4D5D5F3D2D4C1D5D3E1F4A", "another challenge", "CP-9871-SEP001A2B3C4D5E"))
	}
}

func templateByCopy(in *inputs) (float64, error) {
	data := in.usual().data
	out := make([]byte, 0, len(data)+4096)
	return ratio(filler(data), func() { out = append(out[:0], data...) }), nil
}

func templateAllocations(in *inputs) (float64, error) {
	return testing.AllocsPerRun(100, filler(in.usual().data)), nil
}

// differ gives a function that compares two documents anew: what a document
// keeps for looking up names is made again each time, so both are scanned, and
// the scans are part of what is measured.
func differ(s sample) func() {
	return func() {
		if n := len(cfgxml.Diff(parse(s.data), parse(s.other))); n != len(edits) {
			panic(n)
		}
	}
}

func diffByScan(in *inputs) (float64, error) {
	s := in.usual()
	return ratio(differ(s), scanner(s.data)), nil
}
