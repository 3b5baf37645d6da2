// SPDX-License-Identifier: MPL-2.0

package validate

import "github.com/phonecfg/terraform-provider-ciscophone/device"

// enrolling are the lines the examples below start with.
const enrolling = `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>
<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>
`

var ruleDot1xCertificate = Rule{
	ID:       "dot1x-without-custom-certificate",
	Severity: Warning, Ignorable: true,
	Summary: "802.1X is on and a certificate is enrolled, but 802.1X does not use it",
	Why: `Certificate_Select tells which certificate the phone shows in 802.1X. Its default is Manufacturing installed: the phone
enrolls, and then authenticates with its factory certificate all the same. To use the enrolled one set Custom installed.`,
	Bad: enrolling + `<Enable_802.1X_Authentication ua="rw">Yes</Enable_802.1X_Authentication>`,
	Good: enrolling + `<Enable_802.1X_Authentication ua="rw">Yes</Enable_802.1X_Authentication>
<Certificate_Select ua="rw">Custom installed</Certificate_Select>`,
}

var ruleDot1xOff = Rule{
	ID:       "dot1x-off",
	Severity: Info, Ignorable: true,
	Summary: "the custom certificate is selected for 802.1X, but 802.1X is off",
	Why: `Certificate_Select has an effect only while Enable_802.1X_Authentication is Yes. Right as a first step, when phones are to
enroll before the switch ports demand authentication.`,
	Bad: `<Enable_802.1X_Authentication ua="rw">No</Enable_802.1X_Authentication>
<Certificate_Select ua="rw">Custom installed</Certificate_Select>`,
	Good: `<Enable_802.1X_Authentication ua="rw">No</Enable_802.1X_Authentication>
<Certificate_Select ua="rw">Manufacturing installed</Certificate_Select>`,
}

var ruleCustomWithoutEnrollment = Rule{
	ID:       "custom-certificate-without-enrollment",
	Severity: Info, Ignorable: true,
	Summary: "the custom certificate is selected, but the file enrolls for none",
	Why: `The phone gets no custom certificate by this file. It needs one by upload, by DHCP option 43 or by another file; until then
802.1X fails.`,
	Bad: `<Enable_802.1X_Authentication ua="rw">Yes</Enable_802.1X_Authentication>
<Certificate_Select ua="rw">Custom installed</Certificate_Select>`,
	Good: enrolling + `<Enable_802.1X_Authentication ua="rw">Yes</Enable_802.1X_Authentication>
<Certificate_Select ua="rw">Custom installed</Certificate_Select>`,
}

var ruleDot1xIdentity = Rule{
	ID:       "dot1x-identity",
	Severity: Info, Ignorable: true,
	Summary: "a common name is set, while the identity in wired 802.1X is set elsewhere",
	Why: `If the 802.1X User ID is blank the phone sends the common name of its factory certificate as identity, even where the custom
certificate has another name. A RADIUS policy that compares the two then refuses the phone. The element name of the wired User
ID is not published: set it on the web page, in Control Hub or by DHCP option 15, or let the policy look at the certificate.`,
	Bad: enrolling + `<CDC_Common_Name_1_ ua="na">$MAU.example.nl</CDC_Common_Name_1_>
<Enable_802.1X_Authentication ua="rw">Yes</Enable_802.1X_Authentication>
<Certificate_Select ua="rw">Custom installed</Certificate_Select>`,
	Good: enrolling + `<Enable_802.1X_Authentication ua="rw">Yes</Enable_802.1X_Authentication>
<Certificate_Select ua="rw">Custom installed</Certificate_Select>`,
}

var ruleWiFiIdentity = Rule{
	ID:       "wifi-identity",
	Severity: Warning, Ignorable: true,
	Summary: "Wi-Fi uses EAP-TLS and a common name is set, but the Wi-Fi user ID is blank",
	Why: `With a blank user ID the phone sends the common name of its factory certificate as EAP identity, even where a CDC common name
is configured (release notes of PhoneOS 3.6(1)). The name in the certificate and the identity then differ, and many RADIUS policies
refuse that. Set Wi-Fi_User_ID_1_ to what the common name says; it takes macros too.`,
	Bad: enrolling + `<CDC_Common_Name_1_ ua="na">$MAU.example.nl</CDC_Common_Name_1_>
<Security_Mode_1_ ua="rw">EAP-TLS</Security_Mode_1_>
<Wi-Fi_User_ID_1_ ua="rw"/>`,
	Good: enrolling + `<CDC_Common_Name_1_ ua="na">$MAU.example.nl</CDC_Common_Name_1_>
<Security_Mode_1_ ua="rw">EAP-TLS</Security_Mode_1_>
<Wi-Fi_User_ID_1_ ua="rw">$MAU.example.nl</Wi-Fi_User_ID_1_>`,
}

