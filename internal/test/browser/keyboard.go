// SPDX-License-Identifier: MPL-2.0

package browser

import (
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Keys for [Tab.Press]. Any other text is typed.
const (
	Enter = kb.Enter
	Space = " "
	Down  = kb.ArrowDown
	Up    = kb.ArrowUp
	End   = kb.End
)

// Press presses keys, one after the other.
func (b *Tab) Press(keys string) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(keys))
}

// To presses Tab until the focus is where selector points, as often as there
// are things to be reached, and fails when it never gets there or when the
// focus cannot be seen.
func (b *Tab) To(selector string) {
	b.t.Helper()
	at := "document.activeElement.matches(" + quote(selector) + ")"
	for range 80 {
		b.Press(kb.Tab)
		if Eval[bool](b, at) {
			if !Eval[bool](b, focusVisible) {
				b.t.Errorf("the focus on %s cannot be seen", selector)
			}
			return
		}
	}
	b.t.Fatalf("browser: %s cannot be reached by the Tab key", selector)
}

// focusVisible: around what has the focus the browser draws its own outline, or
// one wide enough to be seen, and it is inside the window.
const focusVisible = `(() => {
	const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
	const drawn = s.outlineStyle === "auto" || (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2);
	return drawn && r.bottom > 0 && r.right > 0 && r.top < innerHeight && r.left < innerWidth;
})()`

// Fill goes to a field and types text over what stands there.
func (b *Tab) Fill(selector, text string) {
	b.t.Helper()
	b.To(selector)
	b.do(chromedp.KeyEvent("a", chromedp.KeyModifiers(kb.ModifierCtrl)))
	if text == "" {
		text = kb.Delete
	}
	b.Press(text)
}

// Upload goes to a field for a file, opens its dialog and chooses file.
func (b *Tab) Upload(selector, file string) {
	b.t.Helper()
	b.To(selector)
	b.choose(func() { b.Press(Space) }, file)
}

// Pick goes to a list and presses the arrow key until it shows value.
func (b *Tab) Pick(selector, value string) {
	b.t.Helper()
	b.To(selector)
	for range 40 {
		if Eval[bool](b, "document.activeElement.value === "+quote(value)) {
			return
		}
		b.Press(Down)
	}
	b.t.Fatalf("browser: the arrow key never leads %s to %q", selector, value)
}

// Focused waits until the page has put the focus where selector points, which a
// browser does a moment after the page has come.
func (b *Tab) Focused(selector string) {
	b.t.Helper()
	_, err := chromedp.Run(b.ctx, chromedp.Poll[bool]("document.activeElement.matches("+quote(selector)+")",
		chromedp.WithPollingInterval(10*time.Millisecond), chromedp.WithPollingTimeout(time.Minute)))
	if err != nil {
		b.t.Fatalf("browser: the focus never comes to %s: %v", selector, err)
	}
}
