// SPDX-License-Identifier: MPL-2.0

package option43

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

func checkCommand(a *term.App) *cobra.Command {
	var f scopeFlags
	all, format := false, ""
	c := &cobra.Command{
		Use:   "check FILE.pcap|-",
		Short: "Look in a capture for what phones asked and servers answered",
		Long: `check reads a capture (pcap or pcapng, of any length) and shows, for each phone and
each transaction, what the phone asked, what it was offered, and what was
acknowledged or refused; whether option 43 was asked for and came; and whether the
phone can use it. The status is 1 when something stands in the way: no answer, an
answer without option 43, an option that a phone does not take, a phone of another
series that is sent it. Capture with
tcpdump -s 0 -w FILE.pcap 'udp port 67 or udp port 68'.`,
		Example: `  cfgxml option43 check phones.pcap
  cfgxml option43 check --format json - < phones.pcap`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			scope, err := f.scope()
			if err != nil {
				return err
			}
			if format != "text" && format != "json" {
				return term.UsageError("unknown format %q", format).Hint("choose from text, json")
			}
			return check(a, args[0], scope, all, format)
		},
	}
	f.registerKnown(c)
	c.Flags().BoolVar(&all, "all", false, "show clients that are not phones as well")
	c.Flags().StringVarP(&format, "format", "f", "text", "output `format`: text, json")
	term.CompleteWith(c, "format", "text", "json")
	return c
}

func check(a *term.App, file string, scope option43.Scope, all bool, format string) error {
	r := a.Stdin
	if file != term.StdinName {
		f, err := os.Open(file)
		if err != nil {
			return term.Failure(term.ReadError(file, err))
		}
		defer f.Close()
		r = f
	}
	exchanges, err := option43.Exchanges(option43.Messages(r), scope)
	if err != nil && len(exchanges) == 0 {
		return term.Failure(fmt.Errorf("%s: %w", file, err))
	}
	if err != nil { // cut short: what is there was read
		a.Say(fmt.Sprintf("%s: %v", file, err), "the messages before that were read")
	}
	if !all {
		exchanges = slices.DeleteFunc(exchanges, isOfOthers)
	}
	report := checkReport{Clients: clientsOf(exchanges)}
	for _, x := range exchanges {
		report.Messages += len(x.Events)
		report.Problems += x.Problems()
	}
	if format == "json" {
		if err := term.WriteJSON(a.Stdout, report); err != nil {
			return err
		}
	} else {
		for _, c := range report.Clients {
			writeClient(a, c)
		}
		fmt.Fprintf(a.Stdout, "%s of phones, %s\n", term.Count(report.Messages, "DHCP message"), term.Count(report.Problems, "problem"))
	}
	if errors.Is(err, option43.ErrTooMany) {
		return term.Failure(fmt.Errorf("%s: %w", file, err))
	}
	phones := slices.ContainsFunc(exchanges, func(x *option43.Exchange) bool { return all || x.Kind != option43.OtherPhone })
	if !phones {
		a.Say("no DHCP message of a phone 9800 or 8875 in the capture", "phones name themselves in option 60 as "+strings.Join(option43.VendorClasses, ", "), "--all shows every client")
	}
	if report.Problems > 0 || !phones {
		return term.ErrFindings
	}
	return nil
}

// isOfOthers reports whether an exchange is none of a phone's business: of a
// client that is not a phone and got nothing that is meant for phones.
func isOfOthers(x *option43.Exchange) bool {
	if x.Kind != option43.OtherClient || x.Problems() > 0 && x.VendorClass != "" {
		return false
	}
	return x.VendorClass != "" || !slices.ContainsFunc(x.Events, func(e option43.Event) bool { return e.Option43 != nil })
}
