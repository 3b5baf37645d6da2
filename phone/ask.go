// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

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

// asked is the list of options a phone asks for (option 55). 43 and 15 are
// documented, by their use; option 60 is in it because servers that answer with
// their own would be heard; the rest is what any phone needs.
var asked = append([]byte{
	dhcp4.OptionSubnetMask, dhcp4.OptionRouter, dhcp4.OptionDNS, dhcp4.OptionDomainName, dhcp4.OptionVendor, dhcp4.OptionVendorClass,
}, provisioningOptions...)

// ErrNoServer says that no DHCP server answered.
var ErrNoServer = errors.New("no DHCP server answered")

// AskDHCP asks for an address on n, a connection from the port of clients to
// that of servers, and hands the answer to [Phone.Lease]. The offer is good even
// where the error is [ErrNotReset], [ErrProvisioned] or one of option43.Decode:
// they tell why option 43 was not taken. Without an answer the question is
// repeated after one and two seconds; four seconds later the error is
// [ErrNoServer].
func (p *Phone) AskDHCP(ctx context.Context, n net.PacketConn) (Offer, error) {
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
	n, err := p.cfg.DHCP()
	if err == nil {
		var o Offer
		o, err = p.AskDHCP(ctx, n)
		err = errors.Join(err, n.Close())
		if o.Address.IsValid() && p.cfg.OnLease != nil {
			p.cfg.OnLease(o)
		}
	}
	if err != nil && ctx.Err() == nil {
		p.log.Warn("DHCP", "error", err, "again", again.UTC())
	}
}

// discovers tells whether the phone asks DHCP. The caller holds p.mu.
func (p *Phone) discovers() bool { return p.cfg.DHCP != nil && p.state == FactoryReset }

// exchange is DISCOVER, OFFER, REQUEST, ACK (RFC 2131, section 4.4.1).
func (p *Phone) exchange(ctx context.Context, n net.PacketConn) (Offer, error) {
	var id [4]byte
	if _, err := io.ReadFull(p.cfg.Rand, id[:]); err != nil {
		return Offer{}, fmt.Errorf("DHCP: %w", err)
	}
	xid := binary.BigEndian.Uint32(id[:])
	offer, err := p.question(ctx, n, p.message(xid, dhcp4.Discover), dhcp4.Offer)
	if err != nil {
		return Offer{}, err
	}
	server, ok := offer.Addr(dhcp4.OptionServerID)
	if !ok || !offer.YourIP.Is4() {
		return Offer{}, errors.New("DHCP: the offer has no address or does not name its server (option 54)")
	}
	want, from := offer.YourIP.As4(), server.As4()
	request := p.message(xid, dhcp4.RequestType,
		dhcp4.Option{Code: dhcp4.OptionRequestedIP, Value: want[:]}, dhcp4.Option{Code: dhcp4.OptionServerID, Value: from[:]})
	ack, err := p.question(ctx, n, request, dhcp4.Ack)
	if err != nil {
		return Offer{}, err
	}
	return read(ack, server), nil
}

// message is one to the server.
func (p *Phone) message(xid uint32, t dhcp4.Type, more ...dhcp4.Option) *dhcp4.Message {
	id := p.identity()
	m := &dhcp4.Message{Op: dhcp4.Request, XID: xid, Broadcast: true, Client: id.MAC, Options: []dhcp4.Option{
		{Code: dhcp4.OptionType, Value: []byte{byte(t)}},
		{Code: dhcp4.OptionVendorClass, Value: []byte(id.Model.VendorClass)},
		{Code: dhcp4.OptionHostName, Value: []byte("SEP" + id.MAC.Upper())},
		{Code: dhcp4.OptionMaxSize, Value: []byte{1500 >> 8, 1500 & 0xff}},
		{Code: dhcp4.OptionParameters, Value: asked},
	}}
	if t == dhcp4.Discover && p.cfg.Behavior.VendorClassInRequestOnly {
		m.Options = slices.DeleteFunc(m.Options, func(o dhcp4.Option) bool { return o.Code == dhcp4.OptionVendorClass })
	}
	m.Options = append(m.Options, more...)
	return m
}

// question sends m until an answer of the type comes. Others' messages, and
// damaged ones, are not for us.
func (p *Phone) question(ctx context.Context, n net.PacketConn, m *dhcp4.Message, want dhcp4.Type) (*dhcp4.Message, error) {
	defer context.AfterFunc(ctx, func() { _ = n.SetReadDeadline(time.Unix(1, 0)) })()
	data := m.Append(nil)
	everyone := &net.UDPAddr{IP: net.IPv4bcast, Port: dhcp4.ServerPort}
	buffer := make([]byte, 1500)
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
			if err != nil || a.Op != dhcp4.Reply || a.XID != m.XID || a.Client != m.Client {
				continue
			}
			switch a.Type() {
			case want:
				return a, nil
			case dhcp4.Nak:
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
func read(m *dhcp4.Message, server netip.Addr) Offer {
	o := Offer{Server: server}
	bits := 32
	if mask, ok := m.Get(dhcp4.OptionSubnetMask); ok && len(mask) == 4 {
		bits, _ = net.IPMask(mask).Size()
	}
	o.Address = netip.PrefixFrom(m.YourIP, bits)
	o.Router, _ = m.Addr(dhcp4.OptionRouter)
	if v, ok := m.Get(dhcp4.OptionLeaseTime); ok && len(v) == 4 {
		o.Term = time.Duration(binary.BigEndian.Uint32(v)) * time.Second
	}
	// Some servers end texts with a NUL (RFC 2132, section 2, tells clients to
	// take it).
	domain, _ := m.Get(dhcp4.OptionDomainName)
	o.Domain = oneLine(strings.TrimRight(string(domain), "\x00"))
	if v, ok := m.Get(dhcp4.OptionVendor); ok {
		o.Option43 = v
	}
	for _, code := range provisioningOptions {
		if v, ok := m.Get(code); ok && len(v) > 0 {
			o.Codes, o.Provisioning = append(o.Codes, code), true
		}
	}
	return o
}
