// SPDX-License-Identifier: MPL-2.0

package record

import (
	"errors"
	"fmt"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/verify"
)

// freeRADIUS is what a FreeRADIUS server writes: a linelog with the format of
// docs/radius.md, or the blocks of module detail. Which of them shows in each
// line: the attributes of a block are indented.
type freeRADIUS struct{}

func openFreeRADIUS(*Source) (reader, error) { return freeRADIUS{}, nil }

func (freeRADIUS) read(r *run) error {
	d := detail{run: r}
	err := r.lines(func(line string, number int) error {
		if d.belongs(line) {
			return d.line(line, number)
		}
		r.fact = Fact{Line: number}
		if err := linelog(line, &r.fact, r); err != nil {
			return err
		}
		r.found(&r.fact)
		return nil
	})
	d.end()
	return err
}

// linelogFields are those of docs/radius.md: time, identity, MAC address, and of
// the certificate the common name, the serial number and the end; the answer.
const linelogFields = 7

// linelog reads a line. FreeRADIUS escapes no comma: a line with more of them
// than the format has may be anything, also what somebody sent as a name.
func linelog(line string, f *Fact, r *run) error {
	var field [linelogFields]string
	rest, more := line, true
	for i := range field {
		if !more {
			return fmt.Errorf("the line has %d fields, want the %d of docs/radius.md: time, identity, MAC address, common name, serial number, end, answer", i, linelogFields)
		}
		field[i], rest, more = strings.Cut(rest, ",")
	}
	if more {
		return fmt.Errorf("the line has more than %d fields: a name in it has a comma", linelogFields)
	}
	var err error
	if f.At, err = sqlTime(field[0], r.zone); err != nil {
		return err
	}
	f.User, f.Name = field[1], field[3]
	if f.MAC, err = station(field[2]); err != nil {
		return err
	}
	return radius(f, field[4], field[5], field[6])
}

// radius reads what linelog and detail have in common.
func radius(f *Fact, serial, end, answer string) error {
	var err error
	if serial != "" {
		if f.Serial, err = verify.CanonicalSerial(serial); err != nil {
			return err
		}
	}
	if end != "" {
		if f.NotAfter, err = asn1Time(end); err != nil {
			return fmt.Errorf("end of the certificate: %w", err)
		}
	}
	switch answer {
	case "Access-Accept":
		f.Kind = Accepted
	case "Access-Reject":
		f.Kind = Rejected
	default:
		return fmt.Errorf("the answer is %q, want Access-Accept or Access-Reject", answer)
	}
	return nil
}

// station reads a Calling-Station-Id; "" is none.
func station(s string) (device.MAC, error) {
	if s == "" {
		return device.MAC{}, nil
	}
	mac, err := device.ParseMAC(s)
	if err != nil {
		return mac, fmt.Errorf("Calling-Station-Id: %w", err)
	}
	return mac, nil
}

// detail gathers the blocks of module detail: a line with the time, indented lines
// "Attribute = value", and an empty line.
type detail struct {
	run   *run
	start int               // line of the block, 0 outside
	value map[string]string // the attributes of interest
	when  string
}

// belongs reports whether a line is part of a block. A block begins with a time
// such as "Tue Dec  1 11:07:53 2026".
func (d *detail) belongs(line string) bool {
	return line == "" || line[0] == '\t' || line[0] == ' ' || len(line) == len(detailTime) && strings.Count(line, ":") == 2 && !strings.Contains(line, ",")
}

const detailTime = "Mon Jan _2 15:04:05 2006"

// ofDetail are the attributes of interest.
var ofDetail = map[string]bool{
	"User-Name": true, "Calling-Station-Id": true, "Packet-Type": true, "Acct-Status-Type": true, "Module-Failure-Message": true,
	"TLS-Client-Cert-Common-Name": true, "TLS-Client-Cert-Serial": true, "TLS-Client-Cert-Expiration": true, "TLS-Client-Cert-Issuer": true,
}

func (d *detail) line(line string, number int) error {
	switch {
	case line == "":
		d.end()
		return nil
	case line[0] != '\t' && line[0] != ' ':
		d.end()
		d.start, d.when, d.value = number, line, map[string]string{}
		return nil
	case d.start == 0:
		return errors.New("an attribute outside a block: a block begins with its time")
	}
	name, value, ok := strings.Cut(strings.TrimSpace(line), " = ")
	if !ok {
		return errors.New(`the line is not of the form "Attribute = value"`)
	}
	if ofDetail[name] {
		d.value[name] = strings.Trim(value, `"`)
	}
	return nil
}

// end hands on what a block says. An accounting block says that the network let
// the phone in; one without an answer, such as a request, says nothing.
func (d *detail) end() {
	if d.start == 0 {
		return
	}
	start := d.start
	d.start = 0
	f := &d.run.fact
	*f = Fact{Line: start, User: d.value["User-Name"], Name: d.value["TLS-Client-Cert-Common-Name"],
		Issuer: slashed(d.value["TLS-Client-Cert-Issuer"]), Reason: d.value["Module-Failure-Message"]}
	answer := d.value["Packet-Type"]
	switch d.value["Acct-Status-Type"] {
	case "Start", "Interim-Update":
		answer = "Access-Accept"
	case "Stop":
		return // tells of a session that has ended: its start was told
	}
	if answer == "Access-Request" || answer == "" || answer == "Access-Challenge" || answer == "Accounting-Request" {
		return
	}
	var err error
	if f.At, err = detailAt(d.when, d.run); err == nil {
		if f.MAC, err = station(d.value["Calling-Station-Id"]); err == nil {
			err = radius(f, d.value["TLS-Client-Cert-Serial"], d.value["TLS-Client-Cert-Expiration"], answer)
		}
	}
	if err != nil {
		d.run.malformed(Fault{Line: start, Err: err})
		return
	}
	d.run.found(f)
}
