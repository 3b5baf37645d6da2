// SPDX-License-Identifier: MPL-2.0

// Package record reads what others recorded about phones' certificates: what a CA
// issued, what a RADIUS server let in, who showed which certificate to a web
// server. Each place of records is named by a URL, each record becomes a [Fact]:
//
//	s, err := record.Parse("index:/var/lib/ca/index.txt")
//	report, err := s.Read(ctx, record.Options{}, func(f *record.Fact) {
//		// f.Serial, f.Name, f.NotAfter …
//	})
//	// report.Malformed lines could not be read; report.Faults says why
//
// # What is read
//
//	index:PATH       OpenSSL's index.txt, also that of micromdm and of ciscophone lab
//	pem:PATH         a certificate or a folder of them: PEM, DER, PKCS #7; and CRLs
//	csv:PATH         CSV with a header: AD CS, EJBCA, ISE, Splunk and others
//	jsonl:PATH       JSON, one object a line
//	freeradius:PATH  FreeRADIUS: the linelog of docs/radius.md, or a detail file
//	nginx:PATH       access logs, in the format of docs/records.md
//	apache:PATH
//	caddy:PATH       Caddy's own access log
//	syslog:PATH      what phones send to a log server about resyncs
//
// Files that gzip compressed are read as what is in them. A source is read once,
// from its beginning to its end, in bounded memory. A line
// that is malformed is counted and does not end the reading: it may be the last
// line of a log that is being written, or something that an attacker sent as his
// name. An error means that the source could not be read at all, or not to its end.
package record

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
)

// A Kind says what happened with a certificate.
type Kind uint8

// The kinds, from what a CA recorded to what the network did.
const (
	Issued       Kind = iota + 1 // a CA issued it
	Revoked                      // a CA revoked it
	Shown                        // a client showed it to a TLS server, which verified it
	Accepted                     // the network let the phone in with it
	Rejected                     // the network or a TLS server refused it
	Resynced                     // the phone says that it fetched its file
	ResyncFailed                 // the phone says that it could not
)

var kindNames = [...]string{Issued: "issued", Revoked: "revoked", Shown: "shown", Accepted: "accepted", Rejected: "rejected", Resynced: "resynced", ResyncFailed: "resync failed"}

// String returns the kind's name.
func (k Kind) String() string {
	if int(k) >= len(kindNames) || k == 0 {
		return fmt.Sprintf("kind %d", k)
	}
	return kindNames[k]
}

// A Fact is what one record says. What it does not say is zero.
type Fact struct {
	Kind      Kind
	MAC       device.MAC // of the phone, where the record names it apart from the certificate
	Name      string     // the certificate's common name
	User      string     // the identity in 802.1X
	Serial    string     // as verify.CanonicalSerial has it
	Issuer    string     // distinguished name, RFC 2253
	NotBefore time.Time
	NotAfter  time.Time
	At        time.Time // when it happened; not known for what a CA issued
	Reason    string    // why it was revoked or refused
	Usage     Usage     // whether clients may use it; not known from most records
	Line      int       // of the record in its source, from 1; 0 in a folder
}

// Usage says whether a certificate is for clients, as an EAP-TLS server wants it.
type Usage uint8

// The zero Usage means that the record does not say.
const (
	ForClients    Usage = iota + 1 // has the extended key usage clientAuth
	NotForClients                  // lacks it
)

// A Source is a place of records.
type Source struct {
	form   string
	path   string
	values url.Values
	reader reader
	custom *Custom // read by another package
}

// reader reads the records of one form.
type reader interface {
	read(r *run) error
}

// forms are the forms of records by the scheme of their URL.
var forms = map[string]form{
	"index":      {open: openIndex, complete: true},
	"pem":        {open: openPEM},
	"csv":        {open: openCSV, values: rowValues()},
	"jsonl":      {open: openJSON, values: rowValues()},
	"freeradius": {open: openFreeRADIUS, uses: true, values: []string{"zone"}},
	"nginx":      {open: openAccess, uses: true},
	"apache":     {open: openAccess, uses: true},
	"caddy":      {open: openCaddy, uses: true},
	"syslog":     {open: openSyslog, values: []string{"zone"}},
}

type form struct {
	open     func(*Source) (reader, error)
	values   []string // what may follow the ?
	complete bool     // holds everything that its CA issued
	uses     bool     // tells who was seen with which certificate
}

