// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// FuzzParse reads anything; what is accepted must read alike by encoding/xml
// and etree, survive an edit that changes nothing, and format to the same.
func FuzzParse(f *testing.F) {
	for _, v := range loadVectors[scanVector](f, "scan.json") {
		f.Add(v.bytes(f), slices.Contains(v.Options, "tolerant"))
	}
	for _, v := range loadVectors[editVector](f, "edit.json") {
		f.Add([]byte(v.Document), false)
	}
	f.Fuzz(func(t *testing.T, data []byte, tolerant bool) {
		var opts []Option
		if !tolerant {
			opts = append(opts, Strict())
		}
		before := bytes.Clone(data)
		d, err := Parse(data, opts...)
		if err != nil {
			checkError(t, data, err)
			return
		}
		checkDocument(t, d)
		if loose, err := Parse(data); err != nil || !slices.Equal(paramsOf(loose), paramsOf(d)) {
			t.Fatalf("tolerant reading differs: %v", err)
		}
		out := d.Format(FormatOptions{Indent: " "})
		e, err := Parse(out, opts...)
		if err != nil || !slices.Equal(paramsOf(e), paramsOf(d)) {
			t.Fatalf("%q became %q: %v", data, out, err)
		}
		if again := e.Format(FormatOptions{Indent: " "}); !bytes.Equal(again, out) {
			t.Fatalf("%q becomes %q and then %q", data, out, again)
		}
		if _, err := Parse(d.Redacted(), opts...); err != nil {
			t.Fatalf("%q, redacted: %v", data, err)
		}
		if !bytes.Equal(data, before) {
			t.Fatal("the document was changed")
		}
	})
}

// checkError checks that an error of Parse points into the document.
func checkError(t *testing.T, data []byte, err error) {
	t.Helper()
	var syntax *SyntaxError
	var limit *LimitError
	switch {
	case errors.As(err, &syntax):
		if syntax.Offset < 0 || syntax.Offset > len(data) || syntax.Line < 1 || syntax.Column < 1 || syntax.Msg == "" {
			t.Fatalf("%#v of %q", syntax, data)
		}
	case !errors.As(err, &limit):
		t.Fatalf("%T: %v", err, err)
	}
}

// FuzzEdit makes one edit of each kind; the result must read as asked, with
// every other element as it was.
func FuzzEdit(f *testing.F) {
	for _, v := range loadVectors[editVector](f, "edit.json") {
		for _, e := range v.Edits {
			f.Add([]byte(v.Document), e.Name, e.Value, e.UA, "Z")
		}
	}
	for _, v := range loadVectors[scanVector](f, "scan.json") {
		if v.Error == nil && len(v.Parameters) > 0 {
			f.Add(v.bytes(f), v.Parameters[0].Name, v.Parameters[len(v.Parameters)-1].Value+"x", "na", "A")
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, name, value, ua, removed string) {
		d, err := Parse(data)
		if err != nil {
			return
		}
		for _, edits := range [][]Edit{
			{Set(name, value), SetUserAccess(name, ua)},
			{Set(name, value)},
			{Remove(removed), Set(name, value), Set(cdc.ParamServer, value)},
			{Set("New", value), SetUserAccess(name, ua)},
		} {
			out, err := d.Edit(edits...)
			var refused *EditError
			switch {
			case err == nil:
				checkEdited(t, d, edits, out, nil)
			case out != nil:
				t.Fatalf("%q with an error: %v", out.Bytes(), err)
			case !errors.As(err, &refused) && !errors.Is(err, secret.ErrMask):
				t.Fatalf("%T: %v", err, err)
			}
		}
	})
}

// FuzzDiff compares two documents both ways: what one adds the other removes.
func FuzzDiff(f *testing.F) {
	for _, v := range loadVectors[diffVector](f, "diff.json") {
		f.Add([]byte(v.Old), []byte(v.New))
	}
	for _, v := range loadVectors[editVector](f, "edit.json") {
		if v.Error == "" {
			f.Add([]byte(v.Document), []byte(v.Result))
		}
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		old, err := Parse(a)
		if err != nil {
			return
		}
		new, err := Parse(b)
		if err != nil {
			return
		}
		there, back := Diff(old, new), Diff(new, old)
		if len(there) != len(back) {
			t.Fatalf("%v there, %v back", there, back)
		}
		mirror := map[Kind]Kind{Added: Removed, Removed: Added, Changed: Changed, UserAccessChanged: UserAccessChanged, Duplicate: Duplicate}
		seen := map[string]map[Kind]Change{}
		for _, c := range there {
			if seen[c.Name] == nil {
				seen[c.Name] = map[Kind]Change{}
			}
			seen[c.Name][c.Kind] = c
		}
		for _, c := range back {
			x, ok := seen[c.Name][mirror[c.Kind]]
			if !ok || x.Old != c.New || x.New != c.Old || x.OldUA != c.NewUA || x.OldCount != c.NewCount || x.OldOffset != c.NewOffset || x.Secret != c.Secret {
				t.Fatalf("%+v there, %+v back", x, c)
			}
		}
		if len(there) == 0 && old.Enrollment() != new.Enrollment() && !old.Enrollment().Equal(new.Enrollment()) {
			t.Fatal("a change of the enrollment was missed")
		}
	})
}
