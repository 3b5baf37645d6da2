// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/dhcp4"
)

// Offer is the answer of a DHCP server.
type Offer struct {
	Address netip.Prefix // of the phone, with the length of its network
	Router  netip.Addr   // option 3; zero when there is none
	Server  netip.Addr   // option 54
	Term    time.Duration
	Lease
	// Codes holds those of the options that offer remote provisioning: 66, 160,
	// 159, 150.
	Codes []byte
}

// provisioningOptions are those beside which the document does not want option
// 43.
var provisioningOptions = []byte{66, 160, 159, 150}

// asked are the options a phone asks for (option 55) beside those that any client
// does: network, router, name servers and the domain of option 15. 43 is
// documented, by its use; 60 is in it because servers that answer with their own
// would be heard.
var asked = []dhcpv4.OptionCode{
	dhcpv4.OptionVendorSpecificInformation, dhcpv4.OptionClassIdentifier,
	dhcpv4.GenericOptionCode(66), dhcpv4.GenericOptionCode(160), dhcpv4.GenericOptionCode(159), dhcpv4.GenericOptionCode(150),
}

// ErrNoServer says that no DHCP server answered.
var ErrNoServer = errors.New("no DHCP server answered")

// AskDHCP asks for an address on n, a connection from the port of clients to
// that of servers, and hands the answer to [Phone.Lease]. The offer is good even
// where the error is [ErrNotReset], [ErrProvisioned] or one of option43.Decode:
// they tell why option 43 was not taken. Without an answer the question is
// repeated after one and two seconds; four seconds later the error is
// [ErrNoServer].
func (p *Phone) AskDHCP(ctx context.Context, n net.PacketConn) (Offer, error) {
	if n == nil {
		return Offer{}, errors.New("DHCP: no connection given")
	}
	o, err := p.exchange(ctx, n)
	if err != nil {
		return Offer{}, err
	}
	p.log.Info("DHCP lease", "address", o.Address, "server", o.Server, "domain", o.Domain, "option_43_bytes", len(o.Option43))
	err = p.Lease(o.Lease)
	switch {
	case errors.Is(err, ErrProvisioned):
		err = fmt.Errorf("%w (option %s)", err, strings.Trim(fmt.Sprint(o.Codes), "[]"))
		p.mu.Lock()
		p.report(err)
		p.save()
		p.mu.Unlock()
	case err == nil && len(o.Option43) == 0:
		p.log.Info("no option 43 in the lease", "vendor_class", p.identity().Model.VendorClass)
	}
	return o, err
}

// dhcpAgain is the time after which a factory-reset phone that got nothing asks
// again.
const dhcpAgain = time.Minute

// discover asks when the phone is factory reset and [Config.DHCP] says where.
func (p *Phone) discover(ctx context.Context) {
	p.mu.Lock()
	due := p.discovers() && !p.now().Before(p.nextDHCP)
	again := p.now().Add(dhcpAgain)
	if due {
		p.nextDHCP = again
	}
	p.mu.Unlock()
	if !due {
		return
	}
	var o Offer
	n, err := p.cfg.DHCP()
	if err == nil {
		o, err = p.AskDHCP(ctx, n)
		err = errors.Join(err, n.Close())
		if o.Address.IsValid() && p.cfg.OnLease != nil {
			p.cfg.OnLease(o)
		}
	}
	if err == nil || ctx.Err() != nil {
		return
	}
	p.log.Warn("DHCP", "error", err, "again", again.UTC())
	if !o.Address.IsValid() && p.cfg.OnNoLease != nil {
		p.cfg.OnNoLease(err)
	}
}

// discovers reports whether the phone asks DHCP. The caller holds p.mu.
func (p *Phone) discovers() bool { return p.cfg.DHCP != nil && p.state == FactoryReset }

// everyone is where a client without an address sends.
var everyone = &net.UDPAddr{IP: net.IPv4bcast, Port: dhcpv4.ServerPort}

