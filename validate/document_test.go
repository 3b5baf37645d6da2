// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"net/url"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
)

// What the rules across parameters say, and what they do not.
func TestDocumentRules(t *testing.T) {
	t.Parallel()
	const cdc = "<CDC_Server_1_ ua=\"na\">http://scep.example.nl/scep</CDC_Server_1_>" +
		"<CDC_Root_CA_Fingerprint_1_ ua=\"na\">" + sha256Print + "</CDC_Root_CA_Fingerprint_1_>"
	const cn = "<CDC_Common_Name_1_ ua=\"na\">$MAU.example.nl</CDC_Common_Name_1_>"
	model := func(numbers ...string) Settings {
		var s Settings
		for _, n := range numbers {
			m, err := device.ParseModel(n)
			if err != nil {
				t.Fatal(err)
			}
			s.Models = append(s.Models, m)
		}
		return s
	}
	for _, c := range []struct {
		name, lines string
		s           Settings
		rules       string
	}{
		{"nothing", "", Settings{}, ""},
		{"an enrollment", cdc + cn, Settings{}, ""},
		{"emptied enrollment", "<CDC_Server_1_/><CDC_Root_CA_Fingerprint_1_></CDC_Root_CA_Fingerprint_1_>", Settings{}, ""},
		{"last duplicate counts", "<CDC_Server_1_>https://x.example.nl</CDC_Server_1_>" + cdc, Settings{}, "duplicate-parameter"},
		{"last duplicate is empty", cdc + "<CDC_Server_1_/>", Settings{}, "duplicate-parameter cdc-server-missing"},

		{"802.1X with the factory certificate", "<Enable_802.1X_Authentication>Yes</Enable_802.1X_Authentication>", Settings{}, ""},
		{"802.1X and enrollment, explicit factory certificate", cdc + "<Enable_802.1X_Authentication>yes</Enable_802.1X_Authentication><Certificate_Select>Manufacturing installed</Certificate_Select>", Settings{}, "dot1x-without-custom-certificate"},
		{"802.1X off and enrollment", cdc + "<Enable_802.1X_Authentication>No</Enable_802.1X_Authentication>", Settings{}, ""},
		{"custom certificate, 802.1X not mentioned", cdc + "<Certificate_Select>Custom installed</Certificate_Select>", Settings{}, ""},
		{"EAP-TLS with the user ID", cdc + cn + "<Security_Mode_1_>EAP-TLS</Security_Mode_1_><Wi-Fi_User_ID_1_>$MAU.example.nl</Wi-Fi_User_ID_1_>", Settings{}, ""},
		{"EAP-TLS without a common name", cdc + "<Security_Mode_1_>EAP-TLS</Security_Mode_1_>", Settings{}, ""},
		{"PSK", cdc + cn + "<Security_Mode_1_>PSK</Security_Mode_1_>", Settings{}, ""},
		{"Wi-Fi on models that have it", "<Phone-wifi-on>Yes</Phone-wifi-on>", model("9861", "8875"), ""},
		{"Wi-Fi on one model that has none", "<Phone-wifi-on>Yes</Phone-wifi-on>", model("9861", "9851"), "wifi-model"},
		{"Wi-Fi on unknown models", "<Phone-wifi-on>Yes</Phone-wifi-on>", Settings{}, ""},
		{"Wi-Fi on a phone that has it", "<Phone-wifi-on>Yes</Phone-wifi-on>", Settings{Identity: phone(t)}, ""},
		{"FIPS and SHA-256", cdc + "<FIPS_Mode>Enabled</FIPS_Mode>", Settings{}, ""},

		{"one time server", cdc + "<Primary_NTP_Server/><Secondary_NTP_Server>10.0.0.1</Secondary_NTP_Server>", Settings{}, ""},
		{"no time server, no enrollment", "<Primary_NTP_Server/>", Settings{}, ""},
		{"domains, empty", cdc + "<Restricted_Access_Domains/>", Settings{}, ""},
		{"domains, the host itself", cdc + "<Restricted_Access_Domains>scep.example.nl</Restricted_Access_Domains>", Settings{}, ""},
		{"domains, with a dot", cdc + "<Restricted_Access_Domains>example.com;.example.nl</Restricted_Access_Domains>", Settings{}, ""},
		{"domains, not a suffix at a dot", cdc + "<Restricted_Access_Domains>ample.nl</Restricted_Access_Domains>", Settings{}, "restricted-domains"},

		{"resync by time", "<Resync_Periodic>0</Resync_Periodic><Resync_At__HHmm_>0330</Resync_At__HHmm_>", Settings{}, ""},
		{"resync never", "<Resync_Periodic>0</Resync_Periodic><Resync_On_Reset>No</Resync_On_Reset>", Settings{}, "resync-off"},
		{"provisioning off hides resync", "<Provision_Enable>no</Provision_Enable><Resync_Periodic>0</Resync_Periodic>", Settings{}, "provision-disabled"},
		{"options, spaces", "<DHCP_Option_To_Use>66, 160, 43</DHCP_Option_To_Use>", Settings{}, ""},
		{"options, only 43", cdc + "<DHCP_Option_To_Use>43,125,60</DHCP_Option_To_Use>", Settings{}, ""},
		{"options, placeholder", "<DHCP_Option_To_Use>{{ options }}</DHCP_Option_To_Use>", Settings{}, "template-placeholder"},

		{"web off, no password", "<Enable_Web_Server>No</Enable_Web_Server>", Settings{}, ""},
		{"web off, http", "<Enable_Web_Server>No</Enable_Web_Server><Enable_Protocol>Http</Enable_Protocol>", Settings{}, ""},
		{"web on, password", "<Enable_Web_Server>Yes</Enable_Web_Server><Admin_Password>Tr4ding-Places</Admin_Password>", Settings{}, ""},
		{"direct action with a password", "<Enable_Direct_Action_Url>Yes</Enable_Direct_Action_Url><Admin_Password>Tr4ding-Places</Admin_Password>", Settings{}, ""},
		{"masked passwords are not shared", "<Admin_Password>****</Admin_Password><User_Password>****</User_Password>", Settings{}, "masked-secret masked-secret"},
		{"challenge serves the web page", cdc + "<Admin_Password>kV7fQ2mZx9Lc4RtB</Admin_Password><CDC_Challenge_Password_1_>kV7fQ2mZx9Lc4RtB</CDC_Challenge_Password_1_>", Settings{}, "password-shared"},
		{"emptied secrets", "<Password_1_></Password_1_><Password_2_>  </Password_2_>", Settings{}, ""},

		{"one name in two groups", "<router><WAN_VLAN><Enable>1</Enable></WAN_VLAN><LAN><Enable>1</Enable></LAN></router>", Settings{}, "unknown-parameter unknown-parameter"},
		{"one name twice in a group", "<router><LAN><Enable>1</Enable><Enable>2</Enable></LAN></router>", Settings{}, "duplicate-parameter unknown-parameter unknown-parameter"},
		{"a number of a known family", "<Proxy_17_>x</Proxy_17_><Proxy_64_>x</Proxy_64_>", Settings{}, ""},
		{"numbers of no family", "<Proxy_65_>x</Proxy_65_><Proxy_017_>x</Proxy_017_><Proxy_17>x</Proxy_17><Station_Name_1_>x</Station_Name_1_><_1_>x</_1_>", Settings{},
			"unknown-parameter unknown-parameter unknown-parameter unknown-parameter unknown-parameter"},
		{"a family's secret", "<Password_17_>***</Password_17_>", Settings{}, "masked-secret"},
		{"CDATA", cdc + "<CDC_Common_Name_1_><![CDATA[$NO]]></CDC_Common_Name_1_>", Settings{}, "cdc-common-name-macro"},
		{"comment in a value", "<FIPS_Mode>Ena<!-- x -->bled</FIPS_Mode>", Settings{}, ""},
		{"numbers with macros and signs", "<Resync_Periodic>$A</Resync_Periodic><Web_Server_Port>0x1F90</Web_Server_Port><Resync_Random_Delay>+2.5</Resync_Random_Delay>", Settings{}, ""},
		{"a word as long as Yes", cdc + "<Enable_802.1X_Authentication>Nay</Enable_802.1X_Authentication>", Settings{}, "value-choice"},
		{"hexadecimal of nothing", "<Web_Server_Port>0x</Web_Server_Port>", Settings{}, "value-number"},
		{"the catalog's first name beside an unknown one", "<Restricted_Access_Domains/><Statoin_Name/>", Settings{}, "unknown-parameter"},
		{"a double escape at the start", "<Station_Name>&amp;amp;</Station_Name>", Settings{}, "double-escape"},
		{"a placeholder at the start", "<Station_Name>${x}</Station_Name>", Settings{}, "template-placeholder"},
		{"the preserve marker with a comma", "<Station_Name ua=\"rw,y\"/><Domain ua=\"rw;x\"/>", Settings{}, "preserve-value user-access-value"},
		{"two brackets in a rule", "<Profile_Rule>[--key $SA] [--uid a] https://x/</Profile_Rule>", Settings{}, ""},
		{"a bracket in brackets", "<Profile_Rule>[--key $SA [--uid a] https://x/]</Profile_Rule>", Settings{}, "rule-syntax"},
		{"an option at the end without its value", "<Profile_Rule>[--key] https://x/</Profile_Rule>", Settings{}, "rule-syntax"},
		{"a quote at the very end", "<Profile_Rule>https://x/ [--key $SA '</Profile_Rule>", Settings{}, "rule-syntax"},
		{"empty options", "<Profile_Rule>[ ] https://x/</Profile_Rule>", Settings{}, ""},
		{"hexadecimal without digits", "<Web_Server_Port>0xZZ</Web_Server_Port>", Settings{}, "value-number"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := parse(t, "<flat-profile>"+c.lines+"</flat-profile>")
			if got := Document(d, c.s); ids(got) != c.rules {
				t.Errorf("rules %q, want %q\n%s\n%s", ids(got), c.rules, c.lines, listing(d, got))
			}
		})
	}
}

