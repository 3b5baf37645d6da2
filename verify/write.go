// SPDX-License-Identifier: MPL-2.0

package verify

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
)

var errNoWriter = errors.New("no writer given")

// WriteJSON writes evidence as an indented JSON array and a newline.
func WriteJSON(w io.Writer, evidence ...Evidence) error {
	if w == nil {
		return errNoWriter
	}
	if evidence == nil {
		evidence = []Evidence{}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(evidence)
}

// WriteTable writes evidence as a table for people: one line for each phone, with
// its problems indented below.
func WriteTable(w io.Writer, evidence ...Evidence) error {
	if w == nil {
		return errNoWriter
	}
	rows := [][]string{{"PHONE", "COMMON NAME", "SERIAL", "ISSUER", "NOT AFTER", "VERIFIED", "DOWNLOAD STATUS"}}
	for _, ev := range evidence {
		notAfter, verified := "-", "no"
		if !ev.NotAfter.IsZero() {
			notAfter = ev.NotAfter.UTC().Format(time.RFC3339)
		}
		switch ev.Verdict {
		case Verified:
			verified = "yes"
		case Unknown:
			verified = "cannot tell"
		}
		name := strings.TrimSpace(ev.Model + " " + ev.MAC)
		if name == "" {
			name = ev.Phone
		}
		rows = append(rows, []string{foreign.Text(name), dash(ev.CommonName), dash(ev.Serial), dash(ev.Issuer), notAfter, verified, dash(ev.Status)})
	}
	width := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, c := range r {
			width[i] = max(width[i], runewidth.StringWidth(c))
		}
	}
	for n, r := range rows {
		var b strings.Builder
		for i, c := range r {
			if i > 0 {
				b.WriteString("  ")
			}
			if i < len(r)-1 {
				c = runewidth.FillRight(c, width[i])
			}
			b.WriteString(c)
		}
		b.WriteByte('\n')
		if n > 0 {
			for _, p := range evidence[n-1].Problems {
				fmt.Fprintf(&b, "  - %s\n", foreign.Text(p))
			}
		}
		if _, err := io.WriteString(w, b.String()); err != nil {
			return err
		}
	}
	return nil
}

// dash keeps what a phone sent from moving the terminal's cursor about.
func dash(s string) string {
	if s == "" {
		return "-"
	}
	return foreign.Text(s)
}
