// SPDX-License-Identifier: MPL-2.0

package operate

import (
	"context"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // --zone where the system has no time zones

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/fleet"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/record"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/record/database"
)

// fleetFlags are those of report, and of verify with an inventory.
type fleetFlags struct {
	inventory     string
	sources       []*record.Source
	expiresWithin time.Duration
	seenWithin    time.Duration
	issuedAfter   time.Time
	issuer        string
	at            time.Time
	zone          *time.Location
}

func (f *fleetFlags) register(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.inventory, "inventory", "", "the phones, a CSV, JSON or YAML `file`: judge them by --source")
	flags.Var(&sourcesValue{to: &f.sources}, "source", "records to judge by, as index:/var/lib/ca/index.txt; may be given several times")
	term.DaysVar(flags, &f.expiresWithin, "expires-within", "a certificate that ends within `time` (30d) is a finding")
	term.DaysVar(flags, &f.seenWithin, "seen-within", "a phone that nobody saw within `time` (7d) is a finding")
	term.TimeVar(flags, &f.issuedAfter, "issued-after", "the `time` at which the parameters changed: earlier certificates are old")
	flags.StringVar(&f.issuer, "issuer", "", "`name` of the CA that must have issued the certificates")
	term.TimeVar(flags, &f.at, "at", "judge as of this `time` (default now)")
	flags.Var(&term.Parsed[*time.Location]{To: &f.zone, Kind: "zone", Parse: func(s string) (*time.Location, error) {
		zone, err := time.LoadLocation(s)
		if err != nil {
			return nil, &term.FlagFault{Message: fmt.Sprintf("%q is not a time zone", s), Cure: "write UTC, Local or a name such as Europe/Amsterdam"}
		}
		return zone, nil
	}}, "zone", "time `zone` of records that do not say theirs (default UTC)")
}

// sourcesValue is a flag that may be given several times.
type sourcesValue struct{ to *[]*record.Source }

func (v *sourcesValue) String() string { return "" }
func (v *sourcesValue) Type() string   { return "URL" }

func (v *sourcesValue) Set(s string) error {
	src, ok, err := database.Parse(s)
	if !ok {
		src, err = record.Parse(s)
	}
	if err != nil {
		return &term.FlagFault{Message: err.Error(), Cure: "docs/records.md lists them, databases (stepca:, radpostauth:) too"}
	}
	*v.to = append(*v.to, src)
	return nil
}

const fleetFormats = "table, json, csv, markdown, prometheus"

// verifyFleet judges the phones of an inventory by records.
func verifyFleet(a *term.App, ctx context.Context, f fleetFlags, only, format string) error {
	if !strings.Contains(", "+fleetFormats+",", ", "+format+",") {
		return term.UsageError("unknown format %q", format).Hint("with --inventory choose from " + fleetFormats)
	}
	join, failed, err := f.join(a, ctx)
	if err != nil {
		return err
	}
	if err := writeFleet(a, join, only == "problems", format, failed); err != nil {
		return err
	}
	return fleetExit(join, len(failed) > 0)
}

// join reads the inventory and the sources. failed are those that cannot be read,
// which it has told.
func (f *fleetFlags) join(a *term.App, ctx context.Context) (join *fleet.Join, failed map[string]bool, err error) {
	if len(f.sources) == 0 {
		return nil, nil, term.UsageError("no --source is given").Hint("--source index:/var/lib/ca/index.txt --source freeradius:/var/log/freeradius/phones.csv")
	}
	phones, err := inventoryPhones(a, f.inventory)
	if err != nil {
		return nil, nil, err
	}
	if f.at.IsZero() {
		f.at = time.Now()
	}
	join, err = fleet.New(phones, fleet.Expectation{Now: f.at, ExpiresWithin: f.expiresWithin, SeenWithin: f.seenWithin, IssuedAfter: f.issuedAfter, Issuer: f.issuer})
	if err != nil {
		return nil, nil, term.UsageError("%s: %w", f.inventory, err)
	}
	failed = map[string]bool{}
	for _, s := range f.sources {
		report, err := s.Read(ctx, record.Options{Zone: f.zone}, join.Add)
		join.Read(report)
		if err != nil {
			a.Say(err.Error())
			failed[s.String()] = true
		}
		sayMalformed(a, report)
	}
	if n := join.Strangers(); n > 0 {
		a.Say(fmt.Sprintf("%s about phones that are not in %s", term.Count(n, "record"), f.inventory))
	}
	return join, failed, nil
}

func fleetExit(join *fleet.Join, unread bool) error {
	totals := join.Totals()
	findings := 0
	for v, n := range totals {
		if v.Finding() {
			findings += n
		}
	}
	switch {
	case unread:
		return &term.ExitError{Code: term.ExitInternal}
	case findings > 0:
		return term.ErrFindings
	case totals[fleet.Unknown] > 0:
		return &term.ExitError{Code: term.ExitUnknown}
	}
	return nil
}

// inventoryPhones reads the phones of an inventory.
func inventoryPhones(a *term.App, name string) ([]fleet.Phone, error) {
	rows, err := inventoryRows(a, name)
	if err != nil {
		return nil, err
	}
	phones := make([]fleet.Phone, len(rows))
	for i, row := range rows {
		if phones[i], err = fleet.FromInventory(row); err != nil {
			return nil, term.UsageError("%s: line %d: %w", name, row.Line, err)
		}
		rows[i].Fields = nil // there may be a hundred thousand
	}
	return phones, nil
}

// sayMalformed tells what of a source could not be read.
func sayMalformed(a *term.App, r record.Report) {
	if r.Malformed == 0 {
		return
	}
	var lines []string
	for _, f := range r.Faults {
		lines = append(lines, f.Error())
	}
	if more := r.Malformed - len(r.Faults); more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	a.Say(fmt.Sprintf("%s: %s could not be read:\n%s", r.Source, term.Count(r.Malformed, "record"), strings.Join(lines, "\n")))
}
