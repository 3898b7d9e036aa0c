//go:build !unix

package workbench

import "os/exec"

// killTogether does nothing: only the command itself is killed.
func killTogether(*exec.Cmd) {}
