// SPDX-License-Identifier: MPL-2.0

package review

import (
	"path"
	"path/filepath"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// gitlabOutput is GitLab's Code Quality report: an array in which every finding
// has a fingerprint of its own, by which GitLab tells new ones from old ones.
type gitlabOutput struct {
	all      *jsonArray
	ordinals ordinals
}

type gitlabFinding struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string      `json:"path"` // from the top of the repository, without "./"
	Lines gitlabLines `json:"lines"`
}

type gitlabLines struct {
	Begin int `json:"begin"`
}

func newGitLabOutput(a *term.App) output { return &gitlabOutput{all: newJSONArray(a.Stdout, "")} }

func (o *gitlabOutput) write(r Result) error {
	o.ordinals.nextFile()
	for _, f := range r.findings {
		g := gitlabFinding{
			Description: Sentence(f), CheckName: f.Rule, Fingerprint: o.ordinals.fingerprint(f), Severity: gitlabSeverity(f.Severity),
			Location: gitlabLocation{path.Clean(filepath.ToSlash(f.File)), gitlabLines{max(f.Start.Line, 1)}},
		}
		if err := o.all.Add(g); err != nil {
			return err
		}
	}
	return nil
}

func (o *gitlabOutput) flush() error { return o.all.close("\n") }

// gitlabSeverity is one of GitLab's five.
func gitlabSeverity(s validate.Severity) string {
	switch s {
	case validate.Error:
		return "critical"
	case validate.Warning:
		return "minor"
	}
	return "info"
}
