// SPDX-License-Identifier: MPL-2.0

package secret

import "strings"

// appendUserinfo finds passwords in addresses: scheme://user:password@host,
// sip:user:password@host, and user:password@host at the beginning of a word.
func appendUserinfo(spans []Span, s string) []Span {
	for i := 0; ; {
		n := strings.Index(s[i:], "://")
		if n < 0 {
			break
		}
		i += n + len("://")
		spans = appendAuthority(spans, s, i)
	}
	if strings.IndexByte(s, '@') < 0 {
		return spans
	}
	for i := 0; i < len(s); {
		i = skipSpace(s, i)
		end := i
		for end < len(s) && !isSpace(s[end]) {
			end++
		}
		spans = appendBare(spans, s, i, end)
		i = end
	}
	return appendMasks(spans, s)
}

// appendMasks finds masks with blanks in them, such as "(sensitive value)", in the
// place of a password that could not have any: user:(sensitive value)@host.
func appendMasks(spans []Span, s string) []Span {
	for at := strings.IndexByte(s, '@'); at >= 0; {
		if colon := strings.LastIndexByte(s[:at], ':'); colon > 0 && !isSpace(s[colon-1]) {
			if inner := s[colon+1 : at]; strings.IndexByte(inner, ' ') > 0 && IsMask(inner) {
				spans = add(spans, s, colon+1, at)
			}
		}
		next := strings.IndexByte(s[at+1:], '@')
		if next < 0 {
			break
		}
		at += 1 + next
	}
	return spans
}

// appendAuthority finds the password in the authority at i. The last "@" before
// the path ends it. A password that holds a "/", "?", "#" or space that nobody
// encoded looks like a path: it is one if what stands before is a host and a port.
func appendAuthority(spans []Span, s string, i int) []Span {
	end := i
	for end < len(s) && strings.IndexByte("/?# \t\r\n", s[end]) < 0 {
		end++
	}
	at := strings.LastIndexByte(s[i:end], '@')
	colon, n := colonOf(s[i:end])
	if colon < 0 || at >= 0 && colon > at {
		return spans
	}
	if at < 0 {
		rest := s[i:]
		if port := s[i+colon+n : end]; s[i] == '[' || isPort(port) && (port != "" || end == len(s) || !isSpace(s[end])) {
			if s[i] == '[' || isHost(s[i:i+colon]) {
				return spans // an IPv6 address, or a host and its port
			}
			rest, _, _ = strings.Cut(rest, " ")
		}
		if next := strings.Index(rest, "://"); next >= 0 {
			rest = rest[:next]
		}
		if at = strings.LastIndexByte(rest, '@'); at < 0 {
			if port := s[i+colon+n : end]; !isPort(strings.TrimRight(port, "<")) && strings.IndexByte(port, '$') < 0 {
				return add(spans, s, i+colon+n, cutOff(s, i+colon+n))
			}
			return spans
		}
	}
	return add(spans, s, i+colon+n, i+at)
}

// cutOff returns the end of a password at i whose "@" is cut off: that of the line,
// of the element, or of the word before the next address.
func cutOff(s string, i int) int {
	end := len(s)
	if n := strings.IndexAny(s[i:], "<\r\n"); n >= 0 {
		end = i + n
	}
	if next := strings.Index(s[i:end], "://"); next >= 0 {
		if space := strings.LastIndexByte(s[i:i+next], ' '); space >= 0 {
			end = i + space
		}
	}
	return end
}

// colonOf returns where the colon of a userinfo stands, encoded or not, and its
// length; -1 if there is none.
func colonOf(s string) (at, length int) {
	at, length = strings.IndexByte(s, ':'), 1
	for _, encoded := range [...]string{"%3A", "%3a"} {
		if i := strings.Index(s, encoded); i >= 0 && (at < 0 || i < at) {
			at, length = i, len(encoded)
		}
	}
	return at, length
}

func isPort(s string) bool { return len(s) <= len("65535") && strings.Trim(s, "0123456789") == "" }

// isHost reports whether s before a number is a host rather than a user: it has
// a dot, or is a reference or the name of this machine.
func isHost(s string) bool {
	return strings.ContainsAny(s, ".$") || strings.EqualFold(s, "localhost")
}

// appendBare finds the password in user:password@host without scheme, where s[i:end]
// is a word. Dial plans hold colons and "@" too, but begin with no user name.
func appendBare(spans []Span, s string, i, end int) []Span {
	word := s[i:end]
	for _, scheme := range [...]string{"sip:", "sips:", "//"} {
		if len(word) >= len(scheme) && strings.EqualFold(word[:len(scheme)], scheme) {
			i += len(scheme)
			word = s[i:end]
			break
		}
	}
	if colon := strings.IndexByte(word, ':'); colon > 0 { // in the text of a document a tag may come first
		i += strings.LastIndexByte(word[:colon], '>') + 1
		word = s[i:end]
	}
	colon := strings.IndexByte(word, ':')
	if slash := strings.IndexByte(word, '/'); slash >= 0 {
		if first := word[:slash]; colon < 1 || colon+1 >= slash || strings.Contains(first, "@") || isPort(first[colon+1:]) && isHost(first[:colon]) {
			word = first
		}
	}
	at := strings.LastIndexByte(word, '@')
	if colon < 1 || colon > len(word) || at < colon || strings.EqualFold(word[:colon], "mailto") {
		return spans
	}
	for k := range colon {
		if c := word[k]; !isAlnum(c) && strings.IndexByte("._-+~%$\\", c) < 0 {
			return spans
		}
	}
	return add(spans, s, i+colon+1, i+at)
}

// appendQueries finds the values of query parameters that are secrets: from a
// "?" or "&" and a name to the next "&".
func appendQueries(spans []Span, s string) []Span {
	for i := 0; i < len(s); i++ {
		if strings.IndexByte("?&;", s[i]) < 0 {
			continue
		}
		name := i + 1
		end := name
		for end < len(s) && (isAlnum(s[end]) || strings.IndexByte("_-.", s[end]) >= 0) {
			end++
		}
		if end == len(s) || s[end] != '=' || !isSecretQuery(s[name:end]) {
			continue
		}
		stop := queryEnd(s, end+1)
		spans = add(spans, s, end+1, stop)
		i = stop - 1
	}
	return spans
}

// queryEnd returns the end of the value of a query parameter at i. A space that
// nobody encoded belongs to it, unless an option, another rule or a URL follows.
func queryEnd(s string, i int) int {
	for stop := i; ; {
		for stop < len(s) && s[stop] != '&' && !isSpace(s[stop]) {
			stop++
		}
		next := skipSpace(s, stop)
		if next == stop || next == len(s) || strings.IndexByte("|([", s[next]) >= 0 || isOption(s[next:]) ||
			strings.IndexByte(s[stop:next], '\n') >= 0 || isReference(s[i:stop]) {
			return stop
		}
		if word, _, _ := strings.Cut(s[next:], " "); strings.Contains(word, "://") {
			return stop
		}
		stop = next
	}
}

// isSecretQuery reports whether a query parameter holds a secret, by its name.
func isSecretQuery(name string) bool {
	name = strings.ToLower(name)
	for _, word := range [...]string{"pass", "pwd", "secret", "token", "psk", "credential", "challenge"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	switch name {
	case "auth", "sig", "signature", "pin", "pw":
		return true
	}
	return strings.HasSuffix(name, "key")
}
