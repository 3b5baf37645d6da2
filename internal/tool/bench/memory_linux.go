// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// peakMemory runs a program and returns the largest size it had in memory, in MB,
// as the kernel keeps it for the process (VmHWM, which only grows). The figure
// that is left when a process has ended will not do: it counts what the process
// was before it became this program, a copy of the bench.
func peakMemory(program string, args ...string) (float64, error) {
	cmd := exec.Command(program, args...)
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	status := fmt.Sprintf("/proc/%d/status", cmd.Process.Pid)
	var peak float64
	for {
		select {
		case err := <-ended:
			if err := notFindings(err); err != nil {
				return 0, err
			}
			if peak == 0 {
				return 0, fmt.Errorf("%s ended before its memory could be read", program)
			}
			return peak, nil
		case <-time.After(2 * time.Millisecond):
			if text, err := os.ReadFile(status); err == nil {
				peak = max(peak, highWater(text))
			}
		}
	}
}

// highWater finds "VmHWM:  20480 kB" in a process's status, in MB; 0 where it is
// missing, as for a process that has ended.
func highWater(status []byte) float64 {
	_, rest, _ := bytes.Cut(status, []byte("VmHWM:"))
	fields := bytes.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kb, err := strconv.ParseFloat(string(fields[0]), 64)
	if err != nil {
		return 0
	}
	return kb / 1000
}
