// SPDX-License-Identifier: MPL-2.0

package batch

import (
	"fmt"
	"slices"
	"unique"

	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
)

// MaxChanges bounds a list of changes: a state is no place for a whole file.
const MaxChanges = 50

// A Tally gathers what happens to phones into lines for people: what happens to
// many alike is one line.
type Tally struct {
	keys  []string // in order of first occurrence
	about map[string]*tallied
}

// A tallied is what happens to one parameter.
type tallied struct {
	phones int
	texts  []*tallyText // in order of first occurrence
	by     map[unique.Handle[reconcile.Line]]*tallyText
}

type tallyText struct {
	first, text string
	phones      int
}

// Add notes what happens to the file of a name.
func (t *Tally) Add(name string, line reconcile.Line) { t.add(name, unique.Make(line)) }

func (t *Tally) add(name string, line unique.Handle[reconcile.Line]) {
	key := line.Value().Key
	about := t.about[key]
	if about == nil {
		if t.about == nil {
			t.about = map[string]*tallied{}
		}
		about = &tallied{by: map[unique.Handle[reconcile.Line]]*tallyText{}}
		t.about[key] = about
		t.keys = append(t.keys, key)
	}
	about.phones++
	text := about.by[line]
	if text == nil {
		text = &tallyText{first: name, text: line.Value().Text}
		about.by[line] = text
		about.texts = append(about.texts, text)
	}
	text.phones++
}

// maxTexts is how many different changes of one parameter are told one by one.
const maxTexts = 5

// Len returns how many parameters or other things change.
func (t *Tally) Len() int { return len(t.keys) }

// Text returns at most MaxChanges lines.
func (t *Tally) Text() []string {
	var out []string
	keys := slices.Clone(t.keys)
	slices.SortStableFunc(keys, func(a, b string) int { return reconcile.CompareLines(reconcile.Line{Key: a}, reconcile.Line{Key: b}) })
	for _, key := range keys {
		about := t.about[key]
		if len(about.texts) > maxTexts {
			first := about.texts[0]
			out = append(out, fmt.Sprintf("%s, each or in groups something else, such as %s: %s", Counted(about.phones, "phone"), first.first, first.text))
			continue
		}
		for _, text := range about.texts {
			line := text.first + ": " + text.text
			if text.phones > 1 {
				line = Counted(text.phones, "phone") + ", such as " + line
			}
			out = append(out, line)
		}
	}
	if len(out) > MaxChanges {
		out = append(out[:MaxChanges-1], fmt.Sprintf("... and %d more kinds of changes", len(out)-MaxChanges+1))
	}
	return out
}