// Parse reads the URL of a source, FORM:PATH or FORM:PATH?KEY=VALUE&…, and opens
// nothing. In PATH only % and ? must be written percent-encoded.
func Parse(s string) (*Source, error) {
	form, rest, ok := strings.Cut(s, ":")
	known, there := forms[form]
	if !ok || !there {
		return nil, fmt.Errorf("%q is not a source: it must begin with one of %s, as in index:/var/lib/ca/index.txt", s, strings.Join(formNames(), ", "))
	}
	path, query, _ := strings.Cut(rest, "?")
	path, err := url.PathUnescape(path)
	if err != nil {
		return nil, fmt.Errorf("source %q: %w: write %% as %%25", s, err)
	}
	if path == "" {
		return nil, fmt.Errorf("source %q names no file", s)
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, fmt.Errorf("source %q: %w", s, err)
	}
	for key := range values {
		if !slices.Contains(known.values, key) {
			if len(known.values) == 0 {
				return nil, fmt.Errorf("source %q: %s: has no settings, so not %q", s, form, key)
			}
			return nil, fmt.Errorf("source %q: %s: has no setting %q, only %s", s, form, key, strings.Join(known.values, ", "))
		}
	}
	src := &Source{form: form, path: path, values: values}
	if src.reader, err = known.open(src); err != nil {
		return nil, fmt.Errorf("source %q: %w", s, err)
	}
	return src, nil
}

func formNames() []string {
	names := slices.Sorted(maps.Keys(forms))
	for i := range names {
		names[i] += ":"
	}
	return names
}

// String returns form and path: "index:/var/lib/ca/index.txt".
func (s *Source) String() string { return s.form + ":" + s.path }

// Path returns the file or folder that is read.
func (s *Source) Path() string { return s.path }

// Options are what a reading needs to know.
type Options struct {
	// Zone is the time zone of records that do not say theirs. Nil means UTC.
	Zone *time.Location
}

// A Report says how a reading went.
type Report struct {
	Source    string    // as Source.String has it
	Complete  bool      // it holds everything its CA issued: who is not in it got nothing from there
	Uses      bool      // it tells who was seen with which certificate, and was read to its end
	Records   int       // read: lines, or files of a folder
	Facts     int       // that they held
	Malformed int       // records that could not be read
	Faults    []Fault   // of the first of them
	Changed   time.Time // when the file was written last: its records may be as old
}

// A Fault says why a record could not be read.
type Fault struct {
	Line int    // from 1; 0 for a file of a folder
	File string // in a folder
	Err  error
}

// Error names the place.
func (f Fault) Error() string {
	if f.File != "" {
		return fmt.Sprintf("%s: %v", f.File, f.Err)
	}
	return fmt.Sprintf("line %d: %v", f.Line, f.Err)
}

// Unwrap returns the reason.
func (f Fault) Unwrap() error { return f.Err }

// maxFaults is how many malformed records are told one by one.
const maxFaults = 10

// Read reads the source and calls yield for each fact. The fact is only valid
// during the call; its texts may be kept, but are parts of a longer line.
func (s *Source) Read(ctx context.Context, o Options, yield func(*Fact)) (Report, error) {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if yield == nil {
		yield = func(*Fact) {}
	}
	if s.custom != nil {
		report, err := s.custom.read(ctx, s, o, yield)
		if err != nil {
			err = fmt.Errorf("%s: %w", s, err)
		}
		return report, err
	}
	info, err := os.Stat(s.path)
	if err != nil {
		return Report{Source: s.String()}, fmt.Errorf("%s: %w", s, bare(err))
	}
	open := func() (io.ReadCloser, error) { return os.Open(s.path) }
	r := &run{ctx: ctx, open: open, path: s.path, zone: o.Zone, yield: yield, report: Report{Source: s.String(), Changed: info.ModTime().UTC()}}
	if name := s.values.Get("zone"); name != "" {
		if r.zone, err = time.LoadLocation(name); err != nil {
			return r.report, fmt.Errorf("%s: %w", s, err)
		}
	}
	if err := s.reader.read(r); err != nil {
		return r.report, fmt.Errorf("%s: %w", s, bare(err))
	}
	r.report.Uses = r.used || forms[s.form].uses && r.report.Malformed == 0
	r.report.Complete = forms[s.form].complete || s.values.Get("complete") == "yes"
	return r.report, nil
}

// bare takes the path from an error, where it is told already.
func bare(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// run is one reading of a source.
type run struct {
	ctx    context.Context
	open   func() (io.ReadCloser, error) // the file of the source
	path   string
	zone   *time.Location
	yield  func(*Fact)
	used   bool // a fact tells who was seen
	fact   Fact // reused from record to record
	report Report
}

// found hands a fact on.
func (r *run) found(f *Fact) {
	r.report.Facts++
	r.used = r.used || f.Kind >= Shown && f.Kind <= Rejected
	r.yield(f)
}

func (r *run) malformed(f Fault) {
	r.report.Malformed++
	if len(r.report.Faults) < maxFaults {
		r.report.Faults = append(r.report.Faults, f)
	}
}
