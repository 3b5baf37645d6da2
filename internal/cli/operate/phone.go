// SPDX-License-Identifier: MPL-2.0

package operate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/dhcp4"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/listen"
	"github.com/phonecfg/terraform-provider-ciscophone/phone"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// phoneFlags are the flags of `ciscophone phone`.
type phoneFlags struct {
	names                []string
	configURL, dir       string
	model                device.Model
	mac                  device.MAC
	dhcp                 string
	takeAddress, verbose bool
	count                int
	listen, passwordFile string
	resync, wait         time.Duration
}

// PhoneCommand returns the command `ciscophone phone`.
func PhoneCommand(a *term.App) *cobra.Command {
	var f phoneFlags
	c := &cobra.Command{
		Use:     "phone --dir DIR",
		GroupID: term.GroupTry,
		Short:   "Run simulated phones",
		Long: `phone runs one or many simulated phones that fetch a cfg.xml, or ask DHCP for
option 43 as factory-reset phones do, enroll and renew. Each keeps its memory in
DIR/SEP<MAC>, with a manufacturing installed certificate (MIC) of its own; the
root of those is DIR/manufacturer-root.pem, for a CA or RADIUS server that is to
know them. Remove the folder of a phone to reset it to factory.

With --dhcp the phones speak DHCP on the interface with their own MAC addresses,
by broadcast, and leave the interface as it is, unless --take-address gives it the
one phone's lease. Do that in a network namespace or on an interface that serves
nothing else. --wait ends when every phone has a certificate.`,
		Example: `  ciscophone phone --dir phones --config-url 'http://192.0.2.5/$MAU.xml'
  ciscophone phone --dir phones --dhcp eth1 --model 8875 --count 20 --wait 1m`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runPhone(a, cmd.Context(), f) },
	}
	flags := c.Flags()
	flags.StringVar(&f.dir, "dir", "", "`folder` that holds the phones; it is made")
	term.URLVar(flags, &f.configURL, "config-url", "http https", "`URL` of the configuration, with macros ($MAU, $PN …)")
	term.ModelVar(flags, &f.model, "model", "9871", "`model` of the phones")
	term.MacVar(flags, &f.mac, "mac", "00:1A:2B:3C:4D:5E", "MAC `address` of the first phone; the others count up")
	flags.IntVar(&f.count, "count", 1, "`number` of phones")
	flags.StringVar(&f.dhcp, "dhcp", "", "ask for option 43 on the `interface` (Linux, needs root)")
	flags.BoolVar(&f.takeAddress, "take-address", false, "give the leased address to the interface of --dhcp")
	flags.StringVar(&f.listen, "listen", "127.0.0.1:0", "`address` of the phones' web pages")
	flags.StringSliceVar(&f.names, "host-name", nil, hostNameUsage)
	flags.StringVar(&f.passwordFile, "password-file", "", "`file` with the password of the account admin on the pages; without one nothing can be changed there")
	term.DurationVar(flags, &f.resync, "resync", time.Hour, "`time` between two fetches of the configuration")
	term.DurationVar(flags, &f.wait, "wait", 0, "end when every phone has a certificate, and with status 1 if that takes this `long`")
	flags.BoolVar(&f.verbose, "verbose", false, "log what the phones do")
	_ = c.MarkFlagRequired("dir")
	c.AddCommand(exportWPACommand(a))
	return c
}

func runPhone(a *term.App, ctx context.Context, f phoneFlags) error {
	switch {
	case f.count < 1 || f.count > 10000:
		return term.UsageError("--count %d: want 1 to 10000", f.count)
	case f.takeAddress && (f.dhcp == "" || f.count > 1):
		return term.UsageError("--take-address gives one phone's lease to the interface of --dhcp").Hint("use it with --dhcp and without --count")
	case f.configURL == "" && f.dhcp == "":
		return term.UsageError("the phones are told nothing").Hint("give --config-url, --dhcp, or both")
	}
	var password secret.Text
	if f.passwordFile != "" {
		var err error
		if password, err = a.ReadSecret("@" + f.passwordFile); err != nil {
			return err
		}
	}
	logs := io.Discard
	if f.verbose {
		logs = a.Stderr
	}
	if f.dhcp != "" { // said now, not by each phone each minute
		n, err := dhcp4.ListenClient(f.dhcp)
		if err != nil {
			return term.Failure(err)
		}
		n.Close()
	}
	listener, err := listen.TCP(ctx, f.listen)
	if errors.Is(err, syscall.EADDRNOTAVAIL) {
		return term.Failure(err).Hint("no interface has the address: in a new network namespace run ip link set lo up, or give --listen")
	}
	if err != nil {
		return term.Failure(err)
	}
	defer listener.Close()
	ids := make([]device.Identity, f.count)
	for i := range ids {
		ids[i] = device.Identity{Model: f.model, MAC: plus(f.mac, i), Serial: fmt.Sprintf("FCH%08d", i+1)}
	}
	mics, err := manufacture(a.Ctx, f.dir, ids)
	if err != nil {
		return term.Failure(err)
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 16, IdleConnTimeout: 30 * time.Second, ResponseHeaderTimeout: 30 * time.Second}
	defer transport.CloseIdleConnections()
	var phones []*phone.Phone
	for i, id := range ids {
		c := phone.Config{
			Identity: id, MIC: mics[i], ConfigURL: f.configURL, Resync: f.resync, Dir: phoneDir(f.dir, id),
			AdminPassword: password, HTTP: &http.Client{Transport: transport},
			Logger: slog.New(slog.NewTextHandler(logs, nil)),
		}
		if f.dhcp != "" {
			c.DHCP = func() (net.PacketConn, error) { return dhcp4.ListenClient(f.dhcp) }
			c.OnLease = func(o phone.Offer) { leased(a, ctx, f, id, o) }
			c.OnNoLease = func(err error) {
				fmt.Fprintf(a.Stdout, "SEP%s  no lease: %v; asks again in a minute\n", id.MAC.Upper(), err)
			}
		}
		p, err := phone.New(c)
		if err != nil {
			return term.Failure(err)
		}
		phones = append(phones, p)
	}
	return livePhones(a, ctx, f, listener, phone.NewFleet(phones...))
}

