// SPDX-License-Identifier: MPL-2.0

package nopanic

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"
)

// What the packages export, filled in by the file that TestEverything writes.
var (
	functions = map[string]reflect.Value{}
	types     = map[string]reflect.Type{}
)

// within bounds one call.
const within = time.Minute

func TestTable(t *testing.T) {
	if len(functions) == 0 {
		t.Skip("run by TestEverything")
	}
	p := newPool()
	// What the first round returns is what the second passes on: a document that
	// was parsed, a store that was opened.
	for range 2 {
		p.last = len(p.seen) > 0
		for _, name := range slices.Sorted(maps.Keys(functions)) {
			p.attack(t, name, functions[name])
		}
		for _, name := range slices.Sorted(maps.Keys(types)) {
			p.methods(t, name, types[name])
		}
	}
	t.Logf("%d functions, %d types, %d calls", len(functions), len(types), p.calls)
}

// made reports whether values of a type come from a constructor alone: it has no
// exported field, and a function of its package returns it.
func made(typ reflect.Type) bool {
	if typ.Kind() != reflect.Struct || typ.NumField() == 0 {
		return false
	}
	for i := range typ.NumField() {
		if typ.Field(i).IsExported() {
			return false
		}
	}
	for _, f := range functions {
		for i := range f.Type().NumOut() {
			if out := f.Type().Out(i); out == typ || out == reflect.PointerTo(typ) {
				return true
			}
		}
	}
	return false
}

// methods attacks the methods of a type on what calls before have returned of
// it and, unless only a constructor makes it, on its zero value.
func (p *pool) methods(t *testing.T, name string, typ reflect.Type) {
	if typ.Kind() == reflect.Interface {
		return
	}
	var receivers []reflect.Value
	if !made(typ) {
		receivers = append(receivers, reflect.New(typ))
	}
	for _, v := range p.seen[typ] {
		r := reflect.New(typ)
		r.Elem().Set(v)
		receivers = append(receivers, r)
	}
	receivers = append(receivers, p.given[reflect.PointerTo(typ)]...)
	receivers = append(receivers, p.seen[reflect.PointerTo(typ)]...)
	if len(receivers) == 0 && reflect.PointerTo(typ).NumMethod() > 0 && p.last {
		t.Errorf("no call returned a %s, so its methods were not called: newPool has to make one", name)
	}
	for _, r := range receivers {
		for i := range r.NumMethod() {
			p.attack(t, name+"."+r.Type().Method(i).Name, r.Method(i))
		}
	}
}

// attack calls f with each hostile value of each parameter, the others being
// drawn at random from theirs.
func (p *pool) attack(t *testing.T, name string, f reflect.Value) {
	if excused[name] != "" || p.broken[name] {
		return
	}
	typ := f.Type()
	lists := make([][]reflect.Value, typ.NumIn())
	for i := range lists {
		lists[i] = p.values(typ.In(i), 0)
	}
	try := func(args []reflect.Value) {
		if !p.broken[name] && !p.call(t, name, f, args) {
			p.broken[name] = true // one report is enough
		}
	}
	args := make([]reflect.Value, len(lists))
	draw := rand.New(rand.NewPCG(1, uint64(len(name))))
	start := time.Now()
	for round := range 3 {
		if round > 0 && time.Since(start) > time.Second {
			return // one that makes keys
		}
		for i, list := range lists {
			for _, v := range list {
				for j, other := range lists {
					switch {
					case j == i:
						args[j] = v
					case round == 0:
						args[j] = other[0]
					default:
						args[j] = other[draw.IntN(len(other))]
					}
				}
				try(args)
			}
		}
	}
	if len(lists) == 0 {
		try(nil)
	}
}

// call reports whether f returned.
func (p *pool) call(t *testing.T, name string, f reflect.Value, args []reflect.Value) bool {
	p.calls++
	args = slices.Clone(args)
	fault := make(chan string, 1)
	results := make(chan []reflect.Value, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				fault <- fmt.Sprintf("%v\n%s", r, ours(string(debug.Stack())))
			}
		}()
		if f.Type().IsVariadic() {
			results <- f.CallSlice(args)
		} else {
			results <- f.Call(args)
		}
	}()
	select {
	case what := <-fault:
		t.Errorf("%s(%s) panics: %s", name, describe(args), what)
		return false
	case out := <-results:
		for _, v := range out {
			p.keep(v)
		}
		return true
	case <-time.After(within):
		t.Errorf("%s(%s) does not return within %s", name, describe(args), within)
		return false
	}
}

// ours picks the lines of a stack that are in this module.
func ours(stack string) string {
	var lines []string
	for line := range strings.Lines(stack) {
		if strings.Contains(line, ".go:") && strings.Contains(line, "\t") && !strings.Contains(line, "/nopanic/") && !strings.Contains(line, "/src/runtime/") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[:min(len(lines), 6)], "")
}

func describe(args []reflect.Value) string {
	var out []string
	for _, a := range args {
		text := a.Type().String()
		switch a.Kind() {
		case reflect.String:
			text = fmt.Sprintf("%.60q", a.String())
		case reflect.Int, reflect.Int64, reflect.Bool:
			text = fmt.Sprint(a.Interface())
		case reflect.Pointer, reflect.Interface, reflect.Func, reflect.Map, reflect.Slice:
			if a.IsNil() {
				text = "nil " + text
			}
		default:
			if a.IsZero() {
				text = "zero " + text
			}
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}
