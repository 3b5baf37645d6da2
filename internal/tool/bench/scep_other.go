// SPDX-License-Identifier: MPL-2.0

//go:build !linux

package main

import "time"

var began = time.Now()

// processorTime is the clock's, in nanoseconds: good enough on an idle machine.
func processorTime() int64 { return int64(time.Since(began)) }

// freshKeys needs the processor time of one thread.
func freshKeys(*inputs) (float64, error) { return 0, &missingError{"Linux"} }
