// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"encoding/xml"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"
)

// What must hold for every document that Parse accepts, and for every edit
// that is made. The vectors, the properties and the fuzz targets share it.

// complainer is what complainer and rapid.T have in common here.
type complainer interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Fatal(args ...any)
}

// checkDocument compares d with itself, with encoding/xml and with etree.
func checkDocument(t complainer, d *Document) {
	t.Helper()
	checkSpans(t, d)
	if !d.strict {
		return
	}
	if !standardNames(d.data) {
		return
	}
	got := plainParams(d)
	if want := standardParams(t, d.data); !slicesEqual(got, want) {
		t.Errorf("%q: encoding/xml reads differently: %s", d.data, cmp.Diff(want, got))
	}
	if want := treeParams(t, d); !slicesEqual(got, want) {
		t.Errorf("%q: etree reads differently: %s", d.data, cmp.Diff(want, got))
	}
}

func slicesEqual(a, b []vectorParam) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// plainParams is what d reads.
func plainParams(d *Document) (ps []vectorParam) {
	for p := range d.All() {
		ps = append(ps, vectorParam{p.Name(), p.Value(), p.UserAccess()})
	}
	return ps
}

// checkSpans checks that the offsets of parameters and comments fit the bytes
// and follow each other, and that looking up agrees with walking.
func checkSpans(t complainer, d *Document) {
	t.Helper()
	at, last := 0, map[string]Param{}
	count := map[string]int{}
	for p := range d.All() {
		start, end := p.Span()
		vs, ve := p.ValueSpan()
		if start < at || end <= start || vs < start || ve < vs || ve > end {
			t.Fatalf("%q: spans %d-%d, %d-%d after %d", d.data, start, end, vs, ve, at)
		}
		at = end
		element := string(d.data[start:end])
		if !strings.HasPrefix(element, "<"+string(p.RawName())) || !strings.HasSuffix(element, ">") {
			t.Fatalf("%q is not the element of %s", element, p.Name())
		}
		if (p.Form() == SelfClosed) != strings.HasSuffix(element, "/>") {
			t.Fatalf("%q: form %v", element, p.Form())
		}
		if q, ok := d.At(start + (end-start)/2); !ok || q != p {
			t.Fatalf("At finds %s for %s", q.Name(), p.Name())
		}
		last[p.Name()] = p
		count[p.Name()]++
	}
	for round := range 2 { // by walking first, by the index later
		for name, p := range last {
			if q, ok := d.Lookup(name); !ok || q != p || d.Count(name) != count[name] {
				t.Fatalf("round %d: %s is looked up as %v, %d times", round, name, q, d.Count(name))
			}
			d.lookups.Store(lookupsBeforeIndex)
		}
	}
	if _, ok := d.Lookup("No_Such_Parameter"); ok || d.Count("") != 0 {
		t.Fatal("found what is not there")
	}
	at = 0
	for c := range d.Comments() {
		if c.Start < at || string(d.data[c.Start:c.End]) != "<!--"+c.Text+"-->" {
			t.Fatalf("comment %q at %d-%d after %d in %q", c.Text, c.Start, c.End, at, d.data)
		}
		at = c.End
	}
}

// standardParams reads a document with encoding/xml.
func standardParams(t complainer, data []byte) (ps []vectorParam) {
	t.Helper()
	dec := xml.NewDecoder(bytes.NewReader(data))
	dec.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	type open struct {
		name, ua string
		text     strings.Builder
		children bool
	}
	name := func(n xml.Name) string {
		if n.Space != "" {
			return n.Space + ":" + n.Local
		}
		return n.Local
	}
	var stack []*open
	inside := func() (string, bool) { // the path below flat-profile
		path := ""
		for i, o := range stack[:len(stack)-1] {
			if o.name == flatProfile && i <= 1 && (i == 0 || stack[0].name == "device") {
				for _, g := range stack[i+1 : len(stack)-1] {
					path += g.name + "/"
				}
				return path, true
			}
		}
		return "", false
	}
	for {
		tok, err := dec.RawToken()
		if err == io.EOF {
			return ps
		}
		if err != nil {
			t.Errorf("%q: encoding/xml refuses it: %v", data, err)
			return ps
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if len(stack) > 0 {
				stack[len(stack)-1].children = true
			}
			o := &open{name: name(tok.Name)}
			for _, a := range tok.Attr {
				if name(a.Name) == "ua" {
					o.ua = strings.Map(func(r rune) rune {
						if r == '\t' || r == '\n' || r == '\r' {
							return ' '
						}
						return r
					}, a.Value)
				}
			}
			stack = append(stack, o)
		case xml.EndElement:
			o := stack[len(stack)-1]
			if path, ok := inside(); ok && !o.children {
				ps = append(ps, vectorParam{path + o.name, phoneText(o.text.String()), o.ua})
			}
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 {
				stack[len(stack)-1].text.Write(tok)
			}
		}
	}
}

// phoneText is what a phone makes of the text of an element.
func phoneText(s string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' {
			return ' '
		}
		return r
	}, s), " \t")
}

// treeParams reads a document with etree.
func treeParams(t complainer, d *Document) (ps []vectorParam) {
	t.Helper()
	tree := etree.NewDocument()
	tree.ReadSettings.PreserveCData = true
	if err := tree.ReadFromBytes(d.data); err != nil {
		t.Errorf("%q: %v", d.data, err)
		return nil
	}
	root := tree.Root()
	if root.FullTag() == "device" {
		root = root.SelectElement(flatProfile)
	}
	var walk func(e *etree.Element, path string)
	walk = func(e *etree.Element, path string) {
		for _, c := range e.ChildElements() {
			if len(c.ChildElements()) > 0 {
				walk(c, path+c.FullTag()+"/")
				continue
			}
			text := ""
			for _, tok := range c.Child { // Text stops at the first comment
				if x, ok := tok.(*etree.CharData); ok {
					text += x.Data
				}
			}
			ua := ""
			for _, a := range c.Attr { // SelectAttrValue takes any prefix
				if a.FullKey() == "ua" {
					ua = strings.NewReplacer("\t", " ", "\n", " ", "\r", " ").Replace(a.Value)
				}
			}
			ps = append(ps, vectorParam{path + c.FullTag(), phoneText(text), ua})
		}
	}
	walk(root, "")
	return ps
}

