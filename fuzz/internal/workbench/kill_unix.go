//go:build unix

package workbench

import (
	"os/exec"
	"syscall"
)

// killTogether puts a command and the processes that it starts into a process group, which
// is killed as a whole when the command's context is done. Ctrl-C on the terminal does not
// reach that group, only the laboratory.
func killTogether(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
