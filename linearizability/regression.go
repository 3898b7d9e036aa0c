package linearizability

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"annulus/linearizability/scenario"
	"annulus/schedules"
)

// CheckReplay is for regression tests: it fails tb if the program, given in its text form,
// fails on the real buffer under the schedule, given in the form of schedule files. With a
// buffer that has been repaired, the program usually leaves the schedule at some step; then
// the execution stays as near to it as it can, see [schedules.Follow], and CheckReplay logs
// where it left. [RegressionTest] writes such a test.
//
// If a text cannot be read, or the schedule is for another program, CheckReplay calls
// tb.Fatalf.
func CheckReplay(tb testing.TB, program, schedule string) {
	tb.Helper()
	parsed, err := schedules.ParseSchedule(strings.NewReader(schedule))
	if err != nil {
		tb.Fatalf("linearizability: the text is no schedule: %v", err)
		return
	}
	p, err := scenario.Parse(program)
	if err == nil && p.Name != parsed.Program {
		err = fmt.Errorf("linearizability: the schedule is for the program %q, expected one for %q", parsed.Program, p.Name)
	}
	var r *Runner
	if err == nil {
		r, err = NewRunner(p)
	}
	if err != nil {
		tb.Fatalf("%v", err)
		return
	}
	r.driver.checkReplay(tb, parsed)
}

func (d *driver) checkReplay(tb testing.TB, schedule schedules.Schedule) {
	tb.Helper()
	r, left := schedules.Follow(d.run, schedule)
	if r.Failure != nil {
		d.complete(r.Failure, r.Failure.Trace)
		tb.Errorf("%s", r.Failure.Describe())
	}
	switch {
	case left != "":
		tb.Logf("%s has left the schedule at %s", d.code.Program.Name, left)
	case r.Failure == nil:
		tb.Logf("%s has followed the schedule to its end, and nothing failed", d.code.Program.Name)
	}
}

// RegressionTest returns the source of a test file for the package named pkg, with one test
// that calls [CheckReplay] for the program and a schedule under which it has failed. The
// error is that of [schedules.Schedule.TestSource].
func RegressionTest(p scenario.Program, schedule schedules.Schedule, pkg string) (string, error) {
	schedule.Program = p.Name
	text := "`\n" + p.String() + "`"
	if strings.ContainsAny(text[1:len(text)-1], "`\r\uFEFF") {
		text = strconv.Quote(p.String())
	}
	call := "const program = " + text + "\nlinearizability.CheckReplay(t, program, schedule)"
	return schedule.TestSource(pkg, call, "annulus/linearizability")
}
