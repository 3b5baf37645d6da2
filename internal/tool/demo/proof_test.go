// SPDX-License-Identifier: MPL-2.0

package main

import (
	"strings"
	"testing"
)

func TestOnlyCDCLines(t *testing.T) {
	t.Parallel()
	const admin = "<flat-profile>\n  <A>1</A>\n  <B></B>\n</flat-profile>\n"
	const with = "<flat-profile>\n  <A>1</A>\n  <B></B>\n  <CDC_Server_1_>x</CDC_Server_1_>\n</flat-profile>\n"
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	tests := []struct {
		name, admin, pushed string
		err                 string
	}{
		{"one line", admin, with, ""},
		{"one line, CRLF", crlf(admin), crlf(with), ""},
		{"replaced line", with, strings.Replace(with, ">x<", ">y<", 1), ""},
		{"another line changed", admin, strings.Replace(with, "<A>1", "<A>2", 1), "line 2"},
		{"an empty tag rewritten", admin, strings.Replace(with, "<B></B>", "<B/>", 1), "line 3"},
		{"a line lost", admin, strings.Replace(with, "  <A>1</A>\n", "", 1), "differ"},
		{"line ends changed", crlf(admin), with, "differ"},
		{"line ends of the new line", crlf(admin), strings.Replace(crlf(with), "</CDC_Server_1_>\r\n", "</CDC_Server_1_>\n", 1), "CRLF"},
		{"nothing", admin, admin, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, err := onlyCDCLines([]byte(tt.admin), []byte(tt.pushed))
			switch {
			case tt.err == "" && err != nil:
				t.Error(err)
			case tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)):
				t.Errorf("error %v, want one with %q", err, tt.err)
			case tt.err == "" && p.lines == 0:
				t.Error("no lines counted")
			}
		})
	}
}
