// SPDX-License-Identifier: MPL-2.0

package option43

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

func decodeCommand(a *term.App) *cobra.Command {
	format, reveal := "", false
	c := &cobra.Command{
		Use:   "decode HEX|@FILE|-",
		Short: "Read the values back from bytes, strictly",
		Long: `decode reads option 43 in every form that people have it in and prints its values:
hexadecimal digits with any separators, base64, escapes such as \x0b, C arrays, the
configuration that snippet writes for a DHCP server, Network Registrar's form
(10 1)(11 http://…), the dump of the value or of a packet, the bytes themselves. A
DHCP option with its own code and length in front is unpacked. The status is 1 when
a phone might not take the option. What stands on the command line can be read by
every user of the machine, the challenge password among it: give @FILE or - instead
where that matters.`,
		Example: `  cfgxml option43 decode 0b0b31302e37392e35372e39310c1412040870625C5B755D73F5925285F8F5FF5D55AF
  cfgxml option43 decode @option.hex
  cfgxml option43 decode --format json - < option.hex`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return decode(a, args[0], format, reveal) },
	}
	c.Flags().StringVarP(&format, "format", "f", "text", "output `format`: text, json")
	c.Flags().BoolVar(&reveal, "reveal", false, "print the challenge password, and what might hold it")
	term.CompleteWith(c, "format", "text", "json")
	return c
}

// captureMagic is what captures start with: pcap in both orders, with micro- and
// nanoseconds, and pcapng.
var captureMagic = []string{"\xa1\xb2\xc3\xd4", "\xd4\xc3\xb2\xa1", "\xa1\xb2\x3c\x4d", "\x4d\x3c\xb2\xa1", "\n\r\r\n"}

// readText reads what people have; source is the text, @FILE or -. What the
// reader had to decide is printed on standard error.
func readText(a *term.App, source string) (option43.Reading, error) {
	text := source
	if path, ok := strings.CutPrefix(source, "@"); ok {
		data, err := a.ReadFile(path)
		if err != nil {
			return option43.Reading{}, term.Failure(err)
		}
		text = string(data)
	} else if source == term.StdinName {
		data, err := io.ReadAll(io.LimitReader(a.Stdin, 1<<20))
		if err != nil {
			return option43.Reading{}, term.Failure(term.ReadError("standard input", err))
		}
		text = string(data)
	}
	if len(text) >= 4 && slices.Contains(captureMagic, text[:4]) {
		return option43.Reading{}, term.UsageError("this is a capture, not option 43").Hint("cfgxml option43 check reads captures")
	}
	r, err := option43.ParseText(text)
	if err != nil {
		e := &term.ExitError{Code: term.ExitFindings, Err: fmt.Errorf("cannot read option 43: %w", err)}
		if info, statErr := os.Stat(source); statErr == nil && info.Mode().IsRegular() {
			e.Hint("to read the file of that name, write @%s", source)
		}
		return r, e
	}
	p := a.Paint(a.Stderr)
	for _, note := range r.Notes {
		fmt.Fprintf(a.Stderr, "%s %s\n", p.Yellow("note:"), note)
	}
	return r, nil
}

func decode(a *term.App, source, format string, reveal bool) error {
	if format != "text" && format != "json" {
		return term.UsageError("unknown format %q", format).Hint("choose from text, json")
	}
	r, err := readText(a, source)
	if err != nil {
		return err
	}
	subs, problems := option43.Decode(r.Value)
	if format == "json" {
		err = writeDecoded(a, r, subs, problems, reveal)
	} else {
		for _, s := range subs {
			fmt.Fprintf(a.Stdout, "%-28s %s\n", s.Code, s.Text(reveal))
		}
	}
	if err == nil && problems != nil {
		err = &term.ExitError{Code: term.ExitFindings, Err: problems}
	}
	return err
}

func writeDecoded(a *term.App, r option43.Reading, subs option43.Suboptions, problems error, reveal bool) error {
	type jsonSub struct {
		Code   byte   `json:"code"`
		Name   string `json:"name"`
		Offset int    `json:"offset"`
		Length int    `json:"length"`
		Value  string `json:"value"`
	}
	out := struct {
		Form       string    `json:"form"`
		Length     int       `json:"length"`
		Suboptions []jsonSub `json:"suboptions"`
		Errors     []string  `json:"errors"`
		Notes      []string  `json:"notes"`
	}{r.Form, len(r.Value), []jsonSub{}, []string{}, append([]string{}, r.Notes...)}
	for _, s := range subs {
		out.Suboptions = append(out.Suboptions, jsonSub{byte(s.Code), s.Code.String(), s.Offset, len(s.Value), s.Text(reveal)})
	}
	if problems != nil {
		out.Errors = strings.Split(problems.Error(), "\n")
	}
	return term.WriteJSON(a.Stdout, out)
}
