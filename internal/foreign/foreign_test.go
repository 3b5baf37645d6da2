// SPDX-License-Identifier: MPL-2.0

package foreign

import "testing"

func TestText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                                     "",
		"Zürich 東京 👍🏽":                         "Zürich 東京 👍🏽",
		"\x1b[2Jgone\r\n\t\x7f":                "?[2Jgone????",
		"\u009b2J":                             "?2J",         // C1: what ESC [ is in one character
		"a\u202eb\u2066c\u200bd\u2028e\u2029f": "a?b?c?d?e?f", // direction, invisible, line, paragraph
		"\U000e0041":                           "?",           // a tag character
		"\xff":                                 "\uFFFD",
	} {
		if got := Text(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
