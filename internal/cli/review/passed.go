// SPDX-License-Identifier: MPL-2.0

package review

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
)

var firstTag = regexp.MustCompile(`<([A-Za-z_][A-Za-z0-9_.:-]*)`)

// OtherXML returns the root element of a document that is XML or HTML of another
// kind than a configuration, such as a pom.xml beside the phones' files; "" for
// everything else, which is looked at and has its faults named: a slip in the name
// of the root, an encrypted file, no XML at all.
func OtherXML(data []byte) string {
	const reach = 64 << 10
	if cfgxml.Sniff(data[:min(len(data), reach)]) || cfgxml.Sniff(data) {
		return ""
	}
	text := bytes.TrimLeft(data, "\ufeff \t\r\n")
	if !bytes.HasPrefix(text, []byte("<")) {
		return ""
	}
	m := firstTag.FindSubmatch(xmlComments.ReplaceAll(text[:min(len(text), reach)], nil))
	if m == nil || string(m[1]) == "device" { // phones of the 7800 and 8800 read it; a rule says so
		return ""
	}
	if name := string(m[1]); len(term.Alike(name, []string{"flat-profile"})) == 0 {
		return name
	}
	return ""
}

var xmlComments = regexp.MustCompile(`(?s)<!--.*?(?:-->|$)`)

// NamedFiles are the arguments that are files themselves.
func NamedFiles(args []string) map[string]bool {
	files := map[string]bool{}
	for _, arg := range args {
		if info, err := os.Stat(arg); err != nil || !info.IsDir() {
			files[arg] = true
		}
	}
	return files
}

// Passed counts the files that were not looked at, so that nobody takes them for
// clean.
type Passed struct {
	excluded int
	others   []string // files that are no configurations, the first few
	more     int
}

// Add notes a file that was passed over.
func (p *Passed) Add(r Result) {
	switch {
	case r.Passed == "excluded":
		p.excluded++
	case len(p.others) < 3:
		p.others = append(p.others, fmt.Sprintf("%s (%s)", foreign.Text(r.File), r.Passed))
	default:
		p.more++
	}
}

// Sum tells what was passed over.
func (p *Passed) Sum(a *term.App) {
	if n := len(p.others); n > 0 {
		text := strings.Join(p.others, ", ")
		if p.more > 0 {
			text += fmt.Sprintf(" and %d more", p.more)
		}
		fmt.Fprintf(a.Stderr, "passed over, not configurations: %s\n", text)
	}
	if p.excluded > 0 {
		fmt.Fprintf(a.Stderr, "excluded by %s: %s\n", configName, term.Count(p.excluded, "file"))
	}
}
