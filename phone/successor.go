// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"context"
	"crypto"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/client"
)

// askSuccessor asks the CA, every four hours, which root will replace its own, and
// remembers that one's fingerprint. Only with Behavior.NextCA.
func (p *Phone) askSuccessor(switchedOn context.Context) {
	p.mu.Lock()
	now := p.now()
	if !p.cfg.Behavior.NextCA || !p.parameters.complete() || now.Before(p.nextAsking) {
		p.mu.Unlock()
		return
	}
	p.nextAsking = now.Add(renewalCheck)
	config, known, revision := p.client(), p.successor, p.revision
	p.mu.Unlock()

	ctx, cancel := context.WithTimeout(switchedOn, p.cfg.EnrollTimeout)
	defer cancel()
	var fingerprint string
	err := trusting(config, known, func(c *client.Client) error {
		root, err := c.NextCA(ctx)
		if err == nil {
			fingerprint = cdc.FingerprintOf(root.Raw, crypto.SHA256).String()
		}
		return err
	})
	if err != nil {
		if client.CodeOf(err) != client.CodeNoNext {
			p.log.Warn("the CA's successor is not known", "error", err)
		}
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.revision != revision || fingerprint == p.successor {
		return
	}
	p.successor = fingerprint
	p.log.Info("the CA announces its successor", "root", fingerprint)
	p.save()
}

// trusting lets do speak to the CA that has the configured root or, where it
// shows another, the root that it announced before.
func trusting(config client.Config, successor string, do func(*client.Client) error) error {
	try := func(fingerprint string) error {
		config.Fingerprint = fingerprint
		c, err := client.New(config)
		if err != nil {
			return err
		}
		return do(c)
	}
	err := try(config.Fingerprint)
	if client.CodeOf(err) == client.CodeRootDiffers && successor != "" {
		return try(successor)
	}
	return err
}
