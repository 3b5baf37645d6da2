// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"fmt"
	"io"
	"net/http"
	"strings"
)

// counters of one phone since it was switched on. Guarded by Phone.mu.
type counters struct {
	initial, initialFailed, renewals, renewalsFailed uint64
	configRead, configUnchanged, configFailed        uint64
}

func (c *counters) enrolled(renewal, ok bool) {
	switch {
	case renewal && ok:
		c.renewals++
	case renewal:
		c.renewalsFailed++
	case ok:
		c.initial++
	default:
		c.initialFailed++
	}
}

func (c *counters) add(d counters) {
	c.initial += d.initial
	c.initialFailed += d.initialFailed
	c.renewals += d.renewals
	c.renewalsFailed += d.renewalsFailed
	c.configRead += d.configRead
	c.configUnchanged += d.configUnchanged
	c.configFailed += d.configFailed
}

// writeMetrics writes the sum over phones in the text format of Prometheus.
func writeMetrics(w io.Writer, phones []*Phone) {
	var sum counters
	states := map[State]int{}
	earliest := int64(0)
	for _, p := range phones {
		p.mu.Lock()
		sum.add(p.counters)
		states[p.state]++
		if c := p.certificates.inEffect(p.parameters.fips); c != nil {
			if end := c.Leaf().NotAfter.Unix(); earliest == 0 || end < earliest {
				earliest = end
			}
		}
		p.mu.Unlock()
	}
	var b strings.Builder
	family := func(name, kind, help string) {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
	}
	family("ciscophone_phones", "gauge", "Simulated phones by state of enrollment.")
	for _, s := range States() {
		fmt.Fprintf(&b, "ciscophone_phones{state=%q} %d\n", s, states[s])
	}
	family("ciscophone_enrollments_total", "counter", "Enrollments by kind and result.")
	for _, row := range []struct {
		kind, result string
		n            uint64
	}{
		{"initial", "success", sum.initial}, {"initial", "failure", sum.initialFailed},
		{"renewal", "success", sum.renewals}, {"renewal", "failure", sum.renewalsFailed},
	} {
		fmt.Fprintf(&b, "ciscophone_enrollments_total{kind=%q,result=%q} %d\n", row.kind, row.result, row.n)
	}
	family("ciscophone_config_fetches_total", "counter", "Fetches of cfg.xml by result.")
	for _, row := range []struct {
		result string
		n      uint64
	}{{"read", sum.configRead}, {"unchanged", sum.configUnchanged}, {"failure", sum.configFailed}} {
		fmt.Fprintf(&b, "ciscophone_config_fetches_total{result=%q} %d\n", row.result, row.n)
	}
	if earliest != 0 {
		family("ciscophone_certificate_not_after_seconds", "gauge", "When the first of the certificates in effect ends, in Unix time.")
		fmt.Fprintf(&b, "ciscophone_certificate_not_after_seconds %d\n", earliest)
	}
	io.WriteString(w, b.String())
}

func metricsHandler(phones func() []*Phone) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		writeMetrics(w, phones())
	}
}
