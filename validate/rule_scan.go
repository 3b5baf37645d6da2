// SPDX-License-Identifier: MPL-2.0

package validate

import "strings"

// ruleEvent is something worth a problem in a provisioning rule: Profile_Rule,
// Upgrade_Rule and their like.
type ruleEvent struct {
	kind     ruleEventKind
	from, to int
	what     string // of a syntax error; holds no argument
}

type ruleEventKind uint8

const (
	badSyntax ruleEventKind = iota
	clearURL                // the scheme of a URL by which what is not encrypted travels
)

// scanRule goes through a rule once.
func scanRule(rule string, found func(ruleEvent)) {
	(&ruleScanner{text: rule, found: found}).scan()
}

type ruleScanner struct {
	text      string
	found     func(ruleEvent)
	encrypted bool // the alternative at hand has --key
}

func (r *ruleScanner) scan() {
	s := r.text
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
				r.syntax(start, "unknown option "+quote(optionName(word)))
			}
			return true
		}
		arg, start, end, ok := r.word(i, to)
		if !ok || arg == "" || strings.HasPrefix(arg, "--") {
			r.syntax(start, word+" without a value")
			return ok
		}
		i = end
		r.encrypted = r.encrypted || word == "--key"
	}
}

// optionName returns the option without an argument that somebody wrote with =.
func optionName(word string) string {
	end := 2
	for end < len(word) && (isSchemeByte(word[end]) || word[end] == '-') {
		end++
	}
	return word[:end]
}

// word reads a word or a quoted string from i; ok is false for an open quote.
func (r *ruleScanner) word(i, to int) (word string, start, end int, ok bool) {
	s := r.text
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

// url looks at the URL whose :// is at i and returns where its host ends.
func (r *ruleScanner) url(i int) int {
	s := r.text
	start := i
	for start > 0 && isSchemeByte(s[start-1]) {
		start--
	}
	end := i + 3
	for end < len(s) && strings.IndexByte("/|? \t", s[end]) < 0 {
		end++
	}
	if scheme := s[start:i]; !r.encrypted && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "tftp")) {
		r.found(ruleEvent{kind: clearURL, from: start, to: i})
	}
	return end - 1
}

func (r *ruleScanner) syntax(at int, what string) {
	r.found(ruleEvent{kind: badSyntax, from: at, to: at + 1, what: what})
}

func isSchemeByte(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
