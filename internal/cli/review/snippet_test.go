// SPDX-License-Identifier: MPL-2.0

package review

import (
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
)

func TestSnippet(t *testing.T) {
	t.Parallel()
	long := "<flat-profile>" + strings.Repeat("<A>1</A>", 25_000) + "<B>BAD</B>" + strings.Repeat("<A>1</A>", 25_000) + "</flat-profile>"
	tests := []struct {
		name, data, mark string // mark is the text that the finding is about
		line, caret      string
	}{
		{"plain", "<a>\n  <b>x</b>\n</a>", "x", "  <b>x</b>", "     ^"},
		{"several characters", "<b>xyz</b>", "xyz", "<b>xyz</b>", "   ^~~"},
		{"tabs", "<a>\n\t\t<b>x\ty</b>\n</a>", "x\ty", "        <b>x    y</b>", "           ^~~~~~"},
		{"wide characters before", "<b>電話</b><c>x</c>", "x", "<b>電話</b><c>x</c>", "              ^"},
		{"wide characters marked", "<b>電話</b>", "電話", "<b>電話</b>", "   ^~~~"},
		{"combining character", "<b>e\u0301</b><c>x</c>", "x", "<b>e\u0301</b><c>x</c>", "           ^"},
		{"CRLF", "<a>\r\n<b>x</b>\r\n</a>", "x", "<b>x</b>", "   ^"},
		{"control character", "<b>\x01x</b>", "x", "<b>�x</b>", "    ^"},
		{"invalid UTF-8", "<b>\xffx</b>", "x", "<b>�x</b>", "    ^"},
		{"several lines", "<b>x\ny</b>", "x\ny", "<b>x", "   ^"},
		{"end of the file", "<b>", "", "<b>", "   ^"},
		{"a line of 400 kB", long, "BAD", "…1</A>" + strings.Repeat("<A>1</A>", 3) + "<B>BAD</B>" + strings.Repeat("<A>1</A>", 10) + "<…", "                                 ^~~"},
		{"start of a long line", "<B>BAD</B>" + strings.Repeat("<A>1</A>", 100), "BAD", "<B>BAD</B>" + strings.Repeat("<A>1</A>", 13) + "<A>1</…", "   ^~~"},
		{"a password", "<CDC_Challenge_Password_1_>hunter2</CDC_Challenge_Password_1_><c>x</c>", "x",
			"<CDC_Challenge_Password_1_>********</CDC_Challenge_Password_1_><c>x</c>", strings.Repeat(" ", 66) + "^"},
		{"a password itself", "<CDC_Challenge_Password_1_>hunter2</CDC_Challenge_Password_1_>", "hunter2",
			"<CDC_Challenge_Password_1_>********</CDC_Challenge_Password_1_>", "                           ^~~~~~~~"},
		{"a part of a password", "<CDC_Challenge_Password_1_ ua=\"na\">hun & ter2</CDC_Challenge_Password_1_>", "& ter2",
			"<CDC_Challenge_Password_1_ ua=\"na\">********</CDC_Challenge_Password_1_>", "                                   ^~~~~~~~"},
		{"a password in a comment", "<!-- <CDC_Challenge_Password_1_>hunter2</CDC_Challenge_Password_1_> -->", "<!--",
			"<!-- <CDC_Challenge_Password_1_>********</CDC_Challenge_Password_1_> -->", "^~~~"},
		{"a password in a profile rule", "<R>[--uid a --pwd hunter2]http://x</R>", "hunter2", "<R>[--uid a --pwd ********]http://x</R>", "                  ^~~~~~~~"},
		{"a key in a profile rule", "<R>[--key hunter2 ]http://x</R>", "http", "<R>[--key ******** ]http://x</R>", "                    ^~~~"},
		{"a macro is no password", "<R>[--pwd $SB]http://x</R>", "$SB", "<R>[--pwd $SB]http://x</R>", "          ^~~"},
		{"a password in an address", "<R>http://a:hunter2@x/</R>", "http", "<R>http://a:********@x/</R>", "   ^~~~"},
		{"a password without end", "<CDC_Challenge_Password_1_>hunter2", "<CDC", "<CDC_Challenge_Password_1_>********", "^~~~"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start := strings.LastIndex(tt.data, tt.mark)
			got := newSnippet([]byte(tt.data), cfgxml.SecretSpans([]byte(tt.data)), start, start+len(tt.mark))
			if got.Line != tt.line {
				t.Errorf("line:\n got %q\nwant %q", got.Line, tt.line)
			}
			if got.Caret != tt.caret {
				t.Errorf("caret:\n got %q\nwant %q", got.Caret, tt.caret)
			}
			if strings.Contains(got.Line, "hunter2") {
				t.Error("the password is shown")
			}
		})
	}
}

// TestSnippetAnywhere marks every pair of offsets of nasty lines: no panic, and
// the caret line is never wider than the snippet.
func TestSnippetAnywhere(t *testing.T) {
	t.Parallel()
	for _, data := range []string{
		"", "\n", "\r\n\r\n", "<a>\t電\xff\n</a>", "<CDC_Challenge_Password_1_>電\t</CDC_Challenge_Password_1_>\n<CDC_Challenge_Password_1_", "</</<CDC_Challenge_Password_1_/>",
	} {
		for start := -1; start <= len(data)+1; start++ {
			for end := start - 1; end <= len(data)+1; end++ {
				s := newSnippet([]byte(data), cfgxml.SecretSpans([]byte(data)), start, end)
				if n := term.Widths.StringWidth(s.Line); len(s.Caret) > n+tabWidth+1 {
					t.Fatalf("%q[%d:%d]: caret %q is wider than %q", data, start, end, s.Caret, s.Line)
				}
			}
		}
	}
}
