// SPDX-License-Identifier: MPL-2.0

package reconcile

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// A Desired is what a phone's file should be.
type Desired struct {
	Settings Settings
	// Template is what the content starts from, nil for the present file.
	Template *Template
	// Forget are parameters that were managed and no longer are. Without a template
	// they are emptied: the phone would keep their value otherwise.
	Forget []string
	// KeepChallenge leaves the challenge password of a file that has one as it is:
	// Settings.Challenge is for a file without.
	KeepChallenge bool
	// Phone is the phone that reads the file, nil for not known.
	Phone *device.Identity
	// Sealing is how the file is encrypted, nil for not. FormerKey opens one that
	// was encrypted with another key.
	Sealing   *seal.Options
	FormerKey secret.Text
	// Buffer, if not nil, holds a content that starts from a template, which is valid
	// until the buffer is used again.
	Buffer *[]byte
}

// A Result is what a file becomes.
type Result struct {
	// Same reports whether the file is as it should be: nothing is to be written,
	// and there are no Lines and no Problems.
	Same bool
	// Content is what the file should hold, not encrypted.
	Content *cfgxml.Document
	// Lines say what changes, secrets masked.
	Lines []Line
	// Reenrolls reports whether the phone requests a new certificate.
	Reenrolls bool
	// Problems are those of the enrollment in the content.
	Problems []validate.Problem
	// CommonName is the name in the certificate that the phone requests, nil where
	// it cannot be known.
	CommonName *string
	// Present is what the file holds, opened, nil for no file and for one that
	// cannot be opened.
	Present []byte
}

// A Line is one change in words.
type Line struct {
	Key  string // what it is about: the name of a parameter, "file" or "encryption"
	Text string
}

// rank puts first what the file as a whole becomes, then the enrollment.
func (l Line) rank() int {
	switch {
	case l.Key == "encryption" || l.Key == "file":
		return 0
	case cdc.IsParam(l.Key):
		return 1
	}
	return 2
}

// CompareLines orders lines by their importance.
func CompareLines(a, b Line) int { return cmp.Compare(a.rank(), b.rank()) }

// Compare compares a file with what it should be; exists reports whether there
// is one. The errors are *UnreadableError, *MaskError, ErrNothing and those of
// [cfgxml.Document.Edit].
func Compare(d *Desired, stored []byte, exists bool) (r Result, err error) {
	if d == nil {
		return r, ErrNothing
	}
	is := opened{}
	if exists {
		is = open(d, stored)
	}
	r.Present = is.plain
	if exists {
		d = d.keeping(&is)
	}
	if r.Content, err = d.content(&is, exists); err != nil {
		return r, err
	}
	r.CommonName = d.commonName(r.Content)
	same := exists && is.err == nil && bytes.Equal(r.Content.Bytes(), is.plain)
	if r.Same = same && is.packed == ""; r.Same {
		return r, nil
	}
	if name := d.mask(r.Content); name != "" {
		return r, &MaskError{Param: name, Template: d.Template != nil}
	}
	r.Problems = d.problems(d.enrollment(r.Content))
	if is.packed != "" {
		r.Lines = append(r.Lines, Line{"encryption", fmt.Sprintf("the file becomes encrypted by %s; it was: %s", d.Sealing.Cipher, is.packed)})
	}
	if !same {
		d.changes(&is, exists, &r)
	}
	slices.SortStableFunc(r.Lines, CompareLines)
	return r, nil
}

// keeping returns d with the file's own challenge password where that stays.
func (d *Desired) keeping(is *opened) *Desired {
	if !d.KeepChallenge || d.Settings.Challenge == nil {
		return d
	}
	doc, err := is.document()
	if err != nil {
		return d
	}
	text, _ := doc.Get(cdc.ParamChallengePassword)
	own := secret.New(text)
	if text == "" || own.Masked() {
		return d
	}
	kept := *d
	kept.Settings.Challenge = &own
	return &kept
}

// content returns what the file should hold.
func (d *Desired) content(is *opened, exists bool) (*cfgxml.Document, error) {
	switch {
	case d.Template != nil:
		return d.Template.Fill(d)
	case !exists:
		edits := d.edits(nil)
		if len(edits) == 0 {
			return nil, ErrNothing
		}
		return cfgxml.Build(edits...)
	}
	doc, err := is.document()
	if err != nil {
		return nil, &UnreadableError{Name: "the file in the store", Err: err}
	}
	return doc.Edit(d.edits(doc)...)
}

// changes adds what a person sees change.
func (d *Desired) changes(is *opened, exists bool, r *Result) {
	server, _ := d.get(r.Content, cdc.ParamServer)
	if !exists {
		r.Lines = append(r.Lines, Line{"file", "new file: " + parameters(d.count(r.Content))})
		r.Reenrolls = server != ""
		for _, change := range d.managed(r.Content) {
			r.Lines = append(r.Lines, Line{change.Name, change.String()})
		}
		return
	}
	before, after, err := d.sides(is, r.Content)
	if err != nil {
		r.Lines = append(r.Lines, Line{"file", "the stored file cannot be read and is replaced, " + parameters(d.count(r.Content)) + ": what changes in it cannot be told"})
		r.Reenrolls = server != ""
		return
	}
	changes := cfgxml.Diff(before, after)
	r.Reenrolls = changes.Reenrolls()
	if len(changes) == 0 {
		r.Lines = append(r.Lines, Line{"file", "comments, order or spacing only: no parameter changes"})
	}
	for _, change := range changes {
		r.Lines = append(r.Lines, Line{change.Name, change.String()})
	}
	if was, _ := before.Get(cdc.ParamServer); was != "" && server == "" && after.Count(cdc.ParamServer) > 0 {
		r.Lines = append(r.Lines, Line{"file", "without a SCEP server the phone keeps its certificate and stops renewing it"})
	}
}

