// SPDX-License-Identifier: MPL-2.0

package term

import "strings"

var (
	htmlEscape     = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", " ")
	markdownEscape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", " ", "\r", " ",
		`\`, `\\`, "|", `\|`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "#", `\#`, "~", `\~`, "@", "@&#8203;")
)

// MarkdownText escapes what Markdown, a table in it or HTML would take for
// their own; htmlText what HTML alone would.
func MarkdownText(s string) string { return markdownEscape.Replace(s) }

// HTMLText escapes text for HTML, on one line.
func HTMLText(s string) string { return htmlEscape.Replace(s) }
