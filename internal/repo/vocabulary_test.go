// SPDX-License-Identifier: MPL-2.0

package repo_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// denied are spellings and turns of phrase that the project does not use, each
// with what it uses: American spelling, and English that does not read as
// translated. A hyphen at the end stands for any ending of the word.
var denied = map[string]string{
	"catalogue-": "catalog", "colour-": "color", "neighbour-": "neighbor", "behaviour-": "behavior", "honour-": "honor", "favour-": "favor",
	"licence-": "license", "artefact-": "artifact", "cancelled": "canceled", "labelled": "labeled", "grey": "gray",
	"enrol": "enroll", "enrols": "enrolls", "enrolment-": "enrollment",
	"normalis-": "normaliz-", "recognis-": "recogniz-", "organise-": "organize-", "serialis-": "serializ-", "initialis-": "initializ-",
	"authoris-": "authoriz-", "summaris-": "summariz-", "minimis-": "minimiz-",
	"shall": "must, or the present tense", "tells whether": "reports whether", "put right": "corrected, fixed", "save that": "except that",
	"is no number": "must be a number", "is no whole number": "must be an integer",
}

// TestVocabulary reads all text that people wrote for people.
func TestVocabulary(t *testing.T) {
	t.Parallel()
	atRoot(t)
	out, err := exec.Command(peer.Program(t, "git"), "ls-files", "-z").Output()
	if err != nil {
		peer.Missing(t, "a checkout: a source archive has no list of its files")
	}
	kinds := []string{".go", ".md", ".tmpl", ".sh", ".yml", ".yaml", ".tf", ".txtar", ".html"}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if !slices.Contains(kinds, filepath.Ext(name)) || name == "internal/repo/vocabulary_test.go" || strings.HasPrefix(name, "cfgxml/catalog/") {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			continue // deleted and not committed yet
		}
		text := bytes.ToLower(data)
		for word, instead := range denied {
			for _, at := range words(text, word) {
				t.Errorf("%s:%d: %q: write %q", name, 1+bytes.Count(text[:at], []byte("\n")), word, instead)
			}
		}
	}
}

// words returns the offsets of a word in a text.
func words(text []byte, word string) (places []int) {
	stem, anyEnding := strings.CutSuffix(word, "-")
	part := func(i int) bool {
		return i >= 0 && i < len(text) && ('a' <= text[i] && text[i] <= 'z' || text[i] == '_')
	}
	for from := 0; ; {
		n := bytes.Index(text[from:], []byte(stem))
		if n < 0 {
			return places
		}
		at := from + n
		if from = at + len(stem); !part(at-1) && (anyEnding || !part(from)) {
			places = append(places, at)
		}
	}
}
