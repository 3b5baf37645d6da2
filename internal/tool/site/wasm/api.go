// SPDX-License-Identifier: MPL-2.0

// Wasm is the Go part of the page that internal/tool/site builds: package option43,
// spoken to in JSON.
package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/option43"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// question is what the form says.
type question struct {
	Server      string `json:"server"`
	Fingerprint string `json:"fingerprint"`
	Challenge   string `json:"challenge"`
	FIPS        bool   `json:"fips"`
	Dot1X       bool   `json:"dot1x"`
	Certificate string `json:"certificate"` // custom, manufacturing or empty
	Domain      string `json:"domain"`
	Format      string `json:"format"`
	Model       string `json:"model"` // empty: all
	Text        string `json:"text"`  // to decode
}

// reply is what the page shows. It leaves nothing out, so that the script need
// not guess.
type reply struct {
	Hex      string   `json:"hex"`
	Parts    []part   `json:"parts"`
	Used     int      `json:"used"` // bytes of Server and Challenge Password
	Limit    int      `json:"limit"`
	Total    int      `json:"total"`
	Max      int      `json:"max"`
	Errors   []string `json:"errors"`
	Wrong    []string `json:"wrong"` // fields of the form that Errors are about
	Warnings []string `json:"warnings"`
	Snippet  string   `json:"snippet"`
}

// part is one sub-option.
type part struct {
	Offset int    `json:"offset"`
	Code   int    `json:"code"`
	Length int    `json:"length"`
	Name   string `json:"name"`
	Value  string `json:"value"`
	Hex    string `json:"hex"`
}

// format is one choice of the list of servers.
type format struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Tried bool   `json:"tried"`
}

// answer does what op says: formats, encode or decode.
func answer(op, request string) string {
	var q question
	if err := json.Unmarshal([]byte(request), &q); err != nil {
		return marshal(newReply().fail(err))
	}
	switch op {
	case "formats":
		var all []format
		for _, f := range option43.Formats() {
			all = append(all, format{f.Name, f.Title, f.Tried})
		}
		return marshal(struct {
			Formats []format `json:"formats"`
			Models  []string `json:"models"`
		}{all, option43.VendorClasses})
	case "decode":
		return marshal(decode(q))
	}
	return marshal(encode(q))
}

func marshal(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // of types of this file
	}
	return string(b)
}

func newReply() *reply {
	return &reply{Parts: []part{}, Errors: []string{}, Wrong: []string{}, Warnings: []string{}, Max: option43.MaxLength}
}

func (r *reply) fail(err error) *reply {
	if err == nil {
		return r
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range many.Unwrap() {
			r.fail(one)
		}
		return r
	}
	r.Errors = append(r.Errors, err.Error())
	var of *option43.Error
	if errors.As(err, &of) {
		if field, ok := fields[of.Code]; ok {
			r.Wrong = append(r.Wrong, field)
		}
	}
	return r
}

// fields are those of the form in which a person can put a sub-option right.
var fields = map[option43.Code]string{
	option43.CodeServer: "server", option43.CodeRootCAFingerprint: "fingerprint", option43.CodeChallengePassword: "challenge",
}

func encode(q question) *reply {
	r := newReply()
	p := option43.Parameters{Server: strings.TrimSpace(q.Server), ChallengePassword: secret.New(q.Challenge)}
	if q.FIPS {
		p.FIPSMode = option43.On
	}
	if q.Dot1X {
		p.Enable8021X = option43.On
	}
	switch q.Certificate {
	case "custom":
		p.CertificateSelect = option43.On
	case "manufacturing":
		p.CertificateSelect = option43.Off
	}
	if strings.TrimSpace(q.Fingerprint) != "" {
		sum, err := cdc.ParseFingerprint(q.Fingerprint)
		if err != nil {
			r.Wrong = append(r.Wrong, "fingerprint")
			return r.budget(p).fail(err)
		}
		p.RootCAFingerprint = sum.Bytes()
	}
	r.budget(p)
	if r.Used > r.Limit {
		r.Wrong = append(r.Wrong, "challenge") // the server is named by the error
	}
	value, err := p.Encode()
	if err != nil {
		return r.fail(err)
	}
	r.show(value)
	t := option43.Target{Domain: strings.TrimSpace(q.Domain)}
	if q.Model != "" {
		t.Models = []string{q.Model}
	}
	for _, w := range option43.Check(p, option43.Scope{Domain: t.Domain}) {
		r.Warnings = append(r.Warnings, w.String())
	}
	if option43.CheckDomain(t.Domain) != "" {
		r.Wrong = append(r.Wrong, "domain")
	}
	if q.Format != "" {
		var err error
		if r.Snippet, err = option43.Snippet(q.Format, p, t); err != nil {
			r.fail(err)
		}
	}
	return r
}

func decode(q question) *reply {
	r := newReply()
	found, err := option43.ParseText(q.Text)
	if err != nil {
		return r.fail(err)
	}
	b := found.Value
	r.Warnings = append(r.Warnings, found.Notes...)
	subs := r.show(b)
	_, err = option43.Decode(b)
	p := subs.Parameters()
	r.budget(p)
	r.Total = len(b)
	if err != nil {
		return r.fail(err)
	}
	for _, w := range option43.Check(p, option43.Scope{}) {
		r.Warnings = append(r.Warnings, w.String())
	}
	return r
}

func (r *reply) budget(p option43.Parameters) *reply {
	b := p.Budget()
	r.Used, r.Limit, r.Total = b.Used, b.Limit, b.Total
	return r
}

// show takes the bytes apart; the challenge is shown as it was typed.
func (r *reply) show(b []byte) option43.Suboptions {
	r.Hex = hex.EncodeToString(b)
	subs, _ := option43.Decode(b) // what is wrong with them is said elsewhere
	for _, s := range subs {
		r.Parts = append(r.Parts, part{
			Offset: s.Offset, Code: int(s.Code), Length: len(s.Value), Name: s.Code.String(), Value: s.Text(true),
			Hex: hex.EncodeToString(b[s.Offset : s.Offset+2+len(s.Value)]),
		})
	}
	return subs
}
