// SPDX-License-Identifier: MPL-2.0

package repo_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// denied are spellings and turns of phrase that the project does not use, each
// with what it uses: American spelling, and English that does not read as
// translated.
var denied = []struct {
	pattern, instead string
}{
	{`\b[Cc]atalogue`, "catalog"},
	{`\b[Cc]olour`, "color"},
	{`\b[Nn]eighbour`, "neighbor"},
	{`\b[Bb]ehaviour`, "behavior"},
	{`\b[Hh]onour`, "honor"},
	{`\b[Ff]avour`, "favor"},
	{`\b[Ll]icence`, "license"},
	{`\b[Aa]rtefact`, "artifact"},
	{`\b[Ee]nrol(s|ments?)?\b`, "enroll, enrollment"},
	{`\b[Cc]ancelled\b`, "canceled"},
	{`\b[Ll]abelled\b`, "labeled"},
	{`\b(normal|recogn|organ|serial|initial|author|summar|minim)is(e|es|ed|ing|ation)\b`, "-ize"},
	{`\bgrey\b`, "gray"},
	{`\bshall\b`, "must, or the present tense"},
	{`\btells whether\b`, "reports whether"},
	{`\bput right\b`, "corrected, fixed"},
	{`\bis no (whole )?number\b`, "must be an integer, must be a number"},
	{`\bsave that\b`, "except that"},
}

// TestVocabulary reads all text that people wrote for people.
func TestVocabulary(t *testing.T) {
	t.Parallel()
	atRoot(t)
	out, err := exec.Command("git", "ls-files", "-z").Output()
	if err != nil {
		t.Skipf("not run: %v", err) // a source archive has no repository
	}
	kinds := []string{".go", ".md", ".tmpl", ".sh", ".yml", ".yaml", ".tf", ".txtar", ".html"}
	patterns := make([]*regexp.Regexp, len(denied))
	for i, d := range denied {
		patterns[i] = regexp.MustCompile(d.pattern)
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if !slices.Contains(kinds, filepath.Ext(name)) || name == "internal/repo/vocabulary_test.go" || strings.HasPrefix(name, "cfgxml/catalog/") {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			continue // deleted and not committed yet
		}
		for i, line := range bytes.Split(data, []byte("\n")) {
			for n, p := range patterns {
				if found := p.Find(line); found != nil {
					t.Errorf("%s:%d: %q: write %q", name, i+1, found, denied[n].instead)
				}
			}
		}
	}
}
