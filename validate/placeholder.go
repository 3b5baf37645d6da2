// SPDX-License-Identifier: MPL-2.0

package validate

import "strings"

// placeholderForm is one way in which template engines and deployment scripts mark
// a value that is to be filled in.
type placeholderForm struct {
	open, closing string
	inside        func(string) bool
}

// placeholderForms are told apart by what is between the marks, so that a dial
// plan or an encoded URL is not one. Longer marks come first.
var placeholderForms = [...]placeholderForm{
	{"{{", "}}", anything},   // Jinja, Twig, Mustache, Go, Ansible, Blade
	{"{%", "%}", anything},   // Jinja, Twig
	{"{$", "}", anything},    // Smarty
	{"${", "}", anything},    // Terraform, shells, JavaScript
	{"#{", "}", anything},    // Ruby, Azure DevOps
	{"<%", "%>", anything},   // ERB, EJS, JSP
	{"<?", "?>", anything},   // PHP
	{"[[", "]]", isWord},     // Thymeleaf, Salt, scripts
	{"<<", ">>", isWord},     // scripts
	{"##", "##", isWord},     // scripts
	{"%(", ")s", isWord},     // Python
	{"%(", ")d", isWord},     // Python
	{"%{", "}", isWord},      // Puppet, Ruby
	{"__", "__", isUpper},    // scripts, Azure DevOps
	{"@", "@", isUpper},      // autoconf, CMake, Maven
	{"%", "%", isLongUpper},  // Windows, Symfony
	{"{", "}", isIdentifier}, // Python, this project's fleets
}

// placeholderWords are values that say of themselves that they are to be replaced.
var placeholderWords = [...]string{
	"changeme", "change_me", "change-me", "change me", "replaceme", "replace_me", "replace-me", "replace me",
	"fillme", "fillmein", "fill_me_in", "fixme", "todo", "tbd", "placeholder", "yourpassword", "your_password", "your-password", "your password",
	"yourpasswordhere", "your_password_here", "your-password-here", "your password here",
}

// isPlaceholder reports whether a value holds something that was to be filled in.
func isPlaceholder(value string) bool {
	_, _, ok := findPlaceholder(value)
	return ok
}

// findPlaceholder returns where the first placeholder in a value is.
func findPlaceholder(value string) (start, end int, ok bool) {
	for i := range len(value) {
		if !placeholderBytes[value[i]] {
			continue
		}
		for _, f := range placeholderForms {
			rest, found := strings.CutPrefix(value[i:], f.open)
			if !found {
				continue
			}
			if n := strings.Index(rest[:min(len(rest), 80)], f.closing); n >= 0 && f.inside(rest[:n]) {
				return i, i + len(f.open) + n + len(f.closing), true
			}
		}
	}
	if isPlaceholderWord(value) {
		return 0, len(value), true
	}
	return 0, 0, false
}

// placeholderBytes are the bytes with which a placeholder can start.
var placeholderBytes = func() (set [256]bool) {
	for _, f := range placeholderForms {
		set[f.open[0]] = true
	}
	return set
}()

// isPlaceholderWord: CHANGEME, or <password> as the whole value.
func isPlaceholderWord(value string) bool {
	for _, word := range placeholderWords {
		if len(word) == len(value) && strings.EqualFold(word, value) {
			return true
		}
	}
	n := len(value)
	return n > 2 && value[0] == '<' && value[n-1] == '>' && isWord(value[1:n-1])
}

func anything(string) bool { return true }

// isWord: letters first, then digits, spaces and what joins words as well.
func isWord(s string) bool {
	s = strings.Trim(s, " ")
	return s != "" && isLetter(s[0]) && strings.Trim(s, wordBytes+"-. ") == ""
}

func isIdentifier(s string) bool {
	return s != "" && isLetter(s[0]) && strings.Trim(s, wordBytes+".") == ""
}

func isUpper(s string) bool {
	return s != "" && isLetter(s[0]) && strings.Trim(s, wordBytes) == "" && s == strings.ToUpper(s)
}

// isLongUpper is isUpper for marks that occur in encoded URLs as well.
func isLongUpper(s string) bool {
	return len(s) > 2 && isUpper(s) && strings.Trim(s[:3], hexBytes) != ""
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' }

const (
	hexBytes  = "0123456789ABCDEFabcdef"
	wordBytes = "0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)
