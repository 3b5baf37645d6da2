// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"hash/maphash"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// TestDigestMemory: what is remembered is what would be worked out, for more
// contents than there is room for, by several goroutines at once.
func TestDigestMemory(t *testing.T) {
	t.Parallel()
	m := digestMemory{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
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
				got := m.of(data, doc)
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
	if m.of(other, nil) != m.of(content(1), nil) {
		t.Error("the digest depends on the password")
	}
	if got := m.of([]byte("<flat-profile>"), nil); got != unreadable {
		t.Errorf("what cannot be read has the digest %q", got)
	}
}

// TestDocumentMemory: a document is parsed once while it is among the latest,
// and what is given always has the bytes asked for.
func TestDocumentMemory(t *testing.T) {
	t.Parallel()
	var m documentMemory
	parse := func(i int) *cfgxml.Document {
		t.Helper()
		data := fmt.Appendf(nil, "<flat-profile><A>%d</A></flat-profile>", i)
		doc, err := m.parse(data)
		if err != nil || string(doc.Bytes()) != string(data) {
			t.Fatalf("%s: %v, %v", data, doc, err)
		}
		return doc
	}
	first := parse(0)
	for i := range maxDocuments {
		if once := parse(i); once != parse(i) {
			t.Errorf("document %d was parsed twice in a row", i)
		}
	}
	if parse(0) != first {
		t.Error("the first document was forgotten too early")
	}
	parse(maxDocuments)
	if parse(0) == first || len(m.docs) > maxDocuments {
		t.Errorf("%d documents are kept, want %d", len(m.docs), maxDocuments)
	}
	if _, err := m.parse([]byte("<flat-profile>")); err == nil {
		t.Error("a broken document has no error")
	}
}

// TestUnheardLogs is not parallel: it changes the environment.
func TestUnheardLogs(t *testing.T) {
	for _, asked := range append([]string{""}, logVariables...) {
		for _, name := range logVariables {
			t.Setenv(name, "")
			os.Unsetenv(name)
		}
		want := "OFF"
		if asked != "" {
			t.Setenv(asked, "debug")
			want = os.Getenv("TF_LOG_SDK")
		}
		if err := skipUnheardLogs(); err != nil {
			t.Fatal(err)
		}
		if got := os.Getenv("TF_LOG_SDK"); got != want {
			t.Errorf("with %q set, TF_LOG_SDK is %q, want %q", asked, got, want)
		}
	}
}
