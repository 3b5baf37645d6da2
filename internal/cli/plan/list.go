// SPDX-License-Identifier: MPL-2.0

package plan

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/estate"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
)

// listFlags are the flags of `cfgxml list`.
type listFlags struct {
	prefix, state, format, as string
	imports                   bool
}

// listed is one file and who manages it.
type listed struct {
	estate.File
	Managed string `json:"managed_by,omitempty"` // the address of a resource
}

// ListCommand returns the command `cfgxml list`.
func ListCommand(a *term.App) *cobra.Command {
	var f listFlags
	c := &cobra.Command{
		Use:     "list STORE",
		GroupID: term.GroupReview,
		Short:   "List the phones whose files are in a folder, and bring them under OpenTofu or Terraform",
		Long: `list shows the configuration files in a folder and below it, those that end with
.xml or .cfg: whose each is (MAC address and model, where the name of the file or
of the certificate tells them) and what it says of enrollment. Of a challenge
password it reports whether there is one. What stands in the way of managing a file,
such as that it is encrypted, is below it.

With --state, which takes what "tofu show -json" or "terraform show -json" prints
of the state, it also shows which resource manages each file: a ciscophone_config
by the name of the file, a ciscophone_fleet by the MAC address in it.

--import writes, in place of the list, an import block and a resource for each
file that is not managed yet. Their plan imports and changes nothing. A file that
cannot be managed as it is is left out with a comment that says why, and the exit
status is 1. It is to OpenTofu what the list resource ciscophone_config is to
Terraform 1.14. With --as for_each it writes one resource for all of the files; with
--as inventory, the inventory of a ciscophone_fleet in which path is "{file}".`,
		Example: `  cfgxml list phones
  cfgxml list --state state.json --format json phones
  cfgxml list --state state.json --import phones > found.tf`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runList(a, cmd.Context(), args[0], f) },
	}
	flags := c.Flags()
	flags.StringVar(&f.prefix, "prefix", "", "only files whose names in the folder begin with `text`, such as site-a/SEP")
	flags.StringVar(&f.state, "state", "", "the state as JSON, from `file` or - for standard input")
	flags.BoolVar(&f.imports, "import", false, "write import blocks and resources for what is not managed")
	term.ChoiceVar(c, &f.as, "as", "", "what --import writes: `form` resources, for_each or inventory", asResources, asForEach, asInventory)
	flags.StringVarP(&f.format, "format", "f", "text", "output `format`: text, json")
	term.CompleteWith(c, "format", "text", "json")
	return c
}

func runList(a *term.App, ctx context.Context, folder string, f listFlags) error {
	switch {
	case f.format != "text" && f.format != "json":
		return term.UsageError("unknown format %q", f.format).Hint("choose from text, json")
	case f.as != asResources && !f.imports:
		return term.UsageError("--as %s is about --import", f.as).Hint("add --import")
	case f.imports && f.format != "text":
		return term.UsageError("--import writes HCL and no list in %s", f.format).Hint("leave out --format, or --import")
	}
	store, err := openStore(a, folder)
	if err != nil {
		return err
	}
	var by managers
	if f.state != "" {
		data, err := a.ReadFile(f.state)
		if err != nil {
			return term.Failure(err)
		}
		if by, err = readManagers(data); err != nil {
			return term.Failure(&term.FileError{File: f.state, Err: err}).Hint("make it by: tofu show -json > state.json")
		}
	}
	names, err := estate.Names(ctx, store, f.prefix)
	if errors.Is(err, estate.ErrNoList) {
		return term.UsageError("%w", err)
	}
	if err != nil {
		return term.Failure(err)
	}
	files := make([]listed, 0, len(names))
	for _, name := range names {
		file, err := estate.Look(ctx, store, name)
		if err != nil {
			return term.Failure(err)
		}
		files = append(files, listed{file, by.of(file)})
	}
	switch {
	case f.imports:
		return writeImports(a, files, f.as)
	case f.format == "json":
		return term.WriteJSON(a.Stdout, files)
	}
	return listText(a, files, f.state != "")
}

// openStore opens a folder that a person named, relative to where he is.
func openStore(a *term.App, folder string) (push.Store, error) {
	switch scheme, _, isURL := strings.Cut(folder, "://"); {
	case isURL && !strings.EqualFold(scheme, "file"):
		return nil, term.UsageError("%s: %w", foreign.Text(folder), estate.ErrNoList)
	case !isURL:
		info, err := os.Stat(folder)
		if err != nil {
			return nil, term.Failure(term.ReadError(folder, err))
		}
		if !info.IsDir() {
			return nil, term.UsageError("%s is no folder", folder).Hint("give the folder that the phones' files are in")
		}
		if folder, err = filepath.Abs(folder); err != nil {
			return nil, term.Failure(err)
		}
	}
	store, err := push.OpenDir(folder, push.Options{MaxSize: term.MaxFile})
	if err != nil {
		return nil, term.UsageError("%w", err)
	}
	return store, nil
}

func listText(a *term.App, files []listed, state bool) error {
	head := []string{"FILE", "MAC", "MODEL", "SERVER", "ROOT CA", "COMMON NAME", "CHALLENGE"}
	if state {
		head = append(head, "MANAGED BY")
	}
	rows := [][]string{head}
	managed, problems := 0, 0
	for _, f := range files {
		row := []string{f.Path, f.MAC, f.Model, f.Server, abbreviated(f.RootCAFingerprint), f.CommonName, f.Challenge}
		if state {
			row = append(row, f.Managed)
		}
		rows = append(rows, row)
		if f.Managed != "" {
			managed++
		}
		if f.Problem != "" {
			problems++
		}
	}
	w := bufio.NewWriter(a.Stdout)
	p := a.Paint(a.Stdout)
	for i, line := range term.Aligned(rows) {
		if i == 0 {
			line = p.Bold(line)
		}
		fmt.Fprintln(w, line)
		if i > 0 && files[i-1].Problem != "" {
			fmt.Fprintln(w, "  "+p.Yellow(foreign.Text(files[i-1].Problem)))
		}
	}
	summary := term.Count(len(files), "file")
	if state {
		summary += fmt.Sprintf("; %d managed", managed)
	}
	if problems > 0 {
		summary += fmt.Sprintf("; %d cannot be managed as they are", problems)
	}
	fmt.Fprintln(w, p.Bold(summary))
	return w.Flush()
}

// abbreviated is the beginning of a fingerprint, enough to tell two CAs apart.
func abbreviated(fingerprint string) string {
	const shown = 8
	if len(fingerprint) <= shown {
		return fingerprint
	}
	return fingerprint[:shown] + "…"
}
