// SPDX-License-Identifier: MPL-2.0

package status

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	maxEntries = 20000
	maxDepth   = 16
	maxSize    = 4 << 20
)

// An Entry is one element of a status document that holds text and no elements.
type Entry struct {
	// Group is the path of the elements around it, without the root:
	// "router-status", "Reboot_History/Last", or "" directly below the root.
	Group string
	Name  string // the element's name, as the document spells it
	Value string // its text, without the white space around it
}

// A Document is what a phone says of itself, in its order. Names repeat: a
// phone with two lines has two of Registration_State.
type Document struct {
	Root    string // flat-status, flat-profile, status …
	Entries []Entry
	// Cut says why the document ends early, or is nil when it is whole. What was
	// read before counts all the same: phones in the field send such documents.
	Cut error
}

// Get returns the text of the first element of a name, wherever it is.
func (d *Document) Get(name string) (value string, ok bool) {
	if d == nil {
		return "", false
	}
	for _, e := range d.Entries {
		if e.Name == name {
			return e.Value, true
		}
	}
	return "", false
}

// Parse reads a status document. It is tolerant: names may repeat and nest, and
// a document that is cut off or malformed yields what stands before the fault.
// A document without any element, a web page, and one of more than 4 MiB are
// errors.
func Parse(data []byte) (*Document, error) {
	if len(data) > maxSize {
		return nil, fmt.Errorf("the status has %d bytes, more than the %d that are read", len(data), maxSize)
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, errors.New("the status is empty")
	}
	p := parser{doc: &Document{}}
	d := xml.NewDecoder(bytes.NewReader(bytes.ToValidUTF8(data, []byte("\uFFFD"))))
	d.Strict = false
	d.CharsetReader = func(charset string, r io.Reader) (io.Reader, error) { return r, nil }
	for p.doc.Cut == nil {
		t, err := d.Token()
		if err == io.EOF {
			break
		}
		if err == nil {
			err = p.token(t)
		}
		p.doc.Cut = err
	}
	switch {
	case strings.EqualFold(p.doc.Root, "html"):
		return nil, errors.New("this is a web page and not a status document: a log-in form, or another address")
	case p.doc.Root == "" && p.doc.Cut != nil:
		return nil, fmt.Errorf("the status is not XML: %w", p.doc.Cut)
	case p.doc.Root == "":
		return nil, errors.New("the status is not XML: there is no element in it")
	}
	return p.doc, nil
}

// parser gathers the entries of a document.
type parser struct {
	doc  *Document
	path []string
	text strings.Builder
	leaf bool // the innermost element has no child so far
}

func (p *parser) token(t xml.Token) error {
	switch t := t.(type) {
	case xml.StartElement:
		if p.doc.Root != "" && len(p.path) == 0 {
			return fmt.Errorf("<%s> stands behind the root element", t.Name.Local)
		}
		if p.doc.Root == "" {
			p.doc.Root = t.Name.Local
		}
		if len(p.path) == maxDepth {
			return fmt.Errorf("elements nest deeper than %d", maxDepth)
		}
		p.path, p.leaf = append(p.path, t.Name.Local), true
		p.text.Reset()
	case xml.CharData:
		p.text.Write(t)
	case xml.EndElement:
		return p.end()
	}
	return nil
}

func (p *parser) end() error {
	last := len(p.path) - 1
	if last < 0 {
		return errors.New("an end tag without its start")
	}
	if p.leaf && last > 0 {
		if len(p.doc.Entries) == maxEntries {
			return fmt.Errorf("more than %d elements", maxEntries)
		}
		p.doc.Entries = append(p.doc.Entries, Entry{
			Group: strings.Join(p.path[1:last], "/"), Name: p.path[last], Value: strings.TrimSpace(p.text.String()),
		})
	}
	p.path, p.leaf = p.path[:last], false
	p.text.Reset()
	return nil
}
