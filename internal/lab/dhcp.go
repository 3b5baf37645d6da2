// SPDX-License-Identifier: MPL-2.0

package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/dhcp4"
	"github.com/phonecfg/terraform-provider-ciscophone/option43"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// DHCPServer is a DHCP server for a network that has no other: it hands out the
// addresses of a small network from memory, and options 43 and 15 to clients
// whose option 60 is that of a phone. Like the servers people run it sends only
// options that were asked for, and always by broadcast.
type DHCPServer struct {
	Address netip.Prefix // of the server; the rest of its network is handed out
	// Option43 goes to clients with a vendor class among Classes, and so does
	// Domain as option 15 unless it is empty.
	Option43 func() []byte
	Classes  []string
	Domain   string
	Term     time.Duration // of a lease; 0 means ten minutes
	Logger   *slog.Logger  // nil: silence

	leases map[[6]byte]netip.Addr
	next   netip.Addr
}

// maxLeases bounds the memory; a client beyond it gets no answer.
const maxLeases = 4096

// Serve answers on n until ctx ends.
func (s *DHCPServer) Serve(ctx context.Context, n net.PacketConn) error {
	if !s.Address.Addr().Is4() || s.Address.Bits() > 30 {
		return fmt.Errorf("DHCP server: address %s: want one of an IPv4 network of at least four addresses", s.Address)
	}
	if s.Logger == nil {
		s.Logger = slog.New(slog.DiscardHandler)
	}
	if s.Term <= 0 {
		s.Term = 10 * time.Minute
	}
	s.leases, s.next = map[[6]byte]netip.Addr{}, s.Address.Masked().Addr()
	defer context.AfterFunc(ctx, func() { _ = n.SetReadDeadline(time.Unix(1, 0)) })()
	buffer := make([]byte, dhcp4.MaxMessage)
	for { // one after the other: a flood of questions takes no memory
		size, _, err := n.ReadFrom(buffer)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, os.ErrClosed) || errors.Is(err, net.ErrClosed) || errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("DHCP server: %w", err)
		}
		m, err := dhcp4.Parse(buffer[:size])
		if err != nil || m.OpCode != dhcpv4.OpcodeBootRequest {
			continue
		}
		answer, err := s.answer(m)
		if err == nil && answer != nil {
			_, err = n.WriteTo(answer.ToBytes(), &net.UDPAddr{IP: net.IPv4bcast, Port: dhcpv4.ClientPort})
		}
		if err != nil {
			s.Logger.Warn("DHCP answer not sent", "error", err)
		}
	}
}

// answer is the answer to a client's message, nil for none.
func (s *DHCPServer) answer(m *dhcpv4.DHCPv4) (*dhcpv4.DHCPv4, error) {
	own := net.IP(s.Address.Addr().AsSlice())
	if server := m.ServerIdentifier(); server != nil && !server.Equal(own) {
		return nil, nil // for another server
	}
	client := [6]byte(m.ClientHWAddr)
	kind := dhcpv4.MessageTypeOffer
	switch m.MessageType() {
	case dhcpv4.MessageTypeDiscover:
	case dhcpv4.MessageTypeRequest:
		kind = dhcpv4.MessageTypeAck
	case dhcpv4.MessageTypeRelease:
		delete(s.leases, client)
		return nil, nil
	default:
		return nil, nil
	}
	a, ok := s.lease(client)
	if !ok {
		s.Logger.Warn("DHCP: no address left", "client", m.ClientHWAddr)
		return nil, nil
	}
	reply, err := dhcpv4.NewReplyFromRequest(m, dhcpv4.WithMessageType(kind), dhcpv4.WithOption(dhcpv4.OptServerIdentifier(own)))
	if err != nil {
		return nil, err
	}
	wanted := m.RequestedIPAddress()
	if wanted == nil && !m.ClientIPAddr.IsUnspecified() {
		wanted = m.ClientIPAddr
	}
	if kind == dhcpv4.MessageTypeAck && wanted != nil && !wanted.Equal(a.AsSlice()) {
		reply.UpdateOption(dhcpv4.OptMessageType(dhcpv4.MessageTypeNak))
		return reply, nil
	}
	reply.YourIPAddr = a.AsSlice()
	reply.UpdateOption(dhcpv4.OptIPAddressLeaseTime(s.Term))
	reply.UpdateOption(dhcpv4.OptSubnetMask(net.CIDRMask(s.Address.Bits(), 32)))
	phone := slices.Contains(s.Classes, m.ClassIdentifier())
	// Without a list of what it asks for, a client is given none of it.
	list := m.ParameterRequestList()
	if phone && s.Domain != "" && list.Has(dhcpv4.OptionDomainName) {
		reply.UpdateOption(dhcpv4.OptDomainName(s.Domain))
	}
	if phone && list.Has(dhcpv4.OptionVendorSpecificInformation) {
		reply.UpdateOption(dhcpv4.OptGeneric(dhcpv4.OptionVendorSpecificInformation, s.Option43()))
	}
	s.Logger.Info("DHCP", "client", m.ClientHWAddr, "vendor_class", strings.ToValidUTF8(m.ClassIdentifier(), "?"),
		"address", a, "answer", kind, "option_43", phone)
	return reply, nil
}

