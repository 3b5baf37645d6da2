// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
)

//go:generate go test -run ^TestDocs$ -update .

// TestDocs: docs/cli.md is what the commands say of themselves.
func TestDocs(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "docs", "cli.md")
	want := []byte(reference())
	if *Update {
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

// TestOtherCommands: a command of the other program is told from a slip.
func TestOtherCommands(t *testing.T) {
	t.Parallel()
	for i, p := range programs {
		other := programs[1-i]
		var names []string
		for _, c := range other.Root().Commands() {
			if c.GroupID != "" {
				names = append(names, c.Name())
			}
		}
		slices.Sort(names)
		if told := slices.Sorted(slices.Values(p.OtherCommands)); p.Other != other.Name || !slices.Equal(told, names) {
			t.Errorf("%s knows %q of %s, which has %q", p.Name, told, p.Other, names)
		}
		for _, name := range names {
			var out, errs bytes.Buffer
			status := p.Run(t.Context(), []string{name, "--dir", "x"}, strings.NewReader(""), &out, &errs)
			if status != term.ExitUsage || !strings.Contains(errs.String(), "run "+other.Name+" "+name+" --dir x") {
				t.Errorf("%s %s: status %d, %s", p.Name, name, status, errs.String())
			}
		}
	}
}

// TestHelp: every command explains itself.
func TestHelp(t *testing.T) {
	t.Parallel()
	for _, c := range allCommands() {
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
func reference() string {
	var b strings.Builder
	b.WriteString("<!-- Written by `go generate ./internal/cli` from the commands themselves; do not edit. -->\n\n# The command lines\n\n" +
		"`cfgxml` works on files and opens no network connection, `ciscophone` does what goes over one.\nThe examples below run in the tests of the project.\n")
	for _, p := range programs {
		commandReference(&b, p.Root())
	}
	b.WriteString("\n## Exit status\n\n| status | meaning |\n|---|---|\n")
	for _, s := range term.ExitStatuses {
		fmt.Fprintf(&b, "| %d | %s |\n", s.Code, s.Meaning)
	}
	b.WriteString("\n## Environment\n\n| variable | meaning |\n|---|---|\n")
	for _, e := range term.Environment {
		fmt.Fprintf(&b, "| `%s` | %s |\n", e.Name, e.Meaning)
	}
	return b.String()
}

// commandReference writes the commands of one program.
func commandReference(b *strings.Builder, root *cobra.Command) {
	b.WriteString("\n## " + root.Name() + "\n\n" + markdown(root.Long) + "\n\n| command | |\n|---|---|\n")
	for _, c := range term.Documented(root) {
		path := c.CommandPath()
		fmt.Fprintf(b, "| [%s](#%s) | %s |\n", strings.TrimPrefix(path, root.Name()+" "), strings.ReplaceAll(path, " ", "-"), c.Short)
	}
	for _, c := range term.Documented(root) {
		fmt.Fprintf(b, "\n### %s\n\n    %s\n\n%s\n", c.CommandPath(), term.Synopsis(c), markdown(c.Long))
		if c.LocalFlags().HasFlags() {
			b.WriteString("\n| flag | |\n|---|---|\n")
			c.LocalFlags().VisitAll(func(f *pflag.Flag) { b.WriteString(flagRow(f)) })
		}
		fmt.Fprintf(b, "\n```sh\n%s\n```\n", dedent(c.Example))
	}
	fmt.Fprintf(b, "\n### Every command of %s\n\n| flag | |\n|---|---|\n", root.Name())
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) { b.WriteString(flagRow(f)) })
	fmt.Fprintf(b, "\n`%s completion bash|zsh|fish|powershell` prints a completion script for the shell.\n", root.Name())
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
