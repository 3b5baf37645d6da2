// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"strings"
	"testing"
)

// Where a comment silences: the problem is a value outside ASCII, é.
func TestIgnoreScope(t *testing.T) {
	t.Parallel()
	const (
		bad   = "<User_ID_1_>é</User_ID_1_>"
		other = "<User_ID_2_>é</User_ID_2_>"
		mark  = "<!-- cfgxml:ignore non-ascii tried it -->"
		file  = "<!-- cfgxml:ignore-file non-ascii tried it -->"
	)
	for _, c := range []struct{ name, lines, rules string }{
		{"none", bad, "non-ascii"},
		{"same line, after", bad + " " + mark, ""},
		{"same line, before", mark + bad, ""},
		{"same line, both parameters", bad + mark + other, ""},
		{"next line", mark + "\n" + bad, ""},
		{"next line, all on it", mark + "\n" + bad + other, ""},
		{"next line only", mark + "\n" + bad + "\n" + other, "non-ascii"},
		{"line before is not meant", bad + "\n" + mark + "\n" + other, "non-ascii"},
		{"empty lines and comments between", mark + "\n\n<!-- a\nb -->\n  " + bad, ""},
		{"two comments for two lines", bad + mark + "\n" + other + mark, ""},
		{"stacked, one is of no use", mark + "\n" + mark + "\n" + bad, "ignore-unused"},
		{"indented, CRLF", "\r\n\t" + mark + "\r\n\t" + bad + "\r\n", ""},
		{"a value over lines", mark + "\n<User_ID_1_>x\né</User_ID_1_>", "line-break-in-value"},
		{"behind a value over lines", "<User_ID_1_>x\né</User_ID_1_> " + mark, "line-break-in-value"},
		{"file, at the start", file + "\n" + bad + "\n" + other, ""},
		{"file, at the end", bad + "\n" + other + "\n" + file, ""},
		{"file, of no use", file, "ignore-unused"},
		{"several rules", "<!-- cfgxml:ignore non-ascii,surrounding-space tried it -->\n<User_ID_1_> é</User_ID_1_>", ""},
		{"another rule", "<!-- cfgxml:ignore value-case tried it -->\n" + bad, "ignore-unused non-ascii"},
		{"without space around", "<!--cfgxml:ignore non-ascii tried-->" + bad, ""},
		{"over lines", "<!--\n cfgxml:ignore non-ascii\n tried it\n-->\n" + bad, ""},
		{"no reason", "<!-- cfgxml:ignore non-ascii -->\n" + bad, "ignore-comment non-ascii"},
		{"a placeholder is no reason", "<!-- cfgxml:ignore non-ascii say why -->\n" + bad, "ignore-comment non-ascii"},
		{"nor is it with a stop", "<!-- cfgxml:ignore non-ascii Say why. -->\n" + bad, "ignore-comment non-ascii"},
		{"more than the placeholder", "<!-- cfgxml:ignore non-ascii say why not: tried it -->\n" + bad, ""},
		{"words before", "<!-- see cfgxml:ignore non-ascii tried -->\n" + bad, "non-ascii"},
		{"in a value", "<User_ID_1_>x<!-- cfgxml:ignore non-ascii tried it -->é</User_ID_1_>", ""},
		{"not ignorable", "<!-- cfgxml:ignore masked-secret because -->\n<Password_1_>***</Password_1_>", "ignore-refused masked-secret"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := parse(t, "<flat-profile>\n"+c.lines+"\n</flat-profile>")
			if got := Document(d, Settings{}); ids(got) != c.rules {
				t.Errorf("rules %q, want %q\n%s\n%s", ids(got), c.rules, c.lines, listing(d, got))
			}
		})
	}
}

// The comment a problem offers silences it, and only it.
func TestIgnoreCommentOfEveryRule(t *testing.T) {
	t.Parallel()
	for _, r := range Rules() {
		if !strings.Contains(profile(r.Bad), "\n<") {
			continue
		}
		text := profile(r.Bad)
		all := check(t, r, r.Bad)
		for _, p := range byRule(all, r.ID) {
			comment := p.IgnoreComment(" meant -- so,\nsays --- somebody-")
			if (comment == "") == r.Ignorable {
				t.Errorf("%s: ignorable %v, comment %q", r.ID, r.Ignorable, comment)
			}
			line := strings.LastIndexByte(text[:p.Start], '\n') + 1
			if comment == "" || line == 0 || r.ID == ruleLineBreak.ID {
				continue // no line before the first, nor within a value
			}
			changed := text[:line] + comment + "\n" + text[line:]
			got := Document(parse(t, changed), r.with)
			if n := len(byRule(got, r.ID)); n != len(byRule(all, r.ID))-countOnLine(text, line, byRule(all, r.ID)) || len(byRule(got, ruleIgnoreUnused.ID)) > 0 {
				t.Errorf("%s: the comment does not silence it:\n%s\n%v", r.ID, changed, got)
			}
		}
	}
}

