// SPDX-License-Identifier: MPL-2.0

package repo_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// mostRecords bounds the records: what only explains code stands in the code.
const mostRecords = 35

// readFirst are the records that explain most of the rest.
var readFirst = []string{"010", "011", "042", "072", "150"}

// TestDesign holds the form of the records, and their index (-update writes it).
func TestDesign(t *testing.T) {
	t.Parallel()
	atRoot(t)
	files, err := filepath.Glob("docs/design/[0-9]*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("no records: %v", err)
	}
	if len(files) > mostRecords {
		t.Errorf("%d records, at most %d: one that only explains code belongs into the code", len(files), mostRecords)
	}
	head := regexp.MustCompile(`(?s)^<!-- SPDX-License-Identifier: MPL-2\.0 -->\n# ([0-9]{3}) ([^\n]+)\n\n\*(Accepted|Superseded by [0-9]{3}), (20[0-9]{2}-[0-9]{2}-[0-9]{2})\.\*\n\n\S`)
	titles, links := map[string]string{}, map[string]string{}
	var table strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m := head.FindSubmatch(text)
		base := filepath.Base(file)
		if m == nil || !strings.HasPrefix(base, string(m[1])+"-") {
			t.Errorf("%s does not begin with the license, \"# NNN The decision\" and \"*Accepted, YYYY-MM-DD.*\"", file)
			continue
		}
		number, title := string(m[1]), string(m[2])
		titles[number], links[number] = title, base
		fmt.Fprintf(&table, "| [%s](%s) | %s | %s | %s |\n", number, base, title, strings.ToLower(string(m[3])), m[4])
	}
	var b strings.Builder
	b.WriteString("<!-- SPDX-License-Identifier: MPL-2.0 -->\n# Design records\n\nDecisions that could have gone otherwise: the question, the choice, what was measured. ")
	b.WriteString("[docs/architecture.md](../architecture.md) shows the house as a whole.\n\nRead first:\n\n")
	for _, number := range readFirst {
		if links[number] == "" {
			t.Errorf("record %s, to be read first, is not there", number)
		}
		fmt.Fprintf(&b, "- [%s](%s)\n", titles[number], links[number])
	}
	b.WriteString("\n| number | decision | status | date |\n|---|---|---|---|\n" + table.String())
	written(t, "docs/design/README.md", b.String())
}

// written compares a generated file with what it should be, or writes it.
func written(t *testing.T, name, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != want {
		t.Errorf("%s is not up to date (%v): run go test ./internal/repo -update", name, err)
	}
}
