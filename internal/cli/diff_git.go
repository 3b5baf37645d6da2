// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
)

// gitDiff is git's external diff: PATH OLD-FILE OLD-HEX OLD-MODE NEW-FILE
// NEW-HEX NEW-MODE, and for a rename NEW-PATH and what git says of it; PATH alone
// for a file with an unfinished merge. Git takes any status but 0 for a crash and
// ends itself, so whatever is wrong with a file is a line of the output.
func (a *app) gitDiff(args []string) error {
	p := a.paint(a.stdout)
	w := bufio.NewWriter(a.stdout)
	name := clean(args[0])
	if len(args) == 1 {
		fmt.Fprintf(w, "%s\n", p.bold(name+": not merged yet"))
		return w.Flush()
	}
	if len(args) == 9 {
		name += " -> " + clean(args[7])
	}
	text := ""
	var f fileDiff
	oldDoc, err := a.gitSide(args[1])
	if err == nil {
		var newDoc *cfgxml.Document
		if newDoc, err = a.gitSide(args[4]); err == nil {
			f = newFileDiff(name, args[1], args[4], oldDoc, newDoc)
			switch {
			case args[1] == devNull:
				text = fmt.Sprintf("new, has %s", count(newDoc.Len(), "parameter"))
			case args[4] == devNull:
				text = fmt.Sprintf("removed, had %s", count(oldDoc.Len(), "parameter"))
			}
		}
	}
	switch {
	case err != nil:
		fmt.Fprintf(w, "%s %v\n", p.bold(name+":"), err)
		if _, err := w.Write(p.unified(a.lineDiff(name, args[1], args[4]))); err != nil {
			return err
		}
	case text != "":
		if f.reenrolls && args[1] == devNull {
			text += "; the phone requests a certificate"
		}
		fmt.Fprintf(w, "%s %s\n", p.bold(name+":"), text)
	case len(f.changes) > 0:
		fmt.Fprintf(w, "%s\n", p.bold(name+":"))
		writeChanges(w, p, "  ", f.changes)
	case len(args) == 9:
		fmt.Fprintf(w, "%s renamed\n", p.bold(name+":"))
	}
	return w.Flush()
}

// lineDiff compares what is no configuration, or not one that can be read, line
// by line: among the .xml files of a repository there may be any. Passwords that
// can be made out are masked. Of files that are no text nothing is shown.
func (a *app) lineDiff(name, oldFile, newFile string) []byte {
	var sides [2][]byte
	for i, file := range []string{oldFile, newFile} {
		if file == devNull {
			continue
		}
		data, err := a.readFile(file)
		if err != nil || !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
			return nil
		}
		sides[i] = maskText(data)
	}
	return diff.Diff("a/"+name, sides[0], "b/"+name, sides[1])
}

// devNull is what git names where there is no file.
const devNull = "/dev/null"

func (a *app) gitSide(file string) (*cfgxml.Document, error) {
	data := []byte(noParameters)
	if file != devNull {
		var err error
		if data, err = a.readFile(file); err != nil {
			return nil, err
		}
	}
	if c, gzip, ok := seal.Detect(data); ok && (gzip || c != seal.None) {
		return nil, fmt.Errorf("is packed (%s)", c)
	}
	return cfgxml.Parse(data)
}

// textconv prints a file for git to compare: a line for each parameter, sorted
// by name, so that an order that changed shows nothing. Anything that is not a
// readable configuration, such as a file with the markers of a conflict, is
// passed through as it is, but for the passwords that can be made out.
func (a *app) textconv(file, tags string) error {
	data, err := a.readFile(file)
	if err != nil {
		return failure(err)
	}
	doc, err := cfgxml.Parse(data)
	if err != nil {
		_, err = a.stdout.Write(maskText(data))
		return err
	}
	var key []byte
	if tags != "" {
		if key, err = a.readFile(tags); err != nil { // git would stop at a status other than 0
			a.say(err.Error()+": that a password changed does not show", "run cfgxml git-setup in this clone")
		}
	}
	lines, err := parameterLines(doc, key)
	if err != nil {
		return failure(&fileError{file, err})
	}
	_, err = a.stdout.Write([]byte(strings.Join(lines, "")))
	return err
}

// maskText masks the passwords in a text that is not well formed.
func maskText(data []byte) []byte {
	spans := append(secretSpans(data, 0, len(data)), credentialSpans(data, 0, len(data))...)
	slices.SortFunc(spans, func(a, b span) int { return a.start - b.start })
	var out []byte
	last := 0
	for _, s := range spans {
		if s.start < last {
			continue
		}
		out = append(append(out, data[last:s.start]...), maskedSecret...)
		last = s.end
	}
	return append(out, data[last:]...)
}

// parameterLines gives NAME [ua] = VALUE for what the phone keeps of a document.
// A password is a mask; with a key it has a tag made with the key, so that a
// change of it shows, and nobody without the key can try passwords on it.
func parameterLines(doc *cfgxml.Document, key []byte) ([]string, error) {
	masked, err := cfgxml.Parse(bytes.Clone(doc.Redacted()))
	if err != nil {
		return nil, err
	}
	lines := map[string]string{}
	var names []string
	for p := range doc.All() {
		name := p.Name()
		if _, ok := lines[name]; ok {
			continue
		}
		p, _ = doc.Lookup(name)
		text := name
		if ua := p.UserAccess(); ua != "" {
			text += " [" + ua + "]"
		}
		value := p.Value()
		if m, ok := masked.Lookup(name); ok && m.Value() != value {
			value = m.Value()
			if len(key) > 0 {
				mac := hmac.New(sha256.New, key)
				fmt.Fprintf(mac, "%s\x00%s", name, p.Value())
				value += " " + hex.EncodeToString(mac.Sum(nil)[:4])
			}
		}
		text += " = " + value
		if n := doc.Count(name); n > 1 {
			text += fmt.Sprintf(" (%d times)", n)
		}
		lines[name] = text + "\n"
		names = append(names, name)
	}
	slices.Sort(names)
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = lines[name]
	}
	return out, nil
}
