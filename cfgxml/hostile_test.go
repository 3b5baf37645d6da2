// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// hostile makes, for each kind of attack, a document whose size grows with n.
var hostile = []struct {
	name string
	make func(n int) string
	opts []Option
	bad  bool // is refused
}{
	{name: "nested elements, refused at the limit", make: func(n int) string { return "<flat-profile>" + strings.Repeat("<a>", n) }, bad: true},
	{name: "attributes of one element", make: func(n int) string {
		var b strings.Builder
		b.WriteString("<flat-profile><a")
		for i := range n {
			fmt.Fprintf(&b, " a%d=''", i)
		}
		return b.String() + "/></flat-profile>"
	}},
	{name: "one attribute's value", make: func(n int) string {
		return "<flat-profile><a b='" + strings.Repeat("&amp;", n) + "'/></flat-profile>"
	}},
	{name: "one text", make: func(n int) string { return "<flat-profile><a>" + strings.Repeat("x", 10*n) + "</a></flat-profile>" }},
	{name: "one text of brackets", make: func(n int) string { return "<flat-profile><a>" + strings.Repeat("]]]]", n) + "</a></flat-profile>" }},
	{name: "one text of references", make: func(n int) string {
		return "<flat-profile><a>" + strings.Repeat("&#x1F4DE;", n) + "</a></flat-profile>"
	}},
	{name: "one endless reference", make: func(n int) string {
		return "<flat-profile><a>&#" + strings.Repeat("0", 10*n) + "65;</a></flat-profile>"
	}},
	{name: "bare ampersands", make: func(n int) string {
		return "<flat-profile><a>" + strings.Repeat("&a", n) + "</a></flat-profile>"
	}},
	{name: "CDATA sections", make: func(n int) string {
		return "<flat-profile><a>" + strings.Repeat("<![CDATA[]]>", n) + "</a></flat-profile>"
	}},
	{name: "comments", make: func(n int) string { return "<flat-profile>" + strings.Repeat("<!---->", n) + "</flat-profile>" }},
	{name: "comments before a group's first child", make: func(n int) string {
		return "<flat-profile><g>" + strings.Repeat("<!---->", n) + "<a/></g></flat-profile>"
	}},
	{name: "one comment of hyphens", make: func(n int) string { return "<flat-profile><!--" + strings.Repeat("- ", 4*n) + "--></flat-profile>" }},
	{name: "duplicates", make: func(n int) string { return "<flat-profile>" + strings.Repeat("<A>1</A>", n) + "</flat-profile>" }},
	{name: "duplicates on lines", make: func(n int) string { return "<flat-profile>\n" + strings.Repeat("  <A/>\n", n) + "</flat-profile>" }},
	{name: "distinct names", make: func(n int) string {
		var b strings.Builder
		b.WriteString("<flat-profile>")
		for i := range n {
			fmt.Fprintf(&b, "<A%d/>", i)
		}
		return b.String() + "</flat-profile>"
	}},
	{name: "elements with much space", make: func(n int) string {
		return "<flat-profile>" + strings.Repeat("<A/>"+strings.Repeat(" ", 20), n) + "</flat-profile>"
	}},
	{name: "elements in nested groups", make: func(n int) string {
		g := strings.Repeat("g", 20)
		return "<flat-profile>" + strings.Repeat("<"+g+">", 40) + strings.Repeat("<A/>", n/4) + strings.Repeat("</"+g+">", 40) + "</flat-profile>"
	}},
	{name: "groups", make: func(n int) string { return "<flat-profile>" + strings.Repeat("<g><a/></g>", n) + "</flat-profile>" }},
	{name: "stray text", make: func(n int) string { return "<flat-profile>" + strings.Repeat("x<a/>", n) + "</flat-profile>" }},
	{name: "long names that differ at the end", make: func(n int) string {
		var b strings.Builder
		b.WriteString("<flat-profile>")
		for i := range n / 10 {
			fmt.Fprintf(&b, "<%s%07d/>", strings.Repeat("n", 100), i)
		}
		return b.String() + "</flat-profile>"
	}},
}

