// Package workbench has what all commands of the laboratory do: they build programs from
// changed sources, run them within limits, read what the verifier prints, keep answers in
// a file, and share the work among processors. [Main] is the shape that they have in
// common: flags, exit statuses, and what happens at Ctrl-C.
//
// The current directory must be the root of the module. Paths are relative to it.
package workbench
