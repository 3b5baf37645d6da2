// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// StepPending is what Progress is told when a request waits for approval.
const StepPending = "pending"

// poll asks for a pending certificate until it is there (RFC 8894 section 3.3.3):
// same transaction, same signer, a new nonce each time, pauses that grow by half
// from PollFirst to PollMax, PollLimit in all.
func (x *exchange) poll(ctx context.Context) (*scep.Message, error) {
	c := x.c
	x.step = "CertPoll"
	if c.cfg.Progress != nil {
		c.cfg.Progress(StepPending)
	}
	content, err := scep.IssuerAndSubject{Issuer: x.server.Issuer.RawSubject, Subject: x.subj}.Marshal()
	if err != nil {
		return nil, &Error{Step: x.step, Code: CodeInternal, Err: err}
	}
	waited, pause := time.Duration(0), c.cfg.PollFirst
	for {
		if waited+pause > c.cfg.PollLimit {
			return nil, problem(x.step, CodePending, "approve the request at the CA; asking again with the same key finds it",
				"the CA has not decided about transaction %s within %v", x.id, waited.Round(time.Second))
		}
		if err := c.cfg.Sleep(ctx, pause); err != nil {
			return nil, &Error{Step: x.step, Code: CodeCanceled, Err: &described{err, "gave up while the CA still had the request for approval"},
				Hint: "asking again with the same key finds it"}
		}
		waited += pause
		if pause += pause / 2; pause > c.cfg.PollMax {
			pause = c.cfg.PollMax
		}
		x.polls++
		m, err := x.send(ctx, content, scep.CertPoll)
		if err != nil {
			return nil, err
		}
		if m.PKIStatus == scep.Success {
			return m, nil
		}
	}
}
