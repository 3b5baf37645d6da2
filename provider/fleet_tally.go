// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"slices"
	"strings"
	"unique"

	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
)

// A tally gathers what happens to phones into lines for people: what happens to
// many alike is one line.
type tally struct {
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

func (t *tally) add(name string, line unique.Handle[reconcile.Line]) {
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

// text returns at most maxChanges lines.
func (t *tally) text() []string {
	var out []string
	keys := slices.Clone(t.keys)
	slices.SortStableFunc(keys, func(a, b string) int { return reconcile.CompareLines(reconcile.Line{Key: a}, reconcile.Line{Key: b}) })
	for _, key := range keys {
		about := t.about[key]
		if len(about.texts) > maxTexts {
			first := about.texts[0]
			out = append(out, fmt.Sprintf("%s, each or in groups something else, such as %s: %s", counted(about.phones, "phone"), first.first, first.text))
			continue
		}
		for _, text := range about.texts {
			line := text.first + ": " + text.text
			if text.phones > 1 {
				line = counted(text.phones, "phone") + ", such as " + line
			}
			out = append(out, line)
		}
	}
	if len(out) > maxChanges {
		out = append(out[:maxChanges-1], fmt.Sprintf("... and %d more kinds of changes", len(out)-maxChanges+1))
	}
	return out
}

func counted(n int, one string) string {
	if n != 1 {
		one += "s"
	}
	return thousands(n) + " " + one
}

// thousands writes 10000 as 10,000.
func thousands(n int) string {
	s := fmt.Sprint(n)
	var b strings.Builder
	for i, r := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return b.String()
}
