// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// browser drives a headless Chromium through the DevTools protocol on a pair of
// pipes (--remote-debugging-pipe): messages are JSON, each ended by a zero byte.
type browser struct {
	t       *testing.T
	to      *os.File
	from    *bufio.Reader
	session string
	id      int
	alerts  []string // what the console complained of
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	program := os.Getenv("CISCOPHONE_CHROMIUM")
	if program == "" {
		t.Skip("the web pages in a browser: not run: CISCOPHONE_CHROMIUM names no Chromium (Debian: chromium)")
	}
	theirs, ours, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	answers, theirEnd, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	cmd := exec.Command(program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-extensions",
		"--remote-debugging-pipe", "--user-data-dir="+home, "about:blank")
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home)
	cmd.ExtraFiles = []*os.File{theirs, theirEnd}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	theirEnd.Close()
	t.Cleanup(func() {
		ours.Close()
		end := time.AfterFunc(5*time.Second, func() { cmd.Process.Kill() })
		cmd.Wait()
		end.Stop()
		answers.Close()
	})
	if err := answers.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, to: ours, from: bufio.NewReaderSize(answers, 1<<20)}
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "DOM", "Accessibility"} {
		b.call(domain+".enable", nil, nil)
	}
	return b
}

type message struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *struct{ Message string }
}

func (b *browser) read() message {
	b.t.Helper()
	data, err := b.from.ReadBytes(0)
	if err != nil {
		b.t.Fatalf("browser: %v", err)
	}
	var m message
	if err := json.Unmarshal(data[:len(data)-1], &m); err != nil {
		b.t.Fatalf("browser: %v", err)
	}
	if m.Method == "Log.entryAdded" || m.Method == "Runtime.exceptionThrown" {
		b.alerts = append(b.alerts, string(m.Params))
	}
	return m
}

func (b *browser) send(method string, params any) int {
	b.t.Helper()
	b.id++
	m := map[string]any{"id": b.id, "method": method}
	if params != nil {
		m["params"] = params
	}
	if b.session != "" {
		m["sessionId"] = b.session
	}
	data, err := json.Marshal(m)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.to.Write(append(data, 0)); err != nil {
		b.t.Fatal(err)
	}
	return b.id
}

func (b *browser) call(method string, params, result any) {
	b.t.Helper()
	id := b.send(method, params)
	for {
		m := b.read()
		if m.ID != id {
			continue
		}
		if m.Error != nil {
			b.t.Fatalf("browser: %s: %s", method, m.Error.Message)
		}
		if result != nil {
			if err := json.Unmarshal(m.Result, result); err != nil {
				b.t.Fatalf("browser: %s: %v", method, err)
			}
		}
		return
	}
}

// loads does something that loads a page, and waits for it.
func (b *browser) loads(do func()) {
	b.t.Helper()
	// A mark on the old page tells it from the new one, whichever event comes first.
	b.eval("window.old = true")
	do()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if b.eval("document.readyState === 'complete' && !window.old ? 'yes' : 'no'") == "yes" {
			return
		}
		if time.Now().After(end) {
			b.t.Fatal("browser: no page was loaded")
		}
	}
}

func (b *browser) open(url string) {
	b.t.Helper()
	b.loads(func() { b.call("Page.navigate", map[string]any{"url": url}, nil) })
}

