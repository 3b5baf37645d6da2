// SPDX-License-Identifier: MPL-2.0

package validate

import "strings"

const (
	ignoreMark = "cfgxml:ignore"
	fileMark   = "-file"
)

// ReasonPlaceholder stands where an editor asks for the reason of an ignore
// comment. Unedited it is none.
const ReasonPlaceholder = "say why"

// Ignore is what an ignore comment says: which rules it silences, and why.
type Ignore struct {
	Rules  []string
	Reason string // empty where the comment gives none, and so has no effect
	File   bool   // it speaks of the whole file
}

// ParseIgnore reads the text of a comment. ok reports whether it means to be an
// ignore comment, "cfgxml:ignore RULE[,RULE…] REASON" or "cfgxml:ignore-file …";
// one without rules or without a reason has no effect.
func ParseIgnore(comment string) (ig Ignore, ok bool) {
	text, ok := strings.CutPrefix(strings.TrimLeft(comment, space), ignoreMark)
	if !ok {
		return Ignore{}, false
	}
	text, ig.File = strings.CutPrefix(text, fileMark)
	fields := strings.Fields(text)
	if text != "" && !isSpace(text[0]) || len(fields) == 0 {
		return ig, true
	}
	ig.Rules = strings.Split(fields[0], ",")
	if reason := strings.Join(fields[1:], " "); !strings.EqualFold(strings.Trim(reason, ".!?…"), ReasonPlaceholder) {
		ig.Reason = reason
	}
	return ig, true
}
