// SPDX-License-Identifier: MPL-2.0

package option43

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

// checkReport is what check prints.
type checkReport struct {
	Clients  []checkClient `json:"clients"`
	Messages int           `json:"messages"`
	Problems int           `json:"problems"`
}

type checkClient struct {
	MAC       string          `json:"mac"`
	Class     string          `json:"option_60"`
	Phone     bool            `json:"phone"` // one that takes its parameters from option 43
	Exchanges []checkExchange `json:"exchanges"`
}

type checkExchange struct {
	Transaction string         `json:"transaction"`
	Messages    []checkMessage `json:"messages"`
	Findings    []checkFinding `json:"findings"`
}

type checkMessage struct {
	Packet     int        `json:"packet"`
	Time       *time.Time `json:"time"`
	Type       string     `json:"type"`
	Server     string     `json:"server,omitempty"`
	Address    string     `json:"address,omitempty"`
	Relay      string     `json:"relay,omitempty"`
	Asked      []int      `json:"asked,omitempty"` // option 55
	Length     *int       `json:"option_43_length,omitempty"`
	Suboptions []checkSub `json:"suboptions,omitempty"`
	Domain     string     `json:"domain,omitempty"`
	Text       string     `json:"text,omitempty"`
	Repeated   bool       `json:"repeated,omitempty"`
	option43   []byte
}

type checkSub struct {
	Code  int    `json:"code"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

type checkFinding struct {
	Level  option43.Level `json:"level"`
	Packet int            `json:"packet"`
	Text   string         `json:"text"`
}

// clientsOf puts the exchanges of a client together.
func clientsOf(exchanges []*option43.Exchange) []checkClient {
	all := []checkClient{}
	at := map[[6]byte]int{}
	for _, x := range exchanges {
		i, ok := at[x.Client]
		if !ok {
			i = len(all)
			at[x.Client] = i
			all = append(all, checkClient{MAC: device.MAC(x.Client).String()})
		}
		c := &all[i]
		if x.VendorClass != "" {
			c.Class, c.Phone = x.VendorClass, x.Kind == option43.Phone
		}
		one := checkExchange{Transaction: fmt.Sprintf("%08x", x.Transaction), Findings: []checkFinding{}}
		for _, e := range x.Events {
			one.Messages = append(one.Messages, messageOf(e))
		}
		for _, f := range x.Findings {
			one.Findings = append(one.Findings, checkFinding(f))
		}
		c.Exchanges = append(c.Exchanges, one)
	}
	return all
}

func messageOf(e option43.Event) checkMessage {
	m := checkMessage{Packet: e.Packet, Type: e.Type, Server: addressText(e.Server), Address: addressText(e.Address), Relay: addressText(e.Relay), Domain: e.Domain, Text: e.Text, Repeated: e.Repeated, option43: e.Option43}
	if !e.Time.IsZero() {
		m.Time = &e.Time
	}
	for _, code := range e.Asked {
		m.Asked = append(m.Asked, int(code))
	}
	if e.Option43 != nil {
		n := len(e.Option43)
		m.Length = &n
		subs, _ := option43.Decode(e.Option43) // what is wrong is a finding
		for _, s := range subs {
			m.Suboptions = append(m.Suboptions, checkSub{int(s.Code), s.Code.String(), s.Text(false)})
		}
	}
	return m
}

func addressText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// writeClient writes what a client asked and got.
func writeClient(a *term.App, c checkClient) {
	p := a.Paint(a.Stdout)
	class := "no option 60"
	if c.Class != "" {
		class = fmt.Sprintf("option 60 %q", c.Class)
	}
	fmt.Fprintf(a.Stdout, "%s  %s\n", p.Bold(c.MAC), class)
	for _, x := range c.Exchanges {
		verdict := p.Green("ok")
		if slices.ContainsFunc(x.Findings, func(f checkFinding) bool { return f.Level == option43.LevelProblem }) {
			verdict = p.Red("problem")
		}
		fmt.Fprintf(a.Stdout, "  transaction %s  %s\n", x.Transaction, verdict)
		shown := ""
		for _, m := range x.Messages {
			fmt.Fprintln(a.Stdout, strings.TrimRight(fmt.Sprintf("    packet %-5d %-8s  %s", m.Packet, m.Type, m.summary()), " "))
			if string(m.option43) == shown {
				continue // the ACK repeats the OFFER
			}
			shown = string(m.option43)
			for _, s := range m.Suboptions {
				fmt.Fprintf(a.Stdout, "      %-28s  %s\n", s.Name, s.Value)
			}
		}
		for _, f := range x.Findings {
			level := p.Dim(string(f.Level) + ":")
			switch f.Level {
			case option43.LevelProblem:
				level = p.Red(string(f.Level) + ":")
			case option43.LevelWarning:
				level = p.Yellow(string(f.Level) + ":")
			}
			fmt.Fprintf(a.Stdout, "    %s packet %d: %s\n", level, f.Packet, foreign.Text(f.Text))
		}
	}
}

// summary is a message on one line.
func (m checkMessage) summary() string {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	answer := m.Type == "OFFER" || m.Type == "ACK" || m.Type == "NAK"
	if m.Server != "" && answer {
		add("by %s", m.Server)
	} else if m.Server != "" {
		add("to %s", m.Server)
	}
	if m.Address != "" {
		add("address %s", m.Address)
	}
	if m.Relay != "" {
		add("relayed by %s", m.Relay)
	}
	if len(m.Asked) > 0 {
		codes := make([]string, len(m.Asked))
		for i, c := range m.Asked {
			codes[i] = fmt.Sprint(c)
		}
		add("asks for options %s", strings.Join(codes, " "))
	}
	if m.Length != nil {
		add("option 43 of %s", term.Count(*m.Length, "byte"))
	}
	if m.Domain != "" {
		add("domain %s", foreign.Text(m.Domain))
	}
	if m.Text != "" {
		add("text %q", m.Text)
	}
	if m.Repeated {
		add("again")
	}
	return strings.Join(parts, ", ")
}
