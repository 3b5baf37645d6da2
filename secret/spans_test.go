// SPDX-License-Identifier: MPL-2.0

package secret_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// In each value ‹ › mark what must be found.
var spanCases = []string{
	// Nothing to find.
	"", "x", "https://prov.example.nl/$MA.cfg", "--uid phones", "[--uid phones] https://h/", "--key", "--key ", "[--key]", "[--key ] https://h/",
	"--keyring x", "--key_x y", "--key-x y", "a=b", "https://h/?keyword=x&operation=y", "?key", "?key=", "&pin=&x=y",
	"http://h:80/", "http://user@h/", "http://h.example:8080/a@b", "http://$PROXY:8080/a@b", "http://localhost:8080/a@b", "h.example:8080/a@b", "http://h:8080/x a@b", "http://[fe80::1]/a@b", "http://h/a:b@c", "mailto:a@b.c", "mailto:a@b", "a@b:c",
	"(*xx|<:1408>[2-9]xxxxxx|<9,:1>xx<:@gw0>)", "fnc=blf+sd;sub=1001@$PROXY;nme=Desk", "1001@pbx", "sip:1001@pbx:5060", "://", "x://", "http://u:@h/", ":x@h",
	"3600+600", "a -- b", "a–b", "— key",
	// References name the secret elsewhere.
	"[--key $SA] https://h/", `[--key "$SA"] https://h/`, "[--key $(SB)] https://h/", "[--uid a --pwd $SB] https://h/$MA.cfg", "[--key $A$B] https://h/",
	"https://u:$SD@h/", "?key=$SA", "[--key $SA https://h/$MA.cfg", "--key $SA x", "--key $P", "--key $PSN",
	// Arguments.
	"--key ‹x›", "--key ‹abc› https://h/", "[--key ‹abc›] https://h/", "[--key ‹abc›]https://h/", "[--key ‹abc› ] https://h/", "[--KEY ‹abc›] h", "[--Pwd ‹abc›] h",
	"--key=‹abc› x", "--key = ‹abc› x", "--key:‹abc›", "–key ‹abc› x", "—pwd ‹abc› x", "--password ‹abc› x", "--passwd ‹abc› x", "--pass ‹abc› x", "--secret ‹abc›", "--token ‹t›",
	"[--key ‹abc› --uid u] h", "[--uid u --pwd ‹winter sun 88›] h", "[--pwd ‹winter sun› --key ‹k›] h", "[--key ‹abc def› https://h/", "[--key ‹ab]cd›] h",
	"--key --pwd ‹x›", "[--key --delta] h", "[--key ‹--dashes›] h", "($A)? [--key ‹k1›] http://h/a | [--key ‹k2›] http://h/b",
	"[--key ‹$ecret›] h", "[--key ‹$SAx›] h", "[--key ‹x$SA›] h", "[--key ‹$SA-$SB›] h", "--key ‹$(SA›", "--key ‹$Q›", "--key ‹$a›", "--key ‹$›", "--key ‹$SE›",
	// Quotes.
	`[--key "‹correct horse battery›"] https://p/$MA.cfg`, `--key '‹x y›' z`, `--pwd "‹winter sun 88›"`, `--key="‹x y›"`, `--key"‹x y›"`, `--key ""`, `--key "" x`,
	`[--key "‹a\"b c›"] h`, `[--key "‹a\\›"] h`, `[--key "‹never closed] https://h/$MA.cfg›`, `--key '‹x` + "`›", `[--key "‹a b\"›`, `[--key "‹x"y›] h`, `[--key "‹x""y z›"] h`,
	`[--key '‹it's me›] h`, `[--key "‹correct" horse›] h`, `[--key "‹a b›" --uid x] h`, `[--key "‹a b›" ] h`, `--key "‹a b›" c`, `[--key "‹x]y›"] h`,
	"--key “‹x y›” z", "--key „‹x y›“ z", "--key ‘‹x y›’ z", "--key «‹x y›» z", "--key `‹x y›` z", `--key \"‹x y›\" z`, `--key &quot;‹x y›&quot; z`, `--key &#39;‹x y›&#39; z`,
	// Addresses.
	"https://user:‹p@ssword99›@host/$MA.cfg", "https://user:‹p›@h", "https://user:‹p›@h:8443/x@y", "ftp://:‹p›@h/", "http://u%3A‹p›@h/", "http://u%3a‹p:q›@h/",
	"http://u:‹p›@h/ http://v:‹q›@h/", "http://user:‹pa/ss›@h/", "http://user:‹pa?ss›@h", "http://user:‹pa#s s›@h/", "http://user:‹pa/s@s›@h/ http://x/",
	"user:‹p›@h/x@y", "  user:‹p@q›@h", "//user:‹p›@h/", "sip:1001:‹p›@pbx", "SIPS:1001:‹p›@pbx", "DOM\\user:‹p›@h", "a sip:1:‹p›@h b",
	"http://h/ | http://u:‹p›@h/",
	"http://u:‹ Zq7Xw›@x/", "http://h:‹/x›@y", "http://user:‹12/34›@host", "http://user:‹123456/7›@host.example/", "user:‹12/34›@host", "user:‹pa/ss›@host", "sip:1001:‹12/34›@pbx",
	// Cut off.
	"https://user:‹hunter2›", "https://user:‹hunter2›\n", "https://user:‹hun ter2›", "https://user:‹pa/ss›", "<A>https://user:‹hunter2›</A>", "<A>https://h:80</A>", "https://u:‹a b› https://h/", "https://user:", "https://host:8443", "https://host:$PORT", "https://[fe80::1]:x",
	"user:‹(sensitive value)›@h", "user:‹(secret) 0123abcd›@h/x", "sip:1001:‹(known after apply)›@pbx", "a :(sensitive value)@h", "user:(not one)@h",
	// Queries.
	"https://h/x?password=‹abc›&y=z", "?key=‹abc z›", "?key=‹a b›&x=y", "?key=‹abc› https://h/", "?key=‹abc› | https://h/", "?key=$SA z", "?key=‹abc›\nz", "?x=y&api_key=‹abc›", "?x=y&amp;token=‹abc›&amp;z", "?Access-Token=‹a;b#c›", "?auth=‹a›", "?sig=‹a›", "?signature=‹a›", "?pin=‹1›",
	"?pw=‹a›", "?client_secret=‹a›", "?x.pwd=‹a›", "?psk=‹a›", "?challengePassword=‹a›", "?credentials=‹a›", "?passphrase=‹a›&key=‹b›",
	"http://u:‹p›@h/?key=‹k› --key ‹l›",
}

