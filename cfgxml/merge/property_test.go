// SPDX-License-Identifier: MPL-2.0

package merge_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/merge"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// A doc is a small document as a list of lines, to be edited like a person
// edits: by lines.
type doc []string

func (d doc) bytes(end string) []byte { return []byte(strings.Join(d, end) + end) }

// start is what all sides begin with. Some lines repeat, as in real exports.
func start(t *rapid.T) doc {
	d := doc{"<flat-profile>"}
	for i := range rapid.IntRange(2, 9).Draw(t, "parameters") {
		if rapid.IntRange(0, 3).Draw(t, "head") == 0 {
			d = append(d, rapid.SampledFrom([]string{"", "  <!-- options: Yes|No -->", fmt.Sprintf("  <!-- about P%d -->", i)}).Draw(t, "line"))
		}
		d = append(d, fmt.Sprintf(`  <P%d ua="na">%d</P%d>`, i, i, i))
	}
	return append(d, "</flat-profile>")
}

// edited changes a document some times; fresh makes what is added unique.
func edited(t *rapid.T, d doc, side string, fresh *int) doc {
	d = slices.Clone(d)
	inside := func(label string, end int) int { return rapid.IntRange(1, end).Draw(t, label) }
	for range rapid.IntRange(0, 4).Draw(t, side) {
		*fresh++
		last := len(d) - 1 // the end tag
		i := inside("at", last)
		insert := func(line string) { d = slices.Insert(d, i, line) }
		switch op := rapid.IntRange(0, 10).Draw(t, "op"); {
		case op == 0:
			insert(fmt.Sprintf("  <!-- %s %d -->", side, *fresh))
		case op == 1:
			insert("")
		case op == 2:
			insert(fmt.Sprintf("  <N%d>%s</N%d>", rapid.IntRange(0, 2).Draw(t, "n"), side, rapid.IntRange(0, 2).Draw(t, "m")))
			name := rapid.IntRange(0, 2).Draw(t, "n")
			d[i] = fmt.Sprintf("  <N%d>%s</N%d>", name, rapid.SampledFrom([]string{"x", side}).Draw(t, "v"), name)
		case i == last: // the rest changes a line that is there
		case op == 3:
			d = slices.Delete(d, i, i+1)
		case op == 4: // move
			line := d[i]
			d = slices.Delete(d, i, i+1)
			d = slices.Insert(d, inside("to", len(d)-1), line)
		case op == 5 && !strings.Contains(d[i], "group"):
			d[i] = strings.Replace(d[i], `ua="na"`, rapid.SampledFrom([]string{`ua="rw"`, `ua="na" group="G"`, `group="G" ua="na"`, ``}).Draw(t, "ua"), 1)
		case op == 6 && strings.Contains(d[i], "</P"):
			d[i] += fmt.Sprintf(" <!-- behind %s %d -->", side, *fresh)
		case op == 7:
			d[i] = "\t" + strings.TrimSpace(d[i])
		default:
			if at := strings.Index(d[i], "</P"); at > 0 {
				d[i] = d[i][:at] + rapid.SampledFrom([]string{"0", side}).Draw(t, "value") + d[i][at:]
			}
		}
	}
	return d
}

// added lists the lines that a side added, without layout.
func added(base, side doc) []string {
	var out []string
	for _, line := range side {
		same := func(b string) bool { return strings.TrimSpace(b) == strings.TrimSpace(line) }
		if !slices.ContainsFunc(base, same) && strings.TrimSpace(line) != "" {
			out = append(out, line)
		}
	}
	return out
}

// Whatever two people do to a document: what one of them added is in the result
// or between markers; what is merged without a conflict has the value that
// somebody gave; and where git merges cleanly and to one meaning, so does this.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	git := peer.Program(t, "git")
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) { mergeOnce(t, git, dir) })
}

