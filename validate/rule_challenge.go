// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

var ruleChallengeMasked = Rule{
	ID:       "cdc-challenge-masked",
	Severity: Error,
	Source:   Source{Guard, "no secret is lost"},
	Summary:  "the challenge password is a mask, as a phone's export shows it",
	Why: `A phone masks the challenge password in the configuration it exports. Written back, the asterisks become the password:
the phone requests a new certificate with them and is refused. A challenge can never be read back from a phone; take it from
where it was made. Because the password would be lost, this rule cannot be ignored.`,
	Bad:    `<CDC_Challenge_Password_1_ ua="na">********</CDC_Challenge_Password_1_>`,
	Good:   `<CDC_Challenge_Password_1_ ua="na">kV7fQ2mZx9Lc4RtB</CDC_Challenge_Password_1_>`,
	Params: []string{cdc.ParamChallengePassword},
	Value: func(c *Run, v Value) {
		if secret.IsMask(v.Text) {
			c.report(v, "give the real challenge password, or leave the parameter out", "challenge password is a mask, not the password itself")
		}
	},
}

var ruleChallengeCharacters = Rule{
	ID:       "cdc-challenge-characters",
	Severity: Warning, Ignorable: true,
	Source:  Source{Documented, formatsDoc + ": white space at both ends is removed"},
	Summary: "the challenge password holds characters that may not reach the CA as they are",
	Why: `The phone strips white space at both ends of a value and turns line breaks into spaces; outside ASCII Cisco's pages
contradict each other. The CA compares byte by byte, so such a password is refused although it looks right. A file that ends
in a line break is the usual cause.`,
	Bad:    `<CDC_Challenge_Password_1_ ua="na">kV7fQ2mZx9Lc4Rté</CDC_Challenge_Password_1_>`,
	Good:   `<CDC_Challenge_Password_1_ ua="na">kV7fQ2mZx9Lc4RtB</CDC_Challenge_Password_1_>`,
	Params: []string{cdc.ParamChallengePassword},
	Value:  checkChallengeCharacters,
}

var ruleChallengeWeak = Rule{
	ID:       "cdc-challenge-weak",
	Severity: Warning, Ignorable: true,
	Source:  Source{Documented, passwordsDoc + ": at least 8 characters, none from a list of commonly used ones"},
	Summary: "the challenge password is short, repeated or well known",
	Why: `Whoever knows the challenge gets a certificate for any name the CA allows it for. SCEP servers rarely slow down
guessing. Use at least eight random characters; better still a one-time challenge per phone.`,
	Bad:    `<CDC_Challenge_Password_1_ ua="na">cisco123</CDC_Challenge_Password_1_>`,
	Good:   `<CDC_Challenge_Password_1_ ua="na">kV7fQ2mZx9Lc4RtB</CDC_Challenge_Password_1_>`,
	Params: []string{cdc.ParamChallengePassword},
	Value: func(c *Run, v Value) {
		if isChallenge(v.Text) && isWeak(v.Text) {
			c.report(v, "use at least 8 random characters", "challenge password is short, repeated or well known")
		}
	},
}

