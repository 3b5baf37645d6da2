// SPDX-License-Identifier: MPL-2.0

package plan

import "testing"

// TestHCLString: what HCL reads is what was written (its specification,
// "Quoted Template Expressions"). TestList of the end-to-end tests has a CLI read some.
func TestHCLString(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                  `""`,
		"a.xml":             `"a.xml"`,
		`"a" \ b`:           `"\"a\" \\ b"`,
		"a\nb\rc\td":        `"a\nb\rc\td"`,
		"\x01\x7f\u200b":    `"\u0001\u007f\u200b"`,
		"\U000e0001":        `"\U000e0001"`,
		"é🙂":                `"é🙂"`,
		"$MAU ${a} $${b}":   `"$MAU $${a} $$${b}"`,
		"100% %{if} %":      `"100% %%{if} %"`,
		"{} $ { % {":        `"{} $ { % {"`,
		"invalid \xff byte": `"invalid � byte"`,
	} {
		if got := hclString(text); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func TestLabel(t *testing.T) {
	t.Parallel()
	taken := map[string]bool{}
	for _, tc := range [][2]string{
		{"SEP001A2B3C4D5E.xml", "sep001a2b3c4d5e"},
		{"sep001a2b3c4d5e.cfg", "sep001a2b3c4d5e_2"},
		{"SEP001A2B3C4D5E", "sep001a2b3c4d5e_3"},
		{"site-a/SEP1.xml", "site-a_sep1"},
		{"9.xml", "phone_9"},
		{"-.xml", "phone_-"},
		{"é.xml", "_"},
		{".xml", "phone_"},
	} {
		if got := label(tc[0], taken); got != tc[1] {
			t.Errorf("%s is %s, want %s", tc[0], got, tc[1])
		}
	}
}
