package schedules_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
)

// fakeTB is a test that records what is reported to it.
type fakeTB struct {
	testing.TB // nil: the methods that Check needs are those below
	name       string
	errors     []string
	logs       []string
}

func (tb *fakeTB) Helper()                   {}
func (tb *fakeTB) Context() context.Context  { return context.Background() }
func (tb *fakeTB) Name() string              { return tb.name }
func (tb *fakeTB) Log(args ...any)           { tb.logs = append(tb.logs, fmt.Sprint(args...)) }
func (tb *fakeTB) Logf(f string, a ...any)   { tb.Log(fmt.Sprintf(f, a...)) }
func (tb *fakeTB) Errorf(f string, a ...any) { tb.errors = append(tb.errors, fmt.Sprintf(f, a...)) }
func (tb *fakeTB) Fatalf(f string, a ...any) { tb.Errorf(f, a...) }

// lostUpdate is a program that fails, correctUpdate the same without the bug.
func lostUpdate(s *S) {
	var n atomic.Int64
	increment := func() { n.Store(n.Load() + 1) }
	s.Go("a", increment)
	s.Go("b", increment)
	s.Wait()
	if n.Load() != 2 {
		s.Errorf("an update was lost")
	}
}

func correctUpdate(s *S) {
	var n atomic.Int64
	s.Go("a", func() { n.Add(1) })
	s.Go("b", func() { n.Add(1) })
}

func TestCheckPassesAndLogsTheVerdict(t *testing.T) {
	tb := &fakeTB{name: "TestX"}
	schedules.Check(tb, correctUpdate, schedules.Config{})
	if len(tb.errors) != 0 || len(tb.logs) != 1 || !strings.Contains(tb.logs[0], "EXHAUSTED: 2 schedules") {
		t.Errorf("errors %q, logs %q", tb.errors, tb.logs)
	}
}

func TestCheckPrintsACommandThatReplays(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("TMP", t.TempDir())
	tb := &fakeTB{name: "TestX/some case"}
	schedules.Check(tb, lostUpdate, schedules.Config{})
	if len(tb.errors) != 1 {
		t.Fatalf("errors %q, logs %q", tb.errors, tb.logs)
	}
	command := regexp.MustCompile(`(?m)^reproduce: ANNULUS_REPLAY=(\S+) go test(?: -race=true)? -run '\^TestX\$/\^some case\$' annulus/schedules$`)
	m := command.FindStringSubmatch(tb.errors[0])
	if m == nil {
		t.Fatalf("no command in\n%s", tb.errors[0])
	}
	for _, want := range []string{"FAIL an update was lost", "Load n: 0", "1 preemption"} {
		if !strings.Contains(tb.errors[0], want) {
			t.Errorf("%q is missing in\n%s", want, tb.errors[0])
		}
	}
	text, err := os.ReadFile(m[1])
	if err != nil || !strings.HasPrefix(string(text), "# property: an update was lost\n# found by depth-first") ||
		!strings.Contains(string(text), `program "annulus/schedules.TestX/some case"`) {
		t.Errorf("the schedule is %v\n%s", err, text)
	}

	t.Setenv("ANNULUS_REPLAY", m[1])
	again := &fakeTB{name: tb.name}
	schedules.Check(again, lostUpdate, schedules.Config{})
	if len(again.errors) != 1 || !strings.Contains(again.errors[0], "FAIL an update was lost") {
		t.Errorf("the replay reported %q", again.errors)
	}
	changed := &fakeTB{name: tb.name}
	schedules.Check(changed, correctUpdate, schedules.Config{})
	if len(changed.errors) != 1 || !strings.Contains(changed.errors[0], "FAIL divergence: step 1: expected a Load int64#1") {
		t.Errorf("the replay of a changed program reported %q", changed.errors)
	}
	t.Setenv("ANNULUS_REPLAY", m[1]+".missing")
	missing := &fakeTB{name: tb.name}
	schedules.Check(missing, lostUpdate, schedules.Config{})
	if len(missing.errors) == 0 || !strings.Contains(missing.errors[0], "no such file") {
		t.Errorf("the replay of a missing file reported %q", missing.errors)
	}
}

func TestCheckReplayOfASuccessLogsTheTrace(t *testing.T) {
	path := t.TempDir() + "/x.schedule"
	schedule := schedules.Schedule{Steps: []schedules.Step{{"b", "Add", "int64#1"}, {"a", "Add", "int64#1"}}}
	if err := schedule.Save(path); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ANNULUS_REPLAY", path)
	tb := &fakeTB{name: "TestX"}
	schedules.Check(tb, correctUpdate, schedules.Config{})
	if len(tb.errors) != 0 || len(tb.logs) != 1 || !strings.Contains(tb.logs[0], "Add n: 1 → 2") {
		t.Errorf("errors %q, logs %q", tb.errors, tb.logs)
	}
}

// The schedule of a failure ends where it failed. A repaired program goes on there,
// and has not diverged.
func TestCheckReplayOfARepairedProgram(t *testing.T) {
	path := t.TempDir() + "/x.schedule"
	schedule := schedules.Schedule{Steps: []schedules.Step{{"b", "Add", "int64#1"}}}
	if err := schedule.Save(path); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ANNULUS_REPLAY", path)
	tb := &fakeTB{name: "TestX"}
	schedules.Check(tb, correctUpdate, schedules.Config{})
	if len(tb.errors) != 0 || len(tb.logs) != 1 || !strings.Contains(tb.logs[0], "nothing failed as far as the schedule goes") {
		t.Errorf("errors %q, logs %q", tb.errors, tb.logs)
	}
}

func TestStrategiesReportTheirOwnSeed(t *testing.T) {
	for _, strategy := range []schedules.Strategy{schedules.Random(7), schedules.PCT(2, 7)} {
		r := schedules.Explore(context.Background(), func(s *S) { s.Errorf("always") }, schedules.Config{Strategy: strategy, Seed: 3})
		if r.Seed != 7 || r.Failure == nil || r.Failure.Seed != 7 {
			t.Errorf("%v: seed %d, failure %v", strategy, r.Seed, r.Failure)
		}
	}
}

// The context of a test is done when its cleanups run, and what they check is explored
// all the same.
func TestCheckExploresInACleanup(t *testing.T) {
	executions := 0
	t.Run("test", func(t *testing.T) {
		t.Cleanup(func() {
			schedules.Check(t, func(s *S) {
				executions++
				correctUpdate(s)
			}, schedules.Config{})
		})
	})
	if executions < 2 {
		t.Errorf("%d executions", executions)
	}
}
