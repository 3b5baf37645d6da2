// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
)

// The parameters by which a phone uses its certificate.
const (
	paramDot1x        = "Enable_802.1X_Authentication"
	paramCertificate  = "Certificate_Select"
	paramSecurityMode = "Security_Mode_1_"
	paramWiFiUser     = "Wi-Fi_User_ID_1_"
	paramWiFiOn       = "Phone-wifi-on"
	paramFIPS         = "FIPS_Mode"
)

// customInstalled is the value of Certificate_Select for the enrolled certificate.
const customInstalled = "Custom installed"

// enrolling are the lines the examples below start with.
const enrolling = `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>
<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>
`

var ruleDot1xCertificate = Rule{
	ID:       "dot1x-without-custom-certificate",
	Severity: Warning, Ignorable: true,
	Source:  Source{Documented, referenceDoc + ": the default of Certificate_Select"},
	Summary: "802.1X is on and a certificate is enrolled, but 802.1X does not use it",
	Why: `Certificate_Select says which certificate the phone shows in 802.1X. Its default is Manufacturing installed: the phone
enrolls, and then authenticates with its factory certificate all the same. To use the enrolled one set Custom installed.`,
	Bad: enrolling + `<Enable_802.1X_Authentication ua="rw">Yes</Enable_802.1X_Authentication>`,
	Good: enrolling + `<Enable_802.1X_Authentication ua="rw">Yes</Enable_802.1X_Authentication>
<Certificate_Select ua="rw">Custom installed</Certificate_Select>`,
	Params: []string{paramDot1x, paramCertificate},
	Check: func(c *Run) {
		if c.yes(paramDot1x) && c.isSet(cdc.ParamServer) && !c.Value(paramCertificate).Is(customInstalled) {
			c.report(c.Value(paramDot1x), "set Certificate_Select to Custom installed", "802.1X is on, but Certificate_Select is %s", c.certificateSelect())
		}
	},
}

var ruleDot1xOff = Rule{
	ID:       "dot1x-off",
	Severity: Info, Ignorable: true,
	Source:  Source{Documented, securityDoc},
	Summary: "the custom certificate is selected for 802.1X, but 802.1X is off",
	Why: `Certificate_Select has an effect only while Enable_802.1X_Authentication is Yes. This is right as a first step, when phones
are to enroll before the switch ports demand authentication.`,
	Bad: `<Enable_802.1X_Authentication ua="rw">No</Enable_802.1X_Authentication>
<Certificate_Select ua="rw">Custom installed</Certificate_Select>`,
	Good: `<Enable_802.1X_Authentication ua="rw">No</Enable_802.1X_Authentication>
<Certificate_Select ua="rw">Manufacturing installed</Certificate_Select>`,
	Params: []string{paramCertificate},
	Check: func(c *Run) {
		if v := c.Value(paramCertificate); v.Is(customInstalled) && c.no(paramDot1x) {
			c.report(v, "set Enable_802.1X_Authentication to Yes once the phones have enrolled", "the custom certificate is selected, but 802.1X is off")
		}
	},
}

var ruleCustomWithoutEnrollment = Rule{
	ID:       "custom-certificate-without-enrollment",
	Severity: Info, Ignorable: true,
	Source:  Source{Documented, certificateDoc},
	Summary: "the custom certificate is selected, but the file enrolls for none",
	Why: `The phone gets no custom certificate by this file. It needs one by upload, by DHCP option 43 or by another file; until then
802.1X fails.`,
	Bad: `<Enable_802.1X_Authentication ua="rw">Yes</Enable_802.1X_Authentication>
<Certificate_Select ua="rw">Custom installed</Certificate_Select>`,
	Good: enrolling + `<Enable_802.1X_Authentication ua="rw">Yes</Enable_802.1X_Authentication>
<Certificate_Select ua="rw">Custom installed</Certificate_Select>`,
	Params: []string{paramCertificate},
	Check: func(c *Run) {
		if v := c.Value(paramCertificate); v.Is(customInstalled) && !c.enrolls() {
			c.report(v, "set the CDC parameters, or install the certificate by other means", "the custom certificate is selected, but no SCEP server is set here")
		}
	},
}

var ruleDot1xIdentity = Rule{
	ID:       "dot1x-identity",
	Severity: Info, Ignorable: true,
	Source:  Source{Documented, releaseNotes + ", 3.5(1)"},
	Summary: "a common name is set, while the identity in wired 802.1X is set elsewhere",
	Why: `If the 802.1X User ID is blank the phone sends the common name of its factory certificate as identity, even where the custom
certificate has another name. A RADIUS policy that compares the two then refuses the phone. The element name of the wired User
ID is not published: set it on the web page, in Control Hub or by DHCP option 15, or let the policy look at the certificate.`,
	Bad: enrolling + `<CDC_Common_Name_1_ ua="na">$MAU.example.nl</CDC_Common_Name_1_>
<Enable_802.1X_Authentication ua="rw">Yes</Enable_802.1X_Authentication>
<Certificate_Select ua="rw">Custom installed</Certificate_Select>`,
	Good: enrolling + `<Enable_802.1X_Authentication ua="rw">Yes</Enable_802.1X_Authentication>
<Certificate_Select ua="rw">Custom installed</Certificate_Select>`,
	Params: []string{paramDot1x},
	Check: func(c *Run) {
		name := c.Value(cdc.ParamCommonName)
		if name.IsSet() && c.yes(paramDot1x) && c.Value(paramCertificate).Is(customInstalled) {
			c.report(c.Value(paramDot1x), "set the 802.1X User ID to what the common name says", "a blank 802.1X User ID sends the name of the factory certificate, not %s", quote(name.Text))
		}
	},
}

