// SPDX-License-Identifier: MPL-2.0

package option43

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

func snippetCommand(a *term.App) *cobra.Command {
	var f flags
	var models []string
	var names []string
	var b strings.Builder
	for _, format := range option43.Formats() {
		names = append(names, format.Name)
		how := "documented"
		if format.Tried {
			how = "tried"
		}
		fmt.Fprintf(&b, "  %-15s %s (%s)\n", format.Name, format.Title, how)
	}
	c := &cobra.Command{
		Use:   "snippet FORMAT",
		Short: "Write the configuration of a DHCP server",
		Long: `snippet writes option 43 as configuration to be pasted into a DHCP server's, sent
only to the phones (option 60), with option 15 beside it and the server's traps as
comments. The challenge password is in it in clear text. FORMAT is one of

` + strings.TrimRight(b.String(), "\n"),
		Example: `  cfgxml option43 snippet kea --server http://10.79.57.91 --challenge @challenge.txt \
    --fingerprint 12040870625C5B755D73F5925285F8F5FF5D55AF --domain example.nl --dot1x --certificate custom
  cfgxml option43 snippet ios --server 10.79.57.91 --fingerprint 12040870625C5B755D73F5925285F8F5FF5D55AF`,
		Args:      cobra.ExactArgs(1),
		ValidArgs: names,
		RunE: func(c *cobra.Command, args []string) error {
			if !slices.Contains(names, args[0]) {
				return term.UsageError("%q is not a known DHCP server", args[0]).Hint("choose from %s", strings.Join(names, ", "))
			}
			classes, err := vendorClasses(a, models)
			if err != nil {
				return err
			}
			p, err := parameters(a, c, f)
			if err != nil {
				return err
			}
			text, err := option43.Snippet(args[0], p, option43.Target{Models: classes, Domain: f.domain})
			if err != nil {
				return term.UsageError("%w", err)
			}
			_, err = io.WriteString(a.Stdout, text)
			return err
		},
	}
	f.register(c)
	c.Flags().StringSliceVar(&models, "model", nil, "send it to this `model` only, such as 9871 or DP-9871 (repeatable; default all)")
	var known []string
	for _, m := range device.Models() {
		known = append(known, m.VendorClass)
	}
	term.CompleteWith(c, "model", known...)
	return c
}

// vendorClasses returns the strings of option 60 by which the models name
// themselves.
func vendorClasses(a *term.App, models []string) ([]string, error) {
	var classes []string
	for _, name := range models {
		m, err := device.ParseModel(name)
		if err != nil {
			return nil, term.UsageError("invalid value for --model: %w", err)
		}
		if !m.Documented {
			p := a.Paint(a.Stderr)
			fmt.Fprintf(a.Stderr, "%s no public page says what a %s sends in option 60; %s is formed like the names of its siblings\n", p.Yellow("warning:"), m.Number, m.VendorClass)
		}
		if !slices.Contains(classes, m.VendorClass) {
			classes = append(classes, m.VendorClass)
		}
	}
	return classes, nil
}