// work does everything a server might do with a document.
func work(data []byte, opts []Option) error {
	d, err := Parse(data, opts...)
	if err != nil {
		return err
	}
	for p := range d.All() {
		p.Value()
		d.Get(p.Name())
		d.Count(p.Name())
		p.UserAccess()
		start, end := p.Span()
		d.Position(start)
		d.Position(end)
	}
	for c := range d.Comments() {
		d.Position(c.Start)
	}
	out, err := d.Edit(Remove("A"), Set("CDC_Server_1_", "x"), Set("B", "y"), Set("a", "z"), SetUserAccess("a", "na"))
	if err != nil {
		return err
	}
	e, err := Parse(out.Bytes(), opts...)
	if err != nil {
		return fmt.Errorf("after an edit: %w", err)
	}
	Diff(d, e)
	Diff(e, d)
	d.Redacted()
	d.Format(FormatOptions{})
	return nil
}

// Whatever the bytes are, ten times as many take about ten times as long.
func TestHostileInput(t *testing.T) {
	const small, factor = 1000, 10
	for _, h := range hostile {
		t.Run(h.name, func(t *testing.T) {
			measure := func(data []byte, best time.Duration) time.Duration {
				start := time.Now()
				err := work(data, h.opts)
				best = min(best, time.Since(start))
				if (err != nil) != h.bad {
					t.Fatalf("error: %v", err)
				}
				return best
			}
			// A slow neighbor spoils measurements, but hardly all of them: the best
			// of each size counts, taken in turn.
			one, ten := []byte(h.make(small)), []byte(h.make(factor*small))
			a, b := time.Duration(1<<62), time.Duration(1<<62)
			var ratio float64
			for range 20 {
				a = measure(one, measure(one, a))
				b = measure(ten, b)
				if ratio = float64(b) / float64(max(a, 50*time.Microsecond)); ratio < 4*factor {
					return
				}
			}
			t.Errorf("%d times the input takes %.1f times as long", factor, ratio)
		})
	}
}

func TestLimits(t *testing.T) {
	deep := func(n int) []byte {
		return []byte("<flat-profile>" + strings.Repeat("<a>", n-1) + strings.Repeat("</a>", n-1) + "</flat-profile>")
	}
	size := []byte("<flat-profile></flat-profile>")
	for _, c := range []struct {
		name string
		data []byte
		opts []Option
		what string
	}{
		{"default depth", deep(maxDepth), nil, ""},
		{"beyond the default depth", deep(maxDepth + 1), nil, "depth"},
		{"beyond the default depth, self-closed", []byte("<flat-profile>" + strings.Repeat("<a>", maxDepth-1) + "<b/>"), nil, "depth"},
		{"zero means the default", size, []Option{MaxSize(0), MaxSize(-1), nil}, ""},
		{"own size", size, []Option{MaxSize(len(size))}, ""},
		{"beyond the own size", size, []Option{MaxSize(len(size) - 1)}, "size"},
		{"beyond the default size", make([]byte, DefaultMaxSize+1), nil, "size"},
		{"path", []byte("<flat-profile><" + strings.Repeat("g", maxPathSize) + "><a/></" + strings.Repeat("g", maxPathSize) + "></flat-profile>"), nil, "path"},
	} {
		_, err := Parse(c.data, c.opts...)
		var limit *LimitError
		switch {
		case c.what == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.what != "" && (!errors.As(err, &limit) || limit.What != c.what || limit.Got <= limit.Limit):
			t.Errorf("%s: %#v, want a limit on %s", c.name, err, c.what)
		}
	}
}

// 64 MB of text are read within bounds, and their memory is that of the text.
func TestLargeText(t *testing.T) {
	if testing.Short() {
		t.Skip("a large document: not run with -short")
	}
	text := bytes.Repeat([]byte("0123456789abcde "), 4<<20)
	data := append(append([]byte("<flat-profile><A>"), text...), "</A></flat-profile>"...)
	if _, err := Parse(data); err == nil {
		t.Fatal("64 MB are within the default limit")
	}
	d, err := Parse(data, MaxSize(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	p, ok := d.Lookup("A")
	if !ok || len(p.ValueBytes()) != len(text)-1 {
		t.Fatalf("the value has %d bytes", len(p.ValueBytes()))
	}
}
