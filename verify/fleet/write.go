// SPDX-License-Identifier: MPL-2.0

package fleet

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
)

// Finding reports whether the verdict says that something is wrong, or may be.
func (v Verdict) Finding() bool { return v != InUse && v != Unknown }

// Wrong reports whether the verdict says that something is wrong, and not only that
// it may be.
func (v Verdict) Wrong() bool { return v.Finding() && v != NotSeen }

// Row is a result as programs read it. Times are absent when unknown.
type Row struct {
	MAC     string            `json:"mac"`
	Model   string            `json:"model,omitempty"`
	Labels  map[string]string `json:"labels,omitempty"`
	Verdict Verdict           `json:"verdict"`
	Why     string            `json:"why,omitempty"`
	Name    string            `json:"common_name,omitempty"`
	Serial  string            `json:"serial,omitempty"`
	End     time.Time         `json:"not_after,omitzero"`
	Seen    time.Time         `json:"last_seen,omitzero"`
	Notes   []string          `json:"notes,omitempty"`
	Facts   []RowFact         `json:"facts,omitempty"`
}

// RowFact is one of the facts of a [Row].
type RowFact struct {
	What   string    `json:"what"`
	Serial string    `json:"serial,omitempty"`
	At     time.Time `json:"at,omitzero"`
	Source string    `json:"source,omitempty"`
	Line   int       `json:"line,omitempty"`
}

// Row returns the result as programs read it.
func (r Result) Row() Row {
	row := Row{MAC: r.Phone.MAC.String(), Model: r.Phone.Model.VendorClass, Verdict: r.Verdict, Why: r.Why,
		Name: r.Name, Serial: r.Serial, End: r.End, Seen: r.Seen, Notes: r.Notes}
	for _, l := range r.Phone.Labels {
		if row.Labels == nil {
			row.Labels = map[string]string{}
		}
		row.Labels[l.Name] = l.Value
	}
	for _, f := range r.Facts() {
		row.Facts = append(row.Facts, RowFact(f))
	}
	return row
}

// errNothing is returned where a writer or the results are nil.
var errNothing = errors.New("no writer or no results given")

// WriteJSON writes an object with the time of the verdicts, the sources, the number
// of phones by verdict, and the phones: one a line, so that a line tool can read
// them as well.
func (j *Join) WriteJSON(w io.Writer, results iter.Seq[Result]) error {
	if w == nil || results == nil {
		return errNothing
	}
	out := bufio.NewWriter(w)
	totals, err := json.Marshal(j.Totals())
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "{\n\"at\": %q,\n\"totals\": %s,\n\"sources\": [", j.expect.Now.UTC().Format(time.RFC3339), totals)
	between := "\n"
	for _, s := range j.sources {
		data, err := json.Marshal(jsonSource{s.Source, s.Records, s.Facts, s.Malformed, s.Changed})
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s%s", between, data)
		between = ",\n"
	}
	out.WriteString("\n],\n\"phones\": [")
	between = "\n"
	for r := range results {
		data, err := json.Marshal(r.Row())
		if err != nil {
			return err
		}
		out.WriteString(between)
		out.Write(data)
		between = ",\n"
	}
	out.WriteString("\n]\n}\n")
	return out.Flush()
}

type jsonSource struct {
	Source    string    `json:"source"`
	Records   int       `json:"records"`
	Facts     int       `json:"facts"`
	Malformed int       `json:"malformed"`
	Changed   time.Time `json:"changed,omitzero"`
}

// Totals returns the number of phones by verdict.
func (j *Join) Totals() map[Verdict]int {
	j.settle()
	totals := map[Verdict]int{}
	var v verdict
	for i := range j.phones {
		v.judge(j, &j.phones[i])
		totals[v.r.Verdict]++
	}
	return totals
}

