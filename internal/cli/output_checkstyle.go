// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bufio"
	"encoding/xml"
	"fmt"
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

func newCheckstyleOutput(a *app) output { return &checkstyleOutput{w: bufio.NewWriter(a.stdout)} }

func (o *checkstyleOutput) write(r result) error {
	o.begin()
	if len(r.findings) == 0 {
		return nil
	}
	file := checkstyleFile{Name: r.file}
	for _, f := range r.findings {
		file.Errors = append(file.Errors, checkstyleError{
			Line: max(f.start.Line, 1), Column: f.start.UTF16Column, Severity: f.Severity.String(),
			Message: sentence(f), Source: "cfgxml." + f.Rule,
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