// The place of a problem is the very bytes it is about, however they are written.
func TestPositions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ line, rule, at string }{
		{"<CDC_Server_1_>  https://x.example.nl\r\n</CDC_Server_1_>", "cdc-server-scheme", "https"},
		{"<CDC_Server_1_>http://x.example.nl/a?b=1&amp;c=2</CDC_Server_1_>", "cdc-server-query", "?b=1&amp;c=2"},
		{"<CDC_Server_1_>http://a&#x62;c&lt;d/</CDC_Server_1_>", "cdc-server-address", "&lt;"},
		{"<CDC_Server_1_>http://u&amp;v:p@x/</CDC_Server_1_>", "cdc-server-credentials", "u&amp;v:p@"},
		{"<CDC_Root_CA_Fingerprint_1_>7B 1O</CDC_Root_CA_Fingerprint_1_>", "cdc-fingerprint-hex", "O"},
		{"<CDC_Root_CA_Fingerprint_1_>7B&#32;1&#79;</CDC_Root_CA_Fingerprint_1_>", "cdc-fingerprint-hex", "&#79;"},
		{"<CDC_Common_Name_1_>é&#233;$NO</CDC_Common_Name_1_>", "cdc-common-name-macro", "$NO"},
		{"<CDC_Common_Name_1_>a\r\nb\r\n$NO</CDC_Common_Name_1_>", "cdc-common-name-macro", "$NO"},
		{"<CDC_Common_Name_1_>&#x24;NO</CDC_Common_Name_1_>", "cdc-common-name-macro", "&#x24;NO"},
		{"<CDC_Common_Name_1_>x<![CDATA[$NO]]>y</CDC_Common_Name_1_>", "cdc-common-name-macro", "x<![CDATA[$NO]]>y"},
		{"<CDC_Server_1_ ua='rw'>http://x.example.nl</CDC_Server_1_>", "cdc-user-access", "rw"},
		{"<CDC_Server_1_\n\tua = \"ro\" >http://x.example.nl</CDC_Server_1_>", "cdc-user-access", "ro"},
		{"<Station_Name ua=\"a&amp;b\"/>", "user-access-value", "a&amp;b"},
		{"<CDC_Common_Name_1_/><CDC_Server_1_>http://x.example.nl</CDC_Server_1_>", "cdc-fingerprint-missing", "http://x.example.nl"},
		{"<CDC_Root_CA_Fingerprint_1_ /><CDC_Server_1_>http://x.example.nl</CDC_Server_1_>", "cdc-fingerprint-missing", "<CDC_Root_CA_Fingerprint_1_ />"},
		{"<Profile_Rule>[--key &quot;a b&quot;] https://x/</Profile_Rule>", "rule-key-in-plain", "a b"},
		{"<User_ID_1_>R&amp;D é</User_ID_1_>", "non-ascii", "é"},
		{"<DHCP_Option_To_Use>66,tftp,150</DHCP_Option_To_Use>", "dhcp-option-list", "tftp"},
		{"<Statoin_Name>x</Statoin_Name>", "unknown-parameter", "Statoin_Name"},
	} {
		text := "<flat-profile>\r\n" + c.line + "\r\n</flat-profile>"
		d := parse(t, text)
		got := byRule(Document(d, Settings{}), c.rule)
		if len(got) != 1 {
			t.Errorf("%s: %d problems of %s, want 1: %v", c.line, len(got), c.rule, Document(d, Settings{}))
			continue
		}
		if at := text[got[0].Start:got[0].End]; at != c.at {
			t.Errorf("%s: %s stands at %q, want %q", c.line, c.rule, at, c.at)
		}
	}
}

