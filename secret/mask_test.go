// SPDX-License-Identifier: MPL-2.0

package secret_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

var masks = []string{
	secret.Mask, "(SECRET)", " (secret)\n", `"(secret)"`, "'(secret)'", "(secret) 0123abcd", "********", "*", "***", strings.Repeat("*", 200), "•••••", "●●●", "*•●", "******** 9f86d081",
	"∙∙∙", "⚫⚫", "⬤", "(sensitive value)", "(sensitive)", "<sensitive>", "(write-only attribute)", "(write-only)", "(known after apply)", "<redacted>", "[REDACTED]", "(hidden)",
	"{masked}", "xxxxx", `"***"`, "%2A%2A%2A", "%2a*", "%28secret%29", "(sensitive%20value)", "%E2%80%A2%E2%80%A2", "%22%2A%2A%22", "%3Credacted%3E", "%20%2A%2A%0A",
	"%252A", "%252a%252A", "%25252A", "%2525252A", "%2528secret%2529", "%25E2%2580%25A2", "%2522%252A%2522", "%252A*",
}

var notMasks = []string{
	"", " ", `""`, "''", "secret", "sensitive", "**a**", "(secret", "secret)", "(secret>", "(secret) x", "(secret) 0123abcg", "(secret) 0123ABCD", "(secret)0123abcd", "(secret) 123abcd",
	"xxxx", "xxxxxx", "XXXXX", "()", "(", "<>", "redacted", "((secret))", "(secrets)", "Abc-12345", "a", "\"", "'*", "·", "-----", "0123abcd", " 0123abcd", "%", "%2", "%41%2A", "%2A%zz", "a%2A", "%252541", "%2541%252A", "%252525252A", "%25", "%2525", "%252A%zz", "a%252A", "100%",
}

func TestIsMask(t *testing.T) {
	t.Parallel()
	for _, s := range masks {
		if !secret.IsMask(s) {
			t.Errorf("%q is a mask", s)
		}
	}
	for _, s := range notMasks {
		if secret.IsMask(s) {
			t.Errorf("%q is no mask", s)
		}
	}
}

// What printers make of a secret is a mask.
func TestPrintedSecretsAreMasks(t *testing.T) {
	t.Parallel()
	s := secret.New("x")
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	u := url.URL{Scheme: "http", Host: "h", User: url.UserPassword("u", "p")}
	password, _ := strings.CutPrefix(strings.TrimSuffix(u.Redacted(), "@h"), "http://u:")
	for _, printed := range []string{fmt.Sprint(s), fmt.Sprintf("%#v", s), s.LogValue().String(), string(text), secret.Redact("?key=x")[len("?key="):], password} {
		if !secret.IsMask(printed) {
			t.Errorf("%q", printed)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, m := range masks {
		var text secret.Text
		for name, err := range map[string]error{
			"secret": secret.Check(m, true), "text": text.UnmarshalText([]byte(m)),
			"rule": secret.Check("[--key \""+m+"\"] https://p/$MA.cfg", false),
		} {
			if !errors.Is(err, secret.ErrMask) && !(name == "rule" && strings.ContainsAny(m, `"`)) {
				t.Errorf("%s %q: %v", name, m, err)
			}
		}
	}
	for _, v := range []string{secret.Mask, " (secret) ", "https://u:*****@h/", "https://u:xxxxx@h/", "?key=(secret)", "[--key (secret)] h", "a --pwd **** --key x"} {
		if err := secret.Check(v, false); !errors.Is(err, secret.ErrMask) {
			t.Errorf("%q: %v", v, err)
		}
	}
	for _, v := range append([]string{"*", "**", "x*", "(sensitive value)", "(redacted)", "https://u:p@h/", "[--key x] h", "xxxxx"}, notMasks...) {
		if err := secret.Check(v, false); err != nil {
			t.Errorf("%q: %v", v, err)
		}
	}
	for _, v := range notMasks {
		if err := secret.Check(v, true); err != nil {
			t.Errorf("secret %q: %v", v, err)
		}
	}
}
