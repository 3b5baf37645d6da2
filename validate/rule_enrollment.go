// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"fmt"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
)

// enrollmentParams are the four parameters, which the rules below look at together.
var enrollmentParams = []string{cdc.ParamServer, cdc.ParamRootCAFingerprint, cdc.ParamChallengePassword, cdc.ParamCommonName}

var ruleServerMissing = Rule{
	ID:       "cdc-server-missing",
	Severity: Error, Ignorable: true,
	Source:  Source{Documented, certificateDoc + ": Server is mandatory"},
	Summary: "a CDC parameter is set, but no SCEP server",
	Why: `Server is mandatory. As soon as any of the parameters is set the phone starts to enroll, and without a server it has
nobody to ask.`,
	Bad: `<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>`,
	Good: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>
<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>`,
	Params: enrollmentParams,
	Check: func(c *Run) {
		server := c.Value(cdc.ParamServer)
		if first := c.firstSet(); first.IsSet() && !server.IsSet() && !c.isLayer() {
			c.report(first.or(server), "set CDC_Server_1_, or none of the CDC parameters", "no SCEP server, but %s", c.setNames())
		}
	},
}

var ruleFingerprintMissing = Rule{
	ID:       "cdc-fingerprint-missing",
	Severity: Error, Ignorable: true,
	Source:  Source{Documented, certificateDoc + ": Root CA Fingerprint is mandatory"},
	Summary: "a CDC parameter is set, but no root CA fingerprint",
	Why: `Root CA Fingerprint is mandatory. It is the only thing by which the phone knows the right CA; without it the phone does
not enroll, and if it did, anybody on the way could take the challenge password.`,
	Bad: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>`,
	Good: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>
<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>`,
	Params: enrollmentParams,
	Check: func(c *Run) {
		fingerprint := c.Value(cdc.ParamRootCAFingerprint)
		if first := c.firstSet(); first.IsSet() && !fingerprint.IsSet() && !c.isLayer() {
			c.report(first.or(fingerprint), "set CDC_Root_CA_Fingerprint_1_, or none of the CDC parameters", "no root CA fingerprint, but %s", c.setNames())
		}
	},
}

var ruleLayer = Rule{
	ID:       "cdc-other-layer",
	Severity: Info, Ignorable: true,
	Source:  Source{Documented, parametersDoc + ": Profile_Rule to Profile_Rule_D are read in order; " + certificateDoc},
	Summary: "the file sets what is one phone's own, and leaves server and fingerprint to another file",
	Why: `A base file that Profile_Rule names often sets the server and the fingerprint, and a file of each phone, by Profile_Rule_B,
the common name or the challenge. The phone reads both before it enrolls. Name the files of such a set as layers in .cfgxml.yaml,
or give them to validate.Layers, and they are judged together, as the phone reads them.`,
	Bad:    `<CDC_Common_Name_1_ ua="na">reception.example.nl</CDC_Common_Name_1_>`,
	Good:   enrolling + `<CDC_Common_Name_1_ ua="na">reception.example.nl</CDC_Common_Name_1_>`,
	Params: enrollmentParams,
	Check: func(c *Run) {
		if first := c.firstSet(); first.IsSet() && c.isLayer() {
			c.report(first, "lint it together with the file that sets them: see layers in .cfgxml.yaml", "%s here, and another file has to set the SCEP server and the fingerprint", c.setNames())
		}
	},
}

var ruleFirmware = Rule{
	ID:       "cdc-firmware",
	Severity: Warning, Ignorable: true,
	Source:  Source{Documented, releaseNotes + ", 3.2(1); " + formatsDoc + ": unknown elements are ignored"},
	Summary: "CDC parameters are set, but the firmware is older than 3.2(1)",
	Why: `Certificates by SCEP came to 9800 and 8875 phones with PhoneOS 3.2(1) of 31 October 2024. Older firmware does not know
the parameters and ignores them silently: the file looks right, and nothing happens.`,
	Bad: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>
<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>`,
	Good:   `<CDC_Server_1_ ua="na"/>`,
	Params: enrollmentParams,
	Check: func(c *Run) {
		if first := c.firstSet(); first.IsSet() && c.olderThan(firmwareCDC) {
			c.report(first, "upgrade to 3.2(1) or later", "firmware %s does not know the CDC parameters, they came with %s", c.firmware, firmwareCDC)
		}
	},
	with:      Settings{Firmware: "3.1(1)"},
	withWords: "with firmware 3.1(1)",
}

