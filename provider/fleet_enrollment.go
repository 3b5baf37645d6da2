// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile/batch"
	verdicts "github.com/phonecfg/terraform-provider-ciscophone/verify/fleet"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/record"
)

// sourcesOf returns the sources of records that an attribute lists; those that are
// not known yet are left out.
func sourcesOf(list types.List, at path.Path, diags *diag.Diagnostics) (sources []*record.Source) {
	for i, v := range list.Elements() {
		text, ok := v.(types.String)
		if !ok || text.IsUnknown() {
			continue
		}
		s, err := record.Parse(text.ValueString())
		if err == nil && !filepath.IsAbs(s.Path()) {
			err = fmt.Errorf("source %q: %s", text.ValueString(), notAbsolute(s.Path()))
		}
		if err != nil {
			diags.AddAttributeError(at.AtListIndex(i), "Invalid Source of Records", sentence(err))
			continue
		}
		sources = append(sources, s)
	}
	return sources
}

// enrolling lists the phones of enrollments with the certificates that they should
// hold. A certificate may say that it begins so long before it was issued.
func enrolling(text types.String, backdating time.Duration) ([]verdicts.Phone, error) {
	enrollments, err := decoded[phoneEnrollment](text)
	if err != nil {
		return nil, fmt.Errorf("want a JSON object of MAC addresses, such as ciscophone_fleet has in its attribute enrollments: %w", err)
	}
	if len(enrollments) == 0 {
		return nil, errors.New("there is no phone in it")
	}
	phones := make([]verdicts.Phone, 0, len(enrollments))
	for _, key := range slices.Sorted(maps.Keys(enrollments)) {
		mac, err := device.ParseMAC(key)
		if err != nil {
			return nil, err
		}
		e := enrollments[key]
		p := verdicts.Phone{Identity: device.Identity{MAC: mac}}
		if e.CommonName != nil {
			p.Name = p.Macros().Expand(*e.CommonName)
		}
		if at, ok := changedAt(e.ID); ok {
			p.IssuedAfter = at.Add(-backdating)
		}
		phones = append(phones, p)
	}
	return phones, nil
}

// Values of require.
const (
	requireIssued = "issued"
	requireInUse  = "in use"
)

// maxExceptions bounds the phones that are named in plan and state.
const maxExceptions = 50

// backdating returns how long before they are issued certificates may begin.
func (m *fleetWaitModel) backdating() (d time.Duration, err error) {
	if text := m.Backdating.ValueString(); text != "" {
		if d, err = time.ParseDuration(text); err != nil || d < 0 {
			return 0, fmt.Errorf("backdating: %q is not a duration, such as 10m", text)
		}
	}
	return d, nil
}

// look reads the records once and takes over what they say. list writes
// exceptions_file as of then.
func (m *fleetWaitModel) look(ctx context.Context, s *session) (list func() error, err error) {
	backdating, err := m.backdating()
	if err != nil {
		return nil, err
	}
	phones, err := enrolling(m.Enrollments, backdating)
	if err != nil {
		return nil, err
	}
	join, err := verdicts.New(phones, verdicts.Expectation{Now: s.now(), Issuer: m.Issuer.ValueString()})
	if err != nil {
		return nil, err
	}
	for _, source := range s.sources {
		report, err := source.Read(ctx, record.Options{}, join.Add)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", source, err)
		}
		join.Read(report)
	}
	holding, counts := 0, map[string]int64{}
	var exceptions []string
	var wrong []verdicts.Result
	for r := range join.Results() {
		counts[string(r.Verdict)]++
		if r.Verdict == verdicts.InUse || m.Require.ValueString() != requireInUse && r.Issued {
			holding++
			continue
		}
		if len(exceptions) < maxExceptions {
			exceptions = append(exceptions, fmt.Sprintf("%s: %s: %s", r.Phone.MAC, r.Verdict, r.Why))
		}
		wrong = append(wrong, r)
	}
	m.Phones, m.Holding = types.Int64Value(int64(len(phones))), types.Int64Value(int64(holding))
	m.Counts, _ = types.MapValueFrom(ctx, types.Int64Type, counts)
	m.Exceptions = stringList(exceptions)
	return func() error {
		if file := m.ExceptionsFile.ValueString(); file != "" {
			return writeExceptions(join, wrong, file)
		}
		return nil
	}, nil
}

// writeExceptions replaces a file by the list of all phones that hold no such
// certificate.
func writeExceptions(join *verdicts.Join, wrong []verdicts.Result, name string) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return fmt.Errorf("exceptions_file: %w", err)
	}
	defer os.Remove(f.Name())
	err = join.WriteCSV(f, slices.Values(wrong))
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("exceptions_file: %w", err)
	}
	return nil
}

// sum says how many phones hold their certificates, and what is the matter with
// some of the others.
func (m *fleetWaitModel) sum() string {
	text := fmt.Sprintf("%s of %s hold a certificate as expected.", batch.Thousands(int(m.Holding.ValueInt64())), batch.Counted(int(m.Phones.ValueInt64()), "phone"))
	const most = 10
	for i, v := range m.Exceptions.Elements() {
		if i == most {
			text += fmt.Sprintf("\n... and %s", batch.Counted(int(m.Phones.ValueInt64()-m.Holding.ValueInt64())-most, "more phone"))
			break
		}
		text += "\n" + v.(types.String).ValueString()
	}
	return text
}
