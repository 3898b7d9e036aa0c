//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// killWorkers has the processes that a command starts be killed together with it
// when its context ends.
func killWorkers(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
