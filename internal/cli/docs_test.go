// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

//go:generate go test -run ^TestDocs$ -update .

// TestDocs: docs/cli.md is what the commands say of themselves.
func TestDocs(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "docs", "cli.md")
	want := []byte(reference((&app{}).root()))
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/cli.md is not what the commands say: go generate ./internal/cli")
	}
}

// TestHelp: every command explains itself.
func TestHelp(t *testing.T) {
	t.Parallel()
	for _, c := range documented((&app{}).root()) {
		if c.Short == "" || c.Long == "" || c.Example == "" {
			t.Errorf("%s: lacks a short text, a long text or an example", c.Name())
		}
		if strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: the short text ends with a period", c.Name())
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Usage == "" {
				t.Errorf("%s: --%s explains nothing", c.Name(), f.Name)
			}
		})
	}
}

// reference writes docs/cli.md.
func reference(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString("<!-- Written by `go generate ./internal/cli` from the commands themselves; do not edit. -->\n\n# cfgxml\n\n")
	b.WriteString(markdown(root.Long) + "\n\nThe examples below run in the tests of the project.\n\n| command | |\n|---|---|\n")
	for _, c := range documented(root) {
		path := c.CommandPath()
		fmt.Fprintf(&b, "| [%s](#%s) | %s |\n", strings.TrimPrefix(path, "cfgxml "), strings.ReplaceAll(path, " ", "-"), c.Short)
	}
	for _, c := range documented(root) {
		fmt.Fprintf(&b, "\n## %s\n\n    %s\n\n%s\n", c.CommandPath(), synopsis(c), markdown(c.Long))
		if c.LocalFlags().HasFlags() {
			b.WriteString("\n| flag | |\n|---|---|\n")
			c.LocalFlags().VisitAll(func(f *pflag.Flag) { b.WriteString(flagRow(f)) })
		}
		fmt.Fprintf(&b, "\n```sh\n%s\n```\n", dedent(c.Example))
	}
	b.WriteString("\n## Every command\n\n| flag | |\n|---|---|\n")
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) { b.WriteString(flagRow(f)) })
	b.WriteString("\n`cfgxml completion bash|zsh|fish|powershell` prints a completion script for the shell.\n\n## Exit status\n\n| status | meaning |\n|---|---|\n")
	for _, s := range exitStatuses {
		fmt.Fprintf(&b, "| %d | %s |\n", s.code, s.meaning)
	}
	b.WriteString("\n## Environment\n\n| variable | meaning |\n|---|---|\n")
	for _, e := range environment {
		fmt.Fprintf(&b, "| `%s` | %s |\n", e.name, e.meaning)
	}
	return b.String()
}

func flagRow(f *pflag.Flag) string {
	placeholder, usage := pflag.UnquoteUsage(f)
	name := "--" + f.Name
	if f.Shorthand != "" {
		name = "-" + f.Shorthand + ", " + name
	}
	if placeholder != "" {
		name += " " + placeholder
	}
	return fmt.Sprintf("| `%s` | %s |\n", name, markdown(usage))
}

// markdown escapes what a help text would lose: <stdin>, a|b, the underscores
// of parameter names.
func markdown(s string) string {
	return strings.NewReplacer("<", "&lt;", "|", `\|`, "_", `\_`, "*", `\*`).Replace(s)
}

func dedent(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimPrefix(l, "  ")
	}
	return strings.Join(lines, "\n")
}
