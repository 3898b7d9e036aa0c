// Lab is the laboratory: commands that show what the checks of this project are worth. They
// break the buffer on purpose and demand that it is noticed, compare strategies and
// checkers, and measure what of the buffer is reached.
//
// It must be run in the root of the module. "lab help" lists the commands; the targets of
// the Makefile run them. What they write is below .annulus.
package main

import (
	"annulus/fuzz/internal/bugbench"
	"annulus/fuzz/internal/coverage"
	"annulus/fuzz/internal/hunt"
	"annulus/fuzz/internal/matrix"
	"annulus/fuzz/internal/mutate"
	"annulus/fuzz/internal/thirdparty"
	"annulus/fuzz/internal/unmodified"
	"annulus/fuzz/internal/workbench"
)

// commands are those of the laboratory.
var commands = []workbench.Command{
	hunt.Mutants, hunt.Gallery, hunt.Strategies, matrix.Command, mutate.Command, coverage.Command, bugbench.Command, unmodified.Command, thirdparty.Command,
}

func main() { workbench.Main("lab", commands) }
