// SPDX-License-Identifier: MPL-2.0

package compare

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
)

// gitSetupFlags are the flags of `cfgxml git-setup`.
type gitSetupFlags struct {
	patterns      []string
	program       string
	dryRun        bool
	check, remove bool
	cache         bool
}

// GitSetupCommand returns the command `cfgxml git-setup`.
func GitSetupCommand(a *term.App) *cobra.Command {
	var f gitSetupFlags
	c := &cobra.Command{
		Use:     "git-setup",
		GroupID: term.GroupReview,
		Short:   "Make git compare and merge configuration files by parameter",
		Long: `git-setup makes git, in the repository it is run in, use cfgxml for configuration
files: "git diff" says what changes for the phones, "git log -p", "git show" and
"git blame" show the lines of the file with passwords masked (that one changed
still shows), and "git merge" and "git rebase" merge parameter by parameter, so
that two people who change different parameters never conflict.

It writes to the settings of this clone and to .gitattributes at the top of the
repository, which is to be committed; everyone with a clone runs it once. Run
again it changes nothing; --check says what is set up, --remove undoes it. Without
--pattern it looks which tracked .xml files are configurations, and names only
those. Where git does not find cfgxml later, it compares and merges by itself.`,
		Example: `  git init -q repo && cd repo && cfgxml git-setup
  git init -q repo && cd repo && cfgxml git-setup --pattern 'phones/**/*.xml'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return gitSetup(a, cmd.Context(), f) },
	}
	flags := c.Flags()
	flags.StringSliceVar(&f.patterns, "pattern", nil, "the files, as a `pattern` of .gitattributes (repeatable; default the configurations among the tracked .xml files)")
	flags.StringVar(&f.program, "program", "", "`path` of the cfgxml that git runs (default this one)")
	flags.BoolVar(&f.dryRun, "dry-run", false, "say what would be written, and write nothing")
	flags.BoolVar(&f.cache, "cache", false, "let git keep the masked text of each version in refs/notes/textconv/cfgxml: \"git log -p\" of thousands of files is then quick from the second time on")
	flags.BoolVar(&f.check, "check", false, "say what is set up; exit status 1 if something is missing")
	flags.BoolVar(&f.remove, "remove", false, "take the settings, the lines of .gitattributes and what git cached back")
	c.MarkFlagsMutuallyExclusive("check", "remove", "dry-run")
	return c
}

// tagKeyName is the file in the repository's own folder that holds the key of
// the tags by which text conversion tells passwords apart. It is never committed.
const tagKeyName = "cfgxml-tags.key"

// textconvCache is where git keeps what the text conversion printed.
const textconvCache = "refs/notes/textconv/cfgxml"

func gitSetup(a *term.App, ctx context.Context, f gitSetupFlags) error {
	for _, pattern := range f.patterns {
		if pattern == "" || strings.ContainsAny(pattern, " \t\r\n\"") || strings.HasPrefix(pattern, "#") || strings.HasPrefix(pattern, "!") {
			return term.UsageError("invalid value %q for --pattern: must be a pattern of .gitattributes, without spaces and quotes", pattern)
		}
	}
	top, err := git(ctx, "rev-parse", "--show-toplevel")
	if err != nil {
		return term.Failure(err).Hint("run it in a clone of the repository")
	}
	folder, err := git(ctx, "rev-parse", "--path-format=absolute", "--git-common-dir")
	if err != nil {
		return term.Failure(err)
	}
	program, err := f.programPath()
	if err != nil {
		return term.Failure(err)
	}
	s := setup{
		settings: gitSettings(program, f.cache), attributes: filepath.Join(top, ".gitattributes"), key: filepath.Join(folder, tagKeyName),
		program: program, patterns: f.patterns,
	}
	switch {
	case f.remove:
		return removeSetup(a, ctx, s)
	case f.check:
		return checkSetup(a, ctx, s)
	}
	return writeSetup(a, ctx, s, top, f.dryRun)
}

// setup is what git-setup writes, and where.
type setup struct {
	settings   [][2]string
	attributes string // the file
	key        string // the file
	program    string
	patterns   []string
}

// gitSettings are the settings of a clone. Git runs them with a shell and adds
// the arguments at the end. A program that is no longer there, such as one that
// a graphical client does not find or an update moved, must not stop git: it is
// looked for on PATH, and else git compares and merges by itself.
func gitSettings(program string, cache bool) [][2]string {
	run := func(command, otherwise string) string {
		return fmt.Sprintf(`f() { p=%s; [ -x "$p" ] || p=$(command -v cfgxml) || { %s; return; }; exec "$p" %s "$@"; }; f`, shellQuote(program), otherwise, command)
	}
	plain := `cat -- "$1"`
	if cache { // nothing unmasked may get into the cache
		plain = `echo "cfgxml is not there: run cfgxml git-setup, or use --no-textconv" >&2; exit 1`
	}
	return [][2]string{
		{"diff.cfgxml.command", run("diff --git-driver", `[ $# -lt 7 ] || git --no-pager diff --no-index --no-ext-diff --no-textconv -- "$2" "$5" || :`)},
		{"diff.cfgxml.textconv", run("diff --textconv", plain)},
		{"diff.cfgxml.cachetextconv", strconv.FormatBool(cache)},
		{"merge.cfgxml.name", "by parameter, by cfgxml"},
		{"merge.cfgxml.driver", run("merge --write --markers", `git merge-file --quiet --marker-size="$6" -L ours -L base -L theirs "${11}" "${10}" "${12}"`) +
			` --name %P --conflict-style git --marker-size %L --label-base=%S --label-ours=%X --label-theirs=%Y %O %A %B`},
	}
}

// writeSetup sets up what is not set up yet.
func writeSetup(a *term.App, ctx context.Context, s setup, top string, dryRun bool) error {
	if len(s.patterns) == 0 {
		var err error
		if s.patterns, err = trackedPatterns(a, ctx, top, s.attributes); err != nil {
			return term.Failure(err)
		}
	}
	lines, err := missingAttributes(s.attributes, s.patterns)
	if err != nil {
		return term.Failure(term.ReadError(s.attributes, err))
	}
	for _, setting := range s.settings {
		if err := gitSetting(a, ctx, setting[0], setting[1], dryRun); err != nil {
			return term.Failure(err)
		}
	}
	if !dryRun {
		if err := writeTagKey(s.key); err != nil {
			return term.Failure(err)
		}
	}
	for _, line := range lines {
		fmt.Fprintf(a.Stdout, ".gitattributes: %s\n", line)
	}
	if len(lines) == 0 || dryRun {
		return nil
	}
	if err := appendLines(s.attributes, lines); err != nil {
		return term.Failure(err)
	}
	fmt.Fprintln(a.Stderr, "commit .gitattributes; everyone with a clone runs cfgxml git-setup once")
	return nil
}

// checkSetup says what is set up.
func checkSetup(a *term.App, ctx context.Context, s setup) error {
	missing := false
	line := func(ok bool, what, otherwise string) {
		if ok {
			fmt.Fprintf(a.Stdout, "ok       %s\n", what)
			return
		}
		missing = true
		fmt.Fprintf(a.Stdout, "missing  %s: %s\n", what, otherwise)
	}
	_, err := os.Stat(s.program)
	line(err == nil, "program "+s.program, "git falls back to its own diff and merge")
	for _, setting := range s.settings {
		have, err := git(ctx, "config", "--get", setting[0])
		switch {
		case err != nil:
			line(false, setting[0], "run cfgxml git-setup")
		case have != setting[1]:
			line(false, setting[0], "it is another command: run cfgxml git-setup to renew it")
		default:
			line(true, setting[0], "")
		}
	}
	_, err = os.Stat(s.key)
	line(err == nil, "key of the password tags", "that a password changed does not show: run cfgxml git-setup")
	lines, err := attributeLines(s.attributes)
	if err != nil {
		return term.Failure(term.ReadError(s.attributes, err))
	}
	line(len(lines) > 0, ".gitattributes", "no pattern has diff=cfgxml merge=cfgxml: run cfgxml git-setup")
	for _, l := range lines {
		fmt.Fprintf(a.Stdout, "         %s\n", l)
	}
	if missing {
		return term.ErrFindings
	}
	return nil
}

// removeSetup undoes what writeSetup did.
func removeSetup(a *term.App, ctx context.Context, s setup) error {
	for _, section := range []string{"diff.cfgxml", "merge.cfgxml"} {
		if _, err := git(ctx, "config", "--local", "--get-regexp", "^"+regexp.QuoteMeta(section)+`\.`); err != nil {
			continue // there is none
		}
		if _, err := git(ctx, "config", "--local", "--remove-section", section); err != nil {
			return term.Failure(err)
		}
		fmt.Fprintf(a.Stdout, "removed %s\n", section)
	}
	lines, err := attributeLines(s.attributes)
	if err != nil {
		return term.Failure(term.ReadError(s.attributes, err))
	}
	if len(lines) > 0 {
		data, err := os.ReadFile(s.attributes)
		if err != nil {
			return term.Failure(term.ReadError(s.attributes, err))
		}
		var keep []byte
		for line := range bytes.Lines(data) {
			if !slices.Contains(lines, strings.Join(strings.Fields(string(line)), " ")) {
				keep = append(keep, line...)
			}
		}
		if err := term.ReplaceFile(s.attributes, keep); err != nil {
			return term.Failure(err)
		}
		for _, line := range lines {
			fmt.Fprintf(a.Stdout, "removed .gitattributes: %s\n", line)
		}
	}
	if _, err := git(ctx, "update-ref", "-d", textconvCache); err != nil {
		return term.Failure(err)
	}
	if err := os.Remove(s.key); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return term.Failure(err)
	}
	return nil
}