// checkEdited checks that out, the result of edits, reads as asked and has
// every other byte of d.
func checkEdited(t complainer, d *Document, edits []Edit, e *Document, opts []Option) {
	t.Helper()
	out := e.Bytes()
	again, err := Parse(out, opts...)
	if err != nil {
		t.Fatalf("%q after %v cannot be read: %v", out, edits, err)
	}
	if !slices.Equal(paramsOf(e), paramsOf(again)) || !slices.Equal(e.Notes(), again.Notes()) {
		t.Errorf("the result of an edit reads %v, and read again %v", paramsOf(e), paramsOf(again))
	}
	joined, err := combine(edits)
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]Edit{}
	for _, x := range joined {
		asked[x.name] = x
	}
	changed := map[string]bool{}
	for name, x := range asked {
		p, ok := e.Lookup(name)
		before, had := d.Lookup(name)
		switch x.op {
		case opRemove:
			if ok {
				t.Errorf("%s is still in %q", name, out)
			}
			changed[name] = had
		case opSet:
			if v, set := e.Get(name); !set || v != x.value.Reveal() {
				t.Errorf("%s is %q, %v in %q, want %q", name, v, set, out, x.value.Reveal())
			}
			v, set := d.Get(name)
			changed[name] = !set || v != x.value.Reveal()
		}
		if x.op != opRemove && ok && x.ua != "" {
			if p.UserAccess() != x.ua {
				t.Errorf("%s has user access %q, want %q", name, p.UserAccess(), x.ua)
			}
			changed[name] = changed[name] || before.UserAccess() != x.ua
		}
	}
	// The elements that no edit names, with their bytes, in order.
	others := func(d *Document) (s []string) {
		for p := range d.All() {
			if _, ok := asked[p.Name()]; !ok && !emptied(p.Name(), edits) {
				s = append(s, string(p.bytes()))
			}
		}
		return s
	}
	if diff := cmp.Diff(others(d), others(e)); diff != "" {
		t.Errorf("other elements changed: %s", diff)
	}
	// What stands between elements: the same, but for white space where an
	// element came or went.
	between := func(d *Document) string {
		var b strings.Builder
		at := 0
		for p := range d.All() {
			start, end := p.Span()
			b.Write(d.data[at:start])
			at = end
		}
		b.Write(d.data[at:])
		return b.String()
	}
	was, is := between(d), between(e)
	structural, hollow := false, false
	for name, x := range asked {
		_, had := d.Lookup(name)
		structural = structural || had == (x.op == opRemove) && changed[name]
		hollow = hollow || x.op == opRemove && strings.Contains(name, "/")
	}
	comments := func(d *Document) (s []string) {
		for c := range d.Comments() {
			s = append(s, c.Text)
		}
		return s
	}
	kept, removes := comments(e), false
	for name, x := range asked {
		removes = removes || x.op == opRemove && changed[name]
	}
	for _, c := range comments(d) { // in their order, and all of them unless an element went
		switch {
		case len(kept) > 0 && kept[0] == c:
			kept = kept[1:]
		case !removes:
			t.Errorf("%q: the comment %q is lost or moved in %q", d.data, c, out)
		}
	}
	if len(kept) > 0 {
		t.Errorf("%q: comments %q are new in %q", d.data, kept, out)
	}
	if removes {
		was, is = commentPattern.ReplaceAllString(was, ""), commentPattern.ReplaceAllString(is, "")
	}
	if structural {
		was, is = strings.Join(strings.Fields(was), ""), strings.Join(strings.Fields(is), "")
	}
	if was != is && !d.tab.profile.selfClosed && !hollow {
		t.Errorf("%q: between elements, %q became %q", d.data, was, is)
	}
	any := false
	for _, c := range changed {
		any = any || c
	}
	if !any && !bytes.Equal(out, d.data) {
		t.Errorf("nothing was asked to change, but %q became %q", d.data, out)
	}
	if any && bytes.Equal(out, d.data) {
		t.Errorf("%v changed nothing of %q", edits, d.data)
	}
	if twice, err := e.Edit(edits...); err != nil || twice != e {
		t.Errorf("the same edits once more give %q, %v after %q", twice.Bytes(), err, out)
	}
}

var commentPattern = regexp.MustCompile(`(?s)<!--.*?-->`)

// emptied reports whether name is a group whose last child edits remove, and
// which then reads as a parameter of its own.
func emptied(name string, edits []Edit) bool {
	for _, e := range edits {
		if e.op == opRemove && strings.HasPrefix(e.name, name+"/") {
			return true
		}
	}
	return false
}

// standardNames reports whether encoding/xml knows all names of a document: it
// follows an older edition of XML, and takes a colon for a namespace.
func standardNames(data []byte) bool {
	dec := xml.NewDecoder(bytes.NewReader(data))
	dec.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	for {
		_, err := dec.RawToken()
		if err == io.EOF {
			return true
		}
		if err != nil {
			msg := err.Error()
			for _, m := range []string{"invalid XML name", "expected element name", "expected attribute name", "invalid characters between </"} {
				if strings.Contains(msg, m) {
					return false
				}
			}
			return true // for the caller to complain
		}
	}
}
