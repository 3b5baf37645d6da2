// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

var ruleKeyPlain = Rule{
	ID:       "rule-key-in-plain",
	Severity: Warning, Ignorable: true,
	Source:  Source{Inferred, formatsDoc + ": $SA to $SD are expanded as arguments of --key"},
	Summary: "a rule holds the encryption key of the configuration in plain text",
	Why: `--key gives the key by which the phone opens its configuration. Written into the rule it can be read by everybody who reads the
file, in the repository, or in the report a phone sends. Put it into GPP_SA, which phones never show, and refer to it as $SA.`,
	Bad:  `<Profile_Rule ua="na">[--key 3f9a1c7d2b] https://prov.example.nl/$MA.cfg</Profile_Rule>`,
	Good: `<Profile_Rule ua="na">[--key $SA] https://prov.example.nl/$MA.cfg</Profile_Rule>`,
	Value: func(c *Run, v Value) {
		for _, s := range plainSpans(v.Text) {
			if isKeyArgument(v.Text[:s.Start]) {
				c.report(v.part(s.Start, s.End), "put it into GPP_SA and write --key $SA", "%s holds the key of --key in plain text", v.Param)
			}
		}
	},
	hooks: hooks{of: isRule},
}

var rulePasswordPlain = Rule{
	ID:       "rule-password-in-plain",
	Severity: Warning, Ignorable: true,
	Source:  Source{Inferred, formatsDoc + ": $SA to $SD are expanded as arguments of --uid and --pwd"},
	Summary: "a rule holds a password in plain text",
	Why: `--pwd, or user:password@ in a URL, gives the password for the provisioning server. In the rule everybody can read it. $SA to $SD
are expanded as arguments of --uid and --pwd as well.`,
	Bad:  `<Profile_Rule ua="na">[--uid phones --pwd wintersun] https://prov.example.nl/$MA.cfg</Profile_Rule>`,
	Good: `<Profile_Rule ua="na">[--uid phones --pwd $SB] https://prov.example.nl/$MA.cfg</Profile_Rule>`,
	Value: func(c *Run, v Value) {
		for _, s := range plainSpans(v.Text) {
			if !isKeyArgument(v.Text[:s.Start]) {
				c.report(v.part(s.Start, s.End), "put it into GPP_SB and write [--uid phones --pwd $SB]", "%s holds a password in plain text", v.Param)
			}
		}
	},
	hooks: hooks{of: isRule},
}

var ruleCleartext = Rule{
	ID:       "rule-cleartext",
	Severity: Info, Ignorable: true,
	Source:  Source{Advice, "http and tftp are not encrypted"},
	Summary: "a configuration travels by http or tftp without encryption",
	Why: `The configuration holds the lines' passwords and the challenge password. With http:// or tftp:// and no --key everybody on the
way can read it. Use https://, or encrypt the file: --key, or RFC 8188 with IKM_HTTP_Encrypt_Content. With the latter, ignore
this rule.`,
	Bad:  `<Profile_Rule ua="na">http://prov.example.nl/$MA.cfg</Profile_Rule>`,
	Good: `<Profile_Rule ua="na">https://prov.example.nl/$MA.cfg</Profile_Rule>`,
	Value: func(c *Run, v Value) {
		if !isRuleText(v.Text) || !strings.HasPrefix(v.Param, "Profile_Rule") && v.Param != "Report_Rule" {
			return // what travels is no configuration
		}
		scanRule(v.Text, func(e ruleEvent) {
			if e.kind == clearURL {
				c.report(v.part(e.from, e.to), "use https://, or encrypt the configuration", "%s: the configuration travels by %s, readable to everybody on the way", v.Param, strings.ToLower(v.Text[e.from:e.to]))
			}
		})
	},
	hooks: hooks{of: isRule},
}

var ruleRuleMacro = Rule{
	ID:       "rule-macro",
	Severity: Warning, Ignorable: true,
	Source:  Source{Documented, macrosDoc + ": an unknown name stays as it is"},
	Summary: "a rule holds a macro the phone does not know",
	Why: `The phone leaves a name that is not in its table as it is, and asks the server for a file with a dollar sign in its name.
Names are upper case; letters that follow need parentheses: $(MAU)config.cfg.`,
	Bad:  `<Profile_Rule ua="na">https://prov.example.nl/$MACADDRESS.cfg</Profile_Rule>`,
	Good: `<Profile_Rule ua="na">https://prov.example.nl/$MA.cfg</Profile_Rule>`,
	Value: func(c *Run, v Value) {
		if !isRuleText(v.Text) {
			return
		}
		plain := hidden(v.Param, v.Text)
		for _, ref := range device.References(v.Text) {
			switch {
			case ref.Known:
			case plain: // the dollar sign may be one of a password
				c.report(v.part(ref.Start, ref.End), "a dollar sign as such is $$", "%s: unknown macro at character %d", v.Param, ref.Start+1)
			default:
				c.report(v.part(ref.Start, ref.End), macroHint(ref), "%s: unknown macro %s", v.Param, quote(v.Text[ref.Start:ref.End]))
			}
		}
	},
	hooks: hooks{of: isRule},
}

var ruleRuleSyntax = Rule{
	ID:       "rule-syntax",
	Severity: Warning, Ignorable: true,
	Source:  Source{Documented, formatsDoc + ", the grammar of rules"},
	Summary: "a rule's brackets, parentheses or quotes do not match, or an option is unknown",
	Why: `A rule is a list of alternatives, separated by |, each with a condition in parentheses, options in brackets and a URL, in this
order: (cond)? [--key $SA] URL. Options are --key, --uid, --pwd, --post, --alias and, for reports, --delta and --status. The phone
does not follow a rule it cannot read.`,
	Bad:  `<Profile_Rule ua="na">[--key $SA https://prov.example.nl/$MA.cfg</Profile_Rule>`,
	Good: `<Profile_Rule ua="na">[--key $SA] https://prov.example.nl/$MA.cfg</Profile_Rule>`,
	Value: func(c *Run, v Value) {
		if !isRuleText(v.Text) {
			return
		}
		scanRule(v.Text, func(e ruleEvent) {
			if e.kind == badSyntax {
				at := min(e.from, max(len(v.Text)-1, 0))
				c.report(v.part(at, at+1), "a rule is (condition)? [--options] URL, alternatives separated by |", "%s: %s at character %d", v.Param, e.what, at+1)
			}
		})
	},
	hooks: hooks{of: isRule},
}

func isRule(f *fact) bool { return f.rule && !f.secret && f.choices == nil }

// isRuleText: neither a comment nor a template.
func isRuleText(s string) bool { return !strings.HasPrefix(s, "#") && !isPlaceholder(s) }

// plainSpans are the secrets in a rule.
func plainSpans(rule string) []secret.Span {
	if !isRuleText(rule) {
		return nil
	}
	return secret.Spans(rule)
}

// isKeyArgument reports whether what follows is the argument of --key.
func isKeyArgument(before string) bool {
	before = strings.TrimRight(before, " \t\"'=")
	return len(before) >= 3 && strings.EqualFold(before[len(before)-3:], "key") && !strings.ContainsRune("?&", rune(before[max(len(before)-4, 0)]))
}
