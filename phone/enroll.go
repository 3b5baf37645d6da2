// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"context"
	"crypto/rsa"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/scep"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/client"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// check looks at the certificate in effect: has it, or one of its CAs, ended,
// and every four hours: will it end within 15 days.
func (p *Phone) check() {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.certificates.inEffect(p.parameters.fips)
	if c == nil || p.state != Installed && p.state != Renewing {
		return
	}
	now := p.now()
	switch {
	case !now.Before(c.ends()):
		p.failures, p.pending = 0, transaction{}
		p.nextAttempt = now
		p.fire(Ended)
		if !p.parameters.complete() {
			p.report(errors.New("the certificate has expired and SCEP is not configured: upload a new one, or configure SCEP"))
		}
		p.save()
	case !now.Before(p.nextCheck):
		p.nextCheck = now.Add(renewalCheck)
		if c.Leaf().NotAfter.Sub(now) < renewalWindow && p.parameters.complete() {
			p.nextAttempt = now
			p.fire(RenewalDue)
			p.save()
		}
	}
}

// requests reports whether the phone is in a state in which it sends requests.
// The caller holds p.mu.
func (p *Phone) requests() bool {
	return p.parameters.complete() && (p.state == Enrolling || p.state == Expired || p.state == Renewing)
}

func (p *Phone) attemptDue() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.requests() && !p.now().Before(p.nextAttempt)
}

// job is one enrollment, with everything it needs as it was when it began.
type job struct {
	revision uint64
	renewal  bool
	client   client.Config
	// successor is the fingerprint of the root that the CA announced, "" without.
	successor string
	request   client.Request
	transaction
}

// transaction is a key and the name under which a certificate for it is asked.
// It lasts until the server has answered: whoever asks again under the same
// name gets the same certificate.
type transaction struct {
	key     *rsa.PrivateKey
	id      string
	waiting time.Time // since when the CA has the request for approval; zero: it has not
}

// attempt enrolls or renews once. again is true when the parameters changed in
// the meantime, so that what came back is worth nothing.
func (p *Phone) attempt(switchedOn context.Context) (again bool, err error) {
	if p.turn != nil {
		select {
		case p.turn <- struct{}{}:
			defer func() { <-p.turn }()
		case <-switchedOn.Done():
			return false, switchedOn.Err()
		}
	}
	ctx, cancel := context.WithTimeout(switchedOn, p.cfg.EnrollTimeout)
	defer cancel()
	p.mu.Lock()
	p.interrupt = cancel
	j, err := p.prepare()
	p.mu.Unlock()

	var got *client.Result
	if err == nil {
		got, err = p.enroll(ctx, &j)
	}

	p.mu.Lock()
	defer p.mu.Unlock()
	p.interrupt = nil
	if p.revision != j.revision {
		return true, nil
	}
	if err == nil {
		err = p.install(j, got)
	}
	if err != nil && switchedOn.Err() != nil {
		p.pending = j.transaction
		return false, switchedOn.Err() // no failure of the enrollment
	}
	if err != nil {
		p.fail(j, err)
		return false, err
	}
	return false, nil
}

// prepare decides who signs and what is said. The caller holds p.mu.
//
// Challenge configured: it serves the initial enrollment, and the installed
// certificate signs the renewal. Challenge empty: the MIC signs both.
func (p *Phone) prepare() (job, error) {
	b := p.cfg.Behavior
	j := job{revision: p.revision, renewal: p.state == Renewing, transaction: p.pending, client: p.client()}
	if b.NextCA {
		j.successor = p.successor
	}
	challenge := p.parameters.ChallengePassword
	installed := p.certificates.inEffect(p.parameters.fips)
	switch {
	case challenge.IsZero():
		if j.request.Credential = p.cfg.MIC; p.cfg.MIC != nil && j.renewal {
			j.request.Renewal = true
			if b.MICRenewalReq {
				j.request.MessageType = scep.RenewalReq
			}
		}
	case j.renewal && installed != nil && installed.Source == BySCEP:
		j.request.Credential = &scep.Signer{Certificate: installed.Leaf(), Key: installed.key}
		j.request.Renewal = true
		if b.ChallengeOnRenewal {
			j.request.Challenge = challenge
		}
	default:
		// Also when an uploaded certificate is about to end: another CA may have
		// issued it, so it proves nothing to this one.
		j.request.Challenge = challenge
		if !p.typed.IsZero() {
			j.request.Challenge = p.typed
		}
	}
	if key, ok := keyOf(installed); ok && j.renewal && b.ReuseKey && j.key == nil {
		j.key = key
	}
	var err error
	if j.request.Renewal && !challenge.IsZero() {
		j.request.CommonName = installed.Leaf().Subject.CommonName // a renewal keeps the subject
		return j, nil
	}
	j.request.CommonName, err = p.parameters.commonName(p.identity(), p.micName, p.domain, p.cfg.Firmware)
	return j, err
}

