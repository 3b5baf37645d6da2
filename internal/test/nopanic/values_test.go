// SPDX-License-Identifier: MPL-2.0

package nopanic

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"testing/fstest"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/phone"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/client"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/record"
)

// excused are calls that are made to panic or to wait, each with its reason.
var excused = map[string]string{
	"cfgxml.Document.Reset":   "invalidates the parameters of the document, as it says",
	"validate/tags.Register":  "takes a *validator.Validate, whose zero value panics in its own methods",
	"scep.CSR.CheckSignature": "promoted from crypto/x509, and nil in a CSR that nobody parsed",
}

var long = strings.Repeat("<a>&$MAU\xff", 1<<12)

// texts are the strings and contents to try, the most harmless first.
var texts = []string{
	"", "SEP001A2B3C4D5E.xml", "http://127.0.0.1:1/", "9841", "001A2B3C4D5E", "A",
	strings.Repeat("5A", 32), "<flat-profile><A ua=\"na\">1</A><CDC_Server_1_>http://a/</CDC_Server_1_></flat-profile>",
	"a,b\n1,2\n", `{"a":[1]}`, "0B0131", "\x00", "\xff\xfe", "..", "../../x", "http://[::1", "%zz", "-1", "99999999999999999999", "$", "$$", "[", "(", "-----BEGIN CERTIFICATE-----\n", "<", "<a", "</a>", "<!--", "{{", " \r\n\t", long,
}

var (
	never    = context.Background()
	canceled = func() context.Context { ctx, cancel := context.WithCancel(never); cancel(); return ctx }()
)

// output is a fmt.State and a http.ResponseWriter.
type output struct{ *httptest.ResponseRecorder }

func (output) Width() (int, bool)     { return math.MaxInt32, false }
func (output) Precision() (int, bool) { return 3, true }
func (output) Flag(int) bool          { return true }

// A pool makes arguments, also of what calls have returned.
type pool struct {
	seen   map[reflect.Type][]reflect.Value
	given  map[reflect.Type][]reflect.Value // implementations to try for interfaces and fixed values for types
	broken map[string]bool
	calls  int
	last   bool // this is the last round
}

