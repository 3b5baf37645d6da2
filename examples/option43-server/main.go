// SPDX-License-Identifier: MPL-2.0

// Option43-server is a DHCP server for phones after a factory reset: its option
// 43 holds the SCEP parameters of a configuration file, so that both always say
// the same. It gives one address to each phone of one range.
package main

import (
	"flag"
	"log"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"github.com/insomniacslk/dhcp/dhcpv4/server4"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/option43"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

func main() {
	file := flag.String("config", "base.xml", "configuration that has the SCEP parameters")
	listen := flag.String("listen", "0.0.0.0:67", "address to serve at")
	iface := flag.String("interface", "", "network interface to serve at")
	first := flag.String("first", "10.0.0.100", "first address to give")
	flag.Parse()

	document := must(cfgxml.Parse(must(os.ReadFile(*file))))
	enrollment := document.Enrollment()
	if problems := validate.Enrollment(enrollment, validate.Settings{}); validate.HasErrors(problems) {
		log.Fatal(problems)
	}
	option := must(must(option43.FromEnrollment(enrollment)).Encode())
	next := must(netip.ParseAddr(*first))
	given := map[string]netip.Addr{}

	address := net.UDPAddrFromAddrPort(must(netip.ParseAddrPort(*listen)))
	server := must(server4.NewServer(*iface, address, func(conn net.PacketConn, peer net.Addr, m *dhcpv4.DHCPv4) {
		kind := map[dhcpv4.MessageType]dhcpv4.MessageType{
			dhcpv4.MessageTypeDiscover: dhcpv4.MessageTypeOffer, dhcpv4.MessageTypeRequest: dhcpv4.MessageTypeAck,
		}[m.MessageType()]
		if kind == dhcpv4.MessageTypeNone || option43.KindOf(m.ClassIdentifier()) == option43.OtherClient {
			return
		}
		mac := m.ClientHWAddr.String()
		if _, ok := given[mac]; !ok {
			given[mac], next = next, next.Next()
		}
		answer, err := dhcpv4.NewReplyFromRequest(m,
			dhcpv4.WithMessageType(kind), dhcpv4.WithYourIP(given[mac].AsSlice()), dhcpv4.WithServerIP(address.IP),
			dhcpv4.WithOption(dhcpv4.OptServerIdentifier(address.IP)),
			dhcpv4.WithOption(dhcpv4.OptIPAddressLeaseTime(time.Hour)),
			dhcpv4.WithOption(dhcpv4.OptGeneric(dhcpv4.OptionVendorSpecificInformation, option)))
		if err == nil {
			_, err = conn.WriteTo(answer.ToBytes(), peer)
		}
		log.Printf("%s %s: %s, error %v", kind, mac, given[mac], err)
	}))
	log.Fatal(server.Serve())
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
