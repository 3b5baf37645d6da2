// SPDX-License-Identifier: MPL-2.0

// Package report writes what is known of a fleet's certificates as one HTML file.
//
//	err := report.Write(file, join, report.Options{})
//
// The file holds everything it shows and asks the network for nothing; its content
// security policy allows no script but its own. It shows the phones by verdict with
// what to do about each group, when certificates end, how many renewals to expect on
// which day, the phones by model and by each label of the inventory that groups
// them, how the sources were read, and a table of all phones to be searched and
// sorted. A report is also the memory of the next one: [ReadEarlier] reads it, and
// [Options.Since] makes the next one say what changed.
package report

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/fleet"
)

// Options are what a report may say beside the verdicts.
type Options struct {
	// Title is the heading. Empty means "Phones and their certificates".
	Title string
	// Since is an earlier report, which this one is compared with.
	Since *Earlier
	// Failed are the sources that could not be read, by their names.
	Failed map[string]bool
}

var (
	//go:embed page/page.html
	pageHTML string
	//go:embed page/page.css
	pageCSS string
	//go:embed page/charts.js
	chartsJS string
	//go:embed page/table.js
	tableJS string
	//go:embed uplot/uPlot.iife.min.js
	uplotJS string
	//go:embed uplot/uPlot.min.css
	uplotCSS string
	//go:embed uplot/LICENSE
	uplotLicense string
)

var page = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(template.FuncMap{
		"count": count, "share": share, "tone": tone, "chart": newFigure,
		"time": func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") },
	}).Parse(pageHTML))
})

// Write writes the report of a join whose sources have been read.
func Write(w io.Writer, j *fleet.Join, o Options) error {
	if w == nil || j == nil {
		return errors.New("no writer or no verdicts given")
	}
	if o.Title == "" {
		o.Title = "Phones and their certificates"
	}
	style := uplotCSS + "\n" + pageCSS
	script := "/*\nuPlot, embedded below:\n" + uplotLicense + "*/\n" + uplotJS + "\n" + tableJS + "\n" + chartsJS
	t := newTally(j, o.Since)
	out := bufio.NewWriterSize(w, 1<<16)
	err := page().Execute(out, map[string]any{
		"Title": foreign.Text(o.Title), "Tally": t, "Sources": j.Reports(), "Failed": o.Failed, "Strangers": j.Strangers(),
		"Policy": fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'", digest(style), digest(script)),
		"Style":  template.HTML("<style>" + style + "</style>"),
	})
	if err != nil {
		return err
	}
	if err := t.data(out, j, o.Since); err != nil {
		return err
	}
	fmt.Fprintf(out, "<script>%s</script>\n</body>\n</html>\n", script)
	return out.Flush()
}

// digest is how a content security policy names a script or a style.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// head is what the data begins with.
type head struct {
	At       time.Time        `json:"at"`
	Verdicts []fleet.Verdict  `json:"verdicts"`
	Tones    []string         `json:"tones"`
	Advice   []string         `json:"advice"`
	Columns  []column         `json:"columns"`
	Charts   map[string]chart `json:"charts"`
}

// column is one of the table: a text, a time in seconds, or the index of a verdict.
type column struct {
	Title string `json:"title"`
	Kind  string `json:"kind"`
}

// columns are those before the labels of the inventory.
var columns = []column{
	{"Phone", "mac"}, {"Verdict", "verdict"}, {"Why", "why"}, {"Before", "before"}, {"Model", "group"},
	{"Ends", "time"}, {"Last seen", "time"}, {"Serial number", "serial"}, {"Common name", "name"}, {"Notes", "notes"},
}

// Before of a phone without another verdict in the earlier report.
const (
	same  = -1
	isNew = -2
)

// data writes the table: the head, and one line for each phone.
func (t *tally) data(out *bufio.Writer, j *fleet.Join, since *Earlier) error {
	h := head{At: t.At, Verdicts: fleet.Verdicts, Columns: columns, Charts: map[string]chart{"ends": t.Ends, "renewals": t.Renewals}}
	for _, v := range fleet.Verdicts {
		h.Tones, h.Advice = append(h.Tones, tone(v)), append(h.Advice, advice[v])
	}
	labels := j.Labels()
	for _, name := range labels {
		h.Columns = append(h.Columns, column{foreign.Text(name), "group"})
	}
	encoded, err := json.Marshal(h)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s%s,\n\"phones\": [", dataBegins, encoded[:len(encoded)-1])
	between := "\n"
	for r := range j.Results() {
		row := []any{r.Phone.MAC.String(), index[r.Verdict], r.Why, since.before(r), r.Phone.Model.VendorClass,
			unix(r.End), unix(r.Seen), r.Serial, r.Name, strings.Join(r.Notes, "; ")}
		for _, name := range labels {
			row = append(row, foreign.Text(r.Phone.Label(name)))
		}
		line, err := json.Marshal(row) // which escapes < and >, so that no name ends the script
		if err != nil {
			return err
		}
		out.WriteString(between)
		if _, err := out.Write(line); err != nil {
			return err
		}
		between = ",\n"
	}
	_, err = out.WriteString("\n]}</script>\n")
	return err
}

// dataBegins is before the data.
const dataBegins = `<script type="application/json" id="data">`

// index is where a verdict is among fleet.Verdicts.
var index = func() map[fleet.Verdict]int {
	at := map[fleet.Verdict]int{}
	for i, v := range fleet.Verdicts {
		at[v] = i
	}
	return at
}()

func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}