func newPool() *pool {
	p := &pool{seen: map[reflect.Type][]reflect.Value{}, given: map[reflect.Type][]reflect.Value{}, broken: map[string]bool{}}
	store, err := push.OpenDir(must(os.Getwd())+"/store", push.Options{})
	if err != nil {
		panic(err)
	}
	doc := must(cfgxml.Parse([]byte(texts[7])))
	id := device.Identity{Model: must(device.ParseModel("9841")), MAC: must(device.ParseMAC("001A2B3C4D5E"))}
	request := httptest.NewRequest(http.MethodGet, "/SEP001A2B3C4D5E.xml", nil)
	for _, v := range []any{
		doc, must(cfgxml.Compile(doc, "A")), new(validate.Baseline), id, must(phone.New(phone.Config{Identity: id})),
		must(client.New(client.Config{URL: "http://127.0.0.1:1/", Fingerprint: texts[6]})),
		store, io.Reader(strings.NewReader(long)), io.Writer(new(bytes.Buffer)), http.ResponseWriter(httptest.NewRecorder()),
		request, new(http.Request), http.DefaultClient, errors.New("an error"), slog.New(slog.DiscardHandler), slog.DiscardHandler,
		must(record.Parse("index:" + must(os.Getwd()) + "/index.txt")),
		fstest.MapFS{"SEP001A2B3C4D5E.xml": {Data: []byte(texts[7])}}, http.NotFoundHandler(), time.Unix(0, 0), time.Time{},
	} {
		p.given[reflect.TypeOf(v)] = append(p.given[reflect.TypeOf(v)], reflect.ValueOf(v))
	}
	return p
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// keep remembers a few of what was returned.
func (p *pool) keep(v reflect.Value) {
	if v.Kind() == reflect.Interface && !v.IsNil() {
		v = v.Elem()
	}
	if !v.IsValid() || !v.CanInterface() || v.IsZero() || v.Kind() == reflect.String || v.Kind() < reflect.Array {
		return
	}
	if have := p.seen[v.Type()]; len(have) < 4 {
		p.seen[v.Type()] = append(have, v)
	}
}

// values returns what to try for a parameter, never nothing.
func (p *pool) values(t reflect.Type, depth int) []reflect.Value {
	if t == reflect.TypeFor[fmt.State]() || t == reflect.TypeFor[http.ResponseWriter]() {
		return []reflect.Value{reflect.ValueOf(&output{httptest.NewRecorder()})} // package fmt or net/http gives it
	}
	if t == reflect.TypeFor[*http.Request]() {
		return p.given[t]
	}
	if t == reflect.TypeFor[context.Context]() {
		soon, cancel := context.WithTimeout(never, 2*time.Millisecond)
		_ = cancel // it ends by itself
		return []reflect.Value{reflect.ValueOf(canceled), reflect.ValueOf(soon)}
	}
	zero := reflect.Zero(t)
	out := append([]reflect.Value{}, p.given[t]...)
	out = append(out, p.seen[t]...)
	as := func(v any) { out = append(out, reflect.ValueOf(v).Convert(t)) }
	switch t.Kind() {
	case reflect.String:
		for _, s := range texts {
			as(s)
		}
		return out
	case reflect.Bool:
		as(true)
	case reflect.Int, reflect.Int64:
		for _, n := range []int64{1, -1, 1 << 20, math.MinInt64, math.MaxInt64} {
			as(n)
		}
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uint, reflect.Float64:
		for _, n := range []int64{1, -1, 7, 1 << 30} {
			as(n)
		}
	case reflect.Func:
		out = append(out, reflect.MakeFunc(t, func([]reflect.Value) []reflect.Value {
			var results []reflect.Value
			for i := range t.NumOut() {
				results = append(results, reflect.Zero(t.Out(i)))
			}
			return results
		}))
	case reflect.Interface:
		for _, from := range []map[reflect.Type][]reflect.Value{p.given, p.seen} {
			for typ, v := range from {
				if typ.Implements(t) && t.NumMethod() > 0 {
					out = append(out, v[:min(len(v), 2)]...)
				}
			}
		}
		if t.NumMethod() == 0 {
			for _, v := range []any{1, "text", []byte("bytes"), struct{}{}, &struct{ A string }{}} {
				out = append(out, reflect.ValueOf(v))
			}
		}
	case reflect.Pointer:
		if depth < 2 && !made(t.Elem()) {
			out = append(out, reflect.New(t.Elem()))
			for _, v := range p.values(t.Elem(), depth+1)[:1] {
				e := reflect.New(t.Elem())
				e.Elem().Set(v)
				out = append(out, e)
			}
		}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			for _, s := range texts {
				out = append(out, reflect.ValueOf([]byte(s)).Convert(t))
			}
			break
		}
		out = append(out, reflect.MakeSlice(t, 0, 0), reflect.MakeSlice(t, 2, 2))
		if depth < 2 {
			all := p.values(t.Elem(), depth+1)
			out = append(out, reflect.Append(reflect.Zero(t), all...))
			for _, v := range all[:min(len(all), 6)] {
				out = append(out, reflect.Append(reflect.Zero(t), v))
			}
		}
	case reflect.Map:
		m := reflect.MakeMap(t)
		m.SetMapIndex(reflect.Zero(t.Key()), reflect.Zero(t.Elem()))
		out = append(out, m)
	case reflect.Struct:
		out = append(out, p.structs(t, depth)...)
	case reflect.Array:
		as(zero.Interface())
	}
	return append([]reflect.Value{zero}, out...)
}

// structs fills the fields that can be set, each with its first, second, ...
// value.
func (p *pool) structs(t reflect.Type, depth int) (out []reflect.Value) {
	if depth > 2 {
		return nil
	}
	for n := range 8 {
		v := reflect.New(t).Elem()
		for i := range t.NumField() {
			if !v.Field(i).CanSet() {
				continue
			}
			if list := p.values(t.Field(i).Type, depth+1); len(list) > 0 {
				v.Field(i).Set(list[(n*7+i)%len(list)])
			}
		}
		out = append(out, v)
	}
	return out
}
