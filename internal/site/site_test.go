// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

// TestPageSource: nothing in it points elsewhere, and a policy forbids what
// would.
func TestPageSource(t *testing.T) {
	t.Parallel()
	if m := regexp.MustCompile(`(?i)(src|href|action)\s*=|url\(|import\s|fetch\(|XMLHttp`).FindString(page); m != "" {
		t.Errorf("the page has %q", m)
	}
	for _, want := range []string{"default-src 'none'", `lang="en"`, `aria-live="polite"`, `role="status"`, "<!-- SPDX-License-Identifier: MPL-2.0 -->"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// built is the page that make site built.
func built(t *testing.T) string {
	t.Helper()
	path := os.Getenv("CISCOPHONE_SITE")
	if path == "" {
		if os.Getenv("PEERS") == "required" {
			t.Fatal("the page for option 43: CISCOPHONE_SITE names none, and PEERS=required")
		}
		t.Skip("the page for option 43: not run: CISCOPHONE_SITE names none (make site builds it)")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestPageInNode runs the page's own scripts, its Go part among them, on a
// document made for the test.
func TestPageInNode(t *testing.T) {
	t.Parallel()
	path := built(t)
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("PEERS") == "required" {
			t.Fatal("the page for option 43: needs node, and PEERS=required")
		}
		t.Skip("the page for option 43 in node: not run: needs node")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, node, "testdata/dom.js", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var got struct {
		First struct {
			State, Hex, Budget, Snippet, Messages string
			Max, Length, Parts, Formats           int
		}
		Long  struct{ Messages, Hex string }
		Found struct{ Messages, Values string }
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	f := got.First
	if f.State != "Ready." || f.Hex != strings.ToLower(option43.ExampleHex) || f.Budget != "34 of 207 bytes" || f.Max != 207 || f.Length != 69 ||
		f.Parts != 6 || f.Formats != len(option43.Formats()) || !strings.Contains(f.Snippet, `"code": 43`) || !strings.Contains(f.Messages, "Warning: Challenge Password") {
		t.Errorf("the document's example: %+v", f)
	}
	if !strings.Contains(got.Long.Messages, "Error: ") || !strings.Contains(got.Long.Messages, "207 are allowed") || got.Long.Hex != "" {
		t.Errorf("too long: %+v", got.Long)
	}
	if !strings.Contains(got.Found.Messages, "end mark 255") || !strings.Contains(got.Found.Values, "http://10.79.57.91") {
		t.Errorf("decoded: %+v", got.Found)
	}
}

// TestPageInChromium opens the file as a person does.
func TestPageInChromium(t *testing.T) {
	t.Parallel()
	path := built(t)
	program := os.Getenv("CISCOPHONE_CHROMIUM")
	if program == "" {
		t.Skip("the page for option 43 in a browser: not run: CISCOPHONE_CHROMIUM names no Chromium (Debian: chromium)")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	address := url.URL{Scheme: "file", Path: path, Fragment: "server=http://10.79.57.91&fingerprint=12040870625C5B755D73F5925285F8F5FF5D55AF&text=" + option43.ExampleHex}
	out, err := exec.CommandContext(ctx, program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(),
		"--virtual-time-budget=20000", "--dump-dom", address.String()).Output()
	if err != nil {
		t.Fatal(err)
	}
	dom := string(out)
	for _, want := range []string{"Ready.", "0b12687474703a2f2f31302e37392e35372e3931", "18 of 207 bytes", "69 bytes, as a phone takes them"} {
		if !strings.Contains(dom, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
}
