// SPDX-License-Identifier: MPL-2.0

// Package browser lets tests use a web page in a real, headless Chromium as a
// person without a mouse does: by keys, looking at what is announced, and
// judging what stands there by the rules for accessible pages.
//
//	tab := browser.Open(t)
//	tab.Go(server.URL)
//	tab.Fill("#password", "secret")
//	tab.Loads(func() { tab.Press(browser.Enter) })
//	tab.Accessible()
//
// It is the only place that speaks the DevTools protocol, through chromedp.
// Whatever the browser complains of fails the test at its end, and so does a
// request to anywhere but the page's own host.
package browser

import (
	"context"
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// within bounds everything one test does with its browser. A machine that does
// ten other things at once takes a minute for what an idle one does in seconds.
const within = 4 * time.Minute

// Tab is a page in a browser of its own.
type Tab struct {
	t   testing.TB
	ctx context.Context
	axe string // the source of axe-core, when there is one

	mu         sync.Mutex
	requests   []request
	complaints []string
	expected   []string
}

// request is one the browser sent, or would have.
type request struct {
	id      network.RequestID
	address string
}

// program finds Chromium: CISCOPHONE_CHROMIUM, or what is on PATH.
func program(t testing.TB) string {
	t.Helper()
	names := []string{"chromium", "chromium-browser", "google-chrome"}
	if named := os.Getenv("CISCOPHONE_CHROMIUM"); named != "" {
		names = []string{named}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	peer.Missing(t, strings.Join(names, ", or ")+" (Debian: chromium; CISCOPHONE_CHROMIUM names another)")
	return ""
}

// Open starts a browser that knows no host but this one, and ends it with the
// test. Without Chromium the test is skipped, or fails with PEERS=required.
func Open(t testing.TB) *Tab {
	t.Helper()
	home := t.TempDir()
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(program(t)), chromedp.UserDataDir(filepath.Join(home, "profile")), chromedp.Env("HOME="+home),
		// Pages of our own on loopback, and root in containers has no sandbox.
		chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-domain-reliability", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
		chromedp.WindowSize(1280, 900))
	tab := &Tab{t: t, axe: axe(t)}
	ctx, stop := context.WithTimeout(context.Background(), within)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stop)
	tab.ctx, stop = chromedp.NewContext(ctx, chromedp.WithListener(tab.hear))
	t.Cleanup(stop)
	t.Cleanup(tab.quit)
	tab.do(chromedp.Steps(
		command(network.Enable, network.EnableParams{}),
		command(log.Enable, cdp.Empty{}),
		command(audits.Enable, cdp.Empty{}),
		command(page.SetInterceptFileChooserDialog, page.SetInterceptFileChooserDialogParams{Enabled: true}),
	))
	t.Cleanup(tab.judge)
	return tab
}

// quit lets the browser end by itself, so that it takes its own files along.
func (b *Tab) quit() {
	ctx, stop := context.WithTimeout(b.ctx, 30*time.Second)
	defer stop()
	if err := chromedp.Cancel(ctx); err != nil {
		b.t.Logf("the browser does not end: %v", err)
	}
}

func command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, c, params)
		return err
	})
}

// hear keeps what the browser tells while pages live.
func (b *Tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, request{e.RequestID, e.Request.URL})
	case *network.EventLoadingFailed:
		if e.BlockedReason != "" { // by the page's own policy: it was not sent
			b.requests = slices.DeleteFunc(b.requests, func(r request) bool { return r.id == e.RequestID })
		}
	case *log.EventEntryAdded:
		if e.Entry.Level != log.EntryLevelVerbose && e.Entry.Level != log.EntryLevelInfo {
			b.complaints = append(b.complaints, e.Entry.Text+" "+e.Entry.URL)
		}
	case *runtime.EventConsoleAPICalled:
		b.complaints = append(b.complaints, "console: "+marshal(e.Args))
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, "exception: "+marshal(e.ExceptionDetails))
	case *audits.EventIssueAdded:
		b.complaints = append(b.complaints, "issue: "+marshal(e.Issue))
	}
}

