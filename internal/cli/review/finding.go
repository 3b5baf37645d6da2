// SPDX-License-Identifier: MPL-2.0

package review

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// Finding is a problem with its place in the file, and what it takes to show
// it once the file's bytes are gone.
type Finding struct {
	validate.Problem
	File       string
	Start, End cfgxml.Position // zero when the problem has no place of its own
	snippet    snippet         // of the linter's, if it makes them
	shown      []placedFix     // the fixes, if they can be shown without a secret
	more       int             // of perRule: it stands for that many; 0 for itself
}

// weight is how many findings f stands for.
func (f Finding) weight() int { return max(f.more, 1) }

// placedFix is a validate.Fix with its place.
type placedFix struct {
	start, end cfgxml.Position
	text       string
}

// Placed reports whether the finding has a place in the file.
func (f Finding) Placed() bool { return f.Start.Line > 0 }

// Url is the page of the rule; that a file is not well formed has none.
func (f Finding) Url() string {
	if f.Rule == syntaxRule {
		return ""
	}
	return f.DocURL()
}

// Sentence is the message and the hint, for formats that have one text only.
func Sentence(f Finding) string {
	if f.Hint == "" {
		return f.Message
	}
	return f.Message + "; " + f.Hint
}

// FixTitle names what a fix does.
func FixTitle(f Finding) string {
	if f.Hint != "" {
		return f.Hint
	}
	return "fix " + f.Rule
}

// showFixes places the fixes of a problem, unless they would show a password:
// they replace the value of a secret, or bring one along inside of a rule or an
// address.
func showFixes(doc *cfgxml.Document, p validate.Problem) []placedFix {
	var shown []placedFix
	for _, x := range p.Fixes {
		if param, ok := doc.At(x.Start); ok && x.Text != "" {
			start, end := param.ValueSpan()
			if catalog.IsSecret(param.Name()) && x.Start >= start && x.End <= end {
				return nil
			}
		}
		if len(secret.Spans(x.Text)) > 0 {
			return nil
		}
		shown = append(shown, placedFix{doc.Position(x.Start), doc.Position(x.End), x.Text})
	}
	return shown
}

// ordinals gives findings a fingerprint that survives edits elsewhere in the
// file: it is made of the file, the rule, the parameter and how many such came
// before, not of the line and never of the value.
type ordinals map[string]int

func (o *ordinals) fingerprint(f Finding) string {
	if *o == nil {
		*o = ordinals{}
	}
	key := filepath.ToSlash(filepath.Clean(f.File)) + "\x00" + f.Rule + "\x00" + f.Param
	n := (*o)[key]
	(*o)[key] = n + 1
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", key, n))
	return hex.EncodeToString(sum[:16])
}

// nextFile forgets the findings of the file before: keys name their file.
func (o *ordinals) nextFile() { clear(*o) }

// ruleIDs is the place of each rule in validate.Rules.
var ruleIDs = sync.OnceValue(func() map[string]int {
	ids := map[string]int{}
	for i, r := range validate.Rules() {
		ids[r.ID] = i
	}
	return ids
})
