// SPDX-License-Identifier: MPL-2.0

package verify_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/status"
	"github.com/phonecfg/terraform-provider-ciscophone/verify"
)

// TestCannotTell: what says nothing of a certificate denies none.
func TestCannotTell(t *testing.T) {
	t.Parallel()
	download := "<" + device.StatusDownload + ">x</" + device.StatusDownload + ">"
	for label, c := range map[string]struct{ doc, want string }{
		"of another family": {"<flat-status><Product_Name>SPA112</Product_Name><Client_Certificate>Installed</Client_Certificate>" +
			"<Custom_CA_Info>Not Installed</Custom_CA_Info></flat-status>", "names this vocabulary knows for a custom device certificate"},
		"of another vendor": {"<status><uptime>1</uptime></status>", "none of the names this vocabulary knows"},
		"without elements":  {"<flat-status/>", "none of the names this vocabulary knows"},
		"a web page":        {"<html><br></html>", "a web page"},
		"HTML5":             {"<!DOCTYPE html><HTML><body><form></form></body></HTML>", "a web page"},
		"empty":             {"", "is empty"},
		"text":              {"not now", "not XML"},
		"half a document":   {"<flat-status>" + download + "<Product_", "not whole"},
		"cut in a tag":      {"<flat-status>" + download, "not whole"},
	} {
		ev, err := verify.Check(t.Context(), phone(t, c.doc), verify.Expectation{CommonName: name}, nil)
		if err != nil || ev.Verdict != verify.Unknown || ev.Verified() || len(ev.Problems) == 0 || !strings.Contains(strings.Join(ev.Problems, "; "), c.want) {
			t.Errorf("%s: %s, %q, %v; want it unknown with %q", label, ev.Verdict, ev.Problems, err, c.want)
		}
		text, err := json.Marshal(ev)
		if err != nil || !strings.Contains(string(text), `"verified":null`) || !strings.Contains(string(text), `"verdict":"unknown"`) {
			t.Errorf("%s: %s, %v", label, text, err)
		}
	}
}

// TestVocabulary: the owner of a phone says how it names what is compared.
func TestVocabulary(t *testing.T) {
	t.Parallel()
	v, err := status.ParseVocabulary([]byte(`
vocabulary: a phone
source: the test
facts:
  installed: {element: SCEP_State, yes: [^Enrolled$], no: [^None$]}
  common_name: {element: Holder, pattern: "CN=([^,]+)"}
  not_after: {element: Until, layouts: ["01/02/2006 15:04:05"]}
`))
	if err != nil {
		t.Fatal(err)
	}
	e := verify.Expectation{CommonName: name, Vocabularies: []*status.Vocabulary{v}, Now: at(noon)}
	for doc, want := range map[string]verify.Verdict{
		"<s><SCEP_State>None</SCEP_State></s>":                                      verify.NoCertificate,
		"<s><SCEP_State>Sleeping</SCEP_State></s>":                                  verify.Unknown,
		"<s><SCEP_State>Enrolled</SCEP_State></s>":                                  verify.Unknown,
		"<s><g><Holder>O=x,CN=another,C=NL</Holder></g></s>":                        verify.Wrong,
		"<s><Holder>CN=" + name + "</Holder><Until>03/13/2026 10:00:00</Until></s>": verify.Wrong,
		"<s><Holder>CN=" + name + "</Holder><Until>13.3.2026</Until></s>":           verify.Unknown,
	} {
		if ev, err := verify.Check(t.Context(), phone(t, doc), e, nil); err != nil || ev.Verdict != want {
			t.Errorf("%s: %s %q, %v; want %s", doc, ev.Verdict, ev.Problems, err, want)
		}
	}
}

// TestShownText: what a phone says of itself reaches no terminal as it is.
func TestShownText(t *testing.T) {
	t.Parallel()
	doc := "<flat-status><Product_Name>a\u202eb</Product_Name><MAC_Address>c\u2028d</MAC_Address><" + device.StatusDownload + ">e\u009b2J</" + device.StatusDownload + "></flat-status>"
	ev, err := verify.Check(t.Context(), phone(t, doc), verify.Expectation{}, nil)
	if err != nil || ev.Model != "a?b" || ev.MAC != "c?d" || ev.Status != "e?2J" {
		t.Errorf("%q %q %q, %v", ev.Model, ev.MAC, ev.Status, err)
	}
}
