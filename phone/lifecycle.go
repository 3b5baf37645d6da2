// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"fmt"
	"slices"
	"strings"
)

// State says where a phone stands in the life of its custom device certificate.
// Whether a certificate is in effect is another question: while a phone enrolls
// again because a parameter changed, the old certificate stays in effect.
type State string

const (
	FactoryReset State = "factory reset" // nothing configured; takes DHCP option 43
	Incomplete   State = "incomplete"    // a mandatory SCEP parameter is missing
	Enrolling    State = "enrolling"     // initial enrollment is asked for or to be repeated
	Asking       State = "asking"        // the challenge was refused; the screen asks for the password
	Installed    State = "installed"     // a certificate is in effect and checked every four hours
	Renewing     State = "renewing"      // it ends soon; renewal is asked for or to be repeated
	Expired      State = "expired"       // it, or its CA, has ended; initial enrollment again
	Absent       State = "absent"        // in use without a certificate; none is asked for until a parameter changes
)

// Event is what happens to a phone.
type Event string

const (
	Configured      Event = "configured"       // an SCEP parameter changed, the mandatory ones are set
	ConfiguredParts Event = "configured parts" // an SCEP parameter changed, a mandatory one is missing
	Cleared         Event = "cleared"          // the last SCEP parameter was emptied
	Enrolled        Event = "enrolled"         // the initial enrollment gave a certificate
	Failed          Event = "failed"           // an enrollment or renewal failed
	Refused         Event = "refused"          // the CA refused the challenge password
	PasswordTyped   Event = "password typed"   // a user typed the password on the screen
	RenewalDue      Event = "renewal due"      // fewer than 15 days are left
	Renewed         Event = "renewed"          // the renewal gave a certificate
	Ended           Event = "ended"            // the certificate or one of its CAs expired
	Provisioned     Event = "cfg.xml read"     // and it asks for no certificate
	Uploaded        Event = "uploaded"         // an administrator added a .p12
	Deleted         Event = "deleted"          // an administrator deleted a certificate
	Hidden          Event = "hidden"           // FIPS mode changed: the certificate cannot be retrieved
	Shown           Event = "shown"            // FIPS mode changed back: it can be again
	Reset           Event = "reset"            // factory reset
)

// guard narrows a transition.
type guard string

const (
	always     guard = ""
	holding    guard = "certificate left"
	empty      guard = "none left"
	asking     guard = "SCEP configured"
	notAsking  guard = "SCEP not configured"
	anyOfState State = "any state"
)

// transition is one arrow of the picture.
type transition struct {
	from  State
	event Event
	guard guard
	to    State
}

// transitions is the phone's life. An event that stands in no row for a state
// leaves the state as it is. The picture in docs/phone.md is drawn from it.
var transitions = []transition{
	{anyOfState, Reset, always, FactoryReset},
	{anyOfState, Configured, always, Enrolling},
	{anyOfState, ConfiguredParts, always, Incomplete},

	{FactoryReset, Provisioned, always, Absent},
	{FactoryReset, Uploaded, always, Installed},

	{Incomplete, Cleared, holding, Installed},
	{Incomplete, Cleared, empty, Absent},

	{Enrolling, Enrolled, always, Installed},
	{Enrolling, Refused, always, Asking},
	{Enrolling, Failed, always, Enrolling},
	{Enrolling, Cleared, holding, Installed},
	{Enrolling, Cleared, empty, Absent},

	{Asking, PasswordTyped, always, Enrolling},
	{Asking, Cleared, holding, Installed},
	{Asking, Cleared, empty, Absent},

	{Installed, RenewalDue, always, Renewing},
	{Installed, Ended, always, Expired},
	{Installed, Deleted, empty, Absent},
	{Installed, Hidden, empty, Absent},

	{Renewing, Renewed, always, Installed},
	{Renewing, Failed, always, Renewing},
	{Renewing, Ended, always, Expired},
	{Renewing, Cleared, always, Installed},
	{Renewing, Uploaded, always, Installed},
	{Renewing, Deleted, holding, Installed},
	{Renewing, Deleted, empty, Absent},
	{Renewing, Hidden, holding, Installed},
	{Renewing, Hidden, empty, Absent},

	{Expired, Enrolled, always, Installed},
	{Expired, Refused, always, Asking},
	{Expired, Failed, always, Expired},
	{Expired, Uploaded, always, Installed},
	{Expired, Deleted, holding, Installed},
	{Expired, Deleted, asking, Enrolling},
	{Expired, Deleted, notAsking, Absent},
	{Expired, Hidden, holding, Installed},
	{Expired, Hidden, asking, Enrolling},
	{Expired, Hidden, notAsking, Absent},

	{Absent, Uploaded, always, Installed},
	{Absent, Shown, always, Installed},
}

// situation is what guards look at.
type situation struct {
	certificate bool // one is in effect
	scep        bool // the mandatory SCEP parameters are set
}

func (g guard) holds(s situation) bool {
	switch g {
	case holding:
		return s.certificate
	case empty:
		return !s.certificate
	case asking:
		return s.scep
	case notAsking:
		return !s.scep
	}
	return true
}

// next returns the state after e; an event without an arrow leaves s as it is.
func next(s State, e Event, now situation) State {
	for _, t := range transitions {
		if (t.from == s || t.from == anyOfState) && t.event == e && t.guard.holds(now) {
			return t.to
		}
	}
	return s
}

// States returns every state in the order of a phone's life.
func States() []State {
	return []State{FactoryReset, Incomplete, Enrolling, Asking, Installed, Renewing, Expired, Absent}
}

// Diagram returns the life of a phone as the source of a Mermaid state diagram.
func Diagram() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n    direction TB\n")
	id := func(s State) string { return strings.ReplaceAll(string(s), " ", "_") }
	for _, s := range append(States(), anyOfState) {
		if string(s) != id(s) {
			fmt.Fprintf(&b, "    state %q as %s\n", s, id(s))
		}
	}
	fmt.Fprintf(&b, "    [*] --> %s\n", id(FactoryReset))

	// Arrows between the same two states become one with several labels.
	type pair struct{ from, to State }
	var order []pair
	labels := map[pair][]string{}
	for _, t := range transitions {
		p := pair{t.from, t.to}
		label := string(t.event)
		if t.guard != always {
			label += " [" + string(t.guard) + "]"
		}
		if !slices.Contains(order, p) {
			order = append(order, p)
		}
		labels[p] = append(labels[p], label)
	}
	for _, p := range order {
		fmt.Fprintf(&b, "    %s --> %s: %s\n", id(p.from), id(p.to), strings.Join(labels[p], " / "))
	}
	return b.String()
}

func (s State) known() bool { return slices.Contains(States(), s) }
