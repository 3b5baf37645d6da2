// SPDX-License-Identifier: MPL-2.0

package verify

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"
)

// A document is the JSON of Evidence.
type document struct {
	facts
	Verified *bool  `json:"verified"`
	Chain    string `json:"chain_pem,omitempty"`
}

// facts are the fields of Evidence without its methods.
type facts Evidence

// MarshalJSON writes the evidence as described at [Evidence].
func (ev Evidence) MarshalJSON() ([]byte, error) {
	d := document{facts: facts(ev), Chain: string(PEM(ev))}
	if ev.Verdict != Unknown && ev.Verdict != "" {
		verified := ev.Verified()
		d.Verified = &verified
	}
	if d.Problems == nil {
		d.Problems = []string{} // a list in any case, for those who count
	}
	d.NotBefore, d.NotAfter, d.CheckedAt = ev.NotBefore.UTC(), ev.NotAfter.UTC(), ev.CheckedAt.UTC()
	return json.Marshal(d)
}

// UnmarshalJSON reads what MarshalJSON writes. It judges nothing anew: Verdict
// and Problems are those of the document.
func (ev *Evidence) UnmarshalJSON(data []byte) error {
	var d document
	if err := json.Unmarshal(data, &d); err != nil {
		return err
	}
	var chain []*x509.Certificate
	for rest := []byte(strings.TrimSpace(d.Chain)); len(rest) > 0; {
		block, after := pem.Decode(rest)
		if block == nil || block.Type != pemType {
			return fmt.Errorf("chain_pem: certificate %d is not PEM", len(chain)+1)
		}
		if len(chain) == maxChain {
			return fmt.Errorf("chain_pem: more than %d certificates", maxChain)
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return fmt.Errorf("chain_pem: certificate %d: %w", len(chain)+1, err)
		}
		chain, rest = append(chain, c), after
	}
	if len(d.Problems) == 0 {
		d.Problems = nil
	}
	*ev = Evidence(d.facts)
	ev.Chain = chain
	if ev.Verdict == "" && d.Verified != nil { // written by hand
		ev.Verdict = Wrong
		if *d.Verified {
			ev.Verdict = Verified
		}
	}
	return nil
}
