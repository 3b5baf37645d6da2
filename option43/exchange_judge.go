// SPDX-License-Identifier: MPL-2.0

package option43

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Level says how much a [Finding] matters.
type Level string

const (
	// LevelProblem keeps a phone from its parameters, or hands them to a client
	// that is not a phone.
	LevelProblem Level = "problem"
	// LevelWarning is allowed but unwise.
	LevelWarning Level = "warning"
	// LevelNote is worth knowing.
	LevelNote Level = "note"
)

// Finding is something that an exchange shows.
type Finding struct {
	Level  Level
	Packet int // where it shows
	Text   string
}

func (x *Exchange) find(level Level, packet int, format string, args ...any) {
	f := Finding{level, packet, fmt.Sprintf(format, args...)}
	same := func(o Finding) bool { return o.Level == f.Level && o.Text == f.Text }
	if !slices.ContainsFunc(x.Findings, same) {
		x.Findings = append(x.Findings, f)
	}
}

// judgeAll judges the exchanges of a capture.
func judgeAll(all []*Exchange, scope Scope) {
	classes := map[[6]byte]string{}
	acknowledged := map[[6]byte]int{} // the last exchange of a client that ended well
	anyAnswer := false
	for i, x := range all {
		if x.VendorClass != "" {
			classes[x.Client] = x.VendorClass
		}
		if x.count(typeAck) > 0 {
			acknowledged[x.Client] = i
		}
		anyAnswer = anyAnswer || slices.ContainsFunc(x.Events, func(e Event) bool { return e.fromServer() })
	}
	for i, x := range all {
		if x.VendorClass == "" { // an answer without its question
			x.VendorClass = classes[x.Client]
			x.Kind = KindOf(x.VendorClass)
		}
		x.judgeClient()
		if x.Kind == Phone || x.VendorClass == "" {
			x.judgeQuestions()
			later, ok := acknowledged[x.Client]
			x.judgeCourse(ok && later > i, anyAnswer)
			x.judgeAnswers(scope)
			x.judgeServers()
		}
		slices.SortStableFunc(x.Findings, func(a, b Finding) int { return a.Packet - b.Packet })
	}
}

// judgeClient says what is wrong about who is asked or answered.
func (x *Exchange) judgeClient() {
	ours := -1 // the first answer with our sub-options
	for i := range x.Events {
		e := &x.Events[i]
		known, others := codesOf(e.Option43, Code.known), codesOf(e.Option43, Code.unknown)
		if ours < 0 && len(known) > 0 && len(others) == 0 {
			ours = e.Packet
		}
	}
	names := strings.Join(VendorClasses, ", ")
	switch x.Kind {
	case OtherPhone:
		if ours >= 0 {
			x.find(LevelProblem, ours, "a phone of another series, option 60 is %q, is sent the sub-options of the 9800 and 8875, with the challenge: let the server compare option 60 with the whole of %s", x.VendorClass, names)
		} else {
			x.find(LevelNote, x.Events[0].Packet, "a phone of another series, option 60 is %q: it does not take its parameters from option 43; those that do are %s", x.VendorClass, names)
		}
	case OtherClient:
		if ours >= 0 && x.VendorClass != "" {
			x.find(LevelProblem, ours, "a client that is not a phone, option 60 is %q, is sent the sub-options for phones, with the challenge: let the server send them for the option 60 of phones only", x.VendorClass)
		} else if x.VendorClass == "" && slices.ContainsFunc(x.Events, func(e Event) bool { return !e.fromServer() }) {
			x.find(LevelNote, x.Events[0].Packet, "the client sends no option 60: a server cannot tell that it is a phone")
		} else if x.VendorClass == "" {
			x.find(LevelNote, x.Events[0].Packet, "the client's question is not in the capture: what it asked cannot be told")
		}
	}
}

// judgeQuestions says what is wrong about what the client asks.
func (x *Exchange) judgeQuestions() {
	for i := range x.Events {
		e := &x.Events[i]
		if e.damage != "" {
			x.find(LevelProblem, e.Packet, "%s", e.damage)
			continue
		}
		if asks := e.kind == typeDiscover || e.kind == typeRequest || e.kind == typeInform; asks && !e.asksForVendor {
			list := "its parameter request list does not have it"
			if len(e.Asked) == 0 {
				list = "it has no parameter request list"
			}
			x.find(LevelProblem, e.Packet, "the client does not ask for option 43 (option 55: %s): Kea, ISC dhcpd and dnsmasq leave it out unless made to send it always", list)
		}
		if e.kind == typeDecline {
			x.find(LevelProblem, e.Packet, "the client declines the address%s, because something on the network uses it: look for the device that has it", spaced(" ", e.Address))
		}
		if e.Relay.IsValid() {
			x.find(LevelNote, e.Packet, "relayed by %s: the scope of that network on the server counts", e.Relay)
		}
	}
	for _, kind := range []byte{typeDiscover, typeRequest, typeInform} {
		again := 0
		for i := range x.Events {
			if x.Events[i].kind == kind && x.Events[i].Repeated {
				again++
			}
		}
		if again > 0 {
			x.find(LevelNote, x.first(kind), "the %s was sent %d times", typeNames[kind], again+1)
		}
	}
}

