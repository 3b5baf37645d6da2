// SPDX-License-Identifier: MPL-2.0

package operate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/report"
)

// reportFlags are the flags of `ciscophone report`.
type reportFlags struct {
	fleet                fleetFlags
	title, since, output string
}

// ReportCommand returns the command report.
func ReportCommand(a *term.App) *cobra.Command {
	var f reportFlags
	c := &cobra.Command{
		Use:     "report --inventory FILE --source URL...",
		GroupID: term.GroupOperate,
		Short:   "Write what verify finds as one HTML file",
		Long: `report judges the phones of an inventory as verify does, and writes one HTML file
that needs no network: the phones by verdict with what to do about each group, when
certificates end, the renewals to expect on each day, the phones by model and by the
columns of the inventory that group them, and a table to search and sort.

With --since it says what changed since an earlier report, which may be the file
that -o replaces. The exit status is that of verify: 1 when a phone has a finding, 3
when a source cannot be read, 4 when of some phone nothing can be told.`,
		Example: `  ciscophone report --inventory phones.csv --source index:ca/index.txt --source freeradius:phones.log -o phones.html
  ciscophone report --inventory phones.csv --source index:ca/index.txt --source freeradius:phones.log --since phones.html -o phones.html`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runReport(a, cmd.Context(), f) },
	}
	f.fleet.register(c)
	flags := c.Flags()
	flags.StringVar(&f.title, "title", "", "the `heading` of the report")
	flags.StringVar(&f.since, "since", "", "say what changed since the report in this `file`")
	flags.StringVarP(&f.output, "output", "o", "", "write the report into `file`")
	_ = c.MarkFlagRequired("inventory")
	return c
}

func runReport(a *term.App, ctx context.Context, f reportFlags) error {
	options := report.Options{Title: f.title}
	if f.since != "" {
		earlier, err := readEarlier(f.since)
		switch {
		case errors.Is(err, fs.ErrNotExist) && f.since == f.output: // the first of a series
			a.Say("note: there is no earlier report yet: " + f.since)
		case err != nil:
			return err
		}
		options.Since = earlier
	}
	join, failed, err := f.fleet.join(a, ctx)
	if err != nil {
		return err
	}
	options.Failed = failed
	var page bytes.Buffer
	if err := report.Write(&page, join, options); err != nil {
		return err
	}
	if err := a.WriteResult(page.Bytes(), "", f.output, false); err != nil {
		return err
	}
	return fleetExit(join, len(failed) > 0)
}

func readEarlier(name string) (*report.Earlier, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	earlier, err := report.ReadEarlier(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return earlier, nil
}