var ruleCommonNameFirmware = Rule{
	ID:       "cdc-common-name-firmware",
	Severity: Warning, Ignorable: true,
	Source:  Source{Documented, releaseNotes + ", 3.5(1); " + formatsDoc + ": unknown elements are ignored"},
	Summary: "a common name is set, but the firmware is older than 3.5(1)",
	Why: `The common name came with PhoneOS 3.5(1) of 31 July 2025. Older firmware ignores the parameter silently and requests a
certificate for the name in its factory certificate (MIC/SUDI), so the RADIUS policy sees another name than the file says.`,
	Bad: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>
<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>
<CDC_Common_Name_1_ ua="na">$MAU.example.nl</CDC_Common_Name_1_>`,
	Good: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>
<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>`,
	Params: []string{cdc.ParamCommonName},
	Check: func(c *Run) {
		name := c.Value(cdc.ParamCommonName)
		if name.IsSet() && c.olderThan(firmwareCommonName) && !c.olderThan(firmwareCDC) {
			c.report(name, "upgrade to 3.5(1) or later", "firmware %s does not know the common name, it came with %s", c.firmware, firmwareCommonName)
		}
	},
	with:      Settings{Firmware: "3.4(1)"},
	withWords: "with firmware 3.4(1)",
}

var ruleLifetime = Rule{
	ID:       "cdc-certificate-lifetime",
	Severity: Warning, Ignorable: true,
	Source:  Source{Inferred, certificateDoc + ": a check every 4 hours, renewal within 15 days of the end"},
	Summary: "the CA's certificates live 15 days or less, so the phone renews without end",
	Why: `Every four hours the phone checks whether its certificate expires within 15 days, and then renews it. A certificate
that is never valid for longer is renewed at every check: six requests a day from every phone. Let certificates live for a
month at least, better for a year.`,
	Bad: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>
<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>`,
	Good:   `<CDC_Server_1_ ua="na"/>`,
	Params: enrollmentParams,
	Check: func(c *Run) {
		if life := c.settings.CertificateLifetime; life > 0 && life <= renewalWindow {
			if first := c.firstSet(); first.IsSet() {
				c.report(first, "let the CA issue certificates for 30 days or more", "certificates that live %s are renewed at every check, every 4 hours", days(life))
			}
		}
	},
	with:      Settings{CertificateLifetime: 14 * 24 * time.Hour},
	withWords: "with certificates that live 14 days",
}

// renewalWindow is how long before the end the phone renews ("Certificate
// renewal by SCEP").
const renewalWindow = 15 * 24 * time.Hour

// olderThan reports whether the phones are known to run an older release.
func (c *Run) olderThan(f Firmware) bool {
	return c.firmware != (Firmware{}) && c.firmware.Compare(f) < 0
}

// isLayer reports whether a document by itself says nothing at all of server and
// fingerprint, so that another one must.
func (c *Run) isLayer() bool {
	return len(c.docs) == 1 && !c.Value(cdc.ParamServer).Present() && !c.Value(cdc.ParamRootCAFingerprint).Present()
}

// firstSet returns the first of the four parameters that is set.
func (c *Run) firstSet() Value {
	for _, v := range c.enrollment() {
		if v.IsSet() {
			return v
		}
	}
	return Value{}
}

// setNames says which of the four parameters are set.
func (c *Run) setNames() string {
	var set []string
	for _, v := range c.enrollment() {
		if v.IsSet() {
			set = append(set, v.Param)
		}
	}
	if len(set) == 1 {
		return set[0] + " is set"
	}
	return strings.Join(set, ", ") + " are set"
}

// or returns a missing parameter where it is itself, if it is there and empty,
// else where v is.
func (v Value) or(missing Value) Value {
	if missing.Present() {
		return missing
	}
	v.Param = missing.Param
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
