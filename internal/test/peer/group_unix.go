// SPDX-License-Identifier: MPL-2.0

//go:build unix

package peer

import (
	"os/exec"
	"syscall"
)

// OwnGroup gives a program a process group of its own. Apache, for one, ends its
// children by ending its group, and that must not be the test's.
func OwnGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// EndGroup asks the group of a program to end.
func EndGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }

// KillGroup ends the group of a program.
func KillGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
