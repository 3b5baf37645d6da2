// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"errors"
	"fmt"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// set gives the phone new parameters and lets follow what the document says
// follows: any change of an SCEP parameter asks for a new certificate. The
// caller holds p.mu.
func (p *Phone) set(now parameters, from string) {
	was := p.parameters
	if !p.knowsSCEP {
		now.Enrollment = cfgxml.Enrollment{}
	}
	if !p.knowsName {
		now.CommonName, p.domain = "", ""
	}
	if was.equal(now) {
		return
	}
	p.parameters = now
	if was.fips != now.fips {
		p.switchFIPS(was.fips)
	}
	if !was.Enrollment.Equal(now.Enrollment) {
		p.log.Info("SCEP parameters changed", "from", from)
		p.request()
	}
	p.save()
	p.poke()
}

// request starts over with the parameters as they are. The caller holds p.mu.
func (p *Phone) request() {
	p.revision++
	if p.interrupt != nil {
		p.interrupt() // what is under way was asked for with other parameters
	}
	p.failures, p.typed, p.pending, p.successor = 0, secret.Text{}, transaction{}, ""
	p.nextAttempt, p.nextAsking = p.now(), time.Time{}
	switch {
	case p.parameters.complete():
		p.fire(Configured)
	case p.parameters.any():
		p.fire(ConfiguredParts)
		p.report(fmt.Errorf("%s is not set: set it in cfg.xml or on the Certificate page", p.parameters.missing()))
	default:
		p.fire(Cleared)
	}
}

// switchFIPS hides the certificates stored in the other mode, and shows those
// stored in this one. The caller holds p.mu.
func (p *Phone) switchFIPS(was bool) {
	before, after := p.certificates.inEffect(was), p.certificates.inEffect(p.parameters.fips)
	p.nextCheck = p.now()
	switch {
	case before != nil && after == nil:
		p.fire(Hidden)
		p.report(fmt.Errorf("the certificate was installed with FIPS mode %s and cannot be retrieved with FIPS mode %s: "+
			"set FIPS mode back, or change an SCEP parameter to request a new one", onOff(was), onOff(p.parameters.fips)))
		if p.cfg.Behavior.EnrollWhenHidden && p.parameters.complete() {
			p.request()
		}
	case before == nil && after != nil:
		p.report(nil)
		p.fire(Shown)
	case before != nil && after != nil && (p.state == Renewing || p.state == Expired):
		p.fire(Hidden)
	}
}

func onOff(fips bool) string {
	if fips {
		return "enabled"
	}
	return "disabled"
}

// report sets Download Status 1. The caller holds p.mu.
func (p *Phone) report(err error) {
	p.memory.download = result{At: p.now()}
	if err != nil {
		p.memory.download.Failed, p.memory.download.Reason = true, err.Error()
	}
}

// SetParameters sets the four SCEP parameters, as Submit All Changes does. A
// change asks for a new certificate.
func (p *Phone) SetParameters(e cfgxml.Enrollment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.parameters.clone()
	now.Enrollment = e
	p.set(now, "web page")
}

// Errors of what a user can do wrong.
var (
	ErrNotAsked      = errors.New("the phone does not ask for a challenge password")
	ErrNoCertificate = errors.New("there is no such certificate on the phone")
)

// TypePassword is what a user does when the phone's screen asks for the
// challenge password. It is used for the enrollment that waits for it and then
// forgotten; the parameter stays as it is. The error is [ErrNotAsked].
func (p *Phone) TypePassword(password secret.Text) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state != Asking {
		return ErrNotAsked
	}
	if password.IsZero() {
		return errors.New("no password was typed")
	}
	p.typed, p.pending = password, transaction{}
	p.failures, p.nextAttempt = 0, p.now()
	p.fire(PasswordTyped)
	p.save()
	p.poke()
	return nil
}

// Delete removes a certificate at once, as the Delete button does. The error is
// [ErrNoCertificate].
func (p *Phone) Delete(id string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	left, ok := p.certificates.without(id)
	if !ok {
		return ErrNoCertificate
	}
	was := p.memory
	p.certificates = left
	p.nextAttempt, p.nextCheck = p.now(), p.now()
	p.fire(Deleted)
	if err := p.memory.save(p.cfg.Dir); err != nil {
		p.memory = was
		return err
	}
	p.log.Info("certificate deleted", "id", id)
	if p.state == Absent && p.cfg.Behavior.EnrollAfterDelete && p.parameters.complete() {
		p.request()
		p.save()
	}
	p.poke()
	return nil
}

// FactoryReset forgets everything but the MIC: parameters, certificates, status.
func (p *Phone) FactoryReset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.interrupt != nil {
		p.interrupt()
	}
	p.revision++
	p.fire(Reset)
	boots := p.boots
	p.memory = memory{state: p.state, parameters: defaults(), boots: boots + 1}
	p.etag, p.snapshot, p.typed, p.pending = "", snapshot{}, secret.Text{}, transaction{}
	p.nextResync, p.nextDHCP, p.booted = p.now(), p.now(), p.now()
	p.sessions.end()
	p.save()
	p.poke()
}

// Reboot ends all sessions on the web page and fetches the configuration, as
// Resync_On_Reset does.
func (p *Phone) Reboot() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.boots++
	p.booted, p.nextResync = p.now(), p.now()
	p.etag = ""
	p.sessions.end()
	p.log.Info("reboot")
	p.save()
	p.poke()
}
