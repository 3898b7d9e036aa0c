package main

import (
	"flag"
	"fmt"
)

var listCommand = command{
	name:    "list",
	summary: "print the scenarios",
	json: `
name     of the scenario
about    what it exercises
program  its text, as explore takes it from a file`,
	examples: []string{
		"annulus list",
		"annulus list -names",
		"annulus list -json",
	},
	declare: func(f *flag.FlagSet) runner {
		names := f.Bool("names", false, "print the names only")
		asJSON := jsonFlag(f)
		return func(c *call) (int, error) {
			for _, p := range scenarios() {
				switch {
				case *asJSON:
					printJSON(c.out, listed{p.Name, p.About, p.FileText()})
				case *names:
					fmt.Fprintln(c.out, p.Name)
				default:
					fmt.Fprintf(c.out, "%s\n", p.FileText())
				}
			}
			return passed, nil
		}
	},
}

// listed is a scenario as JSON.
type listed struct {
	Name    string `json:"name"`
	About   string `json:"about"`
	Program string `json:"program"`
}
