// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
)

// bound is one line of the output: a figure and what it may be.
type bound struct {
	name    string
	limit   float64
	unit    string                         // "x" for a ratio, "" for a number
	least   bool                           // the figure may not be below the limit; otherwise not above
	strict  bool                           // nor may it be the limit
	open    bool                           // there is no limit: the figure is for information
	measure func(*inputs) (float64, error) // the figure
}

// bounds are measured on a document of 3,000 parameters and 200 kB, unless
// their name says otherwise.
var bounds = []bound{
	// The scan, which checks the document fully, against finding each "<" and
	// doing nothing; against the parsers of other libraries.
	{name: "scan/walk", unit: "x", open: true, measure: scanByWalk}, // differs from machine to machine
	{name: "etree/scan", limit: 25, unit: "x", least: true, measure: etreeByParse},
	{name: "xmllint/scan", limit: 3, unit: "x", least: true, measure: xmllintByScan},

	// Read, set four parameters, and have the bytes.
	{name: "etree-edit/edit", limit: 20, unit: "x", least: true, measure: etreeEditByEdit},
	{name: "edit-allocations", limit: 40, measure: editAllocations},

	// Read and judge by every rule, against reading.
	{name: "rules/scan", limit: 3, unit: "x", measure: rulesByScan},

	// One phone's document from a template, against copying the document.
	{name: "template/copy", limit: 1.5, unit: "x", measure: templateByCopy},
	{name: "template-allocations", limit: 0, measure: templateAllocations},

	// Compare two documents that have been read.
	{name: "diff/scan", limit: 6, unit: "x", measure: diffByScan},

	// What a parameter costs in a document of 30,000, against one of 300; a real one has 3,000.
	{name: "linear-scan", limit: 1.15, unit: "x", measure: linearScan},
	{name: "linear-scan-memory", limit: 1.15, unit: "x", measure: linearScanMemory},
	{name: "linear-edit", limit: 1.15, unit: "x", measure: linearEdit},
	{name: "linear-diff", limit: 1.15, unit: "x", measure: linearDiff},
	{name: "linear-template", limit: 1.15, unit: "x", measure: linearTemplate},
	{name: "linear-rules", limit: 1.15, unit: "x", measure: linearRules},

	// SCEP on two cores, against the RSA private key operations that it cannot do
	// without: a thousand phones and their CA, the CA alone, phones that make
	// their keys, megabytes for a thousand phones, a refused message of 64 KiB in
	// such operations.
	{name: "enroll/rsa", limit: 1.8, unit: "x", measure: fleetFirst},
	{name: "renew/rsa", limit: 1.8, unit: "x", measure: fleetRenewal},
	{name: "enroll-megabytes", limit: 100, measure: fleetMemory},
	{name: "rsa/ca-enroll", limit: 0.6, unit: "x", least: true, measure: caFirst},
	{name: "rsa/ca-renew", limit: 0.6, unit: "x", least: true, measure: caRenewal},
	{name: "enroll/keygen", limit: 1.3, unit: "x", measure: freshKeys},
	{name: "hostile/rsa", limit: 3, unit: "x", strict: true, measure: hostile},

	// The command line on a folder of full-size files, against xmllint, which
	// only parses them; what it occupies; how it starts.
	{name: "lint/xmllint", limit: 0.25, unit: "x", measure: lintByXmllint},
	{name: "lint-memory-mb", limit: 100, measure: lintMemory},
	{name: "start/empty", limit: 3, unit: "x", measure: startByEmpty},

	// A verdict for each of 100,000 phones from the CA's index and a RADIUS log,
	// against wc and sort of the two files; what it keeps of a phone, in bytes.
	{name: "verdicts/sort", limit: 3, unit: "x", measure: verdictsBySort},
	{name: "verdicts-bytes", limit: 600, measure: verdictMemory},
	// A million phones, against a hundred thousand.
	{name: "verdicts-million/verdicts", limit: 12, unit: "x", measure: verdictsOfMany},
	{name: "verdicts-million-bytes", limit: 600, measure: verdictMemoryOfMany},
}

func (b bound) holds(measured float64) bool {
	switch {
	case b.open:
		return true
	case b.least && b.strict:
		return measured > b.limit
	case b.least:
		return measured >= b.limit
	case b.strict:
		return measured < b.limit
	}
	return measured <= b.limit
}

func (b bound) bound() string {
	if b.open {
		return "-"
	}
	return b.format(b.sign(), b.limit)
}

func (b bound) sign() string {
	sign := "<"
	if b.least {
		sign = ">"
	}
	if !b.strict {
		sign += "="
	}
	return sign
}

// format writes a figure without a space, so that the columns can be split.
func (b bound) format(sign string, v float64) string {
	if b.unit == "" {
		return fmt.Sprintf("%s%.0f", sign, v)
	}
	return fmt.Sprintf("%s%.2f%s", sign, v, b.unit)
}