// client is how this phone speaks to its CA. The caller holds p.mu.
func (p *Phone) client() client.Config {
	b := p.cfg.Behavior
	return client.Config{
		URL: p.parameters.Server, Fingerprint: p.parameters.RootCAFingerprint, RAFingerprint: b.RAFingerprint,
		HTTP: p.http, Clock: p.cfg.Clock, Rand: p.cfg.Rand, Cache: p.cfg.Cache, PollLimit: p.cfg.EnrollTimeout,
		DefaultPath: b.DefaultPath, AllowIssuingPin: b.AllowIssuingPin, RenewalAs19: b.RenewalAs19,
		ChallengeOnRenewal: b.ChallengeOnRenewal, AllowSHA1: b.AllowWeak, AllowDES3: b.AllowWeak, GetOnly: b.GetOnly,
	}
}

func keyOf(c *credential) (*rsa.PrivateKey, bool) {
	if c == nil {
		return nil, false
	}
	key, ok := c.key.(*rsa.PrivateKey)
	return key, ok
}

func (p *Phone) enroll(ctx context.Context, j *job) (*client.Result, error) {
	if j.key == nil {
		key, err := p.cfg.Keys()
		if err != nil {
			return nil, fmt.Errorf("make a key: %w", err)
		}
		j.key = key
	}
	if j.id == "" {
		var id [20]byte
		if _, err := io.ReadFull(p.cfg.Rand, id[:]); err != nil {
			return nil, fmt.Errorf("name the transaction: %w", err)
		}
		j.id = hex.EncodeToString(id[:])
	}
	j.request.Key, j.request.TransactionID = j.key, j.id
	j.client.Progress = func(step string) {
		if step == client.StepPending {
			p.wait(j)
		}
	}
	var got *client.Result
	err := trusting(j.client, j.successor, func(c *client.Client) (err error) {
		got, err = c.Enroll(ctx, j.request)
		return err
	})
	return got, err
}

// wait notes that the CA has the request for approval.
func (p *Phone) wait(j *job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.revision != j.revision || !j.waiting.IsZero() {
		return
	}
	j.waiting = p.now()
	p.pending = j.transaction
	p.log.Info("the request waits for approval", "transaction", j.id)
}

// install puts a new certificate into effect. It is stored before anything is
// given up: the old one stays until then. The caller holds p.mu.
func (p *Phone) install(j job, got *client.Result) error {
	n := p.memory // a copy that takes the phone's place once it is stored
	n.certificates = p.certificates.with(newCredential(got.Chain, j.key, BySCEP, p.now(), p.parameters.fips))
	n.download, n.failures = result{At: p.now()}, 0
	event := Enrolled
	if j.renewal {
		event = Renewed
	}
	n.state = next(p.state, event, situation{certificate: true, scep: true})
	n.nextCheck = p.now().Add(renewalCheck)
	if err := n.save(p.cfg.Dir); err != nil {
		return fmt.Errorf("the new certificate was received but not installed: %w", err)
	}
	p.memory = n
	p.typed, p.pending = secret.Text{}, transaction{}
	p.counters.enrolled(j.renewal, true)
	leaf := got.Certificate
	p.log.Info("certificate installed", "event", string(event), "common_name", leaf.Subject.CommonName,
		"serial", serial(leaf), "not_after", leaf.NotAfter.UTC())
	return nil
}

// fail notes why there is no certificate and when to try again. The caller
// holds p.mu.
func (p *Phone) fail(j job, err error) {
	p.counters.enrolled(j.renewal, false)
	p.failures++
	event := Failed
	code := client.CodeOf(err)
	if code == client.CodeChallenge && !j.waiting.IsZero() { // the password was good enough to wait
		code = client.CodeRefused
		err = fmt.Errorf("the CA's operator denied the request, which waited since %s", j.waiting.UTC().Format(time.RFC3339))
	}
	switch code {
	case client.CodeChallenge:
		p.pending, p.typed = transaction{}, secret.Text{}
		if !j.renewal {
			event = Refused
			err = fmt.Errorf("%w: type the password on the phone's screen, or correct Challenge Password (%s)", err, cdc.ParamChallengePassword)
		}
	case client.CodeRefused:
		p.pending = transaction{}
	default:
		p.pending = j.transaction // the answer may have been lost, or waits for approval
	}
	if j.renewal {
		p.nextAttempt = p.nextCheck
	} else {
		p.nextAttempt = p.now().Add(p.cfg.Retry.after(p.failures))
	}
	p.report(err)
	p.fire(event)
	p.log.Warn("enrollment failed", "renewal", j.renewal, "error", err, "again", p.nextAttempt.UTC())
	p.save()
}