func marshal(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// Expect says that the browser will complain of something with these words: an
// answer 401, say.
func (b *Tab) Expect(words string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expected = append(b.expected, words)
}

// judge fails for complaints nobody expected, and for expected ones that did
// not come.
func (b *Tab) judge() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, words := range b.expected {
		if !slices.ContainsFunc(b.complaints, func(c string) bool { return strings.Contains(c, words) }) {
			b.t.Errorf("the browser does not complain of %q", words)
		}
	}
	for _, c := range b.complaints {
		if !slices.ContainsFunc(b.expected, func(words string) bool { return strings.Contains(c, words) }) {
			b.t.Errorf("the browser complains: %s", c)
		}
	}
}

// Asked are the addresses the browser asked for so far, without what a page
// holds itself and what its policy forbade.
func (b *Tab) Asked() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var asked []string
	for _, r := range b.requests {
		if !strings.HasPrefix(r.address, "data:") {
			asked = append(asked, r.address)
		}
	}
	return asked
}

// Only fails when the browser asked for anything that does not begin with base.
func (b *Tab) Only(base string) {
	b.t.Helper()
	asked := b.Asked()
	if len(asked) == 0 {
		b.t.Error("the browser asked for nothing")
	}
	for _, u := range asked {
		if !strings.HasPrefix(u, base) {
			b.t.Errorf("the browser asked for %s, which is not below %s", u, base)
		}
	}
}

func (b *Tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatalf("browser: %v", err)
	}
}

func run[T any](b *Tab, a chromedp.Action[T]) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, a)
	if err != nil {
		b.t.Fatalf("browser: %v", err)
	}
	return v
}

// Go opens a page and waits until it is there.
func (b *Tab) Go(address string) {
	b.t.Helper()
	b.do(chromedp.Navigate(address))
}

// Path is the path of the page that is open.
func (b *Tab) Path() string {
	b.t.Helper()
	u, err := url.Parse(run(b, chromedp.Location()))
	if err != nil {
		b.t.Fatal(err)
	}
	return u.Path
}

// Loads does something that loads a page, and waits for that page.
func (b *Tab) Loads(do func()) {
	b.t.Helper()
	run(b, chromedp.WaitEvent(page.LoadEventFired, nil, chromedp.Func(func(context.Context, *chromedp.Target) error {
		do()
		return nil
	})))
}

// Eval evaluates JavaScript in the page; a promise is waited for.
func Eval[T any](b *Tab, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("browser: %s: %v", expression, err)
	}
	return v
}

// Text is what the first element that selector finds shows.
func (b *Tab) Text(selector string) string {
	b.t.Helper()
	return Eval[string](b, "document.querySelector("+quote(selector)+")?.innerText ?? '(no such element)'")
}

// Waits until the element that selector finds shows text.
func (b *Tab) Waits(selector, text string) {
	b.t.Helper()
	_, err := chromedp.Run(b.ctx, chromedp.Poll[bool]("(document.querySelector("+quote(selector)+")?.innerText ?? '').includes("+quote(text)+")",
		chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(time.Minute)))
	if err != nil {
		b.t.Fatalf("browser: %s shows %q and never %q: %v", selector, b.Text(selector), text, err)
	}
}

func quote(s string) string { return marshal(s) }

// Window makes the window width CSS pixels wide; dark says what the person
// prefers.
func (b *Tab) Window(width int64, dark bool) {
	b.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	b.do(
		chromedp.EmulateViewport(width, 900),
		command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		}))
}

// Paper makes the page look as it does in print.
func (b *Tab) Paper() {
	b.t.Helper()
	b.do(command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}))
}

// Picture writes what a person sees to NAME.png in the folder that
// CISCOPHONE_PICTURES names; without it, nothing.
func (b *Tab) Picture(name string) {
	b.t.Helper()
	dir := os.Getenv("CISCOPHONE_PICTURES")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), run(b, chromedp.FullScreenshot(100)), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// choose answers the dialog that do opens with a file.
func (b *Tab) choose(do func(), file string) {
	b.t.Helper()
	opened := run(b, chromedp.WaitEvent(page.FileChooserOpened, nil, chromedp.Func(func(context.Context, *chromedp.Target) error {
		do()
		return nil
	})))
	b.do(command(dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{file}, BackendNodeID: opened.BackendNodeID}))
}
