// SPDX-License-Identifier: MPL-2.0

package operate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile/batch"
)

// pushFlags are the flags of `ciscophone push`.
type pushFlags struct {
	settings  settingsFlags
	store     storeFlags
	inventory string
	path      string
	create    bool
	dryRun    bool
	journal   string
	shard     shard
	format    string
}

// PushCommand returns the command `ciscophone push`.
func PushCommand(a *term.App) *cobra.Command {
	var f pushFlags
	c := &cobra.Command{
		Use:     "push",
		GroupID: term.GroupOperate,
		Short:   "Bring the files of many phones to what they should be",
		Long: `push writes the configuration files of the phones of an inventory into a store: the
bytes that the provider's ciscophone_fleet writes, without Terraform. A file starts
from the template, or without one from what the store holds, gets the parameters of
the flags and the phone's own columns, and is written only if it differs. In texts
for all phones {column} stands for a column of the inventory.

With --dry-run nothing is written: push says what would change and ends with status 1
if something would. A phone that the rules find an error in keeps all from being
written. A file that somebody changed while push was at work is left as it is; the
next run looks at it again.

With --journal each file that was written is noted in a file, one line of JSON each.
After an interruption, run the same command again: what is as it should be is not
written again, and the journal goes on.

--shard 2/8 takes the third of eight parts of the phones, for several machines at
once; without the first number it is the variable JOB_COMPLETION_INDEX.`,
		Example: `  ciscophone push --inventory phones.csv --template base.xml --store "$PWD/store" --common-name '$MAU' --dry-run
  ciscophone push --inventory phones.csv --template base.xml --store "$PWD/store" --common-name '$MAU' --journal pushed.jsonl`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runPush(a, cmd.Context(), f) },
	}
	flags := c.Flags()
	flags.StringVar(&f.inventory, "inventory", "", "`file` that lists the phones: CSV, JSON or YAML")
	f.store.register(flags)
	f.settings.register(flags)
	flags.StringVar(&f.path, "path", "SEP$MAU.xml", "`name` of a phone's file in the store, with its macros and {column}")
	flags.BoolVar(&f.create, "create", false, "without a template, make a file for a phone that has none: it holds only what is given here")
	flags.BoolVarP(&f.dryRun, "dry-run", "n", false, "write nothing, say what would change")
	flags.StringVar(&f.journal, "journal", "", "note in `file` what was written")
	flags.Var(&f.shard, "shard", "take one `part` of the phones only, such as 0/8")
	flags.StringVarP(&f.format, "format", "f", "text", "output `format`: json (a line for each phone that differs), text")
	term.CompleteWith(c, "format", "json", "text")
	for _, name := range []string{"inventory", "store"} {
		_ = c.MarkFlagRequired(name)
	}
	return c
}

func runPush(a *term.App, ctx context.Context, f pushFlags) error {
	if f.format != "text" && f.format != "json" {
		return term.UsageError("unknown format %q", f.format).Hint("choose from json, text")
	}
	b, err := f.read(a)
	if err != nil {
		return err
	}
	if err := b.Look(ctx); err != nil {
		return term.Failure(term.ErrInterrupted)
	}
	if err := said(a, b.Remarks(flagSets)); err != nil {
		if slices.ContainsFunc(b.Findings, func(f batch.Finding) bool { return f.Unread }) {
			err.Code = term.ExitInternal
		}
		return err
	}
	out := pushOutput{app: a, batch: b, json: f.format == "json"}
	if f.dryRun {
		return out.planned()
	}
	var j *journal
	if f.journal != "" {
		if j, err = openJournal(f.journal); err != nil {
			return term.Failure(term.WriteError(f.journal, err))
		}
		defer j.close()
		if j.before > 0 {
			a.Say(fmt.Sprintf("%s has %s of a run before", f.journal, batch.Counted(j.before, "file")))
		}
	}
	return out.push(ctx, j)
}

// read works out the batch.
func (f *pushFlags) read(a *term.App) (*batch.Batch, error) {
	shared, err := f.settings.desired(a)
	if err != nil {
		return nil, err
	}
	rows, err := inventoryRows(a, f.inventory)
	if err != nil {
		return nil, err
	}
	store, err := f.store.open(a)
	if err != nil {
		return nil, err
	}
	phones, remarks := batch.Expand(rows, batch.Options{Shared: shared, Path: f.path, Check: true, Setter: flagSets})
	if err := said(a, remarks); err != nil {
		return nil, err
	}
	phones, err = f.shard.of(a, phones)
	if err != nil {
		return nil, err
	}
	return &batch.Batch{Store: store, Shared: shared, Phones: phones, MustExist: shared.Template == nil && !f.create}, nil
}

