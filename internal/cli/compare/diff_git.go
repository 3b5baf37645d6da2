// SPDX-License-Identifier: MPL-2.0

package compare

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// gitDiff is git's external diff: PATH OLD-FILE OLD-HEX OLD-MODE NEW-FILE
// NEW-HEX NEW-MODE, and for a rename NEW-PATH and what git says of it; PATH alone
// for a file with an unfinished merge. Git takes any status but 0 for a crash and
// ends itself, so whatever is wrong with a file is a line of the output.
func gitDiff(a *term.App, args []string) error {
	p := a.Paint(a.Stdout)
	w := bufio.NewWriter(a.Stdout)
	name := foreign.Text(args[0])
	if len(args) == 1 {
		fmt.Fprintf(w, "%s\n", p.Bold(name+": not merged yet"))
		return w.Flush()
	}
	if len(args) == 9 {
		name += " -> " + foreign.Text(args[7])
	}
	var f fileDiff
	oldDoc, err := gitSide(a, args[1])
	if err == nil {
		var newDoc *cfgxml.Document
		if newDoc, err = gitSide(a, args[4]); err == nil {
			switch {
			case args[1] == devNull:
				f = newOneSided("added", name, args[4], newDoc)
			case args[4] == devNull:
				f = newOneSided("removed", name, args[1], oldDoc)
			default:
				f = newFileDiff(name, args[1], args[4], oldDoc, newDoc)
			}
		}
	}
	switch {
	case err != nil:
		fmt.Fprintf(w, "%s %v\n", p.Bold(name+":"), err)
		if _, err := w.Write(p.Unified(lineDiff(a, name, args[1], args[4]))); err != nil {
			return err
		}
	case f.kind != "changed":
		fmt.Fprintf(w, "%s %s\n", p.Bold(name+":"), f.oneSidedText())
	case len(args) == 9 && !f.layoutDiffers:
		fmt.Fprintf(w, "%s renamed\n", p.Bold(name+":"))
	case f.layoutDiffers:
		fmt.Fprintf(w, "%s\n", p.Bold(name+":"))
		writeChanges(w, p, "  ", f)
	}
	return w.Flush()
}

// lineDiff compares what is no configuration, or not one that can be read, line
// by line: among the .xml files of a repository there may be any. Passwords that
// can be made out are masked. Of files that are no text nothing is shown.
func lineDiff(a *term.App, name, oldFile, newFile string) []byte {
	var sides [2][]byte
	for i, file := range []string{oldFile, newFile} {
		if file == devNull {
			continue
		}
		data, err := a.ReadFile(file)
		if err != nil || !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
			return nil
		}
		sides[i] = maskText(data, nil)
	}
	return diff.Diff("a/"+name, sides[0], "b/"+name, sides[1])
}

// devNull is what git names where there is no file.
const devNull = "/dev/null"

func gitSide(a *term.App, file string) (*cfgxml.Document, error) {
	data := []byte(noParameters)
	if file != devNull {
		var err error
		if data, err = a.ReadFile(file); err != nil {
			return nil, err
		}
	}
	if c, gzip, ok := seal.Detect(data); ok && (gzip || c != seal.None) {
		return nil, fmt.Errorf("is packed (%s)", c)
	}
	return cfgxml.Parse(data)
}

// textconv prints a file for git to compare: as it is, line by line, so that
// "git blame" is right and comments show, but with its secrets masked. A mask
// has a tag made with the key of this clone, so that a change of a secret shows
// and nobody without the key can try passwords on it.
func textconv(a *term.App, file string) error {
	data, err := a.ReadFile(file)
	if err != nil {
		return term.Failure(err)
	}
	key, err := tagKey()
	if err != nil { // git would stop at a status other than 0
		a.Say(err.Error()+": that a password changed does not show", "run cfgxml git-setup in this clone")
	}
	_, err = a.Stdout.Write(maskText(data, key))
	return err
}

// tagKey reads the key of the tags from the folder of the repository that this
// is run in; git runs the text conversion at its top.
func tagKey() ([]byte, error) {
	folder, err := gitFolder()
	if err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(folder, tagKeyName))
}

// gitFolder finds what git rev-parse --git-common-dir prints, without a process:
// the text conversion runs once for each version of each file.
func gitFolder() (string, error) {
	dir := os.Getenv("GIT_DIR")
	if dir == "" {
		var err error
		if dir, err = os.Getwd(); err != nil {
			return "", err
		}
		for !isGitFolder(dir) {
			file := filepath.Join(dir, ".git")
			if isGitFolder(file) {
				dir = file
				break
			}
			if data, err := os.ReadFile(file); err == nil { // of a working tree or submodule: it names the folder
				if to, ok := strings.CutPrefix(strings.TrimSpace(string(data)), "gitdir: "); ok {
					if !filepath.IsAbs(to) {
						to = filepath.Join(dir, to)
					}
					dir = to
					break
				}
			}
			up := filepath.Dir(dir)
			if up == dir {
				return "", errors.New("there is no git repository here")
			}
			dir = up
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "commondir"))
	if err != nil {
		return dir, nil
	}
	common := strings.TrimSpace(string(data))
	if !filepath.IsAbs(common) {
		common = filepath.Join(dir, common)
	}
	return common, nil
}

func isGitFolder(dir string) bool {
	for _, name := range []string{"HEAD", "objects"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

// minRepeated is the length from which a secret is also looked for elsewhere in
// the text; a shorter one would be found everywhere.
const minRepeated = 4

// maskText masks the secrets of a text, whether it is well formed or not, and
// keeps its lines. With a key, each mask has a tag.
func maskText(data, key []byte) []byte {
	spans := cfgxml.SecretSpans(data)
	for _, s := range slices.Clone(spans) {
		text := bytes.TrimSpace(data[s.Start:s.End])
		if len(text) < minRepeated || secret.IsMask(string(text)) {
			continue
		}
		for at := 0; ; {
			i := bytes.Index(data[at:], text)
			if i < 0 {
				break
			}
			spans = append(spans, secret.Span{Start: at + i, End: at + i + len(text)})
			at += i + len(text)
		}
	}
	slices.SortFunc(spans, func(a, b secret.Span) int { return cmp.Or(a.Start-b.Start, b.End-a.End) })
	var out []byte
	last := 0
	for _, s := range spans {
		if s.End <= last {
			continue
		}
		s.Start = max(s.Start, last)
		text := data[s.Start:s.End]
		out = append(append(out, data[last:s.Start]...), secret.Mask...)
		if len(key) > 0 {
			mac := hmac.New(sha256.New, key)
			_, _ = mac.Write(bytes.TrimSpace(text))
			out = fmt.Appendf(out, " %x", mac.Sum(nil)[:4])
		}
		out = append(out, bytes.Repeat([]byte("\n"), bytes.Count(text, []byte("\n")))...)
		last = s.End
	}
	return append(out, data[last:]...)
}
