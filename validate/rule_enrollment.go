// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"fmt"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
)

var ruleServerMissing = Rule{
	ID:       "cdc-server-missing",
	Severity: Error, Ignorable: true,
	Summary: "a CDC parameter is set, but no SCEP server",
	Why: `Server is mandatory. As soon as any of the parameters is set the phone starts to enroll, and without a server it has
nobody to ask. The same holds for a file that sets only some of the four because another file sets the rest: then say so with an
ignore comment.`,
	Bad: `<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>`,
	Good: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>
<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>`,
}

var ruleFingerprintMissing = Rule{
	ID:       "cdc-fingerprint-missing",
	Severity: Error, Ignorable: true,
	Summary: "a CDC parameter is set, but no root CA fingerprint",
	Why: `Root CA Fingerprint is mandatory. It is the only thing by which the phone knows the right CA; without it the phone does
not enroll, and if it did, anybody on the way could take the challenge password.`,
	Bad: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>`,
	Good: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>
<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>`,
}

var ruleChallengeAlone = Rule{
	ID:       "cdc-challenge-without-server",
	Severity: Warning, Ignorable: true,
	Summary: "a challenge password is set, but no SCEP server to send it to",
	Why: `The password lies in the file, in plain text, and nothing uses it: often what is left when somebody took the server out.
Remove it, or set the server and the fingerprint as well.`,
	Bad: `<CDC_Server_1_ ua="na"/>
<CDC_Challenge_Password_1_ ua="na">kV7fQ2mZx9Lc4RtB</CDC_Challenge_Password_1_>`,
	Good: `<CDC_Server_1_ ua="na"/>
<CDC_Challenge_Password_1_ ua="na"/>`,
}

var ruleFirmware = Rule{
	ID:       "cdc-firmware",
	Severity: Warning, Ignorable: true,
	Summary: "CDC parameters are set, but the firmware is older than 3.2(1)",
	Why: `Certificates by SCEP came to 9800 and 8875 phones with PhoneOS 3.2(1) of 31 October 2024. Older firmware does not know
the parameters and ignores them silently: the file looks right, and nothing happens.`,
	Bad: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>
<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>`,
	Good:      `<CDC_Server_1_ ua="na"/>`,
	with:      Settings{Firmware: "3.1(1)"},
	withWords: "with firmware 3.1(1)",
}

var ruleCommonNameFirmware = Rule{
	ID:       "cdc-common-name-firmware",
	Severity: Warning, Ignorable: true,
	Summary: "a common name is set, but the firmware is older than 3.5(1)",
	Why: `The common name came with PhoneOS 3.5(1) of 31 July 2025. Older firmware ignores the parameter silently and requests a
certificate for the name in its factory certificate (MIC/SUDI), so the RADIUS policy sees another name than the file says.`,
	Bad: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>
<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>
<CDC_Common_Name_1_ ua="na">$MAU.example.nl</CDC_Common_Name_1_>`,
	Good: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>
<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>`,
	with:      Settings{Firmware: "3.4(1)"},
	withWords: "with firmware 3.4(1)",
}

var ruleLifetime = Rule{
	ID:       "cdc-certificate-lifetime",
	Severity: Warning, Ignorable: true,
	Summary: "the CA's certificates live 15 days or less, so the phone renews without end",
	Why: `Every four hours the phone checks whether its certificate expires within 15 days, and then renews it. A certificate
that is never valid for longer is renewed at every check: six requests a day from every phone. Let certificates live for a
month at least, better for a year.`,
	Bad: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>
<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>`,
	Good:      `<CDC_Server_1_ ua="na"/>`,
	with:      Settings{CertificateLifetime: 14 * 24 * time.Hour},
	withWords: "with certificates that live 14 days",
}

// renewalWindow is how long before the end the phone renews ("Certificate
// renewal by SCEP").
const renewalWindow = 15 * 24 * time.Hour

// checkEnrollment applies the rules across the four parameters.
func checkEnrollment(c *pass, p parts) {
	first := p.first()
	if first.value == "" {
		return
	}
	if p.server.value == "" {
		c.report(&ruleServerMissing, first.or(p.server), "set CDC_Server_1_, or none of the CDC parameters", "no SCEP server, but %s", p.names())
		if p.challenge.value != "" {
			c.report(&ruleChallengeAlone, p.challenge, "remove the challenge password, or set the server", "a challenge password without a SCEP server")
		}
	}
	if p.fingerprint.value == "" {
		c.report(&ruleFingerprintMissing, first.or(p.fingerprint), "set CDC_Root_CA_Fingerprint_1_, or none of the CDC parameters", "no root CA fingerprint, but %s", p.names())
	}
	// A document without the element leaves the phone the password that it has.
	empty := p.challenge.value == "" && (c.doc == nil || p.challenge.start >= 0)
	if empty && p.server.value != "" && p.fingerprint.value != "" {
		c.report(&ruleChallengeEmpty, p.server.or(p.challenge), "right behind a Cisco RA; else set "+cdc.ParamChallengePassword,
			"no challenge password: every renewal depends on the validity of the phone's factory certificate (MIC/SUDI)")
	}
	if c.firmware != (Firmware{}) {
		if c.firmware.Compare(firmwareCDC) < 0 {
			c.report(&ruleFirmware, first, "upgrade to 3.2(1) or later", "firmware %s does not know the CDC parameters, they came with %s", c.firmware, firmwareCDC)
		} else if p.commonName.value != "" && c.firmware.Compare(firmwareCommonName) < 0 {
			c.report(&ruleCommonNameFirmware, p.commonName, "upgrade to 3.5(1) or later", "firmware %s does not know the common name, it came with %s", c.firmware, firmwareCommonName)
		}
	}
	if life := c.settings.CertificateLifetime; life > 0 && life <= renewalWindow {
		c.report(&ruleLifetime, first, "let the CA issue certificates for 30 days or more", "certificates that live %s are renewed at every check, every 4 hours", days(life))
	}
}

// first returns the first parameter that is set.
func (p *parts) first() subject {
	for _, v := range p.all() {
		if v.value != "" {
			return *v
		}
	}
	return subject{}
}

// names says which parameters are set.
func (p *parts) names() string {
	var set []string
	for _, v := range p.all() {
		if v.value != "" {
			set = append(set, v.param)
		}
	}
	if len(set) == 1 {
		return set[0] + " is set"
	}
	return strings.Join(set, ", ") + " are set"
}

func (p *parts) all() [4]*subject {
	return [4]*subject{&p.server, &p.fingerprint, &p.challenge, &p.commonName}
}

// or returns a subject for the parameter of missing at its own place if it has
// one, else where v stands.
func (v subject) or(missing subject) subject {
	if missing.start >= 0 {
		return missing
	}
	v.param = missing.param
	return v
}

func days(d time.Duration) string {
	if d < 24*time.Hour {
		return d.String()
	}
	return plural(int(d/(24*time.Hour)), "day")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
