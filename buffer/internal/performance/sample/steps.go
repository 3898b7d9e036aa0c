package sample

import (
	"context"
	"fmt"

	"annulus/schedules"
	"annulus/schedules/trace"
)

// Operations that steps counts are done so often.
const counted = 1024

// steps counts the operations on locks and atomics that one operation of a workload
// makes, by their names, on average: the workload runs on one task under the controlled
// scheduler, which writes all of them down.
func steps(r *Result) error {
	spec := r.Spec
	spec.Goroutines = 1
	full, err := openRing(spec)
	if err != nil {
		return err
	}
	var failed error
	var seen *trace.Trace
	body := func(s *schedules.S) {
		s.Logf("begin")
		failed = full.loops[0](counted)
		s.Logf("end")
	}
	report := schedules.Explore(context.Background(), body, schedules.Config{
		Schedules: 1, Steps: 100 * counted, NoRepeat: true, Unshared: true, Watchdog: -1,
		Traces: func(t *trace.Trace) { seen = t },
	})
	if failed != nil {
		return failed
	}
	if seen == nil {
		return fmt.Errorf("the execution was not recorded: %v", report)
	}
	if err := full.close(); err != nil {
		return err
	}
	for op, n := range between(seen) {
		r.Values[op] = float64(n) / counted
	}
	return nil
}

// between counts the steps between the notes begin and end, by operation.
func between(t *trace.Trace) map[string]int {
	counts, on := map[string]int{}, false
	for _, e := range t.Events {
		switch {
		case e.Kind == trace.Log && e.Text == "begin":
			on = true
		case e.Kind == trace.Log && e.Text == "end":
			return counts
		case on && e.Kind == trace.Step:
			counts[e.Op]++
		}
	}
	return nil
}
