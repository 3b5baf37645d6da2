// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

func ask(t *testing.T, op string, q question) reply {
	t.Helper()
	data, err := json.Marshal(q)
	if err != nil {
		t.Fatal(err)
	}
	var r reply
	if err := json.Unmarshal([]byte(answer(op, string(data))), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func example() question {
	return question{
		Server: " http://10.79.57.91 ", Fingerprint: "12:04:08:70:62:5C:5B:75:5D:73:F5:92:52:85:F8:F5:FF:5D:55:AF", Challenge: "D233CCF9B9952A15",
		FIPS: true, Dot1X: true, Certificate: "custom", Domain: "example.nl", Format: "dnsmasq", Model: "DP-9871",
	}
}

func TestS42Page(t *testing.T) {
	t.Parallel()
	r := ask(t, "encode", example())
	if r.Hex != strings.ToLower(option43.ExampleHex) || len(r.Errors) > 0 || len(r.Parts) != 6 {
		t.Errorf("%+v", r)
	}
	if r.Used != 34 || r.Limit != 207 || r.Total != 69 || r.Max != 255 {
		t.Errorf("budget %d of %d, %d of %d", r.Used, r.Limit, r.Total, r.Max)
	}
	if !strings.Contains(r.Snippet, "dhcp-vendorclass=set:cdc,DP-9871") || strings.Contains(r.Snippet, "CP-8875") {
		t.Errorf("snippet\n%s", r.Snippet)
	}
	back := ask(t, "decode", question{Text: r.Hex})
	if back.Parts[3].Value != "D233CCF9B9952A15" || back.Used != 34 || len(back.Errors) > 0 {
		t.Errorf("%+v", back)
	}
}

func TestPageSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*question)
		want   string
		fields string
	}{
		"fingerprint": {func(q *question) { q.Fingerprint = "12" }, "want 20", "fingerprint"},
		"nothing":     {func(q *question) { *q = question{} }, "mandatory", "server fingerprint"},
		"https":       {func(q *question) { q.Server = "https://a" }, "write http://", "server"},
		"too long":    {func(q *question) { q.Challenge = strings.Repeat("a", 190) }, "207 are allowed", "challenge server"},
		"domain":      {func(q *question) { q.Domain = "corp" }, "no dot", "domain"},
		"format":      {func(q *question) { q.Format = "abacus" }, "abacus", ""},
	} {
		q := example()
		c.change(&q)
		r := ask(t, "encode", q)
		if !strings.Contains(strings.Join(r.Errors, "\n"), c.want) {
			t.Errorf("%s: %q, want %q", name, r.Errors, c.want)
		}
		if got := strings.Join(r.Wrong, " "); got != c.fields {
			t.Errorf("%s: the fields %q are wrong, want %q", name, got, c.fields)
		}
	}
	if r := ask(t, "decode", question{Text: option43.ExampleHex + "ff"}); !strings.Contains(strings.Join(r.Errors, "\n"), "end mark") || len(r.Parts) != 6 || r.Total != 70 {
		t.Errorf("%+v", r)
	}
	if r := ask(t, "decode", question{Text: "hello"}); len(r.Errors) == 0 {
		t.Error("text that is no option was taken")
	}
	if got := answer("encode", "{"); !strings.Contains(got, `"errors":["`) {
		t.Errorf("damaged question: %s", got)
	}
	if got := answer("formats", "{}"); !strings.Contains(got, `"kea"`) || !strings.Contains(got, `"CP-8875"`) {
		t.Errorf("formats: %s", got)
	}
}
