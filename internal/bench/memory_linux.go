// SPDX-License-Identifier: MPL-2.0

package main

import (
	"os"
	"syscall"
)

// peakMemory is the largest resident size of a process that has ended, in MB.
func peakMemory(state *os.ProcessState) (float64, error) {
	return float64(state.SysUsage().(*syscall.Rusage).Maxrss) / 1000, nil // kB on Linux
}
