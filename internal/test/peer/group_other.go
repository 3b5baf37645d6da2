// SPDX-License-Identifier: MPL-2.0

//go:build !unix

package peer

import "os/exec"

// OwnGroup does nothing: this system has no process groups.
func OwnGroup(*exec.Cmd) {}

// EndGroup ends the program.
func EndGroup(cmd *exec.Cmd) { KillGroup(cmd) }

// KillGroup ends the program.
func KillGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
