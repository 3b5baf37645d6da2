// SPDX-License-Identifier: MPL-2.0

package review

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// verdict says what comes of the findings of one file: by its settings file,
// overridden by the flags.
type verdict struct {
	Excluded bool
	least    validate.Severity // what is below it is not shown
	failOn   validate.Severity // what is below it does not fail the run
	baseline string            // the file of accepted findings; "" for none
}

// never is above every severity.
const never = validate.Error + 1

// Verdict returns what comes of the findings of a file.
func (c *Configs) Verdict(file string, f LintFlags) (verdict, error) {
	v := verdict{baseline: f.baseline}
	minSeverity, failOn := f.minSeverity, f.failOn
	config, absolute, err := c.of(file)
	if err != nil {
		return v, err
	}
	if config != nil {
		v.Excluded = config.excludes(absolute)
		if minSeverity == "" {
			minSeverity = config.MinSeverity
		}
		if failOn == "" {
			failOn = config.FailOn
		}
		if v.baseline == "" && config.Baseline != "" {
			v.baseline = filepath.Join(config.folder, filepath.FromSlash(config.Baseline))
		}
	}
	if f.writeBaseline != "" {
		v.baseline = ""
	}
	if v.least, err = parseSeverity(orElse(minSeverity, "info")); err != nil {
		return v, err
	}
	v.failOn, err = parseFailOn(orElse(failOn, "warning"))
	if failOn == "" && v.least < never {
		v.failOn = max(v.failOn, v.least) // what nobody sees fails only where that was asked for
	}
	return v, err
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// parseFailOn reads a value of --fail-on.
func parseFailOn(name string) (validate.Severity, error) {
	if name == "never" {
		return never, nil
	}
	s, err := parseSeverity(name)
	if err != nil {
		return 0, term.UsageError("unknown severity %q", name).Hint("choose from info, warning, error, never")
	}
	return s, nil
}

// excludes reports whether a file is to be passed over, by its absolute name.
func (c *siteConfig) excludes(file string) bool {
	relative, err := filepath.Rel(c.folder, file)
	return err == nil && slices.ContainsFunc(c.Exclude, func(pattern string) bool { return matchPath(pattern, filepath.ToSlash(relative)) })
}

// matchPath matches a path with slashes against a pattern in which ** stands for
// any number of folders, none included, * for anything but a slash, and {a,b} for
// one of several. A pattern without a slash is held against the file's name alone;
// one that ends with a slash stands for all below that folder.
func matchPath(pattern, name string) bool {
	if !strings.Contains(pattern, "/") {
		name = path.Base(name)
	}
	pattern = strings.TrimPrefix(strings.TrimPrefix(pattern, "./"), "/")
	if strings.HasSuffix(pattern, "/") {
		pattern += "**"
	}
	ok, _ := doublestar.Match(pattern, name)
	return ok
}
