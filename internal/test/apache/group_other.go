// SPDX-License-Identifier: MPL-2.0

//go:build !unix

package apache

import "os/exec"

func apart(*exec.Cmd) {}

func end(cmd *exec.Cmd) { kill(cmd) }

func kill(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
