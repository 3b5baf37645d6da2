// SPDX-License-Identifier: MPL-2.0

// Bench measures how fast the project is against its bounds.
//
//	go run ./internal/tool/bench            # all of them
//	go run ./internal/tool/bench linear     # those whose name begins so
//
// For each bound it prints one line
//
//	NAME  MEASURED  BOUND  ok|SHORT
//
// and at the end exits with 1 if one is short, with 2 for a name that no bound
// has, with 3 if a measurement failed. What could not be measured is a line
// that begins with "#" and says what it needs; it is not short.
//
// Most bounds are ratios: of the project's time to that of a yardstick which
// does the same work, or the least work thinkable. Both sides run by turns in
// one process, so that a machine that is slow or busy is so for both, and the
// median of the rounds counts. The table of bounds is in bounds.go.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(names []string, out, talk io.Writer) int {
	chosen, err := choose(bounds, names)
	if err != nil {
		fmt.Fprintln(talk, "bench:", err)
		return 2
	}
	runtime.GOMAXPROCS(1) // the bounds are for one core, unless they say otherwise
	return report(chosen, newInputs(), out, talk)
}

func report(chosen []bound, in *inputs, out, talk io.Writer) int {
	status := 0
	start := time.Now()
	for _, b := range chosen {
		measured, err := b.measure(in)
		var missing *missingError
		switch {
		case errors.As(err, &missing):
			fmt.Fprintf(out, "# %s: not run: %v\n", b.name, err)
		case err != nil:
			fmt.Fprintf(talk, "bench: %s: %v\n", b.name, err)
			status = 3
		default:
			verdict := "ok"
			if !b.holds(measured) {
				verdict = "SHORT"
				status = max(status, 1)
			}
			fmt.Fprintf(out, "%-26s  %9s  %9s  %s\n", b.name, b.format("", measured), b.bound(), verdict)
		}
	}
	fmt.Fprintf(talk, "bench: %d bounds in %v\n", len(chosen), time.Since(start).Round(time.Second))
	return status
}

// choose gives the bounds whose name begins with one of the names, or all.
func choose(all []bound, names []string) ([]bound, error) {
	if len(names) == 0 {
		return all, nil
	}
	wanted := make(map[int]bool)
	for _, name := range names {
		found := false
		for i, b := range all {
			if strings.HasPrefix(b.name, name) {
				wanted[i], found = true, true
			}
		}
		if !found {
			return nil, fmt.Errorf("no bound begins with %q: the bounds are %s", name, strings.Join(allNames(all), ", "))
		}
	}
	var chosen []bound
	for i, b := range all {
		if wanted[i] {
			chosen = append(chosen, b)
		}
	}
	return chosen, nil
}

func allNames(all []bound) []string {
	out := make([]string, len(all))
	for i, b := range all {
		out[i] = b.name
	}
	return out
}

// missingError says which program a measurement needs and did not find.
type missingError struct{ needs string }

func (e *missingError) Error() string { return "needs " + e.needs }