// exchange is DISCOVER, OFFER, REQUEST, ACK (RFC 2131, section 4.4.1).
func (p *Phone) exchange(ctx context.Context, n net.PacketConn) (Offer, error) {
	var xid dhcpv4.TransactionID
	if _, err := io.ReadFull(p.cfg.Rand, xid[:]); err != nil {
		return Offer{}, fmt.Errorf("DHCP: %w", err)
	}
	id := p.identity()
	discover, err := dhcpv4.NewDiscovery(id.MAC[:], p.introduction(xid)...)
	if err != nil {
		return Offer{}, fmt.Errorf("DHCP: %w", err)
	}
	if p.cfg.Behavior.VendorClassInRequestOnly {
		discover.DeleteOption(dhcpv4.OptionClassIdentifier)
	}
	offer, err := p.question(ctx, n, discover, dhcpv4.MessageTypeOffer, nil)
	if err != nil {
		return Offer{}, err
	}
	if !address(offer.ServerIdentifier()).IsValid() || !address(offer.YourIPAddr).IsValid() {
		return Offer{}, errors.New("DHCP: the offer has no address or does not name its server (option 54)")
	}
	request, err := dhcpv4.NewRequestFromOffer(offer, p.introduction(xid)...)
	if err != nil {
		return Offer{}, fmt.Errorf("DHCP: %w", err)
	}
	ack, err := p.question(ctx, n, request, dhcpv4.MessageTypeAck, offer.ServerIdentifier())
	if err != nil {
		return Offer{}, err
	}
	if !address(ack.YourIPAddr).IsValid() {
		return Offer{}, errors.New("DHCP: the server acknowledged no address")
	}
	return read(ack, address(offer.ServerIdentifier())), nil
}

// introduction is what the phone says of itself in every message.
func (p *Phone) introduction(xid dhcpv4.TransactionID) []dhcpv4.Modifier {
	id := p.identity()
	return []dhcpv4.Modifier{
		dhcpv4.WithTransactionID(xid),
		dhcpv4.WithBroadcast(true), // it has no address to be answered at
		dhcpv4.WithOption(dhcpv4.OptClassIdentifier(id.Model.VendorClass)),
		dhcpv4.WithOption(dhcpv4.OptHostName("SEP" + id.MAC.Upper())),
		dhcpv4.WithOption(dhcpv4.OptMaxMessageSize(dhcp4.MaxMessage)),
		dhcpv4.WithRequestedOptions(asked...),
	}
}

// question sends m until an answer of the type comes, from the server where one
// is given. Others' messages, and damaged ones, are not for us.
func (p *Phone) question(ctx context.Context, n net.PacketConn, m *dhcpv4.DHCPv4, want dhcpv4.MessageType, server net.IP) (*dhcpv4.DHCPv4, error) {
	defer context.AfterFunc(ctx, func() { _ = n.SetReadDeadline(time.Unix(1, 0)) })()
	data := m.ToBytes()
	buffer := make([]byte, dhcp4.MaxMessage)
	for wait := time.Second; wait <= 4*time.Second; wait *= 2 {
		if err := n.SetReadDeadline(time.Now().Add(wait)); err != nil {
			return nil, fmt.Errorf("DHCP: %w", err)
		}
		if _, err := n.WriteTo(data, everyone); err != nil {
			return nil, fmt.Errorf("DHCP: %w", err)
		}
		for ctx.Err() == nil {
			size, _, err := n.ReadFrom(buffer)
			if errors.Is(err, os.ErrDeadlineExceeded) {
				break
			}
			if err != nil {
				return nil, fmt.Errorf("DHCP: %w", err)
			}
			a, err := dhcp4.Parse(buffer[:size])
			if err != nil || a.OpCode != dhcpv4.OpcodeBootReply || a.TransactionID != m.TransactionID || !bytes.Equal(a.ClientHWAddr, m.ClientHWAddr) {
				continue
			}
			if id := a.ServerIdentifier(); server != nil && id != nil && !id.Equal(server) {
				continue
			}
			switch a.MessageType() {
			case want:
				return a, nil
			case dhcpv4.MessageTypeNak:
				return nil, errors.New("DHCP: the server refused the address it had offered")
			}
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("DHCP as %s: %w", p.identity().Model.VendorClass, ErrNoServer)
}

// read takes from an ACK what a phone uses.
func read(m *dhcpv4.DHCPv4, server netip.Addr) Offer {
	o := Offer{Server: server, Term: m.IPAddressLeaseTime(0)}
	bits, size := m.SubnetMask().Size()
	if size != 32 { // none, or one with a hole: no neighbors
		bits = 32
	}
	o.Address = netip.PrefixFrom(address(m.YourIPAddr), bits)
	if routers := m.Router(); len(routers) > 0 {
		o.Router = address(routers[0])
	}
	// Some servers end texts with a NUL (RFC 2132, section 2, tells clients to
	// take it).
	o.Domain = oneLine(strings.TrimRight(m.DomainName(), "\x00"))
	o.Option43 = m.Options.Get(dhcpv4.OptionVendorSpecificInformation)
	for _, code := range provisioningOptions {
		if len(m.Options[code]) > 0 {
			o.Codes, o.Provisioning = append(o.Codes, code), true
		}
	}
	return o
}

// address is an address of a message, the zero Addr for none.
func address(ip net.IP) netip.Addr {
	a, _ := netip.AddrFromSlice(ip.To4())
	if a.IsUnspecified() {
		return netip.Addr{}
	}
	return a
}
