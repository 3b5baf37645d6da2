// SPDX-License-Identifier: MPL-2.0

package secret

import "strings"

// secretOptions are the options of a rule whose argument is a secret: --key and
// --pwd, and what people write in their place. Longer names come first.
var secretOptions = [...]string{"password", "passwd", "pass", "pwd", "key", "secret", "token", "psk"}

// otherOptions end an argument that nobody quoted.
var otherOptions = [...]string{"uid", "post", "alias", "delta", "status"}

// dashes begin an option; word processors turn two hyphens into one dash.
var dashes = [...]string{"--", enDash, "—"}

const enDash = "–" // begins with the same byte as the longer one

func startsDash(s string) bool {
	return strings.HasPrefix(s, dashes[0]) || strings.HasPrefix(s, dashes[1]) || strings.HasPrefix(s, dashes[2])
}

// appendOptions finds the arguments of secret options.
func appendOptions(spans []Span, s string) []Span {
	for i := 0; i < len(s); {
		n := 0
		if s[i] == '-' || s[i] == enDash[0] {
			n = option(s[i:], secretOptions[:])
		}
		if n == 0 {
			i++
			continue
		}
		start, end := argument(s, i+n)
		spans = add(spans, s, start, end)
		i = max(end, i+n)
	}
	return spans
}

// option returns the length of the option s begins with, 0 if it begins with
// none of names.
func option(s string, names []string) int {
	for _, dash := range dashes {
		rest, ok := strings.CutPrefix(s, dash)
		if !ok {
			continue
		}
		for _, name := range names {
			if len(rest) >= len(name) && strings.EqualFold(rest[:len(name)], name) &&
				(len(rest) == len(name) || !isAlnum(rest[len(name)]) && strings.IndexByte("_-", rest[len(name)]) < 0) {
				return len(dash) + len(name)
			}
		}
	}
	return 0
}

// argument returns where the argument of an option stands that ends at i.
func argument(s string, i int) (start, end int) {
	i = skipSpace(s, i)
	if i < len(s) && (s[i] == '=' || s[i] == ':') {
		i = skipSpace(s, i+1)
	}
	if i == len(s) || option(s[i:], secretOptions[:]) > 0 || option(s[i:], otherOptions[:]) > 0 {
		return i, i
	}
	open := strings.LastIndexByte(s[:i], '[')
	inBrackets := open >= 0 && strings.IndexByte(s[open:i], ']') < 0
	if n, _ := quoteAt(s, i); n > 0 {
		return quoted(s, i, inBrackets)
	}
	return i, unquoted(s, i, inBrackets)
}

// unquoted returns the end of an argument without quotes. Between brackets it
// reaches to the bracket, the next option or the URL: what stands before that
// can only be the rest of a password with spaces.
func unquoted(s string, i int, inBrackets bool) int {
	first := i
	for end := i; ; {
		stop := i
		for stop < len(s) && !isSpace(s[stop]) {
			stop++
		}
		word := s[i:stop]
		switch at := strings.LastIndexByte(word, ']'); { // a password may hold one: the last ends the options
		case i > first && strings.Contains(word, "://"), at == 0:
			return end
		case at > 0:
			return i + at
		case isReference(word) && i == first:
			return stop
		}
		end = stop
		if i = skipSpace(s, stop); !inBrackets || i == len(s) || isOption(s[i:]) {
			return end
		}
	}
}

func isOption(s string) bool {
	return option(s, secretOptions[:]) > 0 || option(s, otherOptions[:]) > 0
}

// quotes are the quotes in which an argument may stand: the two of the rules,
// those that word processors make of them, and both as text in which the rule is
// quoted once more has them.
var quotes = [...]struct{ open, close string }{
	{`"`, `"`}, {`'`, `'`}, {`\"`, `\"`}, {`\'`, `\'`}, {"“", "”"}, {"„", "“"}, {"‘", "’"}, {"«", "»"}, {"`", "`"},
	{"&quot;", "&quot;"}, {"&#34;", "&#34;"}, {"&#x22;", "&#x22;"}, {"&apos;", "&apos;"}, {"&#39;", "&#39;"}, {"&#x27;", "&#x27;"},
}

// quoteAt returns the length of the quote that opens at i, and what closes it.
func quoteAt(s string, i int) (int, string) {
	for _, q := range quotes {
		if strings.HasPrefix(s[i:], q.open) {
			return len(q.open), q.close
		}
	}
	return 0, ""
}

// quoted returns the inside of the quoted argument at i: to the quote that closes
// it, which no backslash stands before, or to the end of s. What follows the quote
// without white space belongs to the argument, as in a shell; and between brackets
// all that is no option.
func quoted(s string, i int, inBrackets bool) (start, end int) {
	n, closing := quoteAt(s, i)
	start = i + n
	for at := start; ; {
		n := strings.Index(s[at:], closing)
		if n < 0 {
			return start, len(s)
		}
		at += n
		next := at + len(closing)
		if closing[0] != '\\' && escaped(s, start, at) {
			at = next
			continue
		}
		if open, again := quoteAt(s, next); open > 0 {
			at, closing = next+open, again
			continue
		}
		if k := skipSpace(s, next); k > next && (!inBrackets || k == len(s) || isOption(s[k:])) {
			return start, at
		} else if stop := unquoted(s, k, inBrackets); stop > k {
			return start, stop
		}
		return start, at
	}
}

// escaped reports whether an odd number of backslashes stands before s[at].
func escaped(s string, start, at int) bool {
	n := 0
	for at-n > start && s[at-n-1] == '\\' {
		n++
	}
	return n%2 == 1
}
