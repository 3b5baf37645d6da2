// SPDX-License-Identifier: MPL-2.0

package review

import (
	"bufio"
	"encoding/xml"
	"fmt"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
)

// checkstyleOutput is the XML of Checkstyle, which many servers read. Columns
// count UTF-16 code units, as its own do. A finding of a whole file stands on
// line 1.
type checkstyleOutput struct {
	w     *bufio.Writer
	begun bool
}

type checkstyleFile struct {
	XMLName xml.Name          `xml:"file"`
	Name    string            `xml:"name,attr"`
	Errors  []checkstyleError `xml:"error"`
}

type checkstyleError struct {
	Line     int    `xml:"line,attr"`
	Column   int    `xml:"column,attr,omitempty"`
	Severity string `xml:"severity,attr"`
	Message  string `xml:"message,attr"`
	Source   string `xml:"source,attr"`
}

func newCheckstyleOutput(a *term.App) output { return &checkstyleOutput{w: bufio.NewWriter(a.Stdout)} }

func (o *checkstyleOutput) write(r Result) error {
	o.begin()
	if len(r.findings) == 0 {
		return nil
	}
	file := checkstyleFile{Name: r.File}
	for _, f := range r.findings {
		file.Errors = append(file.Errors, checkstyleError{
			Line: max(f.Start.Line, 1), Column: f.Start.UTF16Column, Severity: f.Severity.String(),
			Message: Sentence(f), Source: "cfgxml." + f.Rule,
		})
	}
	if err := writeXML(o.w, file); err != nil {
		return err
	}
	return o.w.Flush()
}

func (o *checkstyleOutput) begin() {
	if !o.begun {
		fmt.Fprint(o.w, xml.Header, "<checkstyle version=\"4.3\">\n")
		o.begun = true
	}
}

func (o *checkstyleOutput) flush() error {
	o.begin()
	fmt.Fprintln(o.w, "</checkstyle>")
	return o.w.Flush()
}