// trackedPatterns looks which of the tracked .xml files are configurations, and
// returns patterns for those: one for all, one a folder, or one a file.
func trackedPatterns(a *term.App, ctx context.Context, top, attributes string) ([]string, error) {
	if lines, err := attributeLines(attributes); err != nil || len(lines) > 0 {
		var patterns []string
		for _, l := range lines {
			patterns = append(patterns, strings.Fields(l)[0])
		}
		return patterns, err
	}
	list, err := git(ctx, "-C", top, "ls-files", "-z", "--", "*.xml")
	if err != nil {
		return nil, err
	}
	const all = "*.xml"
	type folder struct{ configurations, others []string }
	folders := map[string]*folder{}
	others := 0
	for name := range strings.SplitSeq(strings.TrimRight(list, "\x00"), "\x00") {
		if name == "" {
			continue
		}
		dir := path.Dir(name)
		if folders[dir] == nil {
			folders[dir] = new(folder)
		}
		if data, err := readHead(filepath.Join(top, name)); err == nil && !cfgxml.Sniff(data) {
			folders[dir].others = append(folders[dir].others, name)
			others++
		} else {
			folders[dir].configurations = append(folders[dir].configurations, name)
		}
	}
	if others == 0 {
		return []string{all}, nil
	}
	var patterns []string
	for _, dir := range slices.Sorted(maps.Keys(folders)) {
		f := folders[dir]
		switch {
		case len(f.configurations) == 0:
		case len(f.others) == 0:
			patterns = append(patterns, attributePattern(path.Join(dir, all)))
		default:
			for _, name := range f.configurations {
				patterns = append(patterns, attributePattern(name))
			}
		}
	}
	return patterns, nil
}

