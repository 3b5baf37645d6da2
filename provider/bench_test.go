// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkFleet plans and applies 500 phones with a template of full size: the
// first time, without a change, and with a change for all of them.
func BenchmarkFleet(b *testing.B) {
	const phones = 500
	var inventory, template strings.Builder
	inventory.WriteString("mac,model,domain\n")
	for i := range phones {
		fmt.Fprintf(&inventory, "001A2B%06X,9871,example.net\n", i)
	}
	template.WriteString("<flat-profile>\n")
	for i := range 2900 {
		fmt.Fprintf(&template, "  <Parameter_%d_ ua=\"na\">a value of some length</Parameter_%d_>\n", i, i)
	}
	template.WriteString("</flat-profile>\n")
	for b.Loop() {
		b.StopTimer()
		dir := b.TempDir()
		c := newWire(b, dir)
		file := write(b, b.TempDir(), "template.xml", template.String())
		with := wantedFleet("inventory", inventory.String(), "template_file", file)
		b.StartTimer()
		done := c.run(fleetName, state{}, with)
		done = c.must(c.read(fleetName, done))
		if again := c.must(c.plan(fleetName, done, with)); !again.value.Equal(done.value) {
			b.Fatal("the plan is not empty")
		}
		with["scep_server"] = "http://other.example.net"
		c.run(fleetName, done, with)
	}
}

// BenchmarkConfig does the same with 50 resources of one phone each.
func BenchmarkConfig(b *testing.B) {
	const phones = 50
	var template strings.Builder
	template.WriteString("<flat-profile>\n")
	for i := range 2900 {
		fmt.Fprintf(&template, "  <Parameter_%d_ ua=\"na\">a value, %d of these</Parameter_%d_>\n", i, i, i)
	}
	template.WriteString("</flat-profile>\n")
	for b.Loop() {
		b.StopTimer()
		c := newWire(b, b.TempDir())
		file := write(b, b.TempDir(), "template.xml", template.String())
		b.StartTimer()
		for i := range phones {
			with := wanted("path", fmt.Sprintf("SEP%012X.xml", i), "template_file", file)
			done := c.run(config, state{}, with)
			done = c.must(c.read(config, done))
			if again := c.must(c.plan(config, done, with)); !again.value.Equal(done.value) {
				b.Fatal("the plan is not empty")
			}
		}
	}
}
