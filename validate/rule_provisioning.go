// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"slices"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

var ruleKeyPlain = Rule{
	ID:       "rule-key-in-plain",
	Severity: Warning, Ignorable: true,
	Summary: "a rule holds the encryption key of the configuration in plain text",
	Why: `--key gives the key by which the phone opens its configuration. Written into the rule it can be read by everybody who reads the
file, in the repository, or in the report a phone sends. Put it into GPP_SA, which phones never show, and refer to it as $SA.`,
	Bad:  `<Profile_Rule ua="na">[--key 3f9a1c7d2b] https://prov.example.nl/$MA.cfg</Profile_Rule>`,
	Good: `<Profile_Rule ua="na">[--key $SA] https://prov.example.nl/$MA.cfg</Profile_Rule>`,
}

var rulePasswordPlain = Rule{
	ID:       "rule-password-in-plain",
	Severity: Warning, Ignorable: true,
	Summary: "a rule holds a password in plain text",
	Why: `--pwd, or user:password@ in a URL, gives the password for the provisioning server. In the rule everybody can read it. $SA to $SD
are expanded as arguments of --uid and --pwd as well.`,
	Bad:  `<Profile_Rule ua="na">[--uid phones --pwd wintersun] https://prov.example.nl/$MA.cfg</Profile_Rule>`,
	Good: `<Profile_Rule ua="na">[--uid phones --pwd $SB] https://prov.example.nl/$MA.cfg</Profile_Rule>`,
}

var ruleCleartext = Rule{
	ID:       "rule-cleartext",
	Severity: Info, Ignorable: true,
	Summary: "a configuration travels by http or tftp without encryption",
	Why: `The configuration holds the lines' passwords and the challenge password. With http:// or tftp:// and no --key everybody on the
way can read it. Use https://, or encrypt the file: --key, or RFC 8188 with IKM_HTTP_Encrypt_Content. With the latter, ignore
this rule.`,
	Bad:  `<Profile_Rule ua="na">http://prov.example.nl/$MA.cfg</Profile_Rule>`,
	Good: `<Profile_Rule ua="na">https://prov.example.nl/$MA.cfg</Profile_Rule>`,
}

var ruleRuleMacro = Rule{
	ID:       "rule-macro",
	Severity: Warning, Ignorable: true,
	Summary: "a rule holds a macro the phone does not know",
	Why: `A name that is not in the phone's table stays as it stands, and the phone asks the server for a file with a dollar sign in its
name. Names are upper case; letters that follow need parentheses: $(MAU)config.cfg.`,
	Bad:  `<Profile_Rule ua="na">https://prov.example.nl/$MACADDRESS.cfg</Profile_Rule>`,
	Good: `<Profile_Rule ua="na">https://prov.example.nl/$MA.cfg</Profile_Rule>`,
}

var ruleRuleSyntax = Rule{
	ID:       "rule-syntax",
	Severity: Warning, Ignorable: true,
	Summary: "a rule's brackets, parentheses or quotes do not match, or an option is unknown",
	Why: `A rule is a list of alternatives, separated by |, each with a condition in parentheses, options in brackets and a URL, in this
order: (cond)? [--key $SA] URL. Options are --key, --uid, --pwd, --post, --alias and, for reports, --delta and --status. A rule
the phone cannot read it does not follow.`,
	Bad:  `<Profile_Rule ua="na">[--key $SA https://prov.example.nl/$MA.cfg</Profile_Rule>`,
	Good: `<Profile_Rule ua="na">[--key $SA] https://prov.example.nl/$MA.cfg</Profile_Rule>`,
}

// checkRule applies the rules for a provisioning rule: Profile_Rule, Upgrade_Rule
// and their like. Its value may hold secrets: no message may quote all of it.
func checkRule(c *pass, v subject) {
	if strings.HasPrefix(v.value, "#") || isPlaceholder(v.value) {
		return // a comment; a template
	}
	hides := hidden(v.param, v.value)
	for _, ref := range device.References(v.value) {
		switch {
		case ref.Known:
		case hides: // the dollar sign may be one of a password
			c.report(&ruleRuleMacro, v.part(ref.Start, ref.End), "a dollar sign as such is $$", "%s: unknown macro at character %d", v.param, ref.Start+1)
		default:
			c.report(&ruleRuleMacro, v.part(ref.Start, ref.End), macroHint(ref), "%s: unknown macro %s", v.param, quote(v.value[ref.Start:ref.End]))
		}
	}
	r := ruleScanner{pass: c, v: v, spans: secret.Spans(v.value), transfers: strings.HasPrefix(v.param, "Profile_Rule") || v.param == "Report_Rule"}
	r.scan()
}