// attributePattern anchors a path; what .gitattributes cannot write is matched
// by "?".
func attributePattern(name string) string {
	return "/" + strings.Map(func(r rune) rune {
		if r == ' ' || r == '"' || r == '\\' || r < ' ' {
			return '?'
		}
		return r
	}, name)
}

// readHead returns the beginning of a file.
func readHead(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, 64<<10))
	return data, err
}

// gitSetting writes one setting of the clone, unless it is there.
func gitSetting(a *term.App, ctx context.Context, name, value string, dryRun bool) error {
	if old, err := git(ctx, "config", "--local", "--get", name); err == nil && old == value {
		return nil
	}
	if dryRun {
		_, err := fmt.Fprintf(a.Stdout, "%s = %s\n", name, value)
		return err
	}
	if _, err := fmt.Fprintf(a.Stdout, "set %s\n", name); err != nil {
		return err
	}
	_, err := git(ctx, "config", "--local", name, value)
	return err
}

// programPath is the absolute path of this program, as PATH has it where that
// finds it: a link there outlives an update of what it points to.
func (f gitSetupFlags) programPath() (string, error) {
	self := f.program
	if self == "" {
		var err error
		if self, err = os.Executable(); err != nil {
			return "", err
		}
		if found, err := exec.LookPath("cfgxml"); err == nil {
			a, errA := os.Stat(found)
			b, errB := os.Stat(self)
			if errA == nil && errB == nil && os.SameFile(a, b) {
				self = found
			}
		}
	}
	self, err := filepath.Abs(self)
	return filepath.ToSlash(self), err
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

// driverAttributes is what a line of .gitattributes says of its pattern.
const driverAttributes = "diff=cfgxml merge=cfgxml"

// attributeLines are the lines of .gitattributes that name the drivers, with
// single spaces.
func attributeLines(file string) ([]string, error) {
	data, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var lines []string
	for line := range strings.Lines(string(data)) {
		if line = strings.Join(strings.Fields(line), " "); strings.HasSuffix(line, " "+driverAttributes) && line[0] != '#' {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

// missingAttributes are the lines that .gitattributes does not have yet.
func missingAttributes(file string, patterns []string) ([]string, error) {
	have, err := attributeLines(file)
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, pattern := range patterns {
		if line := pattern + " " + driverAttributes; !slices.Contains(have, line) {
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
		return term.ReadError(file, err)
	}
	if len(data) > 0 && data[len(data)-1] != '\n' {
		data = append(data, '\n')
	}
	data = append(data, strings.Join(lines, "\n")+"\n"...)
	if err := term.ReplaceFile(file, data); err != nil {
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
	return term.ReplaceFile(file, []byte(hex.EncodeToString(key)+"\n"))
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
