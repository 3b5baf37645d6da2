// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/joshdk/go-junit"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// oddFiles writes a folder with a finding of every kind of place: of a value
// behind wide characters, with fixes, of a file as a whole, of one that is not
// well formed, and none.
func oddFiles(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"odd name%.xml": "<flat-profile>\n\t<Station_Name>東京😀 \"<![CDATA[&]]></Station_Name><CDC_Server_1_>https://x/</CDC_Server_1_>\n</flat-profile>\n",
		"fix.xml":       "<flat-profile>\n<CDC_Servr_1_>http://192.0.2.1/</CDC_Servr_1_>\n</flat-profile>\n",
		"broken.xml":    "<flat-profile>", "clean.xml": cleanPhone,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// findings are what lint says in JSON.
func findings(t *testing.T, args ...string) (found []readFinding) {
	t.Helper()
	_, out, _ := run(t, append([]string{"lint", "--format", "json"}, args...)...)
	if err := json.Unmarshal([]byte(out), &found); err != nil {
		t.Fatal(err)
	}
	return found
}

// TestJUnit: a reader by somebody else finds a failed test for each finding, one
// that passed for a file without any, and an error for a file that is not there.
func TestJUnit(t *testing.T) {
	t.Parallel()
	dir := oddFiles(t)
	nowhere := filepath.Join(dir, "nowhere.xml")
	status, out, errs := run(t, "lint", "--format", "junit", dir, nowhere)
	if status != term.ExitInternal {
		t.Fatalf("status %d: %s", status, errs)
	}
	suites, err := junit.Ingest([]byte(out))
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	files := 0
	for _, s := range suites {
		switch {
		case s.Name == "cfgxml" && s.Totals.Error == 1:
			if !strings.Contains(s.Tests[0].Error.Error(), nowhere) {
				t.Errorf("%+v", s.Tests[0])
			}
		case s.Totals.Tests == 1 && s.Totals.Passed == 1:
			if filepath.Base(s.Name) != "clean.xml" {
				t.Errorf("%s passes", s.Name)
			}
			files++
		default:
			files++
			for _, test := range s.Tests {
				failure, ok := test.Error.(junit.Error)
				if test.Status != junit.StatusFailed || !ok {
					t.Errorf("%+v", test)
					continue
				}
				got = append(got, test.Classname+": "+failure.Type+": "+failure.Message)
			}
		}
	}
	for _, f := range findings(t, dir) {
		want = append(want, f.File+": "+f.Severity+": "+f.Message)
	}
	if !slices.Equal(got, want) || files != 4 || len(suites) != 5 {
		t.Errorf("of %d suites:\n%s\nwant\n%s", len(suites), strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestReviewdog: reviewdog's own types read the format rdjson, and would not
// with a field that they do not have.
func TestReviewdog(t *testing.T) {
	t.Parallel()
	reader := peer.Built(t, "CISCOPHONE_REVIEWDOG")
	dir := oddFiles(t)
	_, out, _ := run(t, "lint", "--format", "rdjson", dir)
	read := func(text string) (string, error) {
		cmd := exec.Command(reader)
		cmd.Stdin = strings.NewReader(text)
		said, err := cmd.CombinedOutput()
		return strings.TrimSpace(string(said)), err
	}
	got, err := read(out)
	if err != nil {
		t.Fatalf("%v: %s\n%s", err, got, out)
	}
	var numbers [2]int
	for _, f := range findings(t, dir) {
		numbers[0]++
		if f.Rule == "cdc-name" {
			numbers[1] += 2 // both tags are fixed
		}
	}
	if data, _ := json.Marshal(numbers); strings.ReplaceAll(got, " ", ",") != strings.Trim(string(data), "[]") {
		t.Errorf("%s diagnostics and suggestions, want %v", got, numbers)
	}
	for name, change := range map[string][2]string{
		"a field of its own":    {`"column":`, `"columns":`},
		"a severity of its own": {`"severity": "ERROR"`, `"severity": "FATAL"`},
		"text for a number":     {`"line": 2`, `"line": "two"`},
	} {
		if broken := strings.Replace(out, change[0], change[1], 1); broken == out {
			t.Errorf("%s: %s does not occur", name, change[0])
		} else if said, err := read(broken); err == nil {
			t.Errorf("%s: read as %s", name, said)
		}
	}
}
