// SPDX-License-Identifier: MPL-2.0

package phone

import "time"

// step is one of the four in the life of a certificate that the administration
// page draws.
type step struct {
	Name    string
	State   State // of the step the phone is at, else empty
	Done    bool
	Trouble bool // the phone needs somebody there
}

// stepOf says at which step a state is.
func stepOf(s State) int {
	switch s {
	case Enrolling, Asking, Expired:
		return 1
	case Installed:
		return 2
	case Renewing:
		return 3
	}
	return 0
}

// Life draws where the phone stands.
func (p page) Life() []step {
	steps := []step{{Name: "Set up"}, {Name: "Enroll"}, {Name: "In use"}, {Name: "Renew"}}
	at := stepOf(p.State)
	for i := range steps[:at] {
		steps[i].Done = true
	}
	here := &steps[at]
	here.State = p.State
	switch p.State {
	case Incomplete, Asking, Expired:
		here.Trouble = true
	case Enrolling, Renewing:
		here.Trouble = p.Failed
	}
	return steps
}

// certificateView is a certificate as the pages show it at a time.
type certificateView struct {
	Certificate
	now time.Time
}

func views(certificates []Certificate, now time.Time) []certificateView {
	out := make([]certificateView, len(certificates))
	for i, c := range certificates {
		out[i] = certificateView{c, now}
	}
	return out
}

// Ends is when it, or a CA above it, ends.
func (c certificateView) Ends() time.Time { return c.ends() }
func (c certificateView) Ended() bool     { return !c.now.Before(c.ends()) }

// Renews is when the phone begins to ask for the next one.
func (c certificateView) Renews() time.Time { return c.Leaf().NotAfter.Add(-renewalWindow) }

// Days is how long it is valid in all, Left how long still; whole days.
func (c certificateView) Days() int { return days(c.ends().Sub(c.Leaf().NotBefore)) }
func (c certificateView) Left() int { return max(0, days(c.ends().Sub(c.now))) }

func days(d time.Duration) int { return int(d / (24 * time.Hour)) }
