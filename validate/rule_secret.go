// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"bytes"
	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

var ruleMasked = Rule{
	ID:       "masked-secret",
	Severity: Error,
	Source:   Source{Guard, "no secret is lost"},
	Summary:  "a secret is a mask, as a phone's export or this software shows it",
	Why: `A phone hides secrets in the configuration it exports. If such a file is served to phones, the asterisks become the
password: the line stops registering, the administrator is locked out of the web page. The same holds for the masks of other
tools, such as (secret) and (sensitive value), and for one after --key or in a URL. Because secrets would be lost, this rule
cannot be ignored.`,
	Bad:  `<Password_1_ ua="na">*****</Password_1_>`,
	Good: `<Password_1_ ua="na">w8Hc-Lr2p-Vt6n</Password_1_>`,
	Value: func(c *Run, v Value) {
		switch {
		case v.Param == cdc.ParamChallengePassword: // has a rule of its own
		case v.fact.secret && secret.IsMask(v.Text):
			c.report(v, "give the real value, or leave the parameter out", "%s is a mask, not the secret itself", v.Param)
		case !v.fact.secret && secret.Check(v.Text, false) != nil:
			c.report(v, "give the real value, or leave the parameter out", "%s holds a mask in place of a secret", v.Param)
		}
	},
	hooks: hooks{of: func(f *fact) bool { return f.secret || f.name != "" }, signs: signSpan | signOption | signMask, suspects: mayHoldMask},
}

// mayHoldMask spares nearly all values that are no secrets by their names.
func mayHoldMask(f *fact, s *suspect) bool {
	has := func(text string) bool { return bytes.Contains(s.raw, []byte(text)) }
	switch {
	case f.secret:
		return true
	case s.signs&signOption != 0 && (has("--") || has("://")), s.signs&signMask != 0 && has(secret.Mask):
		return true
	}
	return s.signs&signSpan != 0 && (has(":") || has("=") || has("\xe2"))
}

var ruleSecretSpace = Rule{
	ID:       "secret-space",
	Severity: Warning, Ignorable: true,
	Source:  Source{Documented, formatsDoc + ": white space at both ends is removed, a line break becomes a space"},
	Summary: "a secret has white space at an end or a line break within",
	Why: `The phone strips white space at both ends of a value and turns line breaks into spaces. Where the space belongs to the
password the phone uses another one; where it does not, whoever compares the two is led astray.`,
	Bad:  `<Password_1_ ua="na"> w8Hc-Lr2p-Vt6n</Password_1_>`,
	Good: `<Password_1_ ua="na">w8Hc-Lr2p-Vt6n</Password_1_>`,
	Value: func(c *Run, v Value) {
		if raw := v.all(); len(raw.raw) > 0 {
			c.report(raw, "remove the white space", "%s has white space at an end or a line break within, which the phone changes", v.Param)
		}
	},
	hooks: hooks{of: isSecret, suspects: func(_ *fact, s *suspect) bool {
		return isSpace(s.raw[0]) || isSpace(s.raw[len(s.raw)-1]) || s.signs&signLine != 0
	}},
}

var ruleIKM = Rule{
	ID:       "ikm-in-plain",
	Severity: Warning, Ignorable: true,
	Source:  Source{Inferred, formatsDoc + ": the phone never shows the key"},
	Summary: "the key for encrypted content is in the file it is to protect",
	Why: `IKM_HTTP_Encrypt_Content is the key by which the phone reads content encrypted as RFC 8188 says. The phone never shows it
again: not on its page, not in an export, not in a report. A file that carries it in plain text gives it to everybody on the
way and in the repository. Set it once, in a file served over TLS or at staging, and keep it out of this one.`,
	Bad:    `<IKM_HTTP_Encrypt_Content ua="na">yqdlZ-tYemfogSmv7Ws5PQ</IKM_HTTP_Encrypt_Content>`,
	Good:   `<IKM_HTTP_Encrypt_Content ua="na"/>`,
	Params: []string{"IKM_HTTP_Encrypt_Content"},
	Value: func(c *Run, v Value) {
		c.report(v, "leave it out once the phones have it", "%s is in plain text", v.Param)
	},
}

func isSecret(f *fact) bool    { return f.secret }
func isPlainText(f *fact) bool { return !f.secret }

func hasLineBreak(b []byte) bool {
	for _, c := range b {
		if c == '\n' || c == '\r' {
			return true
		}
	}
	return false
}
