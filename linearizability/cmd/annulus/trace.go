package main

import (
	"errors"
	"flag"
	"fmt"

	"annulus/linearizability"
)

var traceCommand = command{
	name:    "trace",
	args:    "FILE",
	summary: "show the execution of a saved schedule",
	about: `
docs/traces.md tells how to read it. The status does not depend on whether the
execution fails, only on whether it could be shown.`,
	examples: []string{"annulus trace .annulus/own-guard/schedule.txt"},
	declare: func(f *flag.FlagSet) runner {
		return func(c *call) (int, error) {
			r, err := linearizability.Replay(scenarios(), c.args[0], "")
			if t, ok := testOf(c.args[0]); ok && errors.Is(err, linearizability.ErrNoProgram) {
				err = fmt.Errorf("%s is for the test %s.%s; \"annulus replay\" runs it, and shows the trace", c.args[0], t.pkg, t.name)
			}
			if err != nil {
				return unusable, err
			}
			fmt.Fprint(c.out, r.Text)
			if r.Diverged() {
				return diverged, nil
			}
			return passed, nil
		}
	},
}
