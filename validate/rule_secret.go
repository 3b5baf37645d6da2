// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"bytes"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

var ruleMasked = Rule{
	ID:       "masked-secret",
	Severity: Error,
	Summary:  "a secret is a mask, as a phone's export shows it",
	Why: `A phone hides secrets in the configuration it exports. If such a file is served to phones, the asterisks become the
password: the line stops registering, the administrator is locked out of the web page. The same holds for the masks of other
tools, such as (secret) and (sensitive value), and for one after --key or in a URL. Because secrets would be lost, this rule
cannot be ignored.`,
	Bad:  `<Password_1_ ua="na">*****</Password_1_>`,
	Good: `<Password_1_ ua="na">w8Hc-Lr2p-Vt6n</Password_1_>`,
}

var ruleSecretSpace = Rule{
	ID:       "secret-space",
	Severity: Warning, Ignorable: true,
	Summary: "a secret has white space at an end or a line break within",
	Why: `The phone strips white space at both ends of a value and turns line breaks into spaces. Where the space belongs to the
password the phone uses another one; where it does not, whoever compares the two is led astray.`,
	Bad:  `<Password_1_ ua="na"> w8Hc-Lr2p-Vt6n</Password_1_>`,
	Good: `<Password_1_ ua="na">w8Hc-Lr2p-Vt6n</Password_1_>`,
}

var ruleIKM = Rule{
	ID:       "ikm-in-plain",
	Severity: Warning, Ignorable: true,
	Summary: "the key for encrypted content stands in the file it is to protect",
	Why: `IKM_HTTP_Encrypt_Content is the key by which the phone reads content encrypted as RFC 8188 says. The phone never shows it
again: not on its page, not in an export, not in a report. A file that carries it in plain text gives it to everybody on the
way and in the repository. Set it once, in a file served over TLS or at staging, and keep it out of this one.`,
	Bad:  `<IKM_HTTP_Encrypt_Content ua="na">yqdlZ-tYemfogSmv7Ws5PQ</IKM_HTTP_Encrypt_Content>`,
	Good: `<IKM_HTTP_Encrypt_Content ua="na"/>`,
}

// checkSecret looks at the form of a secret's value. No message may quote it.
func (c *pass) checkSecret(f *fact, p cfgxml.Param) {
	raw := p.RawValue()
	if len(raw) == 0 {
		return
	}
	value := p.ValueBytes()
	if len(value) == 0 {
		return
	}
	if isSpace(raw[0]) || isSpace(raw[len(raw)-1]) || hasLineBreak(raw) {
		start, end := p.ValueSpan()
		c.report(&ruleSecretSpace, subject{param: p.Name(), start: start, end: end}, "remove the white space", "%s has white space at an end or a line break within, which the phone changes", p.Name())
	}
	if f.watch != watchChallenge && secret.IsMask(string(value)) {
		c.report(&ruleMasked, subjectOf(p), "give the real value, or leave the parameter out", "%s consists of mask characters only", p.Name())
	}
	if f.watch == watchIKM {
		c.report(&ruleIKM, subjectOf(p), "leave it out once the phones have it", "%s stands in plain text", p.Name())
	}
}

// checkMaskInside looks for a mask where a value that is no secret by its name
// holds one, or was hidden as a whole.
func (c *pass) checkMaskInside(p cfgxml.Param, raw []byte) {
	if !bytes.HasPrefix(raw, []byte(secret.Mask)) && !bytes.Contains(raw, []byte("--")) && !bytes.Contains(raw, []byte("://")) {
		return // nearly all
	}
	if secret.Check(p.Value(), false) != nil {
		c.report(&ruleMasked, subjectOf(p), "give the real value, or leave the parameter out", "%s holds a mask in place of a secret", p.Name())
	}
}

func hasLineBreak(b []byte) bool {
	for _, c := range b {
		if c == '\n' || c == '\r' {
			return true
		}
	}
	return false
}
