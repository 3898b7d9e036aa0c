package main

import (
	"errors"
	"flag"
	"fmt"
	"io"

	"annulus/linearizability"
)

// shrink makes the program of a saved schedule smaller. As its result is a
// failure, so is its exit status.
func shrink(args []string, stdout, stderr io.Writer) int {
	var cfg linearizability.ShrinkConfig
	f := flag.NewFlagSet("annulus shrink", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Int64Var(&cfg.Schedules, "schedules", 100_000, "schedules in all")
	f.Int64Var(&cfg.Each, "each", 2_000, "schedules for one smaller program, by each of three strategies")
	f.Uint64Var(&cfg.Seed, "seed", 1, "seed of the random strategies")
	dir := f.String("dir", linearizability.DefaultDir, "`directory` for what is found")
	command := f.String("command", linearizability.DefaultCommand, "what the command that reproduces the failure begins with")
	f.Usage = func() {
		fmt.Fprint(stderr, "usage: annulus shrink [flags] FILE\n\n")
		f.PrintDefaults()
	}
	err := f.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return passed
	}
	if err != nil || f.NArg() != 1 || cfg.Schedules < 1 || cfg.Each < 1 {
		fmt.Fprint(stderr, "annulus shrink: needs one FILE; -schedules and -each must be positive\n")
		return unusable
	}
	_, text, err := linearizability.ShrinkSaved(scenarios(), f.Arg(0), *dir, *command, cfg)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return unusable
	}
	fmt.Fprint(stdout, text)
	return failed
}