// lease is the client's address; it keeps it.
func (s *DHCPServer) lease(client [6]byte) (netip.Addr, bool) {
	if a, ok := s.leases[client]; ok {
		return a, true
	}
	if len(s.leases) >= maxLeases {
		return netip.Addr{}, false
	}
	for range maxLeases + 2 {
		a := s.next.Next()
		if !s.Address.Contains(a.Next()) { // a is the broadcast address
			a = s.Address.Masked().Addr().Next()
		}
		s.next = a
		if a == s.Address.Addr() || s.taken(a) {
			continue
		}
		s.leases[client] = a
		return a, true
	}
	return netip.Addr{}, false
}

func (s *DHCPServer) taken(a netip.Addr) bool {
	for _, other := range s.leases {
		if other == a {
			return true
		}
	}
	return false
}

// startDHCP serves option 43 for this lab's CA on an interface.
func (l *Lab) startDHCP(c Config) error {
	if c.DHCP == "" {
		return nil
	}
	address, err := addressOf(c.DHCP)
	if err != nil {
		return err
	}
	if err := l.encodeOption43(); err != nil {
		return err
	}
	if reason := option43.CheckDomain(c.Domain); reason != "" {
		return errors.New(reason)
	}
	n, err := dhcp4.ListenServer(c.DHCP)
	if err != nil {
		return err
	}
	s := &DHCPServer{
		Address: address, Option43: func() []byte { return *l.option43.Load() }, Classes: option43.VendorClasses, Domain: c.Domain, Logger: c.Logger.With("part", "dhcp"),
	}
	l.running.Go(func() {
		defer n.Close()
		if err := s.Serve(l.ctx, n); err != nil {
			select {
			case l.failed <- err:
			default:
			}
		}
	})
	return nil
}

// encodeOption43 makes what DHCP hands out from the addresses and the root of now.
func (l *Lab) encodeOption43() error {
	challenge, err := secretFile(l.info.ChallengeFile)
	if err != nil {
		return err
	}
	p, err := option43.FromEnrollment(cdc.Enrollment{
		Server: l.info.SCEPURL, RootCAFingerprint: l.info.FingerprintSHA1, ChallengePassword: secret.New(challenge),
	})
	if err != nil {
		return err
	}
	p.Enable8021X, p.CertificateSelect = option43.On, option43.On
	value, err := p.Encode()
	if err == nil {
		l.option43.Store(&value)
	}
	return err
}

// addressOf is the IPv4 address of an interface.
func addressOf(iface string) (netip.Prefix, error) {
	i, err := net.InterfaceByName(iface)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("DHCP on %s: %w", iface, err)
	}
	all, err := i.Addrs()
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("DHCP on %s: %w", iface, err)
	}
	for _, a := range all {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() {
			return p, nil
		}
	}
	return netip.Prefix{}, fmt.Errorf("DHCP on %s: the interface has no IPv4 address: give it one, from whose network phones get theirs", iface)
}
