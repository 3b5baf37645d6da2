// SPDX-License-Identifier: MPL-2.0

package batch

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/maphash"
	"strings"
	"sync"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// TestDigestMemory: what is remembered is what would be worked out, for more
// contents than there is room for, by several goroutines at once.
func TestDigestMemory(t *testing.T) {
	t.Parallel()
	m := digestMemory{seed: maphash.MakeSeed()}
	content := func(i int) []byte {
		return fmt.Appendf(nil, "<flat-profile><A>%d</A><CDC_Challenge_Password_1_>%s</CDC_Challenge_Password_1_></flat-profile>", i%(maxDigests+100), "correct horse")
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
					if doc, _ = cfgxml.Parse(data); got != redacted(doc) {
						t.Errorf("%s: digest %s, want %s", data, got, redacted(doc))
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
	other := []byte(strings.Replace(string(content(1)), "correct horse", "another", 1))
	if m.of(other, nil, nil) != m.of(content(1), nil, nil) {
		t.Error("the digest depends on the password")
	}
	if got := m.of([]byte("<flat-profile>"), nil, nil); got != Unreadable {
		t.Errorf("what cannot be read has the digest %q", got)
	}
}

// redacted is what a digest is by its definition.
func redacted(doc *cfgxml.Document) string {
	sum := sha256.Sum256(doc.Redacted())
	return hex.EncodeToString(sum[:])
}
