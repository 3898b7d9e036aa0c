//go:build unix

package workbench

import (
	"os/exec"
	"syscall"
)

// killTogether has the processes that a command starts be killed together with it when its
// context ends. They form a group, so that Ctrl-C is for the laboratory alone.
func killTogether(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