// said prints remarks, and returns an error if one of them is.
func said(a *term.App, remarks []batch.Remark) *term.ExitError {
	refused := false
	for _, r := range remarks {
		text := strings.ReplaceAll(r.Text, "\n\n", "\n")
		if r.Warning {
			text = "warning: " + text
		}
		refused = refused || !r.Warning
		a.Say(text)
	}
	if refused {
		return &term.ExitError{Code: term.ExitFindings, Err: errors.New("nothing was written")}
	}
	return nil
}

// A pushOutput tells what becomes of the phones' files.
type pushOutput struct {
	app   *term.App
	batch *batch.Batch
	json  bool

	mu                    sync.Mutex
	written, same, failed int
	wrong                 batch.Problems
}

// planned says what would change.
func (o *pushOutput) planned() error {
	differ, again := 0, 0
	for i := range o.batch.Findings {
		found := &o.batch.Findings[i]
		if found.Same {
			continue
		}
		differ++
		if found.Reenrolls {
			again++
		}
		if err := o.line(i, "differs", nil); err != nil {
			return err
		}
	}
	if !o.json {
		for _, line := range o.batch.Tally().Text() {
			if _, err := fmt.Fprintln(o.app.Stdout, line); err != nil {
				return err
			}
		}
	}
	text := fmt.Sprintf("%s of %s would be written", batch.Counted(differ, "file"), batch.Thousands(len(o.batch.Phones)))
	if again > 0 {
		text += "; " + term.PhonesReenroll(again)
	}
	fmt.Fprintln(o.app.Stderr, text)
	if differ > 0 {
		return term.ErrFindings
	}
	return nil
}

// push writes what differs.
func (o *pushOutput) push(ctx context.Context, j *journal) error {
	bar := o.app.NewProgress(len(o.batch.Phones))
	var broken error // of the output or the journal
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	o.batch.Push(ctx, func(i int, err error) {
		o.mu.Lock()
		defer o.mu.Unlock()
		bar.Step()
		if broken = errors.Join(broken, o.done(i, err, j)); broken != nil {
			stop() // what cannot be noted is not written
		}
	})
	bar.Clear()
	left := len(o.batch.Phones) - o.written - o.same - o.failed
	for _, r := range o.wrong.Remarks(false) {
		o.app.Say(strings.ReplaceAll(r.Text, "\n\n", "\n"))
	}
	text := fmt.Sprintf("%s written, %s as they should be already", batch.Counted(o.written, "file"), batch.Thousands(o.same))
	if o.failed > 0 {
		text += fmt.Sprintf(", %s failed", batch.Thousands(o.failed))
	}
	fmt.Fprintln(o.app.Stderr, text)
	switch {
	case broken != nil:
		return broken
	case left > 0:
		return term.Failure(fmt.Errorf("%w: %s not reached", term.ErrInterrupted, batch.Counted(left, "file"))).Hint("run the same command again: it does the rest")
	case o.failed > 0:
		return &term.ExitError{Code: term.ExitInternal}
	}
	return nil
}

// done counts and notes one phone.
func (o *pushOutput) done(i int, err error, j *journal) error {
	found := &o.batch.Findings[i]
	switch {
	case errors.Is(err, context.Canceled):
		return nil // not reached
	case err != nil:
		o.failed++
		o.wrong.Add(o.batch.Phones[i], err)
		return o.line(i, "failed", err)
	case found.Same:
		o.same++
		return j.same(o.batch.Phones[i], found)
	}
	o.written++
	return errors.Join(j.wrote(o.batch.Phones[i], found), o.line(i, "written", nil))
}

// line writes what becomes of a phone's file, for machines.
func (o *pushOutput) line(i int, result string, err error) error {
	if !o.json {
		return nil
	}
	p, found := &o.batch.Phones[i], &o.batch.Findings[i]
	l := pushLine{MAC: p.ID.MAC.String(), File: p.Name, Result: result, New: !found.Exists, Reenrolls: found.Reenrolls, Changes: []string{}}
	for _, c := range found.Changes() {
		l.Changes = append(l.Changes, c.Text)
	}
	if err != nil {
		l.Error = err.Error()
	}
	return writeLine(o.app.Stdout, l)
}

// A pushLine is one phone in JSON.
type pushLine struct {
	MAC       string   `json:"mac"`
	File      string   `json:"file"`
	Result    string   `json:"result"` // differs, written or failed
	New       bool     `json:"new"`
	Reenrolls bool     `json:"reenrolls"`
	Changes   []string `json:"changes"`
	Error     string   `json:"error,omitempty"`
}
