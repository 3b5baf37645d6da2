// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

func TestPropertyScan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := genDocument().Draw(t, "document")
		d, err := Parse([]byte(text))
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		checkDocument(t, d)
		strict, err := Parse([]byte(text), Strict())
		if err != nil {
			t.Fatalf("%q: strictly: %v", text, err)
		}
		checkDocument(t, strict)
		if a, b := paramsOf(d), paramsOf(strict); !slices.Equal(a, b) {
			t.Fatalf("strict reading differs: %s", cmp.Diff(a, b))
		}
	})
}

func TestPropertyEdit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		opts := rapid.SampledFrom([][]Option{nil, {Strict()}}).Draw(t, "options")
		text := genDocument().Draw(t, "document")
		d, err := Parse([]byte(text), opts...)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		edits := genEdits().Draw(t, "edits")
		out, err := d.Edit(edits...)
		if err != nil {
			t.Fatalf("%q, %v: %v", text, edits, err)
		}
		checkEdited(t, d, edits, out, opts)
		if out != d && bytes.Equal(out.Bytes(), d.Bytes()) {
			t.Fatal("nothing changed, but the document was copied")
		}
	})
}

// Setting what a document already says, and setting it back, are no changes.
func TestPropertyEnrollment(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := genDocument().Draw(t, "document")
		d, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		before := d.Enrollment()
		same, err := d.WithEnrollment(before)
		if err != nil || same != d {
			t.Fatalf("%q: %q, %v", text, same.Bytes(), err)
		}
		value := func(label string) string { return genValue().Draw(t, label) }
		want := Enrollment{Server: value("server"), RootCAFingerprint: value("fingerprint"), ChallengePassword: secret.New(value("challenge")), CommonName: value("name")}
		e, err := d.WithEnrollment(want)
		if err != nil {
			t.Fatal(err)
		}
		if !e.Enrollment().Equal(want) {
			t.Fatalf("%q reads as %+v", e.Bytes(), e.Enrollment())
		}
		for _, c := range Diff(d, e) {
			if !cdc.IsParam(c.Name) {
				t.Fatalf("another parameter changed: %v", c)
			}
		}
		back, err := e.WithEnrollment(before)
		if err != nil || !back.Enrollment().Equal(before) {
			t.Fatalf("%q does not go back: %v", back.Bytes(), err)
		}
	})
}

// Diff finds what differs and nothing else, whatever the order.
func TestPropertyDiff(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parse := func(label string) *Document {
			d, err := Parse([]byte(genDocument().Draw(t, label)))
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		old, new := parse("old"), parse("new")
		if cs := Diff(old, old); len(cs) > 0 {
			t.Fatalf("a document differs from itself: %v", cs)
		}
		got := map[string]map[Kind]bool{}
		for _, c := range Diff(old, new) {
			if got[c.Name] == nil {
				got[c.Name] = map[Kind]bool{}
			}
			if got[c.Name][c.Kind] {
				t.Fatalf("%v twice", c)
			}
			got[c.Name][c.Kind] = true
		}
		want := map[string]map[Kind]bool{}
		note := func(name string, k Kind, ok bool) {
			if ok {
				if want[name] == nil {
					want[name] = map[Kind]bool{}
				}
				want[name][k] = true
			}
		}
		for _, d := range []*Document{old, new} {
			for p := range d.All() {
				n := p.Name()
				a, had := old.Lookup(n)
				b, has := new.Lookup(n)
				note(n, Added, !had)
				note(n, Removed, !has)
				note(n, Changed, had && has && a.Value() != b.Value())
				note(n, UserAccessChanged, had && has && a.UserAccess() != b.UserAccess())
				note(n, Duplicate, old.Count(n) != new.Count(n) && max(old.Count(n), new.Count(n)) > 1)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q, %q: %s", old.data, new.data, diff)
		}
	})
}

// Formatting keeps what is read, and once is enough.
func TestPropertyFormat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, err := Parse([]byte(genDocument().Draw(t, "document")))
		if err != nil {
			t.Fatal(err)
		}
		o := FormatOptions{Indent: rapid.SampledFrom([]string{"", "  ", "\t"}).Draw(t, "indent"), LineEnd: rapid.SampledFrom([]string{"", "\n", "\r\n"}).Draw(t, "end")}
		out := d.Format(o)
		e, err := Parse(out)
		if err != nil {
			t.Fatalf("%q became %q: %v", d.data, out, err)
		}
		if a, b := paramsOf(d), paramsOf(e); !slices.Equal(a, b) {
			t.Fatalf("%q became %q: %s", d.data, out, cmp.Diff(a, b))
		}
		comments := func(d *Document) (s []string) {
			for c := range d.Comments() {
				s = append(s, c.Text)
			}
			return s
		}
		if a, b := comments(d), comments(e); !slices.Equal(a, b) {
			t.Fatalf("comments: %s", cmp.Diff(a, b))
		}
		if again := e.Format(o); !bytes.Equal(again, out) {
			t.Fatalf("%q becomes %q and then %q", d.data, out, again)
		}
	})
}

// Redacting hides every secret, keeps the rest, and does not depend on them.
func TestPropertyRedacted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, err := Parse([]byte(genDocument().Draw(t, "document")))
		if err != nil {
			t.Fatal(err)
		}
		e, err := Parse(d.Redacted())
		if err != nil {
			t.Fatalf("%q: %v", d.Redacted(), err)
		}
		if !bytes.Equal(e.Redacted(), e.Bytes()) {
			t.Fatalf("%q, redacted again, is %q", e.Bytes(), e.Redacted())
		}
		hidden := map[string]bool{}
		for p := range d.All() {
			hidden[p.Value()] = hidden[p.Value()] || catalog.IsSecret(p.Name())
		}
		challenge := d.Enrollment().ChallengePassword.Reveal()
		a, b := paramsOf(d), paramsOf(e)
		for i := range a {
			switch {
			case a[i].Value == "":
			case hidden[a[i].Value]:
				if b[i].Value != secret.Mask {
					t.Fatalf("%v is not hidden in %q", a[i], e.Bytes())
				}
				continue
			case len(challenge) >= minSearched && b[i].Value == secret.Mask:
				continue
			}
			if a[i] != b[i] {
				t.Fatalf("%v became %v", a[i], b[i])
			}
		}
	})
}
