// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

func option43Decode(a *app) *cobra.Command {
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
		RunE: func(_ *cobra.Command, args []string) error { return a.option43Decode(args[0], format, reveal) },
	}
	c.Flags().StringVarP(&format, "format", "f", "text", "output `format`: text, json")
	c.Flags().BoolVar(&reveal, "reveal", false, "print the challenge password, and what might hold it")
	completeWith(c, "format", "text", "json")
	return c
}

// captureMagic is what captures start with: pcap in both orders, with micro- and
// nanoseconds, and pcapng.
var captureMagic = []string{"\xa1\xb2\xc3\xd4", "\xd4\xc3\xb2\xa1", "\xa1\xb2\x3c\x4d", "\x4d\x3c\xb2\xa1", "\n\r\r\n"}

// option43Text reads what people have; source is the text, @FILE or -. What the
// reader had to decide is printed on standard error.
func (a *app) option43Text(source string) (option43.Reading, error) {
	text := source
	if path, ok := strings.CutPrefix(source, "@"); ok {
		data, err := a.readFile(path)
		if err != nil {
			return option43.Reading{}, failure(err)
		}
		text = string(data)
	} else if source == stdinName {
		data, err := io.ReadAll(io.LimitReader(a.stdin, 1<<20))
		if err != nil {
			return option43.Reading{}, failure(readError("standard input", err))
		}
		text = string(data)
	}
	if len(text) >= 4 && slices.Contains(captureMagic, text[:4]) {
		return option43.Reading{}, usageError("this is a capture, not option 43").hint("cfgxml option43 check reads captures")
	}
	r, err := option43.ParseText(text)
	if err != nil {
		e := &exitError{code: ExitFindings, err: fmt.Errorf("cannot read option 43: %w", err)}
		if info, statErr := os.Stat(source); statErr == nil && info.Mode().IsRegular() {
			e.hint("to read the file of that name, write @%s", source)
		}
		return r, e
	}
	p := a.paint(a.stderr)
	for _, note := range r.Notes {
		fmt.Fprintf(a.stderr, "%s %s\n", p.yellow("note:"), note)
	}
	return r, nil
}

func (a *app) option43Decode(source, format string, reveal bool) error {
	if format != "text" && format != "json" {
		return usageError("unknown format %q", format).hint("choose from text, json")
	}
	r, err := a.option43Text(source)
	if err != nil {
		return err
	}
	subs, problems := option43.Decode(r.Value)
	if format == "json" {
		err = a.writeDecoded(r, subs, problems, reveal)
	} else {
		for _, s := range subs {
			fmt.Fprintf(a.stdout, "%-28s %s\n", s.Code, s.Text(reveal))
		}
	}
	if err == nil && problems != nil {
		err = &exitError{code: ExitFindings, err: problems}
	}
	return err
}

func (a *app) writeDecoded(r option43.Reading, subs option43.Suboptions, problems error, reveal bool) error {
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
	return writeJSON(a.stdout, out)
}