// A value too long to look for parts in is reported as a whole.
func TestPositionInLongValue(t *testing.T) {
	t.Parallel()
	for n, whole := range map[int]bool{4000: false, 4097: true} {
		value := strings.Repeat("x", n-5) + " $NO."
		d := parse(t, profile("<Profile_Rule>"+value+"</Profile_Rule>"))
		got := Document(d, Settings{})
		if ids(got) != "rule-macro" {
			t.Fatalf("%v", got)
		}
		if p := got[0]; (p.End-p.Start == n) != whole {
			t.Errorf("%d bytes: the problem spans %d", n, p.End-p.Start)
		}
	}
}

func TestReference(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]rune{
		"amp;": '&', "apos;x": '&', "#65;": 'A', "#x41;": 'A', "#9;": '\t', "#10;": '\n', "#13;": '\r', "#32;": ' ', "#x10FFFF;": 0x10FFFF, "#xFFFD;": 0xFFFD,
		"": 0, ";": 0, "amp": 0, "foo;": 0, "#;": 0, "#x;": 0, "#X41;": 0, "#0;": 0, "#8;": 0, "#31;": 0, "#xD800;": 0, "#xFFFE;": 0, "#xFFFF;": 0, "#x110000;": 0, "#x00000000041;": 0,
	} {
		r, n := reference([]byte(in))
		if r != want && !(want == '&' && r == '&') || (r == 0) != (n == 0) || n > len(in) {
			t.Errorf("%q: %q, %d, want %q", in, r, n, want)
		}
	}
}

