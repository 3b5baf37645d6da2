// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/testdata/fullsize"
)

// inputs are what is measured on, made when first asked for: documents, and the
// life of a fleet, which gives three figures.
type inputs struct {
	usual, small, large func() sample
	fleet               func() (fleetRun, error)
}

// sample is a document and a second one in which a few parameters differ.
type sample struct {
	parameters  int
	data, other []byte
}

func newInputs() *inputs {
	return &inputs{
		usual: sync.OnceValue(func() sample { return newSample(3_000) }),
		small: sync.OnceValue(func() sample { return newSample(300) }),
		large: sync.OnceValue(func() sample { return newSample(30_000) }),
		fleet: sync.OnceValues(measureFleet),
	}
}

func newSample(parameters int) sample {
	// The CDC parameters belong to the document, so that to set them is no
	// more than to change them.
	plain := fullsize.Document(fullsize.Options{Parameters: parameters - 4})
	doc := must(parse(plain).WithEnrollment(cfgxml.Enrollment{
		Server:            "http://scep.example.net/scep",
		RootCAFingerprint: "D5F3D2D4C1D5D3E1F4A0A8C4D6B7E9F1A2B3C4D5",
		ChallengePassword: secret.New("a challenge of the benchmark"),
		CommonName:        "$PN-SEP$MAU",
	}))
	return sample{parameters, doc.Bytes(), must(doc.Edit(edits...)).Bytes()}
}

// clone gives the same documents in memory of their own.
func (s sample) clone() sample {
	s.data, s.other = bytes.Clone(s.data), bytes.Clone(s.other)
	return s
}

// edits set four parameters; the values are as long as real ones.
var edits = []cfgxml.Edit{
	cfgxml.Set(cdc.ParamServer, "http://ca.example.org/cgi-bin/pkiclient.exe"),
	cfgxml.Set(cdc.ParamRootCAFingerprint, "0A8C4D6B7E9F1A2B3C4D5D5F3D2D4C1D5D3E1F4A"),
	cfgxml.SetSecret(cdc.ParamChallengePassword, secret.New("another challenge")),
	cfgxml.Set(cdc.ParamCommonName, "CP-9871-SEP001A2B3C4D5E.example.net"),
}

func parse(data []byte) *cfgxml.Document {
	return must(cfgxml.Parse(data))
}

// must and check end a measurement that goes wrong: its input is made here.
func must[T any](v T, err error) T {
	check(err)
	return v
}

func check(err error) {
	if err != nil {
		panic(fmt.Sprintf("bench: %v", err))
	}
}