// WriteCSV writes a line for each phone, below a line with the names of the columns.
func (j *Join) WriteCSV(w io.Writer, results iter.Seq[Result]) error {
	if w == nil || results == nil {
		return errNothing
	}
	out := csv.NewWriter(w)
	labels := j.Labels()
	_ = out.Write(append([]string{"mac", "model", "verdict", "why", "common_name", "serial", "not_after", "last_seen", "notes"}, labels...))
	for r := range results {
		record := []string{r.Phone.MAC.String(), r.Phone.Model.VendorClass, string(r.Verdict), r.Why, cell(r.Name), cell(r.Serial), when(r.End), when(r.Seen), strings.Join(r.Notes, "; ")}
		for _, name := range labels {
			record = append(record, cell(r.Phone.Label(name)))
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// cell keeps text that others wrote from being a formula where the file is opened
// as a spreadsheet.
func cell(s string) string {
	if s = foreign.Text(s); s != "" && strings.ContainsRune("=+-@\t", rune(s[0])) {
		return "'" + s
	}
	return s
}

// Label returns the value of a label, "" where the inventory has none.
func (p Phone) Label(name string) string {
	for _, l := range p.Labels {
		if l.Name == name {
			return l.Value
		}
	}
	return ""
}

// Labels returns the names of all labels of the phones, sorted.
func (j *Join) Labels() []string {
	names := map[string]bool{}
	for i := range j.phones {
		for _, l := range j.phones[i].phone.Labels {
			names[l.Name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// WritePrometheus writes figures in the text format of Prometheus: phones by
// verdict, certificates by the days they have left, and how each source was read.
// failed are the sources that could not be read.
func (j *Join) WritePrometheus(w io.Writer, failed map[string]bool) error {
	if w == nil {
		return errNothing
	}
	out := bufio.NewWriter(w)
	totals := j.Totals()
	fmt.Fprint(out, "# HELP ciscophone_phones Phones of the inventory by verdict.\n# TYPE ciscophone_phones gauge\n")
	for _, v := range Verdicts {
		fmt.Fprintf(out, "ciscophone_phones{verdict=%q} %d\n", string(v), totals[v])
	}
	within := []int{1, 7, 14, 30, 90}
	ending := make([]int, len(within))
	for r := range j.Results() {
		for i, days := range within {
			if left := r.End.Sub(j.expect.Now); !r.End.IsZero() && left > 0 && left <= time.Duration(days)*24*time.Hour {
				ending[i]++
			}
		}
	}
	fmt.Fprint(out, "# HELP ciscophone_certificates_ending Phones whose certificate ends within so many days.\n# TYPE ciscophone_certificates_ending gauge\n")
	for i, days := range within {
		fmt.Fprintf(out, "ciscophone_certificates_ending{days=\"%d\"} %d\n", days, ending[i])
	}
	j.writeSources(out, failed)
	fmt.Fprintf(out, "# HELP ciscophone_verified_timestamp_seconds When the verdicts were made.\n# TYPE ciscophone_verified_timestamp_seconds gauge\nciscophone_verified_timestamp_seconds %d\n", j.expect.Now.Unix())
	return out.Flush()
}

func (j *Join) writeSources(out io.Writer, failed map[string]bool) {
	for _, m := range []struct {
		name, help string
		value      func(int) int64
	}{
		{"source_up", "Whether the source could be read to its end.", func(i int) int64 {
			if failed[j.sources[i].Source] {
				return 0
			}
			return 1
		}},
		{"source_records", "Records read.", func(i int) int64 { return int64(j.sources[i].Records) }},
		{"source_malformed_records", "Records that could not be read.", func(i int) int64 { return int64(j.sources[i].Malformed) }},
		{"source_changed_timestamp_seconds", "When the source was written last.", func(i int) int64 { return seconds(j.sources[i].Changed) }},
	} {
		fmt.Fprintf(out, "# HELP ciscophone_%s %s\n# TYPE ciscophone_%s gauge\n", m.name, m.help, m.name)
		for i, s := range j.sources {
			fmt.Fprintf(out, "ciscophone_%s{source=\"%s\"} %s\n", m.name, labelEscape.Replace(s.Source), strconv.FormatInt(m.value(i), 10))
		}
	}
}

// labelEscape is for the value of a label.
var labelEscape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
