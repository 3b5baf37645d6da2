// SPDX-License-Identifier: MPL-2.0

//go:build unix

package apache

import (
	"os/exec"
	"syscall"
)

// apart gives Apache a process group of its own: it ends its children by
// ending its group, and that must not be the test's.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func end(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }

func kill(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
