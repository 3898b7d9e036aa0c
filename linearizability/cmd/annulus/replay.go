package main

import (
	"errors"
	"flag"
	"fmt"

	"annulus/linearizability"
	"annulus/schedules/replays"
	"annulus/schedules/trace"
)

var replayCommand = command{
	name:    "replay",
	args:    "FILE" + restSynopsis,
	summary: "run a program, or a user's test, under a saved schedule, and show what happens",
	about: `
The schedule names what it is for: a scenario, the program that was saved beside it,
or a test that calls schedules.Check. A test is run by "go test" in the current
directory, with ANNULUS_REPLAY naming the file; the flags behind -- go to go test.`,
	json: `
program        what was replayed
schedule_file  the schedule
verdict        "FAIL", "PASS" (it passes under this schedule now), "DIVERGED"
class          of the failure; absent without one, or if a test fails for another reason
message        what failed; the output of a test goes to standard error`,
	examples: []string{
		"annulus replay .annulus/own-guard/schedule.txt",
		"annulus replay -json .annulus/own-guard/schedule.txt",
	},
	declare: func(f *flag.FlagSet) runner {
		asJSON := jsonFlag(f)
		return func(c *call) (int, error) {
			r, err := replay(c, *asJSON)
			if err != nil {
				return unusable, err
			}
			if *asJSON {
				printJSON(c.out, r)
			} else {
				fmt.Fprintf(c.out, "\n%s: %s\n", r.Verdict, r.words())
			}
			return r.status(), nil
		}
	},
}

// replayed is how a replay went.
type replayed struct {
	Program      string          `json:"program"`
	ScheduleFile string          `json:"schedule_file"`
	Verdict      replays.Verdict `json:"verdict"`
	Class        string          `json:"class,omitempty"`
	Message      string          `json:"message,omitempty"`
}

func (r replayed) status() int {
	switch r.Verdict {
	case replays.Failed:
		return failed
	case replays.Diverged:
		return diverged
	}
	return passed
}

// words returns what is printed after the verdict.
func (r replayed) words() string {
	switch r.Verdict {
	case replays.Failed:
		return r.Program
	case replays.Diverged:
		return r.Program + " does not follow the schedule any more"
	}
	return r.Program + " passes under this schedule now"
}

// replay replays the schedule in the file that is the argument, and shows the trace unless
// quiet is set.
func replay(c *call, quiet bool) (replayed, error) {
	path := c.args[0]
	r, err := linearizability.Replay(scenarios(), path, "")
	if errors.Is(err, linearizability.ErrNoProgram) {
		if t, ok := testOf(path); ok {
			return t.replay(c, quiet)
		}
	}
	if err == nil && len(c.rest) > 0 {
		err = misused("flags behind -- are for go test, and %s is a program, not a test", r.Program.Name)
	}
	if err != nil {
		return replayed{}, err
	}
	if !quiet {
		fmt.Fprint(c.bareOut, r.Text(trace.StyleFor(c.bareOut)))
	}
	out := replayed{Program: r.Program.Name, ScheduleFile: path, Verdict: replays.Passed}
	if r.Failure != nil {
		out.Verdict, out.Class, out.Message = replays.Failed, r.Failure.Class.String(), r.Failure.Message
	}
	if r.Diverged() {
		out.Verdict = replays.Diverged
	}
	return out, nil
}
