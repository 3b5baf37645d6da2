// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Fleet is many phones in one process. They share connections; each keeps its
// own identity, state and pages.
type Fleet struct {
	phones []*Phone
	byName map[string]*Phone
}

// atOnce is how many phones of a fleet enroll at the same time. Each needs
// memory for it; more of them would not be faster.
const atOnce = 64

// NewFleet puts phones together. They must not be in another fleet.
func NewFleet(phones ...*Phone) *Fleet {
	f := &Fleet{byName: make(map[string]*Phone, len(phones))}
	turn := make(chan struct{}, atOnce)
	f.phones = slices.DeleteFunc(slices.Clone(phones), func(p *Phone) bool { return p == nil })
	for _, p := range f.phones {
		f.byName[fleetName(p)] = p
		p.turn = turn
	}
	return f
}

// Phones returns the phones.
func (f *Fleet) Phones() []*Phone { return f.phones }

// fleetName is how a phone is called in paths: SEP001A2B3C4D5E.
func fleetName(p *Phone) string { return "SEP" + p.identity().MAC.Upper() }

// Run lives the life of all phones until ctx ends.
func (f *Fleet) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	for _, p := range f.phones {
		wg.Go(func() { _ = p.Run(ctx) })
	}
	wg.Wait()
	return nil
}

// Handler serves a list of the phones at /, the pages of each below
// /SEP001A2B3C4D5E/, and the sum of their metrics at /metrics.
func (f *Fleet) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", metricsHandler(f.Phones))
	mux.HandleFunc("GET /{$}", f.list)
	mux.HandleFunc("/{name}/", func(w http.ResponseWriter, r *http.Request) {
		name := r.PathValue("name")
		p, ok := f.byName[strings.ToUpper(name)]
		if !ok {
			http.NotFound(w, r)
			return
		}
		http.StripPrefix("/"+name, p.Handler()).ServeHTTP(w, r)
	})
	mux.HandleFunc("GET /style.css", pages{}.style)
	return mux
}

func (f *Fleet) list(w http.ResponseWriter, _ *http.Request) {
	type row struct {
		Name string
		Status
	}
	type count struct {
		State     State
		Count, Of int
	}
	var all struct {
		Phones []row
		States []count
	}
	at := map[State]int{}
	for _, p := range f.phones {
		r := row{fleetName(p), p.Status()}
		all.Phones = append(all.Phones, r)
		at[r.State]++
	}
	for _, s := range States() {
		if at[s] > 0 {
			all.States = append(all.States, count{s, at[s], len(f.phones)})
		}
	}
	var b bytes.Buffer
	if err := templates().ExecuteTemplate(&b, "fleet.html", all); err != nil {
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'")
	w.Write(b.Bytes())
}