func TestSpans(t *testing.T) {
	t.Parallel()
	for _, c := range spanCases {
		value := strings.NewReplacer("‹", "", "›", "").Replace(c)
		var b, redacted strings.Builder
		at := 0
		for _, s := range secret.Spans(value) {
			b.WriteString(value[at:s.Start] + "‹" + value[s.Start:s.End] + "›")
			redacted.WriteString(value[at:s.Start] + secret.Mask)
			at = s.End
		}
		b.WriteString(value[at:])
		redacted.WriteString(value[at:])
		if got := b.String(); got != c {
			t.Errorf("got  %s\nwant %s", got, c)
		}
		if got := secret.Redact(value); got != redacted.String() {
			t.Errorf("%s: redacted %s", value, got)
		}
	}
}

// A value in which two ways of reading overlap has one span.
func TestSpansDoNotOverlap(t *testing.T) {
	t.Parallel()
	value := "--key http://u:p@ss@h/?token=abc x"
	if got := secret.Spans(value); len(got) != 1 || value[got[0].Start:got[0].End] != "http://u:p@ss@h/?token=abc x" {
		t.Errorf("%v", got)
	}
}

// Whatever the value: spans are in order, within it, not empty, and what is
// redacted has no secret left that is not a mask.
func TestSpansOfAnything(t *testing.T) {
	t.Parallel()
	parts := []string{"--key", "--pwd", " ", "\"", "'", "\\", "[", "]", "=", "://", "http://", "u:", "@", "/", "?key=", "&", "$SA", "x", "password", "“", "”", "|", "(", ")", "\xff", "é", "&quot;"}
	rapid.Check(t, func(rt *rapid.T) {
		value := strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 14).Draw(rt, "parts"), "")
		end := 0
		for _, s := range secret.Spans(value) {
			if s.Start < end || s.End <= s.Start || s.End > len(value) {
				rt.Fatalf("%q: %v", value, secret.Spans(value))
			}
			end = s.End
		}
	})
}

// A secret that is planted where one can stand is found whole, whatever is in it.
func TestPlantedSecretsAreFound(t *testing.T) {
	t.Parallel()
	places := []struct{ before, after, not string }{
		{"[--key \"", "\"] https://p/$MA.cfg", "\"\\&“”‘’„«»`'"},
		{"[--uid a --pwd '", "'] https://p/", "'\\&“”‘’„«»`\""},
		{"[--key \"", "", "\"\\&“”‘’„«»`'"},
		{"--key=", " https://p/", " \"'\\&]$=:-–—“‘„«`"},
		{"https://user:", "@p.example.nl/x", ""},
		{"https://p/?a=b&password=", "&x=y", "& "},
	}
	rapid.Check(t, func(rt *rapid.T) {
		p := rapid.SampledFrom(places).Draw(rt, "place")
		text := rapid.StringOfN(rapid.RuneFrom([]rune("aZ09 @:/?#|()<>[]{}!*+.,;~^%é")), 4, 20, -1).Filter(func(s string) bool {
			return !strings.ContainsAny(s, p.not+"$") && !strings.Contains(s, "://") && strings.TrimSpace(s) == s &&
				(p.before != "https://user:" || strings.Trim(s[:strings.IndexAny(s+"/", "/?# ")], "0123456789") != "" && !strings.Contains(s, "@"))
		}).Draw(rt, "secret")
		value := p.before + text + p.after
		for _, s := range secret.Spans(value) {
			if s.Start <= len(p.before) && s.End >= len(p.before)+len(text) {
				return
			}
		}
		rt.Fatalf("%q: %v", value, secret.Spans(value))
	})
}

func BenchmarkSpans(b *testing.B) {
	for _, value := range []string{"Lobby", "https://prov.example.nl/$MA.cfg?a=b", "[--key $SA] https://p/$MA.cfg"} {
		b.Run(value, func(b *testing.B) {
			for b.Loop() {
				secret.Spans(value)
			}
		})
	}
}
