// SPDX-License-Identifier: MPL-2.0

package main

import (
	"math"
	"runtime"
	"slices"
	"time"
)

const (
	rounds    = 25
	leastTime = 4 * time.Millisecond // of one side in one round
)

// ratio gives how many times longer f takes than yardstick. Both run by turns;
// each round gives one ratio, and the median of them counts.
func ratio(f, yardstick func()) float64 {
	fRuns, yardstickRuns := runs(f), runs(yardstick)
	ratios := make([]float64, rounds)
	for i := range ratios {
		runtime.GC() // what one side left behind is not the other's
		if i%2 == 0 {
			t := timed(f, fRuns)
			ratios[i] = t / timed(yardstick, yardstickRuns)
		} else {
			t := timed(yardstick, yardstickRuns)
			ratios[i] = timed(f, fRuns) / t
		}
	}
	return median(ratios)
}

// runs gives how often f has to run to take long enough for the clock.
func runs(f func()) int {
	f() // fills caches and buffers
	start := time.Now()
	f()
	once := max(time.Since(start), 1)
	return max(1, int(leastTime/once))
}

// timed gives the nanoseconds of one run.
func timed(f func(), n int) float64 {
	start := time.Now()
	for range n {
		f()
	}
	return float64(time.Since(start)) / float64(n)
}

// occupied gives the bytes of the heap that what f makes keeps.
func occupied(f func() any) float64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	made := f()
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(made)
	return float64(after.HeapAlloc) - float64(before.HeapAlloc)
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	v = slices.Sorted(slices.Values(v))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}
