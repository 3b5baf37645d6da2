// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/testdata/fullsize"
)

// templateLines are the lines that a template fills in or is ruled by.
var templateLines = regexp.MustCompile(`(?m)^.*\{.*\n`)

// realFiles are the configuration files of the folder CISCOPHONE_REAL_DIR.
func realFiles(t *testing.T) map[string][]byte {
	t.Helper()
	dir := os.Getenv("CISCOPHONE_REAL_DIR")
	if dir == "" {
		t.Skip("real configuration files: not run: needs CISCOPHONE_REAL_DIR, a folder of cfg.xml files")
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.xml"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no *.xml in %s: %v", dir, err)
	}
	files := map[string][]byte{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte("<flat-status")) {
			continue // what a phone says of itself is no configuration
		}
		files[filepath.Base(path)] = templateLines.ReplaceAll(data, nil)
	}
	return files
}

// Files that are in use have no errors, and no more problems than a person
// reads; with an enrollment added there is nothing new.
func TestRealFilesHaveNoErrors(t *testing.T) {
	t.Parallel()
	for name, data := range realFiles(t) {
		d, err := cfgxml.Parse(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		problems := Document(d, Settings{})
		if HasErrors(problems) {
			t.Errorf("%s: errors in a file that is in use:\n%s", name, listing(d, AtLeast(problems, Error)))
		}
		if n := len(AtLeast(problems, Warning)); n > 20 {
			t.Errorf("%s: %d warnings:\n%s", name, n, listing(d, AtLeast(problems, Warning)))
		}
		t.Logf("%s: %d parameters, %d problems\n%s", name, d.Len(), len(problems), listing(d, AtLeast(problems, Warning)))
		out, err := d.WithEnrollment(good)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range Document(out, Settings{}) {
			if cdc.IsParam(p.Param) {
				t.Errorf("%s with an enrollment: %v", name, p)
			}
		}
	}
}

// Nor do the full-size files of the tests and the demo.
func TestFullSizeFilesHaveNoErrors(t *testing.T) {
	t.Parallel()
	for _, o := range []fullsize.Options{{}, {Model: "DP-9841", CRLF: true}, {Model: "CP-8875", Seed: 7}, {Parameters: 3000}} {
		d := parse(t, string(fullsize.Document(o)))
		if problems := AtLeast(Document(d, Settings{}), Warning); len(problems) > 0 {
			t.Errorf("%+v:\n%s", o, listing(d, problems))
		}
	}
}

// A real phone reported these names and an 8865 is configured with the others:
// none of them is unknown.
func TestRealNamesAreKnown(t *testing.T) {
	t.Parallel()
	files := realFiles(t)
	report, err := os.ReadFile(filepath.Join(os.Getenv("CISCOPHONE_REAL_DIR"), "open-mpp-schema.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, m := range regexp.MustCompile(`(?m)^    ([A-Z\w.-]+): '(.*)'$`).FindAllSubmatch(report, -1) {
		fmt.Fprintf(&all, "<%s>%s</%s>\n", m[1], strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(string(m[2])), m[1])
	}
	files["open-mpp-schema.yml"] = []byte("<flat-profile>\n" + all.String() + "</flat-profile>\n")
	for name, want := range map[string]int{"fusionpbx-8865.xml": 1100, "open-mpp-schema.yml": 1104} {
		d := parse(t, string(files[name]))
		if d.Len() < want {
			t.Errorf("%s: %d parameters, want at least %d", name, d.Len(), want)
		}
		for _, p := range Document(d, Settings{}) {
			switch p.Rule {
			case ruleUnknown.ID, ruleForeign.ID, ruleNumber.ID, ruleChoice.ID:
				t.Errorf("%s: %v", name, p)
			}
		}
	}
}
