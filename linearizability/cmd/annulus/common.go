package main

import (
	"encoding/json"
	"flag"
	"io"

	"annulus/linearizability"
	"annulus/linearizability/scenario"
)

// scenarios returns the programs that there are to verify. Tests add some.
var scenarios = scenario.Suite

func scenarioNames() []string {
	var names []string
	for _, p := range scenarios() {
		names = append(names, p.Name)
	}
	return names
}

// printJSON prints one object on a line.
func printJSON(out io.Writer, object any) {
	_ = json.NewEncoder(out).Encode(object) // see checked
}

// Flags that several commands have.

func jsonFlag(f *flag.FlagSet) *bool {
	return f.Bool("json", false, "print JSON for programs, one object on a line")
}

func dirFlag(f *flag.FlagSet) *string {
	return f.String("dir", linearizability.DefaultDir, "`directory` for schedules, traces and histories of failures")
}

func commandFlag(f *flag.FlagSet) *string {
	return f.String("command", invocation(), "what the `commands` that reproduce failures begin with")
}
