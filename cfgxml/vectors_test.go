// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The vectors of testdata/vectors, which README.md there documents.

type scanVector struct {
	Name       string
	Document   string
	Base64     string
	Options    []string
	Parameters []vectorParam
	Notes      int
	WellFormed bool
	Error      *struct {
		Offset, Line, Column int
		Message              string
	}
}

type vectorParam struct{ Name, Value, UA string }

type editVector struct {
	Name     string
	Document string
	Options  []string
	Edits    []struct{ Op, Name, Value, UA string }
	Result   string
	Error    string
}

type diffVector struct {
	Name, Old, New string
	Changes        []string
}

func loadVectors[V any](t testing.TB, file string) []V {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "vectors", file))
	if err != nil {
		t.Fatal(err)
	}
	var vs []V
	if err := json.Unmarshal(raw, &vs); err != nil {
		t.Fatal(err)
	}
	if len(vs) == 0 {
		t.Fatalf("%s holds no vectors", file)
	}
	return vs
}

func (v scanVector) bytes(t testing.TB) []byte {
	if v.Base64 == "" {
		return []byte(v.Document)
	}
	b, err := base64.StdEncoding.DecodeString(v.Base64)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// fileName gives a name that no other vector has and any file system takes.
func (v scanVector) fileName() string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, v.Name) + ".xml"
}

func vectorOptions(t *testing.T, names []string) []Option {
	if len(names) == 0 {
		return []Option{Strict()}
	}
	for _, n := range names {
		switch n {
		case "tolerant":
		case "any-root", "empty-is-default", "self-closed-is-absent":
			t.Skipf("this package has no such reading: %s", n)
		default:
			t.Fatalf("unknown option %q", n)
		}
	}
	return nil
}

func (v editVector) edits(t testing.TB) []Edit {
	var es []Edit
	for _, e := range v.Edits {
		switch e.Op {
		case "set":
			es = append(es, Set(e.Name, e.Value))
			if e.UA != "" {
				es = append(es, SetUserAccess(e.Name, e.UA))
			}
		case "user-access":
			es = append(es, SetUserAccess(e.Name, e.UA))
		case "remove":
			es = append(es, Remove(e.Name))
		default:
			t.Fatalf("unknown edit %q", e.Op)
		}
	}
	return es
}

func paramsOf(d *Document) []vectorParam {
	var ps []vectorParam
	for p := range d.All() {
		ps = append(ps, vectorParam{p.Name(), p.Value(), p.UserAccess()})
	}
	return ps
}

func TestScanVectors(t *testing.T) {
	for _, v := range loadVectors[scanVector](t, "scan.json") {
		t.Run(v.Name, func(t *testing.T) {
			data := v.bytes(t)
			d, err := Parse(data, vectorOptions(t, v.Options)...)
			if v.Error != nil {
				var syntax *SyntaxError
				if !errors.As(err, &syntax) {
					t.Fatalf("%q: got %v, want a syntax error", data, err)
				}
				if syntax.Offset != v.Error.Offset || syntax.Line != v.Error.Line || syntax.Column != v.Error.Column {
					t.Errorf("%q: at offset %d, line %d, column %d, want %d, %d, %d", data, syntax.Offset, syntax.Line, syntax.Column, v.Error.Offset, v.Error.Line, v.Error.Column)
				}
				if !strings.Contains(syntax.Msg, v.Error.Message) {
					t.Errorf("%q: message %q, want %q in it", data, syntax.Msg, v.Error.Message)
				}
				return
			}
			if err != nil {
				t.Fatalf("%q: %v", data, err)
			}
			got := paramsOf(d)
			if len(got)+len(v.Parameters) > 0 && !slices.Equal(got, v.Parameters) {
				t.Errorf("%q: %s", data, cmp.Diff(v.Parameters, got))
			}
			if len(d.Notes()) != v.Notes {
				t.Errorf("%q: notes %v, want %d of them", data, d.Notes(), v.Notes)
			}
			if !slices.IsSortedFunc(d.Notes(), func(a, b Note) int { return a.Offset - b.Offset }) {
				t.Errorf("notes out of order: %v", d.Notes())
			}
			checkDocument(t, d)
		})
	}
}

func TestEditVectors(t *testing.T) {
	for _, v := range loadVectors[editVector](t, "edit.json") {
		t.Run(v.Name, func(t *testing.T) {
			opts := vectorOptions(t, v.Options)
			d, err := Parse([]byte(v.Document), opts...)
			if err != nil {
				t.Fatal(err)
			}
			edits := v.edits(t)
			out, err := d.Edit(edits...)
			if v.Error != "" {
				if err == nil || !strings.Contains(err.Error(), v.Error) || out != nil {
					t.Fatalf("got %q, %v, want an error with %q", out.Bytes(), err, v.Error)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(v.Result, string(out.Bytes())); diff != "" {
				t.Fatal(diff)
			}
			checkEdited(t, d, edits, out, opts)
		})
	}
}

func TestDiffVectors(t *testing.T) {
	for _, v := range loadVectors[diffVector](t, "diff.json") {
		t.Run(v.Name, func(t *testing.T) {
			old, new := mustParse(t, v.Old), mustParse(t, v.New)
			got := strings.Fields("")
			for _, c := range Diff(old, new) {
				got = append(got, c.String())
			}
			if len(got)+len(v.Changes) > 0 && !slices.Equal(got, v.Changes) {
				t.Error(cmp.Diff(v.Changes, got))
			}
		})
	}
}

func mustParse(t testing.TB, s string, opts ...Option) *Document {
	t.Helper()
	d, err := Parse([]byte(s), opts...)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return d
}