// ruleScanner goes through a provisioning rule once.
type ruleScanner struct {
	*pass
	v         subject
	spans     []secret.Span
	transfers bool // what travels is a configuration
	encrypted bool // the alternative at hand has --key
}

func (r *ruleScanner) scan() {
	s := r.v.value
	depth, open := 0, -1
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '(':
			depth++
		case ')':
			depth--
		case '[':
			if open < 0 {
				open = i
			}
		case ']':
			if open < 0 {
				r.syntax(i, "] without [")
				return
			}
			if !r.options(open+1, i) {
				return
			}
			open = -1
		case '|':
			r.encrypted = false
		case ':':
			if open < 0 && strings.HasPrefix(s[i:], "://") {
				i = r.url(i)
			}
		}
		if depth < 0 {
			r.syntax(i, ") without (")
			return
		}
	}
	switch {
	case open >= 0:
		r.syntax(open, "[ without ]")
	case depth > 0:
		r.syntax(strings.LastIndexByte(s, '('), "( without )")
	}
}

// options reads --key X --uid Y between brackets.
func (r *ruleScanner) options(from, to int) bool {
	for i := from; ; {
		word, start, end, ok := r.word(i, to)
		if !ok {
			r.syntax(start, "a quote that is not closed")
			return false
		}
		if word == "" {
			return true
		}
		i = end
		switch word {
		case "--delta", "--status":
			continue
		case "--key", "--uid", "--pwd", "--post", "--alias":
		default:
			// An IPv6 address has brackets too.
			if strings.HasPrefix(word, "--") {
				r.syntax(start, "unknown option "+quote(word))
			}
			return true
		}
		arg, start, end, ok := r.word(i, to)
		if !ok || arg == "" || strings.HasPrefix(arg, "--") {
			r.syntax(start, word+" without a value")
			return ok
		}
		i = end
		switch word {
		case "--key":
			r.encrypted = true
			if r.secretIn(start, end) >= 0 {
				r.report(&ruleKeyPlain, r.v.part(start, end), "put it into GPP_SA and write --key $SA", "%s holds the key of --key in plain text", r.v.param)
			}
		case "--pwd":
			if r.secretIn(start, end) >= 0 {
				r.report(&rulePasswordPlain, r.v.part(start, end), "put it into GPP_SB and write --pwd $SB", "%s holds the password of --pwd in plain text", r.v.param)
			}
		}
	}
}

// word reads a word or a quoted string from i; ok is false for an open quote.
func (r *ruleScanner) word(i, to int) (word string, start, end int, ok bool) {
	s := r.v.value
	for i < to && isSpace(s[i]) {
		i++
	}
	start = i
	if i < to && (s[i] == '"' || s[i] == '\'') {
		n := strings.IndexByte(s[i+1:to], s[i])
		if n < 0 {
			return "", start, to, false
		}
		return s[i+1 : i+1+n], start, i + n + 2, true
	}
	for i < to && !isSpace(s[i]) {
		i++
	}
	return s[start:i], start, i, true
}

// url looks at the URL whose :// stands at i and returns where its host ends.
func (r *ruleScanner) url(i int) int {
	s := r.v.value
	start := i
	for start > 0 && isSchemeByte(s[start-1]) {
		start--
	}
	end := i + 3
	for end < len(s) && strings.IndexByte("/|? \t", s[end]) < 0 {
		end++
	}
	scheme := strings.ToLower(s[start:i])
	word := i + 3
	for word < len(s) && !isSpace(s[word]) {
		word++
	}
	if n := r.secretIn(i+3, word); n >= 0 {
		r.report(&rulePasswordPlain, r.v.part(i+3, r.spans[n].End), "use [--uid phones --pwd $SB] before the URL", "%s holds a password in its URL", r.v.param)
	}
	if r.transfers && !r.encrypted && (scheme == "http" || scheme == "tftp") {
		r.report(&ruleCleartext, r.v.part(start, i), "use https://, or encrypt the configuration", "%s: the configuration travels by %s, readable to everybody on the way", r.v.param, scheme)
	}
	return end - 1
}

// secretIn returns the first of the secrets in the rule that begins between start
// and end, -1 if there is none.
func (r *ruleScanner) secretIn(start, end int) int {
	return slices.IndexFunc(r.spans, func(s secret.Span) bool { return s.Start >= start && s.Start < end })
}

func (r *ruleScanner) syntax(at int, what string) {
	at = min(at, max(len(r.v.value)-1, 0))
	r.report(&ruleRuleSyntax, r.v.part(at, at+1), "a rule is (condition)? [--options] URL, alternatives separated by |", "%s: %s at character %d", r.v.param, what, at+1)
}

func isSchemeByte(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