func mergeOnce(t *rapid.T, git, dir string) {
	fresh := 0
	base := start(t)
	ours, theirs := edited(t, base, "o", &fresh), edited(t, base, "t", &fresh)
	ends := [3]string{"\n", "\n", "\n"}
	for i := range ends {
		if rapid.IntRange(0, 9).Draw(t, "crlf") == 0 {
			ends[i] = "\r\n"
		}
	}
	texts := [3][]byte{base.bytes(ends[0]), ours.bytes(ends[1]), theirs.bytes(ends[2])}
	var docs [3]*cfgxml.Document
	for i, text := range texts {
		d, err := cfgxml.Parse(text)
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		docs[i] = d
	}
	r, err := merge.Documents(docs[0], docs[1], docs[2])
	var loss *merge.LossError
	if errors.As(err, &loss) {
		r = merge.Lines(texts[0], texts[1], texts[2])
		if len(r.Conflicts()) == 0 {
			t.Fatalf("LOSS %v\nbase\n%s\nours\n%s\ntheirs\n%s", err, texts[0], texts[1], texts[2])
		}
	} else if err != nil {
		t.Fatal(err)
	}
	marked := string(r.Marked(merge.Labels{Ours: "ours", Theirs: "theirs"}))
	show := func() string {
		return fmt.Sprintf("base\n%s\nours\n%s\ntheirs\n%s\nmerged\n%s", texts[0], texts[1], texts[2], marked)
	}
	for i, side := range []doc{ours, theirs} {
		other := []doc{theirs, ours}[i]
		for _, line := range added(base, side) {
			if !holds(marked, line, base, other) {
				t.Fatalf("%q is lost\n%s", line, show())
			}
		}
	}
	for i, name := range []string{"base", "ours", "theirs"} {
		if err := os.WriteFile(filepath.Join(dir, name), texts[i], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(git, "merge-file", "-p", "-q", "ours", "base", "theirs")
	cmd.Dir = dir
	lines, err := cmd.Output()
	if err != nil {
		return // git has a conflict
	}
	if _, err := cfgxml.Parse(lines); err != nil {
		return
	}
	if c := r.Conflicts(); len(c) > 0 {
		for _, c := range c {
			if c.Name == "" || !bothSay(docs, c.Name) {
				t.Fatalf("git merges this, here it is a conflict: %v\n%s\ngit\n%s", c, show(), lines)
			}
		}
		return
	}
	if !bytes.Equal(sortedLines(lines), sortedLines(r.Bytes())) && !ambiguous(lines, docs) {
		t.Fatalf("git merges to other lines:\n%s\n%s", lines, show())
	}
}

// holds reports whether a line that one side added is in the result. A
// parameter is if its value, its attributes and the comment behind it are, as
// the other side may have changed the rest of the line.
func holds(marked, line string, base, other doc) bool {
	if strings.Contains(marked, strings.TrimSpace(line)) {
		return true
	}
	name, ok := nameOf(line)
	if !ok {
		return false
	}
	for m := range strings.Lines(marked) {
		if n, ok := nameOf(m); ok && n == name {
			all := true
			for _, word := range words(line) {
				all = all && (strings.Contains(m, word) || inBase(base, name, word))
			}
			if all {
				return true
			}
		}
	}
	return false
}

// words are the parts of a parameter's line that merge apart from each other.
func words(line string) []string {
	var out []string
	open, rest, _ := strings.Cut(strings.TrimSpace(line), ">")
	out = append(out, strings.Fields(open)[1:]...)
	value, tail, _ := strings.Cut(rest, "<")
	out = append(out, ">"+value+"<")
	if _, c, ok := strings.Cut(tail, "<!--"); ok {
		out = append(out, "<!--"+c)
	}
	return out
}

func inBase(base doc, name, word string) bool {
	for _, line := range base {
		if n, ok := nameOf(line); ok && n == name && strings.Contains(line, word) {
			return true
		}
	}
	return false
}

func nameOf(line string) (string, bool) {
	line = strings.TrimSpace(line)
	if len(line) < 3 || line[0] != '<' || line[1] != 'P' && line[1] != 'N' {
		return "", false
	}
	return line[1:3], true
}

// bothSay reports whether both sides have something to say about a parameter
// that base says otherwise.
func bothSay(docs [3]*cfgxml.Document, name string) bool {
	text := func(d *cfgxml.Document) string {
		p, ok := d.Lookup(name)
		if !ok {
			return ""
		}
		start, end := p.Span()
		return string(d.Bytes()[start:end])
	}
	return text(docs[0]) != text(docs[1]) && text(docs[0]) != text(docs[2])
}

// ambiguous reports whether git's result has a parameter twice, or one that a
// side removed while the other moved it.
func ambiguous(data []byte, docs [3]*cfgxml.Document) bool {
	d, err := cfgxml.Parse(data)
	if err != nil {
		return true
	}
	for p := range d.All() {
		name := p.Name()
		if d.Count(name) > 1 || docs[0].Count(name) > 0 && (docs[1].Count(name) == 0 || docs[2].Count(name) == 0) {
			return true
		}
	}
	return false
}

func sortedLines(data []byte) []byte {
	lines := strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	slices.Sort(lines)
	return []byte(strings.TrimSpace(strings.Join(lines, "\n")))
}