func parameters(n int) string {
	if n == 1 {
		return "1 parameter"
	}
	return fmt.Sprintf("%d parameters", n)
}

// sides returns what is compared: the present and the new document, or two shorter
// ones that differ alike.
func (d *Desired) sides(is *opened, content *cfgxml.Document) (before, after *cfgxml.Document, err error) {
	if d.Template != nil && is.err == nil {
		if before, after = d.Template.compared.brief(is.plain, content, d.Settings.Names()); before != nil {
			return before, after, nil
		}
	}
	before, err = is.document()
	return before, content, err
}

// managed lists what a new file says of an enrollment and of what is managed.
func (d *Desired) managed(doc *cfgxml.Document) cfgxml.Changes {
	var edits []cfgxml.Edit
	for _, f := range Fields {
		if value, _ := d.get(doc, f.Param); value != "" {
			edits = append(edits, set(f.Param, value))
		}
	}
	for _, name := range d.Settings.Names() {
		if value, ok := d.get(doc, name); ok && !cdc.IsParam(name) {
			edits = append(edits, set(name, value))
		}
	}
	after, err := cfgxml.Build(edits...)
	if err != nil {
		return nil
	}
	return cfgxml.Diff(nothing, after)
}

func set(name, value string) cfgxml.Edit {
	if name == cdc.ParamChallengePassword {
		return cfgxml.SetSecret(name, secret.New(value))
	}
	return cfgxml.Set(name, value)
}

var nothing, _ = cfgxml.Parse([]byte("<flat-profile></flat-profile>"))

// get returns what a content says of a parameter, and count how many it has. What
// follows from the template and the settings is not read from the content.
func (d *Desired) get(content *cfgxml.Document, name string) (string, bool) {
	if d.Template == nil {
		return content.Get(name)
	}
	_, managed := d.Settings.Values[name]
	if managed = managed || name == cdc.ParamChallengePassword && d.Settings.Challenge != nil; !managed {
		return d.Template.doc.Get(name)
	}
	value := d.value(name, nil)
	return value, value != "" || d.Template.doc.Count(name) > 0 || !cdc.IsParam(name)
}

func (d *Desired) count(content *cfgxml.Document) int {
	if d.Template == nil {
		return content.Len()
	}
	n := d.Template.doc.Len()
	for _, name := range d.Settings.Names() {
		if _, ok := d.get(content, name); ok && d.Template.doc.Count(name) == 0 {
			n++
		}
	}
	return n
}

func (d *Desired) enrollment(content *cfgxml.Document) (e cfgxml.Enrollment) {
	value := func(name string) string { v, _ := d.get(content, name); return v }
	return cfgxml.Enrollment{
		Server: value(cdc.ParamServer), RootCAFingerprint: value(cdc.ParamRootCAFingerprint),
		ChallengePassword: secret.New(value(cdc.ParamChallengePassword)), CommonName: value(cdc.ParamCommonName),
	}
}

// mask names a password of the content that is only a mask, "" for none.
func (d *Desired) mask(content *cfgxml.Document) string {
	var names []string
	if d.Template != nil {
		names = d.Template.masks
	} else {
		names = masks(content)
	}
	managed := func(name string) bool { return d.Settings.Challenge != nil && name == cdc.ParamChallengePassword }
	if i := slices.IndexFunc(names, func(name string) bool { return !managed(name) }); i >= 0 {
		return names[i]
	}
	return ""
}

// problems lists what is wrong with an enrollment. Where none of it is managed it
// is somebody else's: worth a warning, and no reason to refuse the rest.
func (d *Desired) problems(e cfgxml.Enrollment) []validate.Problem {
	problems := validate.Enrollment(e, validate.Settings{Identity: d.Phone})
	if !d.Settings.Enrolls() {
		for i := range problems {
			problems[i].Severity = min(problems[i].Severity, validate.Warning)
		}
	}
	return problems
}

// commonName returns the common name the phone requests, nil where that is not
// known: macros without a phone, macros whose value only the phone knows, or no
// name at all without a phone.
func (d *Desired) commonName(content *cfgxml.Document) *string {
	text, _ := d.get(content, cdc.ParamCommonName)
	macros := device.Macros{}
	switch {
	case d.Phone != nil && text == "":
		name := d.Phone.MICName()
		return &name
	case text == "":
		return nil
	case d.Phone != nil:
		macros = d.Phone.Macros()
	}
	for _, ref := range device.References(text) {
		if _, ok := macros[ref.Name]; !ok && ref.Name != "$" {
			return nil
		}
	}
	name := macros.Expand(text)
	return &name
}
