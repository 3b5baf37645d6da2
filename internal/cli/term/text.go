// SPDX-License-Identifier: MPL-2.0

package term

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
)

// Count is "1 file", "2 files".
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// JoinNames lists a few of many names.
func JoinNames(names []string) string {
	switch len(names) {
	case 1:
		return names[0]
	case 2:
		return names[0] + " or " + names[1]
	}
	return fmt.Sprintf("%s or the %d others", names[0], len(names)-1)
}

// MapKeys returns the keys of a map in any order.
func MapKeys[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }

// FormatNames lists the names of formats for the help, text first.
func FormatNames[V any](m map[string]V) string {
	names := slices.SortedFunc(maps.Keys(m), func(a, b string) int {
		switch {
		case a == "text":
			return -1
		case b == "text":
			return 1
		}
		return strings.Compare(a, b)
	})
	return strings.Join(names, ", ")
}

// Aligned sets rows in columns as wide as their widest cell. Empty cells are a
// dash, and control characters, which a file may hold, question marks.
func Aligned(rows [][]string) []string {
	width := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			if row[i] = foreign.Text(cell); row[i] == "" {
				row[i] = "-"
			}
			width[i] = max(width[i], Widths.StringWidth(row[i]))
		}
	}
	lines := make([]string, len(rows))
	for n, row := range rows {
		cells := slices.Clone(row)
		for i := range cells[:len(cells)-1] {
			cells[i] = Widths.FillRight(cells[i], width[i])
		}
		lines[n] = strings.Join(cells, "  ")
	}
	return lines
}

// PhonesReenroll returns "1 phone re-enrolls", "2 phones re-enroll".
func PhonesReenroll(n int) string {
	if n == 1 {
		return "1 phone re-enrolls"
	}
	return fmt.Sprintf("%d phones re-enroll", n)
}

// MaxMarkdown bounds a table in Markdown: comments of pull requests are bounded.
const MaxMarkdown = 200

// WriteJSON prints v for machines that people read over the shoulder:
// indented, and with < and & as they are.
func WriteJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// The groups of commands in the help.
const (
	GroupReview  = "review"
	GroupEdit    = "edit"
	GroupOperate = "operate"
	GroupTry     = "try"
)

// Widths counts columns the same way whatever the locale of the machine is.
var Widths = &runewidth.Condition{}
