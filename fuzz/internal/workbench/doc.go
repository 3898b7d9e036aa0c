// Package workbench has what the commands of the laboratory share: it builds programs from
// changed sources, runs them within limits, reads what the verifier prints, keeps answers
// in a file, and divides work among processors. [Main] runs a command, with the flags, the
// exit statuses and the handling of Ctrl-C that all have in common.
//
// The current directory must be the root of the module. Paths are relative to it.
package workbench
