// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"errors"
	"fmt"

	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

// Lease is what a DHCP server gives a phone, as far as it matters here.
type Lease struct {
	// Option43 is the value of option 43 as it is on the wire, see package
	// option43; empty when the lease has none. It holds a challenge in clear text.
	Option43 []byte
	// Domain is that of option 15.
	Domain string
	// Provisioning is true when the lease offers remote provisioning too, by
	// option 66, 160, 159 or 150.
	Provisioning bool
}

// ErrNotReset says that DHCP option 43 was not taken, because the phone is not
// factory reset.
var ErrNotReset = errors.New("DHCP option 43 is taken by a factory-reset phone only")

// ErrProvisioned says that DHCP option 43 was lost beside remote provisioning.
var ErrProvisioned = errors.New("DHCP option 43 was not taken because the lease offers remote provisioning too: use a network with only one of them")

// Lease hands the phone a DHCP lease. A factory-reset phone takes the parameters
// of option 43 and the domain of option 15, and enrolls. A phone that has read a
// cfg.xml is no longer factory reset.
//
// An option that breaks the rules is not taken, and Download Status 1 says why.
// What real phones do with one is not documented.
func (p *Phone) Lease(l Lease) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case len(l.Option43) == 0:
		return nil
	case p.state != FactoryReset:
		return ErrNotReset
	case l.Provisioning && !p.cfg.Behavior.Option43WithProvisioning:
		return ErrProvisioned
	}
	subs, err := option43.Decode(l.Option43)
	o := subs.Parameters()
	if err == nil {
		err = o.Validate()
	}
	if err != nil {
		err = fmt.Errorf("DHCP option 43 was not taken: %w", err)
		p.report(err)
		return err
	}
	now := p.parameters.clone()
	now.Enrollment = o.Enrollment()
	now.fips, now.dot1X = o.FIPSMode == option43.On, o.Enable8021X == option43.On
	if o.CertificateSelect == option43.On {
		now.certificateSelect = customInstalled
	}
	p.domain = l.Domain
	p.set(now, "DHCP option 43")
	return nil
}
