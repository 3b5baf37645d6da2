// SPDX-License-Identifier: MPL-2.0

package review

import (
	"bytes"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// sarifOutput is a log in the Static Analysis Results Interchange Format 2.1.0
// (OASIS), as code scanning services take it. Columns count UTF-16 code units
// and the log says so; a finding of a whole file has no region, since a region
// of line 0 is not valid. Files are named relative to the folder that cfgxml runs
// in, which is to be the top of the repository. Files that could not be read are
// notifications, and so is that there are more results than GitHub takes.
type sarifOutput struct {
	app            *term.App
	results        *jsonArray // nil before the first result
	limit          int        // of results
	written        int
	dropped        int
	failures, left []sarifNotification
	ordinals       ordinals
}

const (
	sarifSchema = "https://json.schemastore.org/sarif-2.1.0.json"
	projectURL  = "https://github.com/phonecfg/terraform-provider-ciscophone"

	// sourceRoot is what names of files are relative to, in GitHub's term.
	sourceRoot = "%SRCROOT%"
	// maxSARIF results of a run are taken by GitHub's code scanning, which
	// refuses a log with more as a whole.
	maxSARIF = 25000
)

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

// In sarifRun everything that is known before the first result stands before
// the results, what is known only after the last one behind them.
type sarifRun struct {
	Tool        sarifTool            `json:"tool"`
	BaseIDs     map[string]sarifBase `json:"originalUriBaseIds"`
	ColumnKind  string               `json:"columnKind"`
	Results     []sarifResult        `json:"results"`
	Invocations []sarifInvocation    `json:"invocations"`
}

// sarifBase is a folder without its name, which differs from machine to machine.
type sarifBase struct {
	Description sarifText `json:"description"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	Version        string      `json:"version,omitempty"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID                   string             `json:"id"`
	ShortDescription     sarifText          `json:"shortDescription"`
	FullDescription      *sarifText         `json:"fullDescription,omitempty"`
	Help                 *sarifText         `json:"help,omitempty"`
	HelpURI              string             `json:"helpUri,omitempty"`
	DefaultConfiguration sarifConfiguration `json:"defaultConfiguration"`
}

type sarifConfiguration struct {
	Level string `json:"level"`
}

type sarifText struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifResult struct {
	RuleID              string            `json:"ruleId"`
	RuleIndex           int               `json:"ruleIndex"`
	Level               string            `json:"level"`
	Message             sarifText         `json:"message"`
	Locations           []sarifLocation   `json:"locations"`
	PartialFingerprints map[string]string `json:"partialFingerprints"`
	Fixes               []sarifFix        `json:"fixes,omitempty"`
}

type sarifLocation struct {
	PhysicalLocation sarifPhysical  `json:"physicalLocation"`
	LogicalLocations []sarifLogical `json:"logicalLocations,omitempty"`
}

type sarifPhysical struct {
	ArtifactLocation sarifArtifact `json:"artifactLocation"`
	Region           *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI    string `json:"uri"`
	BaseID string `json:"uriBaseId,omitempty"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
	EndLine     int `json:"endLine"`
	EndColumn   int `json:"endColumn"`
	ByteOffset  int `json:"byteOffset"`
	ByteLength  int `json:"byteLength"`
}

type sarifLogical struct {
	FullyQualifiedName string `json:"fullyQualifiedName"`
	Kind               string `json:"kind"`
}

type sarifFix struct {
	Description     sarifText     `json:"description"`
	ArtifactChanges []sarifChange `json:"artifactChanges"`
}

type sarifChange struct {
	ArtifactLocation sarifArtifact      `json:"artifactLocation"`
	Replacements     []sarifReplacement `json:"replacements"`
}

type sarifReplacement struct {
	DeletedRegion   sarifRegion `json:"deletedRegion"`
	InsertedContent *sarifText  `json:"insertedContent,omitempty"`
}

type sarifInvocation struct {
	ExecutionSuccessful        bool                `json:"executionSuccessful"`
	ToolExecutionNotifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
}

type sarifNotification struct {
	Level   string    `json:"level"`
	Message sarifText `json:"message"`
}

func newSARIFOutput(a *term.App) output { return &sarifOutput{app: a, limit: maxSARIF} }

func (o *sarifOutput) write(r Result) error {
	if err := o.begin(); err != nil {
		return err
	}
	o.ordinals.nextFile()
	for _, f := range r.findings {
		if o.written == o.limit {
			o.dropped += f.weight()
			continue
		}
		if err := o.results.Add(o.result(f)); err != nil {
			return err
		}
		o.written++
	}
	return nil
}

func (o *sarifOutput) fail(err error) {
	o.failures = append(o.failures, sarifNotification{"error", sarifText{Text: err.Error()}})
}

func (o *sarifOutput) flush() error {
	if err := o.begin(); err != nil {
		return err
	}
	if o.dropped > 0 {
		text := fmt.Sprintf("%s left out: code scanning takes no log with more than %d results", term.Are(o.dropped, "finding"), o.limit)
		o.left = []sarifNotification{{"warning", sarifText{Text: text}}}
		o.app.Say(text, "--min-severity, --max-per-rule and --baseline make it fewer")
	}
	_, tail, err := o.frame()
	if err != nil {
		return err
	}
	return o.results.close(string(tail))
}

// begin writes what stands before the results.
func (o *sarifOutput) begin() error {
	if o.results != nil {
		return nil
	}
	head, _, err := o.frame()
	if err != nil {
		return err
	}
	o.results = newJSONArray(o.app.Stdout, "      ")
	_, err = o.results.w.Write(head)
	return err
}

// frame is the log without its results: what stands before and behind them.
func (o *sarifOutput) frame() (head, tail []byte, err error) {
	driver := sarifDriver{Name: "cfgxml", Version: sarifVersion(), InformationURI: projectURL}
	for _, r := range validate.Rules() {
		driver.Rules = append(driver.Rules, newSARIFRule(r))
	}
	driver.Rules = append(driver.Rules, sarifRule{
		ID: syntaxRule, ShortDescription: sarifText{Text: "the file is not a well-formed configuration"},
		FullDescription: &sarifText{Text: syntaxWhy}, Help: &sarifText{Text: syntaxWhy, Markdown: syntaxWhy},
		DefaultConfiguration: sarifConfiguration{"error"},
	})
	run := sarifRun{
		Tool: sarifTool{driver}, ColumnKind: "utf16CodeUnits", Results: []sarifResult{},
		BaseIDs:     map[string]sarifBase{sourceRoot: {sarifText{Text: "the folder in which cfgxml ran"}}},
		Invocations: []sarifInvocation{{ExecutionSuccessful: len(o.failures) == 0, ToolExecutionNotifications: slices.Concat(o.failures, o.left)}},
	}
	var buf bytes.Buffer
	if err := term.WriteJSON(&buf, sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}}); err != nil {
		return nil, nil, err
	}
	// Inside of a string the quotes would be escaped: this occurs once.
	const results = `"results": `
	head, tail, _ = bytes.Cut(buf.Bytes(), []byte(results+"[]"))
	return append(bytes.Clone(head), results...), tail, nil
}

// sarifVersion is the version, which has to start with a number.
func sarifVersion() string {
	version := strings.TrimPrefix(term.VersionName(), "v")
	if version == "" || version[0] < '0' || version[0] > '9' {
		version = "0.0.0-" + strings.Trim(version, "()")
	}
	return version
}

func newSARIFRule(r validate.Rule) sarifRule {
	s := sarifRule{
		ID: r.ID, ShortDescription: sarifText{Text: r.Summary}, HelpURI: r.DocURL(),
		DefaultConfiguration: sarifConfiguration{sarifLevel(r.Severity)},
	}
	if r.Why != "" {
		s.FullDescription = &sarifText{Text: r.Why}
		s.Help = &sarifText{Text: r.Why, Markdown: fmt.Sprintf("%s\n\nWrong:\n\n```xml\n%s\n```\n\nRight:\n\n```xml\n%s\n```\n", r.Why, r.Bad, r.Good)}
	}
	return s
}

func (o *sarifOutput) result(f Finding) sarifResult {
	artifact := newSARIFArtifact(f.File)
	location := sarifLocation{PhysicalLocation: sarifPhysical{ArtifactLocation: artifact}}
	if f.Placed() {
		location.PhysicalLocation.Region = newSARIFRegion(f.Start, f.End)
	}
	if f.Param != "" {
		location.LogicalLocations = []sarifLogical{{f.Param, "parameter"}}
	}
	s := sarifResult{
		RuleID: f.Rule, RuleIndex: ruleIndex(f.Rule), Level: sarifLevel(f.Severity), Message: sarifText{Text: Sentence(f)},
		Locations:           []sarifLocation{location},
		PartialFingerprints: map[string]string{"cfgxmlParameter/v1": o.ordinals.fingerprint(f)},
	}
	if len(f.shown) > 0 {
		change := sarifChange{ArtifactLocation: artifact}
		for _, x := range f.shown {
			r := sarifReplacement{DeletedRegion: *newSARIFRegion(x.start, x.end)}
			if x.text != "" {
				r.InsertedContent = &sarifText{Text: x.text}
			}
			change.Replacements = append(change.Replacements, r)
		}
		s.Fixes = []sarifFix{{sarifText{Text: FixTitle(f)}, []sarifChange{change}}}
	}
	return s
}

func newSARIFRegion(start, end cfgxml.Position) *sarifRegion {
	return &sarifRegion{
		StartLine: start.Line, StartColumn: start.UTF16Column, EndLine: end.Line, EndColumn: end.UTF16Column,
		ByteOffset: start.Offset, ByteLength: end.Offset - start.Offset,
	}
}

// ruleIndex is the place of a rule in the driver's list.
func ruleIndex(id string) int {
	rules := ruleIDs()
	if i, ok := rules[id]; ok {
		return i
	}
	return len(rules) // syntaxRule, which comes last
}

func sarifLevel(s validate.Severity) string {
	switch s {
	case validate.Error:
		return "error"
	case validate.Warning:
		return "warning"
	}
	return "note"
}

// newSARIFArtifact names a file below the folder that the program runs in
// relative to it, and any other by its whole address.
func newSARIFArtifact(name string) sarifArtifact {
	if !filepath.IsAbs(name) {
		name = filepath.Clean(name)
		if filepath.IsLocal(name) {
			return sarifArtifact{fileURI(name), sourceRoot}
		}
		if whole, err := filepath.Abs(name); err == nil {
			name = whole
		}
	}
	return sarifArtifact{URI: fileURI(name)}
}

// fileURI is a file's name as a URI reference: relative names stay relative to
// the folder that the program ran in.
func fileURI(name string) string {
	u := url.URL{Path: filepath.ToSlash(name)}
	if filepath.IsAbs(name) {
		u.Scheme = "file"
	}
	return u.String()
}