// One byte outside ASCII is found wherever it stands.
func TestIsASCII(t *testing.T) {
	t.Parallel()
	for n := range 100 {
		text := []byte(strings.Repeat("x", n))
		if !isASCII(text) {
			t.Errorf("%d letters are not ASCII", n)
		}
		for i := range text {
			text[i] = 0x80
			if isASCII(text) {
				t.Errorf("byte %d of %d is overlooked", i, n)
			}
			text[i] = 'x'
		}
	}
}

func TestRootName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"<flat-profile/>": "flat-profile",
		"\uFEFF<?xml version=\"1.0\"?><!-- <x> --><device a='b'><flat-profile/></device>": "device",
		"<?a?><?b > ?>\n<device\n>":                   "device",
		"<!-- - ->--><!----><flat-profile xmlns='x'>": "flat-profile",
		"": "", "text": "", "<": "", "<!-- ": "", "<?x": "",
	} {
		if _, name := rootName([]byte(in)); string(name) != want {
			t.Errorf("%q: root %q, want %q", in, name, want)
		}
	}
}

// Messages stay short, in characters that are whole.
func TestQuote(t *testing.T) {
	t.Parallel()
	if got := quote("a\"b\n"); got != `"a\"b\n"` {
		t.Error(got)
	}
	if got := quote(strings.Repeat("é", 50)); got != `"`+strings.Repeat("é", 36)+`…"` {
		t.Error(got)
	}
	if got := shorten(strings.Repeat("x", 100)); len(got) > 80 {
		t.Error(got)
	}
	long := "http://" + strings.Repeat("x", 5000) + ".example.nl/?"
	for _, p := range Field(cdc.ParamServer, long, Settings{}) {
		if len(p.Message) > 300 || len(p.Hint) > 300 {
			t.Errorf("%d and %d bytes: %s", len(p.Message), len(p.Hint), p)
		}
	}
}

func TestDocURL(t *testing.T) {
	t.Parallel()
	for _, r := range Rules() {
		u, err := url.Parse(r.DocURL())
		if err != nil || !strings.HasSuffix(u.Path, "/docs/rules/"+r.ID+".md") {
			t.Errorf("%s: %s, %v", r.ID, r.DocURL(), err)
		}
		if (Problem{Rule: r.ID}).DocURL() != r.DocURL() {
			t.Errorf("%s: the problem names another page", r.ID)
		}
	}
}