var ruleWiFiIdentity = Rule{
	ID:       "wifi-identity",
	Severity: Warning, Ignorable: true,
	Source:  Source{Documented, releaseNotes + ", 3.6(1)"},
	Summary: "Wi-Fi uses EAP-TLS and a common name is set, but the Wi-Fi user ID is emptied",
	Why: `With a blank user ID the phone sends the common name of its factory certificate as EAP identity, even where a CDC common name
is configured. The name in the custom certificate and the identity then differ, and a RADIUS policy that compares them refuses the
phone. Set Wi-Fi_User_ID_1_ to the name in the certificate, without macros: no page says that they are expanded there. Where
Wi-Fi shows the factory certificate, all is well.`,
	Bad: enrolling + `<CDC_Common_Name_1_ ua="na">reception.example.nl</CDC_Common_Name_1_>
<Security_Mode_1_ ua="rw">EAP-TLS</Security_Mode_1_>
<Wi-Fi_User_ID_1_ ua="rw"/>`,
	Good: enrolling + `<CDC_Common_Name_1_ ua="na">reception.example.nl</CDC_Common_Name_1_>
<Security_Mode_1_ ua="rw">EAP-TLS</Security_Mode_1_>
<Wi-Fi_User_ID_1_ ua="rw">reception.example.nl</Wi-Fi_User_ID_1_>`,
	Params: []string{paramWiFiUser},
	Check: func(c *Run) {
		user, name := c.Value(paramWiFiUser), c.Value(cdc.ParamCommonName)
		if user.Present() && !user.IsSet() && name.IsSet() && c.Value(paramSecurityMode).Is("EAP-TLS") {
			c.report(user, "set it to the name in the certificate", "a blank Wi-Fi_User_ID_1_ sends the name of the factory certificate, not %s", quote(name.Text))
		}
	},
}

var ruleWiFiModel = Rule{
	ID:       "wifi-model",
	Severity: Warning, Ignorable: true,
	Source:  Source{Documented, "Cisco, NFC and Wi-Fi on 9800/8875 (help.webex.com, article 5eomso)"},
	Summary: "Wi-Fi is switched on for models that have none",
	Why:     `9811, 9841 and 9851 have no Wi-Fi; 9861, 9871 and 8875 have. Such a phone needs its cable, and wired 802.1X.`,
	Bad:     `<Phone-wifi-on ua="rw">Yes</Phone-wifi-on>`,
	Good:    `<Phone-wifi-on ua="rw">No</Phone-wifi-on>`,
	Params:  []string{paramWiFiOn},
	Value: func(c *Run, v Value) {
		if !v.Is("Yes") {
			return
		}
		for _, m := range c.settings.phones() {
			if !m.WiFi {
				c.report(v, "use the cable and wired 802.1X", "Phone-wifi-on is Yes, but a %s has no Wi-Fi", m)
				return
			}
		}
	},
	with: Settings{Models: []device.Model{{Number: "9841", VendorClass: "DP-9841", MICPrefix: "CP-9841"}}}, withWords: "for the model DP-9841",
}

var ruleFIPS = Rule{
	ID:       "cdc-fingerprint-fips",
	Severity: Info, Ignorable: true,
	Source:  Source{Inferred, "NIST SP 800-131A and " + releaseNotes + ", 3.5(1): FIPS 140-3"},
	Summary: "FIPS mode is on, and the root CA fingerprint is a SHA-1 sum",
	Why: `FIPS 140 modules restrict SHA-1, and from PhoneOS 3.5(1) on FIPS mode means FIPS 140-3. No public page says whether the phone
still takes a SHA-1 fingerprint then; a SHA-256 fingerprint is safe.`,
	Bad: enrolling + `<FIPS_Mode ua="na">Enabled</FIPS_Mode>`,
	Good: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>
<CDC_Root_CA_Fingerprint_1_ ua="na">5E0F9A2B41C7D3886B1F04E2A95D7C3361F8B20A4C9E7D15830B6F2E94A1C7D8</CDC_Root_CA_Fingerprint_1_>
<FIPS_Mode ua="na">Enabled</FIPS_Mode>`,
	Params: []string{paramFIPS},
	Check: func(c *Run) {
		f, err := cdc.ParseFingerprint(c.Value(cdc.ParamRootCAFingerprint).Text)
		if err == nil && len(f.Bytes()) == 20 && c.Value(paramFIPS).Is("Enabled") {
			c.report(c.Value(cdc.ParamRootCAFingerprint), "use the SHA-256 fingerprint", "FIPS mode is on, and the root CA fingerprint is a SHA-1 sum")
		}
	},
}

// enrolls reports whether one of the four parameters is set.
func (c *Run) enrolls() bool {
	for _, v := range c.enrollment() {
		if v.IsSet() {
			return true
		}
	}
	return false
}

func (c *Run) certificateSelect() string {
	v := c.Value(paramCertificate)
	if !v.IsSet() {
		return "not set, and its default is Manufacturing installed"
	}
	return quote(v.Text)
}