// livePhones runs the phones until ctx ends, or as long as --wait says, and shows
// their pages to who comes to the listener.
func livePhones(a *term.App, ctx context.Context, f phoneFlags, listener net.Listener, fleet *phone.Fleet) error {
	server := &http.Server{Handler: listen.Hosts(fleet.Handler(), f.names...), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	go func() { _ = server.Serve(listener) }()
	defer server.Close()
	fmt.Fprintf(a.Stdout, "pages  http://%s/\n", listener.Addr())

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var late <-chan time.Time
	if f.wait > 0 {
		late = time.After(f.wait)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = fleet.Run(ctx) }()
	defer func() { cancel(); <-ended }()

	shown := make([]string, len(fleet.Phones()))
	for {
		missing := 0
		for i, p := range fleet.Phones() {
			s := p.Status()
			if s.InEffect() == nil {
				missing++
			}
			if line := phoneLine(s); line != shown[i] {
				shown[i] = line
				fmt.Fprintf(a.Stdout, "SEP%s  %s\n", s.Identity.MAC.Upper(), line)
			}
		}
		if f.wait > 0 && missing == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil // an interrupt is how phones end
		case <-late:
			why := withoutCertificate(fleet.Phones())
			a.Say(fmt.Sprintf("%d of %d phones have no certificate after %s:\n%s", missing, len(shown), f.wait, strings.Join(why, "\n")))
			return term.ErrFindings
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// phoneLine says in a line where a phone stands.
func phoneLine(s phone.Status) string {
	line := string(s.State)
	if c := s.InEffect(); c != nil {
		line += fmt.Sprintf(": %s until %s", c.Leaf().Subject.CommonName, c.Leaf().NotAfter.UTC().Format(time.DateOnly))
	}
	if s.Failed {
		line += ": " + s.Download
	}
	if s.ConfigFailed {
		line += "; cfg.xml: " + s.Config
	}
	return line
}

// mostReasons is how many different reasons are shown.
const mostReasons = 5

// withoutCertificate says why phones have none, one line for those with the same
// reason.
func withoutCertificate(phones []*phone.Phone) []string {
	first, more := map[string]string{}, map[string]int{}
	var reasons []string
	for _, p := range phones {
		s := p.Status()
		if s.InEffect() != nil {
			continue
		}
		reason := phoneLine(s)
		if _, ok := first[reason]; !ok {
			first[reason], reasons = "SEP"+s.Identity.MAC.Upper(), append(reasons, reason)
		} else {
			more[reason]++
		}
	}
	var lines []string
	for _, r := range reasons[:min(len(reasons), mostReasons)] {
		who := first[r]
		if n := more[r]; n > 0 {
			who += " and " + term.Count(n, "other")
		}
		lines = append(lines, who+": "+r)
	}
	if n := len(reasons) - len(lines); n > 0 {
		lines = append(lines, term.Count(n, "other reason"))
	}
	return lines
}

// leased tells of a lease and takes its address where that is wanted.
func leased(a *term.App, ctx context.Context, f phoneFlags, id device.Identity, o phone.Offer) {
	fmt.Fprintf(a.Stdout, "SEP%s  lease of %s from %s, option 43 with %d bytes, option 15 %q\n", id.MAC.Upper(), o.Address, o.Server, len(o.Option43), o.Domain)
	if !f.takeAddress {
		return
	}
	commands := [][]string{{"addr", "replace", o.Address.String(), "dev", f.dhcp}}
	if o.Router.IsValid() {
		commands = append(commands, []string{"route", "replace", "default", "via", o.Router.String(), "dev", f.dhcp})
	}
	for _, args := range commands {
		if out, err := exec.CommandContext(ctx, ipProgram(), args...).CombinedOutput(); err != nil {
			a.Say(fmt.Sprintf("ip %s: %v: %s", strings.Join(args, " "), err, strings.TrimSpace(string(out))))
		}
	}
}

// ipProgram finds ip, which is not on the search path of every account.
func ipProgram() string {
	for _, name := range []string{"ip", "/usr/sbin/ip", "/sbin/ip"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return "ip"
}

// plus counts a MAC address up.
func plus(m device.MAC, n int) device.MAC {
	for at := len(m) - 1; n > 0 && at >= 0; at-- {
		n += int(m[at])
		m[at] = byte(n)
		n >>= 8
	}
	return m
}

func phoneDir(dir string, id device.Identity) string {
	return filepath.Join(dir, "SEP"+id.MAC.Upper())
}