var ruleWiFiModel = Rule{
	ID:       "wifi-model",
	Severity: Warning, Ignorable: true,
	Summary: "Wi-Fi is switched on for models that have none",
	Why:     `9811, 9841 and 9851 have no Wi-Fi; 9861, 9871 and 8875 have. Such a phone needs its cable, and wired 802.1X.`,
	Bad:     `<Phone-wifi-on ua="rw">Yes</Phone-wifi-on>`,
	Good:    `<Phone-wifi-on ua="rw">No</Phone-wifi-on>`,
	with:    Settings{Models: []device.Model{{Number: "9841", VendorClass: "DP-9841", MICPrefix: "CP-9841"}}}, withWords: "for the model DP-9841",
}

var ruleFIPS = Rule{
	ID:       "cdc-fingerprint-fips",
	Severity: Warning, Ignorable: true,
	Summary: "FIPS mode is on, and the root CA fingerprint is a SHA-1 sum",
	Why: `FIPS 140 modules restrict SHA-1, and from PhoneOS 3.5(1) on FIPS mode means FIPS 140-3. Whether the phone still takes a SHA-1
fingerprint then no public page says; a SHA-256 fingerprint is safe.`,
	Bad: enrolling + `<FIPS_Mode ua="na">Enabled</FIPS_Mode>`,
	Good: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>
<CDC_Root_CA_Fingerprint_1_ ua="na">5E0F9A2B41C7D3886B1F04E2A95D7C3361F8B20A4C9E7D15830B6F2E94A1C7D8</CDC_Root_CA_Fingerprint_1_>
<FIPS_Mode ua="na">Enabled</FIPS_Mode>`,
}

// checkAuthentication applies the rules for how the certificate is used. values
// are those of the four parameters.
func (c *pass) checkAuthentication(p parts) {
	custom := c.is(watchCertificate, "Custom installed")
	switch {
	case c.yes(watchDot1x) && p.server.value != "" && !custom:
		c.report(&ruleDot1xCertificate, c.subject(watchDot1x), "set Certificate_Select to Custom installed", "802.1X is on, but Certificate_Select is %s", c.certificateSelect())
	case custom && c.no(watchDot1x):
		c.report(&ruleDot1xOff, c.subject(watchCertificate), "set Enable_802.1X_Authentication to Yes once the phones have enrolled", "the custom certificate is selected, but 802.1X is off")
	case custom && c.yes(watchDot1x) && p.commonName.value != "":
		c.report(&ruleDot1xIdentity, c.subject(watchDot1x), "set the 802.1X User ID to what the common name says", "a blank 802.1X User ID sends the name of the factory certificate, not %s", quote(p.commonName.value))
	}
	if custom && p.first().value == "" {
		c.report(&ruleCustomWithoutEnrollment, c.subject(watchCertificate), "set the CDC parameters, or install the certificate by other means", "the custom certificate is selected, but no SCEP server is set here")
	}
	if c.is(watchSecurityMode, "EAP-TLS") && p.commonName.value != "" && !c.isSet(watchWiFiUser) {
		c.report(&ruleWiFiIdentity, c.subject(watchSecurityMode), "set Wi-Fi_User_ID_1_ to what the common name says", "a blank Wi-Fi_User_ID_1_ sends the name of the factory certificate, not %s", quote(p.commonName.value))
	}
	if models := c.settings.phones(); c.yes(watchWiFiOn) && len(models) > 0 {
		for _, m := range models {
			if !m.WiFi {
				c.report(&ruleWiFiModel, c.subject(watchWiFiOn), "use the cable and wired 802.1X", "Phone-wifi-on is Yes, but a %s has no Wi-Fi", m)
				break
			}
		}
	}
	if c.is(watchFIPS, "Enabled") && hexDigits(p.fingerprint.value) == 40 {
		c.report(&ruleFIPS, p.fingerprint, "use the SHA-256 fingerprint", "FIPS mode is on, and the root CA fingerprint is a SHA-1 sum")
	}
}

func (c *pass) certificateSelect() string {
	if !c.isSet(watchCertificate) {
		return "not set, and its default is Manufacturing installed"
	}
	return quote(c.watched[watchCertificate].Value())
}

func hexDigits(s string) int {
	n := 0
	for i := range len(s) {
		if isHex(s[i]) {
			n++
		}
	}
	return n
}
