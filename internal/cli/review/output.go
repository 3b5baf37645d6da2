// SPDX-License-Identifier: MPL-2.0

package review

import (
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
)

// output is one format of `cfgxml lint`. write is called once for each file
// that could be read, in order, flush at the end.
type output interface {
	write(Result) error
	flush() error
}

// failer is an output that can say that a file could not be read.
type failer interface{ fail(error) }

// lintFormats are the formats by name.
var lintFormats = map[string]func(*term.App) output{
	"text":       newTextOutput,
	"oneline":    newOnelineOutput,
	"json":       newJSONOutput,
	"sarif":      newSARIFOutput,
	"github":     newGitHubOutput,
	"gitlab":     newGitLabOutput,
	"junit":      newJUnitOutput,
	"checkstyle": newCheckstyleOutput,
	"rdjson":     newRDJSONOutput,
	"markdown":   newMarkdownOutput,
}
