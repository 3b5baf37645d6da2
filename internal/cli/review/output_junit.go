// SPDX-License-Identifier: MPL-2.0

package review

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
)

// junitOutput is the XML that test runners and their dashboards share: a test
// suite for each file, in it a failed test for each finding, or one that passed.
// A file that could not be read is a test with an error.
type junitOutput struct {
	w     *bufio.Writer
	begun bool
}

type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	ClassName string        `xml:"classname,attr"`
	Failure   *junitFailure `xml:"failure"`
	Error     *junitFailure `xml:"error"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

func newJUnitOutput(a *term.App) output { return &junitOutput{w: bufio.NewWriter(a.Stdout)} }

func (o *junitOutput) write(r Result) error {
	s := junitSuite{Name: r.File, Failures: len(r.findings)}
	for _, f := range r.findings {
		text := fmt.Sprintf("%s: %s", place(f), Sentence(f))
		if url := f.Url(); url != "" {
			text += "\n" + url
		}
		name := f.Rule
		if f.Param != "" {
			name += " " + f.Param
		}
		s.Cases = append(s.Cases, junitCase{Name: name, ClassName: r.File, Failure: &junitFailure{f.Message, f.Severity.String(), text}})
	}
	if len(s.Cases) == 0 {
		s.Cases = []junitCase{{Name: "lint", ClassName: r.File}}
	}
	return o.suite(s)
}

func (o *junitOutput) fail(err error) {
	_ = o.suite(junitSuite{Name: "cfgxml", Errors: 1, Cases: []junitCase{{
		Name: "read", ClassName: "cfgxml", Error: &junitFailure{err.Error(), "error", err.Error()},
	}}})
}

func (o *junitOutput) suite(s junitSuite) error {
	s.Tests = len(s.Cases)
	o.begin()
	if err := writeXML(o.w, s); err != nil {
		return err
	}
	return o.w.Flush()
}

func (o *junitOutput) begin() {
	if !o.begun {
		fmt.Fprint(o.w, xml.Header, "<testsuites name=\"cfgxml\">\n")
		o.begun = true
	}
}

func (o *junitOutput) flush() error {
	o.begin()
	fmt.Fprintln(o.w, "</testsuites>")
	return o.w.Flush()
}

// writeXML writes one element below the root. Characters that XML cannot hold,
// which a file's name can, are replaced.
func writeXML(w io.Writer, v any) error {
	data, err := xml.MarshalIndent(v, "  ", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, strings.TrimRight(string(data), "\n"))
	return err
}
