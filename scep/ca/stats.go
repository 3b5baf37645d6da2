// SPDX-License-Identifier: MPL-2.0

package ca

import "sync/atomic"

// Stats counts what a CA has done since New.
type Stats struct {
	Requests        uint64 // HTTP requests of any kind
	Issued          uint64 // certificates for a challenge or a MIC
	Renewed         uint64 // certificates for a certificate
	Repeated        uint64 // answers given again to the same request
	Pending         uint64 // requests put aside for approval
	Polled          uint64 // CertPoll messages answered
	Refused         uint64 // FAILURE replies
	WrongChallenges uint64 // of these, because of the challenge password
	Malformed       uint64 // messages too broken for a SCEP reply
	Limited         uint64 // requests refused for coming too fast
	Panics          uint64 // panics caught while handling a request
}

type counters struct {
	requests, issued, renewed, repeated, pending, polled     atomic.Uint64
	refused, wrongChallenges, malformed, rateLimited, panics atomic.Uint64
}

// Stats returns the counters as of now.
func (ca *CA) Stats() Stats {
	c := &ca.stats
	return Stats{
		Requests:        c.requests.Load(),
		Issued:          c.issued.Load(),
		Renewed:         c.renewed.Load(),
		Repeated:        c.repeated.Load(),
		Pending:         c.pending.Load(),
		Polled:          c.polled.Load(),
		Refused:         c.refused.Load(),
		WrongChallenges: c.wrongChallenges.Load(),
		Malformed:       c.malformed.Load(),
		Limited:         c.rateLimited.Load(),
		Panics:          c.panics.Load(),
	}
}
