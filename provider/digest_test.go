// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"hash/maphash"
	"strings"
	"sync"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
)

// TestDigestMemory: what is remembered is what would be worked out, for more
// contents than there is room for, by several goroutines at once.
func TestDigestMemory(t *testing.T) {
	t.Parallel()
	m := digestMemory{seed: maphash.MakeSeed()}
	content := func(i int) []byte {
		return fmt.Appendf(nil, "<flat-profile><A>%d</A><CDC_Challenge_Password_1_>%s</CDC_Challenge_Password_1_></flat-profile>", i%(maxDigests+100), pearl)
	}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 2 * (maxDigests + 100) {
				data := content(i + g)
				doc, err := cfgxml.Parse(data)
				if err != nil {
					t.Error(err)
					return
				}
				if i%2 == 0 {
					doc = nil
				}
				got := m.of(data, doc, []string{"A"})
				if i%97 == 0 {
					if doc, _ = cfgxml.Parse(data); got != digest(doc) {
						t.Errorf("%s: digest %s, want %s", data, got, digest(doc))
						return
					}
				}
			}
		})
	}
	wg.Wait()
	if n := len(m.known); n == 0 || n > maxDigests {
		t.Errorf("%d digests are remembered, want %d at most", n, maxDigests)
	}
	other := []byte(strings.Replace(string(content(1)), pearl, "another", 1))
	if m.of(other, nil, nil) != m.of(content(1), nil, nil) {
		t.Error("the digest depends on the password")
	}
	if got := m.of([]byte("<flat-profile>"), nil, nil); got != unreadable {
		t.Errorf("what cannot be read has the digest %q", got)
	}
}

// TestTemplateMemory: a template is parsed once while it is among the latest.
func TestTemplateMemory(t *testing.T) {
	t.Parallel()
	var m templateMemory
	parse := func(i int) *reconcile.Template {
		t.Helper()
		template, err := m.parse("template", fmt.Appendf(nil, "<flat-profile><A>%d</A></flat-profile>", i))
		if err != nil {
			t.Fatal(err)
		}
		return template
	}
	first := parse(0)
	for i := range maxTemplates {
		if once := parse(i); once != parse(i) {
			t.Errorf("template %d was parsed twice in a row", i)
		}
	}
	if parse(0) != first {
		t.Error("the first template was forgotten too early")
	}
	parse(maxTemplates)
	if parse(0) == first || len(m.latest) > maxTemplates {
		t.Errorf("%d templates are kept, want %d", len(m.latest), maxTemplates)
	}
	if _, err := m.parse("template", []byte("<flat-profile>")); err == nil {
		t.Error("a broken template has no error")
	}
}
