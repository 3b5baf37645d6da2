// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// A site's rules run along with the others, in each of their ways.
func TestSiteRules(t *testing.T) {
	t.Parallel()
	everywhere := Rule{
		ID: "site-no-test", Severity: Warning, Ignorable: true,
		Value: func(c *Run, v Value) {
			if strings.Contains(v.Text, "test") {
				c.Report(v, "take it out", "%s has a test value", v.Param)
			}
		},
	}
	named := Rule{
		ID: "site-station", Severity: Error,
		Params: []string{"Station_Name", "Made_Up_By_The_Site"},
		Value:  func(c *Run, v Value) { c.Report(v, "", "%s is %q", v.Param, v.Text) },
	}
	together := Rule{
		ID: "site-vlan", Severity: Info, Ignorable: true,
		Params: []string{"Enable_VLAN"},
		Check: func(c *Run) {
			if vlan := c.Value("Enable_VLAN"); vlan.Is("yes") && !c.Value("VLAN_ID").IsSet() && c.Settings().Firmware == "3.5(1)" {
				c.Report(vlan, "set VLAN_ID", "no VLAN_ID")
			}
		},
	}
	s := Settings{Firmware: "3.5(1)", Rules: []Rule{everywhere, named, together}}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	const ours = "site-no-test site-station site-vlan"
	for _, c := range []struct{ lines, want string }{
		{"<User_ID_1_>test</User_ID_1_>", "site-no-test"},
		{"<Made_Up_By_The_Site>x</Made_Up_By_The_Site>", "site-station"},
		{"<Station_Name>a</Station_Name>\n<Station_Name>b</Station_Name>", "site-station"},
		{"<Enable_VLAN>Yes</Enable_VLAN>", "site-vlan"},
		{"<Enable_VLAN>Yes</Enable_VLAN><VLAN_ID>7</VLAN_ID>", ""},
		{"<!-- cfgxml:ignore site-no-test it is one -->\n<User_ID_1_>test</User_ID_1_>", ""},
		{"<!-- cfgxml:ignore site-no-test it is one -->\n<User_ID_1_>x</User_ID_1_>", ""},
	} {
		var got []string
		for _, p := range Document(parse(t, profile(c.lines)), s) {
			if strings.Contains(ours, p.Rule) {
				got = append(got, p.Rule)
				if p.DocURL() != "" {
					t.Errorf("%s has the page %s", p.Rule, p.DocURL())
				}
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", c.lines, got, c.want)
		}
	}
	if got := Field("Station_Name", "x", s); ids(got) != "site-station" {
		t.Errorf("Field: %v", got)
	}
	if got := Enrollment(cfgxml.Enrollment{Server: "http://test.example.nl", RootCAFingerprint: sha256Print, ChallengePassword: good.ChallengePassword}, s); ids(got) != "site-no-test" {
		t.Errorf("Enrollment: %v", got)
	}
	s.Disabled = []string{"site-no-test"}
	if got := Field("User_ID_1_", "test", s); len(got) != 0 || s.Check() != nil {
		t.Errorf("disabled: %v, %v", got, s.Check())
	}
}

func TestSiteRulesThatCannotRun(t *testing.T) {
	t.Parallel()
	look := func(*Run, Value) {}
	for want, r := range map[string]Rule{
		"an id is one word":                    {ID: "two words", Severity: Info, Value: look},
		`rule "": an id`:                       {Severity: Info, Value: look},
		"the severity is missing":              {ID: "site-x", Value: look},
		"neither Value nor Check":              {ID: "site-x", Severity: Info},
		"there is a rule of this name already": {ID: "cdc-server-scheme", Severity: Info, Value: look},
	} {
		if err := (Settings{Rules: []Rule{r}}).Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// A problem is an error with its place, and is found again in what wraps it.
func TestProblemIsError(t *testing.T) {
	t.Parallel()
	problems := Document(parse(t, "<flat-profile>\n\n  <CDC_Server_1>x</CDC_Server_1>\n</flat-profile>"), Settings{})
	if len(problems) != 1 || problems[0].Line != 3 || problems[0].Column != 4 {
		t.Fatalf("%+v", problems)
	}
	err := fmt.Errorf("phone.xml:%w", problems[0])
	var p Problem
	if !errors.As(err, &p) || p.Rule != "cdc-name" || !strings.HasPrefix(err.Error(), "phone.xml:3:4: error: the phone ignores") {
		t.Errorf("%v, %+v", err, p)
	}
	if p := Field(cdc.ParamServer, "https://x.example.nl", Settings{})[0]; p.Line != 0 || !strings.HasPrefix(p.Error(), "error: ") {
		t.Errorf("without a document: %v", p)
	}
}

// A phone reads several files one after another: values of the last count, each
// file is checked by itself, and findings say which file they are in.
func TestLayers(t *testing.T) {
	t.Parallel()
	const (
		server      = "<CDC_Server_1_>http://scep.example.nl/scep</CDC_Server_1_>"
		wrong       = "<CDC_Server_1_>https://scep.example.nl/scep</CDC_Server_1_>"
		fingerprint = "<CDC_Root_CA_Fingerprint_1_>" + sha256Print + "</CDC_Root_CA_Fingerprint_1_>"
		name        = "<CDC_Common_Name_1_>$MAU.example.nl</CDC_Common_Name_1_>"
		challenge   = "<CDC_Challenge_Password_1_>kV7fQ2mZx9Lc4RtB</CDC_Challenge_Password_1_>"
	)
	for _, c := range []struct {
		name   string
		layers []string
		want   string // LAYER RULE, …
	}{
		{"none", nil, ""},
		{"base and phone", []string{server + fingerprint, name + challenge}, ""},
		{"spread over three", []string{server, fingerprint, name}, ""},
		{"a lone layer", []string{name}, "0 cdc-other-layer"},
		{"a lone challenge", []string{challenge}, "0 cdc-other-layer"},
		{"nobody sets the server", []string{"<Station_Name>x</Station_Name>", name}, "1 cdc-fingerprint-missing, 1 cdc-server-missing"},
		{"the last one counts", []string{wrong + fingerprint, server}, ""},
		{"the last one counts, wrong", []string{server + fingerprint, wrong}, "1 cdc-server-scheme"},
		{"an empty element in the last", []string{server + fingerprint, "<CDC_Server_1_/>", name}, "1 cdc-server-missing"},
		{"once in each is no duplicate", []string{server + fingerprint, server}, ""},
		{"twice in one is", []string{server + fingerprint + server}, "0 duplicate-parameter"},
		{"each by itself", []string{"<FIPS_Mode>On</FIPS_Mode>", "<FIPS_Mode>Off</FIPS_Mode>"}, "0 value-choice, 1 value-choice"},
		{"across", []string{server + fingerprint, "<Enable_802.1X_Authentication>Yes</Enable_802.1X_Authentication>"}, "1 dot1x-without-custom-certificate"},
		{"ignored in its own", []string{server + fingerprint, "<!-- cfgxml:ignore value-choice so -->\n<FIPS_Mode>On</FIPS_Mode>"}, ""},
		{"not ignored by another", []string{"<!-- cfgxml:ignore-file value-choice so --><FIPS_Mode>Enabled</FIPS_Mode>", "<FIPS_Mode>On</FIPS_Mode>"}, "0 ignore-unused, 1 value-choice"},
	} {
		var docs []*cfgxml.Document
		for _, lines := range c.layers {
			docs = append(docs, parse(t, profile(lines)))
		}
		var got []string
		for _, p := range Layers(Settings{}, docs...) {
			got = append(got, fmt.Sprint(p.Layer, " ", p.Rule))
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if got := Document(parse(t, profile(name+"<FIPS_Mode>On</FIPS_Mode>")), Settings{Partial: true}); ids(got) != "value-choice" {
		t.Errorf("a part of the files: %v", got)
	}
	if got := Layers(Settings{}, nil, nil); len(got) != 0 {
		t.Errorf("no documents: %v", got)
	}
}