var ruleChallengeEmpty = Rule{
	ID:       "cdc-challenge-empty",
	Severity: Info, Ignorable: true,
	Source:  Source{Documented, certificateDoc + ": without a challenge the MIC/SUDI authenticates both"},
	Summary: "a SCEP server is set, and the challenge password is empty",
	Why: `Without a challenge password the phone authenticates with its factory certificate (MIC/SUDI), at the first enrollment and
at every renewal. That is right behind a Cisco RA. Each renewal then depends on the factory certificate: once it has expired, or
its root is no longer trusted, no phone gets a certificate any more. A CA that does not check it gives certificates to anybody.`,
	Bad: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>
<CDC_Root_CA_Fingerprint_1_ ua="na">5E0F9A2B41C7D3886B1F04E2A95D7C3361F8B20A4C9E7D15830B6F2E94A1C7D8</CDC_Root_CA_Fingerprint_1_>
<CDC_Challenge_Password_1_ ua="na"/>`,
	Good: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>
<CDC_Root_CA_Fingerprint_1_ ua="na">5E0F9A2B41C7D3886B1F04E2A95D7C3361F8B20A4C9E7D15830B6F2E94A1C7D8</CDC_Root_CA_Fingerprint_1_>
<CDC_Challenge_Password_1_ ua="na">kV7fQ2mZx9Lc4RtB</CDC_Challenge_Password_1_>`,
	Params: []string{cdc.ParamServer},
	Check: func(c *Run) {
		server, challenge := c.Value(cdc.ParamServer), c.Value(cdc.ParamChallengePassword)
		// A document without the element leaves the phone the password that it has.
		empty := !challenge.IsSet() && (c.docs == nil || challenge.Present())
		if empty && server.IsSet() && c.isSet(cdc.ParamRootCAFingerprint) {
			c.report(server.or(challenge), "right behind a Cisco RA; else set "+cdc.ParamChallengePassword,
				"no challenge password: every renewal depends on the validity of the phone's factory certificate (MIC/SUDI)")
		}
	},
}

var ruleChallengeString = Rule{
	ID:       "cdc-challenge-printable-string",
	Severity: Info, Ignorable: true,
	Source:  Source{Documented, "RFC 2985, section 5.4.1, and reports of servers that refuse other string types"},
	Summary: "the challenge password holds a character such as _ @ ! * $, which some SCEP servers refuse",
	Why: `A request carries the challenge as a PrintableString where that is possible (RFC 2985, section 5.4.1): letters, digits,
space and ' ( ) + , - . / : = ?. With any other character it is sent as another string type, and some servers refuse such a
request. Letters and digits are always safe.`,
	Bad:    `<CDC_Challenge_Password_1_ ua="na">kV7f_Q2mZx9@Lc4R!</CDC_Challenge_Password_1_>`,
	Good:   `<CDC_Challenge_Password_1_ ua="na">kV7fQ2mZx9Lc4RtB</CDC_Challenge_Password_1_>`,
	Params: []string{cdc.ParamChallengePassword},
	Value: func(c *Run, v Value) {
		if isPlain(v.Text) && !secret.IsMask(v.Text) && !cdc.IsPrintableString(v.Text) {
			c.report(v, "use letters and digits", "challenge password holds a character that is not in PrintableString; some SCEP servers refuse such a request")
		}
	},
}

// isChallenge reports whether a value can be a challenge password that reaches the
// CA as it is.
func isChallenge(s string) bool {
	return !secret.IsMask(s) && s == strings.TrimSpace(s) && isPlain(s)
}

func checkChallengeCharacters(c *Run, v Value) {
	switch {
	case secret.IsMask(v.Text):
	case v.Text != strings.TrimSpace(v.Text):
		c.report(v, "remove the white space at its ends", "challenge password has white space at an end, which the phone strips")
	case !isPlain(v.Text):
		c.report(v, "use printable ASCII characters", "challenge password holds a control character or one outside ASCII")
	}
}

func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// isWeak: fewer than 8 characters, one character repeated, or on the list.
func isWeak(s string) bool {
	if utf8.RuneCountInString(s) < 8 || strings.Count(s, s[:1]) == len(s) {
		return true
	}
	return slices.Contains(wellKnown[:], strings.ToLower(s))
}

// wellKnown are passwords of eight and more characters that stand in manuals and
// at the top of every list of leaked ones.
var wellKnown = [...]string{
	"password", "password1", "password123", "passw0rd", "p@ssw0rd", "p@ssword", "12345678", "123456789", "1234567890",
	"87654321", "cisco123", "ciscocisco", "cisco1234", "administrator", "admin123", "admin1234", "adminadmin",
	"changeme", "changeit", "letmein1", "qwertyui", "qwerty123", "challenge", "challengepassword", "scepchallenge",
	"secret123", "topsecret", "testtest", "test1234", "welcome1", "welcome123", "abcd1234", "abc12345", "iloveyou", "sunshine",
}
