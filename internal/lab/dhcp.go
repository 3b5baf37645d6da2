// SPDX-License-Identifier: MPL-2.0

package lab

import (
	"context"
	"encoding/binary"
	"encoding/hex"
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

	"github.com/phonecfg/terraform-provider-ciscophone/internal/dhcp4"
	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

// DHCPServer is a DHCP server for a network that has no other: it hands out the
// addresses of a small network from memory, and options 43 and 15 to clients
// whose option 60 is that of a phone. Like the servers people run it sends only
// options that were asked for, and always by broadcast.
type DHCPServer struct {
	Address netip.Prefix // of the server; the rest of its network is handed out
	// Option43 goes to clients with a vendor class among Classes, and so does
	// Domain as option 15 unless it is empty.
	Option43 []byte
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
	buffer := make([]byte, 1500)
	for {
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
		if err != nil || m.Op != dhcp4.Request {
			continue
		}
		answer := s.answer(m)
		if answer == nil {
			continue
		}
		if _, err := n.WriteTo(answer.Append(nil), &net.UDPAddr{IP: net.IPv4bcast, Port: dhcp4.ClientPort}); err != nil {
			s.Logger.Warn("DHCP answer not sent", "error", err)
		}
	}
}

// answer is the answer to a client's message, nil for none.
func (s *DHCPServer) answer(m *dhcp4.Message) *dhcp4.Message {
	if server, ok := m.Addr(dhcp4.OptionServerID); ok && server != s.Address.Addr() {
		return nil // for another server
	}
	kind := dhcp4.Offer
	switch m.Type() {
	case dhcp4.Discover:
	case dhcp4.RequestType:
		kind = dhcp4.Ack
	case dhcp4.Release, dhcp4.Decline:
		if m.Type() == dhcp4.Release {
			delete(s.leases, m.Client)
		}
		return nil
	default:
		return nil
	}
	a, ok := s.lease(m.Client)
	if !ok {
		s.Logger.Warn("DHCP: no address left", "client", hex.EncodeToString(m.Client[:]))
		return nil
	}
	id := s.Address.Addr().As4()
	reply := &dhcp4.Message{Op: dhcp4.Reply, XID: m.XID, Broadcast: m.Broadcast, Client: m.Client, RelayIP: m.RelayIP}
	add := func(code byte, value []byte) {
		reply.Options = append(reply.Options, dhcp4.Option{Code: code, Value: value})
	}
	wanted, known := m.Addr(dhcp4.OptionRequestedIP)
	if !known {
		wanted = m.ClientIP
	}
	if kind == dhcp4.Ack && wanted.IsValid() && wanted != a {
		add(dhcp4.OptionType, []byte{byte(dhcp4.Nak)})
		add(dhcp4.OptionServerID, id[:])
		return reply
	}
	reply.YourIP = a
	add(dhcp4.OptionType, []byte{byte(kind)})
	add(dhcp4.OptionServerID, id[:])
	add(dhcp4.OptionLeaseTime, binary.BigEndian.AppendUint32(nil, uint32(s.Term/time.Second)))
	add(dhcp4.OptionSubnetMask, net.CIDRMask(s.Address.Bits(), 32))
	class, _ := m.Get(dhcp4.OptionVendorClass)
	phone := slices.Contains(s.Classes, string(class))
	list, _ := m.Get(dhcp4.OptionParameters)
	if phone && s.Domain != "" && slices.Contains(list, dhcp4.OptionDomainName) {
		add(dhcp4.OptionDomainName, []byte(s.Domain))
	}
	if phone && len(s.Option43) > 0 && slices.Contains(list, dhcp4.OptionVendor) {
		add(dhcp4.OptionVendor, s.Option43)
	}
	s.Logger.Info("DHCP", "client", hex.EncodeToString(m.Client[:]), "vendor_class", strings.ToValidUTF8(string(class), "?"),
		"address", a, "answer", int(kind), "option_43", phone)
	return reply
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
	sum, err := option43.ParseFingerprint(l.info.FingerprintSHA1)
	if err != nil {
		return err
	}
	challenge, err := secretFile(l.info.ChallengeFile)
	if err != nil {
		return err
	}
	p := option43.Parameters{
		Server: l.info.SCEPURL, RootCAFingerprint: sum, ChallengePassword: option43.Challenge(challenge),
		Enable8021X: option43.On, CertificateSelect: option43.On,
	}
	value, err := p.Encode()
	if err != nil {
		return err
	}
	if reason := option43.CheckDomain(c.Domain); reason != "" {
		return errors.New(reason)
	}
	n, err := dhcp4.Listen(c.DHCP, dhcp4.ServerPort, address.Addr())
	if err != nil {
		return err
	}
	s := &DHCPServer{
		Address: address, Option43: value, Classes: option43.VendorClasses, Domain: c.Domain, Logger: c.Logger.With("part", "dhcp"),
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