// countOnLine counts the problems that start on the line that starts at line.
func countOnLine(text string, line int, problems []Problem) int {
	end := len(text)
	if i := strings.IndexByte(text[line:], '\n'); i >= 0 {
		end = line + i
	}
	n := 0
	for _, p := range problems {
		if p.Start >= line && p.Start <= end {
			n++
		}
	}
	return n
}

// A rule that the settings disable needs no comment, and its comment is not
// called unused: the settings may come and go.
func TestIgnoreOfDisabledRule(t *testing.T) {
	t.Parallel()
	d := parse(t, profile("<User_ID_1_>é</User_ID_1_><!-- cfgxml:ignore non-ascii tried it -->"))
	if got := Document(d, Settings{Disabled: []string{"non-ascii"}}); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	d := parse(t, profile("<User_ID_1_> é</User_ID_1_><Password_1_>***</Password_1_>"))
	for _, c := range []struct {
		name  string
		s     Settings
		want  string
		error string
	}{
		{"none", Settings{}, "info: surrounding-space, info: non-ascii, error: masked-secret", ""},
		{"disabled", Settings{Disabled: []string{"surrounding-space", "non-ascii"}}, "error: masked-secret", ""},
		{"raised", Settings{Severities: map[string]Severity{"surrounding-space": Error}}, "error: surrounding-space, info: non-ascii, error: masked-secret", ""},
		{"lowered", Settings{Severities: map[string]Severity{"non-ascii": Info}}, "info: surrounding-space, info: non-ascii, error: masked-secret", ""},
		{"not ignorable", Settings{Disabled: []string{"masked-secret"}}, "info: surrounding-space, info: non-ascii, error: masked-secret", "masked-secret cannot be disabled"},
		{"not to be lowered", Settings{Severities: map[string]Severity{"masked-secret": Info}}, "info: surrounding-space, info: non-ascii, error: masked-secret", "masked-secret stays error"},
		{"unknown rule", Settings{Disabled: []string{"non-asci"}}, "info: surrounding-space, info: non-ascii, error: masked-secret", "did you mean non-ascii?"},
		{"unknown rule, nothing near", Settings{Severities: map[string]Severity{"x": Info}}, "info: surrounding-space, info: non-ascii, error: masked-secret", `unknown rule "x"`},
		{"unknown severity", Settings{Severities: map[string]Severity{"non-ascii": 9}}, "info: surrounding-space, info: non-ascii, error: masked-secret", "unknown severity"},
		{"unknown firmware", Settings{Firmware: "latest"}, "info: surrounding-space, info: non-ascii, error: masked-secret", "unknown firmware release"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, p := range Document(d, c.s) {
				got = append(got, p.Severity.String()+": "+p.Rule)
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("got %q, want %q", strings.Join(got, ", "), c.want)
			}
			err := c.s.Check()
			if (err == nil) != (c.error == "") || err != nil && !strings.Contains(err.Error(), c.error) {
				t.Errorf("Check() = %v, want %q", err, c.error)
			}
		})
	}
}

func TestSeverity(t *testing.T) {
	t.Parallel()
	for v := Info; v <= Error; v++ {
		var w Severity
		text, err := v.MarshalText()
		if err != nil || w.UnmarshalText(text) != nil || w != v {
			t.Errorf("%v is written as %s and read as %v", v, text, w)
		}
	}
	if _, err := ParseSeverity("fatal"); err == nil || Severity(0).String() != "severity(0)" {
		t.Error("an unknown severity passes")
	}
	problems := []Problem{{Severity: Info}, {Severity: Error}, {Severity: Warning}}
	if !HasErrors(problems) || HasErrors(problems[:1]) || HasErrors(nil) {
		t.Error("HasErrors is wrong")
	}
	if got := AtLeast(problems, Warning); len(got) != 2 || got[0].Severity != Error || got[1].Severity != Warning {
		t.Errorf("AtLeast(warning) = %v", got)
	}
}
