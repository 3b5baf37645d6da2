// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

func option43Check(a *app) *cobra.Command {
	var f scopeFlags
	all := false
	c := &cobra.Command{
		Use:   "check FILE.pcap|-",
		Short: "Look in a capture for what phones asked and servers answered",
		Long: `check reads a capture (pcap or pcapng, of any length) and says of each DHCP message
of a phone whether option 43 was asked for, whether it came, and whether a phone
can use it. The status is 1 when something stands in the way. Capture with
tcpdump -s 0 -w FILE.pcap 'udp port 67 or udp port 68'.`,
		Example: "  cfgxml option43 check phones.pcap",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			scope, err := f.scope()
			if err != nil {
				return err
			}
			return a.option43Check(args[0], scope, all)
		},
	}
	f.registerKnown(c)
	c.Flags().BoolVar(&all, "all", false, "clients that are no phones as well")
	return c
}

// dhcpClient is what a capture has told of one client so far.
type dhcpClient struct {
	class string
	asked bool // for option 43
}

// maxClients bounds the memory for a capture of a flood of made-up addresses.
const maxClients = 1 << 18

func (a *app) option43Check(file string, scope option43.Scope, all bool) error {
	r := a.stdin
	if file != stdinName {
		f, err := os.Open(file)
		if err != nil {
			return failure(readError(file, err))
		}
		defer f.Close()
		r = f
	}
	clients := map[[6]byte]dhcpClient{}
	found, problems := 0, 0
	p := a.paint(a.stdout)
	for m, err := range option43.Messages(r) {
		if err != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) && found > 0 {
				a.say(err.Error(), "the messages before that were read")
				break
			}
			return failure(fmt.Errorf("%s: %w", file, err))
		}
		c := clients[m.Client]
		if !m.FromServer() {
			c.class, c.asked = m.VendorClass, bytes.IndexByte(m.ParameterList, 43) >= 0
			if len(clients) < maxClients {
				clients[m.Client] = c
			}
		}
		if !all && !slices.Contains(option43.VendorClasses, c.class) && m.Instances == 0 {
			continue
		}
		found++
		bad, notes := judge(m, c, scope)
		verdict := p.green("ok")
		if bad {
			problems++
			verdict = p.red("problem")
		}
		fmt.Fprintf(a.stdout, "packet %d  %-8s  %s  %q  %s\n", m.Packet, m.TypeName(), net.HardwareAddr(m.Client[:]), c.class, verdict)
		for _, n := range notes {
			fmt.Fprintf(a.stdout, "  %s\n", n)
		}
	}
	fmt.Fprintf(a.stdout, "%s of phones, %s\n", count(found, "DHCP message"), count(problems, "problem"))
	if problems > 0 || found == 0 {
		if found == 0 {
			a.say("no DHCP message of a phone in the capture", "phones name themselves in option 60 as "+strings.Join(option43.VendorClasses, ", "), "--all shows every client")
		}
		return errFindings
	}
	return nil
}

// judge says what a message does for the phone, in a scope of which it tells
// domain and options itself.
func judge(m *option43.Message, c dhcpClient, scope option43.Scope) (bad bool, notes []string) {
	if m.Damage != "" {
		return true, []string{m.Damage}
	}
	if !m.FromServer() {
		if !c.asked && (m.Type == 1 || m.Type == 3) {
			return true, []string{"does not ask for option 43 (option 55): Kea, ISC dhcpd and dnsmasq leave it out unless made to send it always"}
		}
		return false, nil
	}
	if m.Type == 6 {
		return false, nil
	}
	if m.Instances == 0 {
		return true, []string{"has no option 43: does the server match option 60 exactly?"}
	}
	if m.Instances > 1 {
		notes = append(notes, fmt.Sprintf("option 43 came in %d pieces: whether phones join them is unknown", m.Instances))
		bad = true
	}
	if bytes.IndexByte(m.Codes, 52) >= 0 {
		notes = append(notes, "options go on in the fields file and sname of the message (option 52): some clients do not read them there; let the client announce a larger message, or send fewer options")
	}
	subs, err := option43.Decode(m.Option43)
	for _, s := range subs {
		notes = append(notes, fmt.Sprintf("%-28s  %s", s.Code, s.Text(false)))
	}
	if err != nil {
		return true, append(notes, strings.Split(err.Error(), "\n")...)
	}
	scope.Options, scope.Domain = m.Codes, m.Domain
	for _, w := range option43.Check(subs.Parameters(), scope) {
		notes = append(notes, "warning: "+w.String())
	}
	return bad, notes
}
