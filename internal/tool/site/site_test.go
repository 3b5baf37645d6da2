// SPDX-License-Identifier: MPL-2.0

package main

import (
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/browser"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

// TestPageSource: nothing in it points elsewhere, and a policy forbids what
// would.
func TestPageSource(t *testing.T) {
	t.Parallel()
	if m := regexp.MustCompile(`(?i)\b(src|href|action)\s*=|url\(|import\s|fetch\(|XMLHttp`).FindString(page); m != "" {
		t.Errorf("the page has %q", m)
	}
	for _, want := range []string{"default-src 'none'", `lang="en"`, `aria-live="polite"`, `role="status"`, "<!-- SPDX-License-Identifier: MPL-2.0 -->"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// open shows the page that make site built, from the disk, as a person does
// whom somebody sent the file. The fragment is what the address fills in.
func open(t *testing.T, fragment string) *browser.Tab {
	t.Helper()
	path, err := filepath.Abs(peer.Built(t, "CISCOPHONE_SITE"))
	if err != nil {
		t.Fatal(err)
	}
	b := browser.Open(t)
	address := url.URL{Scheme: "file", Path: path, Fragment: fragment}
	b.Go(address.String())
	b.Waits("#state", "Ready.")
	t.Cleanup(func() { b.Only("file://" + path) })
	return b
}

const (
	server      = "http://10.79.57.91"
	fingerprint = "12:04:08:70:62:5C:5B:75:5D:73:F5:92:52:85:F8:F5:FF:5D:55:AF"
	challenge   = "D233CCF9B9952A15"
)

func looks(b *browser.Tab, name string) {
	b.Window(360, true)
	b.Accessible()
	b.Picture(name + "-narrow-dark")
	b.Window(1280, false)
	b.Accessible()
	b.Picture(name + "-wide-light")
}

// TestPageInChromium fills the form in with the document's example, by keys.
func TestPageInChromium(t *testing.T) {
	t.Parallel()
	b := open(t, "")
	looks(b, "empty")
	if got := b.Text("#messages"); got != "" {
		t.Errorf("an empty form is told %q", got)
	}
	b.Fill("#server", server)
	b.Announces("Error: ") // no fingerprint yet
	b.Fill("#fingerprint", fingerprint)
	b.Fill("#challenge", challenge)
	if got := browser.Eval[string](b, "challenge.type"); got != "password" {
		t.Errorf("the challenge is shown, in a field of type %q", got)
	}
	b.To("#reveal")
	b.Press(browser.Space)
	if got := browser.Eval[string](b, "challenge.type"); got != "text" {
		t.Errorf("the challenge is not shown, in a field of type %q", got)
	}
	b.Press(browser.Space)
	b.Pick("#certificate", "custom")
	for _, box := range []string{"#fips", "#dot1x"} {
		b.To(box)
		b.Press(browser.Space)
	}
	b.Announces("69 bytes, as a phone takes them.")
	b.Announces("Warning: Challenge Password")
	for selector, want := range map[string]string{
		"#hex": strings.ToLower(option43.ExampleHex), "#budget-text": "34 of 207 bytes", "#length-text": "69 of 255 bytes",
	} {
		if got := b.Text(selector); got != want {
			t.Errorf("%s shows %q, want %q", selector, got, want)
		}
	}
	// What is drawn is as long as what is said.
	bar := browser.Eval[[]float64](b, "['length', 'budget'].map(id => document.getElementById(id)).map(e => [...e.children].reduce((n, c) => n + c.getBoundingClientRect().width, 0) / e.getBoundingClientRect().width)")
	if want := []float64{69.0 / 255, 34.0 / 207}; len(bar) != 2 || abs(bar[0]-want[0]) > 0.01 || abs(bar[1]-want[1]) > 0.01 {
		t.Errorf("the bars are filled by %.3f, want %.3f", bar, want)
	}
	if got := browser.Eval[string](b, "document.getElementById('length').getAttribute('aria-label')"); !strings.HasPrefix(got, "69 of 255 bytes: FIPS Mode 3, ") {
		t.Errorf("the bar says %q", got)
	}
	if got := browser.Eval[int](b, "parts.rows.length"); got != 6 {
		t.Errorf("%d sub-options", got)
	}
	looks(b, "example")

	// Every server of the list has a snippet with the bytes in some form.
	if got := browser.Eval[int](b, "format.options.length"); got != len(option43.Formats()) {
		t.Errorf("%d servers, want %d", got, len(option43.Formats()))
	}
	seen := map[string]bool{}
	b.To("#format")
	for _, f := range option43.Formats() {
		if got := browser.Eval[string](b, "format.value"); got != f.Name {
			t.Fatalf("the arrow key leads to %q, want %q", got, f.Name)
		}
		text := b.Text("#snippet")
		if len(text) < 100 || seen[text] {
			t.Errorf("%s: the snippet is %q", f.Name, text)
		}
		if tried := strings.HasPrefix(b.Text("#tried"), "Tried"); tried != f.Tried {
			t.Errorf("%s is said to be tried: %v", f.Name, tried)
		}
		seen[text] = true
		b.Press(browser.Down)
	}
	b.Pick("#model", "CP-8875")
	b.Fill("#domain", "example.nl")
	if got := b.Text("#snippet"); !strings.Contains(got, "CP-8875") || strings.Contains(got, "DP-9871") || !strings.Contains(got, "example.nl") {
		t.Errorf("the snippet for one model and a domain is %q", got)
	}
	b.To("#copy-hex")
	b.Press(browser.Enter)
	b.Waits("#state", "Bytes ")
	b.Announces("Bytes ")
}

func abs(x float64) float64 { return max(x, -x) }

// TestPageSaysWhatIsWrong: errors stand beside the field, are announced, and go
// when it is corrected.
func TestPageSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	b := open(t, "server="+server+"&fingerprint="+url.QueryEscape(fingerprint)+"&challenge=in-an-address")
	if got := browser.Eval[string](b, "challenge.value"); got != "" {
		t.Errorf("the challenge was taken from the address: %q", got)
	}
	for _, c := range []struct{ field, bad, want, good string }{
		{"#fingerprint", "12", "want 20", fingerprint},
		{"#server", "https://10.79.57.91", "uses https", server},
		{"#challenge", strings.Repeat("x", 190), "207 are allowed", challenge},
		{"#domain", "corp", "no dot", "example.nl"},
	} {
		b.Fill(c.field, c.bad)
		b.Announces("Error: ")
		b.Announces(c.want)
		invalid := "document.querySelector('" + c.field + "').getAttribute('aria-invalid') === 'true'"
		if !browser.Eval[bool](b, invalid) {
			t.Errorf("%s: the field is not marked", c.field)
		}
		if c.field == "#challenge" {
			if got := b.Text("#budget-text"); got != "208 of 207 bytes" {
				t.Errorf("the budget shows %q", got)
			}
			looks(b, "too-long")
		}
		b.Fill(c.field, c.good)
		if browser.Eval[bool](b, invalid) || strings.Contains(b.Text("#messages"), "Error: ") {
			t.Errorf("%s: corrected, the page shows %q", c.field, b.Text("#messages"))
		}
	}
}

// TestPageDecodes: bytes as people have them.
func TestPageDecodes(t *testing.T) {
	t.Parallel()
	b := open(t, "text="+option43.ExampleHex)
	b.Announces("69 bytes, as a phone takes them.")
	looks(b, "decoded")
	for _, c := range []struct{ name, text, want, values string }{
		{"colons", "0b:12:68:74:74:70:3a:2f:2f:31:30:2e:37:39:2e:35:37:2e:39:31", "mandatory", server},
		{"end mark", option43.ExampleHex + "ff", "end mark 255", server},
		{"cut short", option43.ExampleHex[:60], "Error: ", ""},
		{"no bytes at all", "hello", "Error: ", ""},
		{"the example", option43.ExampleHex, "69 bytes, as a phone takes them.", challenge},
	} {
		b.Fill("#text", c.text)
		b.Announces(c.want)
		if got := b.Text("#values"); !strings.Contains(got, c.values) {
			t.Errorf("%s: the table shows %q, want %q in it", c.name, got, c.values)
		}
		if strings.HasPrefix(c.want, "Error") != browser.Eval[bool](b, "text.getAttribute('aria-invalid') === 'true'") && c.name != "end mark" && c.name != "colons" {
			t.Errorf("%s: the field is marked wrongly", c.name)
		}
	}
	b.Fill("#text", "")
	if got := b.Text("#found"); got != "" || !browser.Eval[bool](b, "read.hidden") {
		t.Errorf("with nothing to decode the page shows %q", got)
	}
}

// TestPageStaysHere: nothing that slips into the page can carry a challenge out
// of it.
func TestPageStaysHere(t *testing.T) {
	t.Parallel()
	b := open(t, "")
	got := browser.Eval[string](b, `(async () => {
	const refused = [];
	document.addEventListener("securitypolicyviolation", e => refused.push(e.effectiveDirective));
	await fetch("http://127.0.0.1:9/").catch(() => {});
	new Image().src = "http://127.0.0.1:9/";
	const frame = document.createElement("iframe");
	frame.src = "http://127.0.0.1:9/";
	document.body.append(frame);
	const form = document.createElement("form");
	form.action = "http://127.0.0.1:9/";
	document.body.append(form);
	form.requestSubmit();
	for (let i = 0; i < 100 && refused.length < 4; i++) await new Promise(r => setTimeout(r, 50));
	return refused.sort().join();
})()`)
	if want := "connect-src,form-action,frame-src,img-src"; got != want {
		t.Errorf("refused: %s, want %s", got, want)
	}
	b.Expect("Content Security Policy")
	b.Expect("ContentSecurityPolicyIssue")
}