func (b *browser) eval(expression string) string {
	b.t.Helper()
	var r struct {
		Result struct{ Value any }
	}
	// While a page is replaced there is nothing to evaluate in: "" then.
	id := b.send("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true})
	for {
		if m := b.read(); m.ID == id {
			if m.Error == nil {
				json.Unmarshal(m.Result, &r)
			}
			return fmt.Sprint(r.Result.Value)
		}
	}
}

func (b *browser) key(name string, code int, text string) {
	b.t.Helper()
	p := map[string]any{"type": "keyDown", "key": name, "code": name, "windowsVirtualKeyCode": code}
	if text != "" {
		p["text"] = text
	}
	b.call("Input.dispatchKeyEvent", p, nil)
	p["type"] = "keyUp"
	delete(p, "text")
	b.call("Input.dispatchKeyEvent", p, nil)
}

// tabTo presses Tab until the focus is where the selector points.
func (b *browser) tabTo(selector string) {
	b.t.Helper()
	quoted, _ := json.Marshal(selector)
	for range 60 {
		b.key("Tab", 9, "")
		if b.eval(fmt.Sprintf("document.activeElement.matches(%s) ? 'yes' : 'no'", quoted)) == "yes" {
			return
		}
	}
	b.t.Fatalf("browser: %s cannot be reached by the Tab key", selector)
}

func (b *browser) write(selector, text string) {
	b.t.Helper()
	b.tabTo(selector)
	b.eval("document.activeElement.select && document.activeElement.select()")
	b.call("Input.insertText", map[string]any{"text": text}, nil)
}

func (b *browser) enter() { b.t.Helper(); b.key("Enter", 13, "\r") }

// shows asserts that the page announces text by a live region.
func (b *browser) announces(text string) {
	b.t.Helper()
	got := b.eval("[...document.querySelectorAll('[role=status],[role=alert]')].map(e => e.innerText).join('|')")
	if !strings.Contains(got, text) {
		b.t.Errorf("the page announces %q, want %q", got, text)
	}
}

// accessible asserts that everything a user can act on has a name for a screen
// reader, and that the page has a language, a title and one main heading.
func (b *browser) accessible() {
	b.t.Helper()
	var tree struct {
		Nodes []struct {
			Ignored bool
			Role    struct{ Value string }
			Name    struct{ Value string }
		}
	}
	b.call("Accessibility.getFullAXTree", nil, &tree)
	seen := 0
	for _, n := range tree.Nodes {
		switch n.Role.Value {
		case "textbox", "button", "link", "combobox", "checkbox", "heading", "table", "group", "main", "form":
			if n.Ignored || n.Role.Value == "form" || n.Role.Value == "main" {
				continue
			}
			seen++
			if strings.TrimSpace(n.Name.Value) == "" {
				b.t.Errorf("a %s without a name on %s", n.Role.Value, b.eval("location.pathname"))
			}
		}
	}
	if seen == 0 {
		b.t.Error("the accessibility tree is empty")
	}
	if got := b.eval("document.documentElement.lang + '/' + document.querySelectorAll('h1').length + '/' + document.querySelectorAll('main').length + '/' + (document.title !== '')"); got != "en/1/1/true" {
		b.t.Errorf("language, headings, main, title: %s", got)
	}
	if got := b.eval("[...document.querySelectorAll('[id]')].map(e => e.id).filter((x, i, a) => a.indexOf(x) !== i).join()"); got != "" {
		b.t.Errorf("the id %s stands there twice", got)
	}
}

// TestBrowser uses the pages as an administrator without a mouse does.
func TestBrowser(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	w := newWorld(t, nil)
	srv := httptest.NewServer(w.phone.Handler())
	defer srv.Close()

	b.open(srv.URL + "/")
	if got := b.eval("location.pathname"); got != "/admin/" {
		t.Fatalf("the browser is at %s", got)
	}
	b.accessible()
	b.write("#password", "wrong")
	b.loads(b.enter)
	b.announces("The password is wrong.")
	b.write("#password", testAdmin)
	b.loads(b.enter)
	if got := b.eval("document.body.innerText.includes('Logged in as admin')"); got != "true" {
		t.Fatal("not logged in")
	}
	b.accessible()

	// SCEP Configuration 1, with a wrong challenge.
	e := w.enrollment()
	b.write("#server", e.Server)
	b.write("#fingerprint", e.RootCAFingerprint)
	b.write("#challenge", "mistyped")
	b.write("#common_name", "browser-$MA")
	b.loads(b.enter)
	b.announces("requests a new certificate")
	w.phone.Tick(t.Context())
	b.open(srv.URL + "/admin/")
	b.announces("asks for the challenge password")
	b.tabTo(".message a")
	b.loads(b.enter)
	if got := b.eval("location.pathname"); got != "/screen/" {
		t.Fatalf("the browser is at %s", got)
	}
	b.accessible()
	if got := b.eval("document.activeElement.id"); got != "password" {
		t.Errorf("the focus is on %q, not in the prompt", got)
	}
	b.call("Input.insertText", map[string]any{"text": testChallenge}, nil)
	b.loads(b.enter)
	b.announces("enrolls with the password you typed")
	w.phone.Tick(t.Context())
	if got := w.holds().Leaf().Subject.CommonName; got != "browser-001a2b3c4d5e" {
		t.Errorf("common name %q", got)
	}
	b.open(srv.URL + "/admin/")
	if got := b.eval("document.getElementById('download-status-1').innerText"); got != "Last provisioning succeeded on 03/01/2026 09:00:00" {
		t.Errorf("Download Status 1 shows %q", got)
	}

	// View, Add Certificate, Delete.
	b.tabTo("td a")
	b.loads(b.enter)
	b.accessible()
	if got := b.eval("document.querySelector('h1').innerText"); got != "Certificate browser-001a2b3c4d5e" {
		t.Errorf("View leads to %q", got)
	}
	b.open(srv.URL + "/admin/")
	file := filepath.Join(t.TempDir(), "phone.p12")
	if err := os.WriteFile(file, p12(t, quick, nil), 0o600); err != nil {
		t.Fatal(err)
	}
	var doc struct{ Root struct{ NodeID int } }
	b.call("DOM.getDocument", nil, &doc)
	var input struct{ NodeID int }
	b.call("DOM.querySelector", map[string]any{"nodeId": doc.Root.NodeID, "selector": "#file"}, &input)
	b.call("DOM.setFileInputFiles", map[string]any{"nodeId": input.NodeID, "files": []string{file}}, nil)
	b.write("#extract", extractPassword)
	b.loads(b.enter)
	b.announces("Certificate added.")
	b.tabTo("td form button")
	b.loads(b.enter)
	b.announces("Certificate deleted.")
	if c := w.holds(); c.Source != BySCEP {
		t.Errorf("that by %s is in effect", c.Source)
	}

	// On a narrow screen nothing is wider than it.
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": true}, nil)
	b.open(srv.URL + "/admin/")
	if got := b.eval("document.documentElement.scrollWidth"); got != "320" {
		t.Errorf("on a screen 320 wide the page is %s wide", got)
	}
	b.tabTo("form[action$=logout] button")
	b.loads(b.enter)
	for _, a := range b.alerts {
		if !strings.Contains(a, "401") && !strings.Contains(a, "favicon") { // the wrong password above
			t.Errorf("the browser complains: %s", a)
		}
	}
}
