package unmodified

import (
	"context"
	"slices"

	"annulus/fuzz/internal/workbench"
)

// Result is what annulus test says of a test.
type Result struct {
	Package   string  // its import path
	Test      string  // its name
	Result    string  // what became of it: one of the constants, or skipped
	Verdict   string  // of the exploration, if it was explored
	Schedules int64   // executions
	Distinct  int64   // different ones among them
	Seconds   float64 // that it took
	Why       string  // it was skipped, or cannot be explored
	Failure   *struct{ Class, Message string }
}

// What may become of a test.
const (
	Passed        = "passed"
	Failed        = "failed"
	NotExplorable = "not explorable"
)

// Exhausted reports whether the test was explored completely, and never failed.
func (r *Result) Exhausted() bool { return r.Result == Passed && r.Verdict == "EXHAUSTED" }

// Explore runs annulus test, which tool is the binary of, in a directory, with these
// arguments. Temporary files, among them those about failures, are below scratch.
func Explore(ctx context.Context, tool, dir, scratch string, args ...string) ([]Result, error) {
	results, _, err := workbench.Ask[Result](ctx, workbench.Job{
		Binary: tool, Args: slices.Concat([]string{"test", "-json"}, args), Dir: dir, Env: []string{"TMPDIR=" + scratch},
	})
	return results, err
}
