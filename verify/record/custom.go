// SPDX-License-Identifier: MPL-2.0

package record

import (
	"context"
	"errors"
	"time"
)

// A Custom describes a source that another package reads, such as a database.
type Custom struct {
	Form     string // "stepca"
	Place    string // what follows it in Source.String; no secret may be in it
	Complete bool   // it holds everything that its CA issued
	Uses     bool   // it tells who was seen with which certificate
	// Read reads the records, in any order, and hands each to the reading.
	Read func(context.Context, *Reading) error
}

// New returns a source that c.Read reads.
func New(c Custom) *Source { return &Source{form: c.Form, path: c.Place, custom: &c} }

// A Reading is one reading of a [Custom] source. What is handed to the zero Reading
// goes nowhere.
type Reading struct{ run *run }

func (r *Reading) to() *run {
	if r == nil || r.run == nil {
		return &run{ctx: context.Background(), zone: time.UTC, yield: func(*Fact) {}}
	}
	return r.run
}

// Zone returns the time zone of records that do not say theirs.
func (r *Reading) Zone() *time.Location { return r.to().zone }

// Fact counts a record and hands on what it says.
func (r *Reading) Fact(f *Fact) {
	to := r.to()
	to.report.Records++
	if f != nil {
		to.found(f)
	}
}

// Malformed counts a record that could not be read.
func (r *Reading) Malformed(f Fault) {
	to := r.to()
	to.report.Records++
	to.malformed(f)
}

// Nothing counts a record that says nothing about a certificate.
func (r *Reading) Nothing() { r.to().report.Records++ }

// Certificate counts a record that is a certificate in DER, and hands on that it
// was issued. name is what a fault calls the record.
func (r *Reading) Certificate(name string, der []byte) {
	to := r.to()
	to.report.Records++
	if err := to.der(der); err != nil {
		to.malformed(Fault{File: name, Err: err})
	}
}

func (c *Custom) read(ctx context.Context, s *Source, o Options, yield func(*Fact)) (Report, error) {
	if c.Read == nil {
		return Report{Source: s.String()}, errors.New("nothing reads this source")
	}
	r := &run{ctx: ctx, zone: o.Zone, yield: yield, report: Report{Source: s.String()}}
	if err := c.Read(ctx, &Reading{r}); err != nil {
		return r.report, err
	}
	r.report.Complete, r.report.Uses = c.Complete, c.Uses && r.report.Malformed == 0 || r.used
	return r.report, nil
}
