// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// ownGroup starts cmd in a process group of its own: Ctrl-C on the terminal
// then reaches this program alone, which passes one interrupt on. Two would
// make OpenTofu give up without finishing what it writes.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