// judgeCourse says where the exchange ends early. The client may have come to an
// address in a later exchange.
func (x *Exchange) judgeCourse(acknowledgedLater, anyAnswer bool) {
	level, but := LevelProblem, ""
	if acknowledgedLater {
		level, but = LevelWarning, "; a later exchange of the client was acknowledged"
	}
	discovers, offers := x.count(typeDiscover), x.count(typeOffer)
	requests, acks, naks := x.count(typeRequest), x.count(typeAck), x.count(typeNak)
	answered := offers+acks+naks > 0
	asked := discovers+requests+x.count(typeInform) > 0
	if asked && !answered {
		where := "no server answers: is there a DHCP server or a relay on this network, with a free address in the scope"
		if !anyAnswer {
			where += ", and was the capture taken where answers pass"
		}
		x.find(level, x.Events[0].Packet, "no answer: %s?%s", where, but)
		return
	}
	if offers > 0 && requests+acks+naks == 0 {
		x.find(level, x.first(typeOffer), "offered, but not acknowledged: the client does not request what it was offered%s", but)
	}
	if requests > 0 && acks+naks == 0 {
		x.find(level, x.first(typeRequest), "offered, but not acknowledged: no server answers the REQUEST%s", but)
	}
	for i := range x.Events {
		if e := &x.Events[i]; e.kind == typeNak {
			reason := "; it does not say why"
			if e.Text != "" {
				reason = fmt.Sprintf(" and says %q", e.Text)
			}
			x.find(level, e.Packet, "refused (NAK): the server%s refuses the address%s%s%s", spaced(" ", e.Server), x.requested(), reason, but)
		}
	}
}

// requested names the address of the client's last REQUEST.
func (x *Exchange) requested() string {
	for i := len(x.Events) - 1; i >= 0; i-- {
		if x.Events[i].kind == typeRequest {
			return spaced(" ", x.Events[i].Address)
		}
	}
	return ""
}

// spaced writes a value that may be missing.
func spaced(before string, a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return before + a.String()
}

// judgeAnswers holds the option of each answer against the document.
func (x *Exchange) judgeAnswers(scope Scope) {
	for i := range x.Events {
		e := &x.Events[i]
		if e.kind != typeOffer && e.kind != typeAck || e.damage != "" {
			continue
		}
		if e.Option43 == nil {
			x.find(LevelProblem, e.Packet, "the %s%s has no option 43: does the server match option 60 exactly, and has it the option in this scope?", e.Type, spaced(" of ", e.Server))
			continue
		}
		if e.instances > 1 {
			x.find(LevelProblem, e.Packet, "option 43 came in %d pieces: whether phones join them is unknown", e.instances)
		}
		if slices.Contains(e.codes, 52) {
			x.find(LevelWarning, e.Packet, "options go on in the fields file and sname of the message (option 52): some clients do not read them there; let the client announce a larger message, or send fewer options")
		}
		subs, err := Decode(e.Option43)
		if others := codesOf(e.Option43, Code.unknown); len(others) > 0 && len(codesOf(e.Option43, Code.known)) == 0 {
			x.find(LevelProblem, e.Packet, "option 43 is that of another vendor: its sub-options are %s, and phones take 10 to 15; send each client its own by option 60", strings.Join(others, ", "))
			continue
		}
		if err != nil {
			for reason := range strings.Lines(err.Error()) {
				x.find(LevelProblem, e.Packet, "%s", strings.TrimSuffix(reason, "\n"))
			}
			continue
		}
		scope.Options, scope.Domain = e.codes, e.Domain
		for _, w := range Check(subs.Parameters(), scope) {
			x.find(LevelWarning, e.Packet, "%s", w)
		}
	}
}

// codesOf lists the codes of the sub-options that are wanted, each once.
func codesOf(b []byte, want func(Code) bool) []string {
	var all []string
	for len(b) > 0 && b[0] != 0 && b[0] != 255 {
		if name := fmt.Sprint(b[0]); want(Code(b[0])) && !slices.Contains(all, name) {
			all = append(all, name)
		}
		if len(b) < 2 || len(b) < 2+int(b[1]) {
			break
		}
		b = b[2+int(b[1]):]
	}
	return all
}

// judgeServers compares the options of the answers.
func (x *Exchange) judgeServers() {
	var first *Event
	for i := range x.Events {
		e := &x.Events[i]
		if e.kind != typeOffer && e.kind != typeAck {
			continue
		}
		if first == nil {
			first = e
			continue
		}
		same := first.Server == e.Server
		if bytes.Equal(first.Option43, e.Option43) || same && (first.Option43 == nil || e.Option43 == nil) {
			continue // that one is missing is said already
		}
		if same {
			x.find(LevelProblem, e.Packet, "the option 43 of the %s differs from that of the %s in packet %d%s: the phone may take either", e.Type, first.Type, first.Packet, spaced(", both of ", e.Server))
		} else {
			x.find(LevelProblem, e.Packet, "two servers answer with different options 43,%s in packet %d and%s here: which one the phone takes depends on who answers first; configure both alike", spaced(" ", first.Server), first.Packet, spaced(" ", e.Server))
		}
	}
}
