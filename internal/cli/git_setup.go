// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// gitSetupFlags are the flags of `cfgxml git-setup`.
type gitSetupFlags struct {
	patterns []string
	program  string
	dryRun   bool
}

func gitSetupCommand(a *app) *cobra.Command {
	var f gitSetupFlags
	c := &cobra.Command{
		Use:     "git-setup",
		GroupID: groupReview,
		Short:   "Make git compare and merge configuration files by parameter",
		Long: `git-setup makes git, in the repository it is run in, use cfgxml for .xml files:
"git diff" says what changes for the phones, "git log -p" and "git show" compare
sorted lists of parameters, and "git merge" and "git rebase" merge parameter by
parameter, so that two people who change different parameters never conflict.
Passwords are masked; that one changed still shows.

It writes to the settings of this clone and to .gitattributes at the top of the
repository, which is to be committed; everyone with a clone runs it once. Run
again it changes nothing. To undo it: git config --remove-section diff.cfgxml,
git config --remove-section merge.cfgxml.`,
		Example: `  git init -q repo && cd repo && cfgxml git-setup
  git init -q repo && cd repo && cfgxml git-setup --pattern 'phones/**/*.xml'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.gitSetup(cmd.Context(), f) },
	}
	flags := c.Flags()
	flags.StringSliceVar(&f.patterns, "pattern", []string{"*.xml"}, "the files, as a `pattern` of .gitattributes (repeatable)")
	flags.StringVar(&f.program, "program", "", "`path` of the cfgxml that git runs (default this one)")
	flags.BoolVar(&f.dryRun, "dry-run", false, "say what would be written, and write nothing")
	return c
}

// tagKeyName is the file in the repository's own folder that holds the key of
// the tags by which text conversion tells passwords apart. It is never committed.
const tagKeyName = "cfgxml-tags.key"

func (a *app) gitSetup(ctx context.Context, f gitSetupFlags) error {
	for _, pattern := range f.patterns {
		if pattern == "" || strings.ContainsAny(pattern, " \t\r\n\"") || strings.HasPrefix(pattern, "#") || strings.HasPrefix(pattern, "!") {
			return usageError("%q is no pattern of .gitattributes", pattern)
		}
	}
	top, err := git(ctx, "rev-parse", "--show-toplevel")
	if err != nil {
		return failure(err).hint("run it in a clone of the repository")
	}
	folder, err := git(ctx, "rev-parse", "--path-format=absolute", "--git-common-dir")
	if err != nil {
		return failure(err)
	}
	program, err := f.programPath()
	if err != nil {
		return failure(err)
	}
	key := filepath.Join(folder, tagKeyName)
	settings := [][2]string{
		{"diff.cfgxml.command", program + " diff --git-driver"},
		{"diff.cfgxml.textconv", program + ` diff --textconv --tags "$(git rev-parse --git-common-dir)/` + tagKeyName + `"`}, // a clone may be moved
		{"merge.cfgxml.name", "by parameter, by cfgxml"},
		{"merge.cfgxml.driver", program + " merge --write --markers --marker-size %L --name %P %O %A %B"},
	}
	attributes := filepath.Join(top, ".gitattributes")
	lines, err := missingAttributes(attributes, f.patterns)
	if err != nil {
		return failure(readError(attributes, err))
	}
	for _, s := range settings {
		if err := a.gitSetting(ctx, s[0], s[1], f.dryRun); err != nil {
			return failure(err)
		}
	}
	if f.dryRun {
		for _, line := range lines {
			fmt.Fprintf(a.stdout, ".gitattributes: %s\n", line)
		}
		return nil
	}
	if err := writeTagKey(key); err != nil {
		return failure(err)
	}
	for _, line := range lines {
		fmt.Fprintf(a.stdout, ".gitattributes: %s\n", line)
	}
	if len(lines) == 0 {
		return nil
	}
	if err := appendLines(attributes, lines); err != nil {
		return failure(err)
	}
	fmt.Fprintln(a.stderr, "commit .gitattributes; everyone with a clone runs cfgxml git-setup once")
	return nil
}

// gitSetting writes one setting of the clone, unless it is there.
func (a *app) gitSetting(ctx context.Context, name, value string, dryRun bool) error {
	if old, err := git(ctx, "config", "--local", "--get", name); err == nil && old == value {
		return nil
	}
	if _, err := fmt.Fprintf(a.stdout, "%s = %s\n", name, value); err != nil || dryRun {
		return err
	}
	_, err := git(ctx, "config", "--local", name, value)
	return err
}

// programPath is how git's shell calls this program: by its bare name if that
// finds it.
func (f gitSetupFlags) programPath() (string, error) {
	if f.program != "" {
		return shellQuote(f.program), nil
	}
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	if found, err := exec.LookPath("cfgxml"); err == nil {
		a, errA := os.Stat(found)
		b, errB := os.Stat(self)
		if errA == nil && errB == nil && os.SameFile(a, b) {
			return "cfgxml", nil
		}
	}
	return shellQuote(filepath.ToSlash(self)), nil
}

// git runs one git command and gives its output without the line end.
func git(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		if text := strings.TrimSpace(errs.String()); text != "" {
			err = errors.New(strings.TrimPrefix(text, "fatal: "))
		}
		return "", fmt.Errorf("git %s: %w", args[0], err)
	}
	return strings.TrimRight(out.String(), "\r\n"), nil
}

// missingAttributes are the lines that .gitattributes does not have yet.
func missingAttributes(file string, patterns []string) ([]string, error) {
	data, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	have := map[string]bool{}
	for line := range strings.Lines(string(data)) {
		have[strings.Join(strings.Fields(line), " ")] = true
	}
	var lines []string
	for _, pattern := range patterns {
		if line := pattern + " diff=cfgxml merge=cfgxml"; !have[line] {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

// appendLines adds lines to a text file, which has to be one that everyone may
// read, as git would have made it.
func appendLines(file string, lines []string) error {
	data, err := os.ReadFile(file)
	created := errors.Is(err, fs.ErrNotExist)
	if err != nil && !created {
		return readError(file, err)
	}
	if len(data) > 0 && data[len(data)-1] != '\n' {
		data = append(data, '\n')
	}
	data = append(data, strings.Join(lines, "\n")+"\n"...)
	if err := replaceFile(file, data); err != nil {
		return err
	}
	if created {
		return os.Chmod(file, 0o644)
	}
	return nil
}

// writeTagKey makes the key once.
func writeTagKey(file string) error {
	if _, err := os.Lstat(file); err == nil {
		return nil
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	return replaceFile(file, []byte(hex.EncodeToString(key)+"\n"))
}

// shellQuote quotes a word for the shell that git runs its drivers with.
func shellQuote(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+:@,", r))
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
