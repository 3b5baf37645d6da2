// SPDX-License-Identifier: MPL-2.0

//go:build !linux

package main

// peakMemory needs Linux: elsewhere nothing tells it of a running process.
func peakMemory(string, ...string) (float64, error) { return 0, &missingError{"Linux"} }
