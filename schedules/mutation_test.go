package schedules_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"annulus/fuzz/mutants"
)

// slips are ways to get the reductions wrong, each an edit of one file.
var slips = []struct{ name, file, old, new string }{
	{"writes commute", "yield.go", "if effect&hook.Changed != 0 {\n\t\t\tm = writing", "if effect&hook.Changed != 0 {\n\t\t\tm = counting"},
	{"invocations have no order", "yield.go", "e.touch(t, &e.history, counting)", "e.touch(t, &e.history, reading)"},
	{"waiting on a condition variable is not seen", "effect.go", "case hook.CondWait:\n\t\te.touch(t, &o.state, writing)", "case hook.CondWait:\n\t\te.touch(t, &o.inner, reading)"},
	{"adding to a wait group commutes", "commute.go", "0 < n && n <= from", "n <= from"},
	{"taking from a wait group commutes even if it panics", "commute.go", "0 < n && n <= from", "0 < n && n <= from+n"},
	{"taking sleeps though another has left too little", "sleep.go", " || takes(own) && tasks[each.task].counts() != taking", ""},
	{"a counter below zero makes nobody wait", "events.go", "int32(t.a) != 0", "int32(t.a) > 0"},
	{"readers' unlocks commute with their locks", "commute.go", "case t.op == hook.RUnlock && o.holds(t):", "case t.op == hook.RUnlock:"},
	{"unlocking for another reader is like unlocking for oneself", "commute.go", "\t\treturn taking", "\t\tif t.op == hook.RUnlock {\n\t\t\treturn counting\n\t\t}\n\t\treturn taking"},
	{"readers' locks cannot be lost", "commute.go", "o.holds(t) && o.lent:", "false:"},
	{"unlocking does not look whether the writer is inside", "effect.go", "if o.writer != t {", "if false {"},
	{"a readers' lock does not look for the writer", "effect.go", "case hook.RLock, hook.TryRLock:\n\t\te.touch(t, &o.state, counting)", "case hook.RLock, hook.TryRLock:\n\t\te.touch(t, &o.inner, counting)"},
	{"no race with the locking", "events.go", "v.follows(ce.blocker, blocker)", "_ = blocker"},
	{"no races of what waits in the end", "race.go", "for rest := v.e.blocked(); rest != 0;", "for rest := v.e.blocked(); false;"},
	{"what wakes is taken for what slept", "race.go", "\td.changedSteps()\n", ""},
	{"what waits in the end is taken for what slept", "race.go", "\t\td.sleptInVain(t)\n", ""},
	{"nobody waits where all sleep", "dpor.go", "\td.waitingRaces()\n\td.leave(redundant)", "\td.leave(redundant)"},
	{"nothing wakes", "sleep.go", "return !x.commutes(y)", "return !x.commutes(y) && y == 0"},
	{"the cache forgets who is running", "strategy.go", "return c.hash + mix(c.current+1)", "return c.hash"},
	{"the cache forgets what is left to spend", "visited.go", "case s.left >= left:", "case true:"},
	{"only the first alternative is picked", "dpor.go", "d.part.shares(b.before) || c.Data", "d.part.shares(b.before)"},
	{"sleeping tasks are taken for alternatives", "dpor.go", "if b.data {", "if false {"},
	{"picks do not tell states apart", "pick.go", "e.advance(t, uint64(hook.Pick))", ""},
	{"what is picked is not seen", "pick.go", "e.advance(t, uint64(chosen)+1)", ""},
	{"ranging over a map is not seen", "yield.go", "e.touch(t, &o.state, m)\n\tcase t.op == hook.Invoke", "if t.op != hook.MapRange {\n\t\te.touch(t, &o.state, m)\n\t\t}\n\tcase t.op == hook.Invoke"},
	{"every race is taken for reversed", "race.go", "case initials&b.todo != 0:", "case true:"},
}

// The comparison of the reductions with plain enumeration notices what is wrong
// with a reduction.
func TestWrongReductionsAreNoticed(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the tests with the slips")
	}
	run := wrongReductions(t)
	if out, err := run(""); err != nil {
		t.Fatalf("it fails without a slip:\n%s", out)
	}
	for _, s := range slips {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			out, err := run(s.name)
			if err == nil {
				t.Fatalf("not noticed:\n%s", out)
			}
			if !strings.Contains(string(out), "there is no execution with outcome") && !strings.Contains(string(out), "classes") {
				t.Errorf("it failed, but not by a missing outcome or a wrong number of classes:\n%s", out)
			}
		})
	}
}

// wrongReductions builds the tests with all slips, and returns what runs the
// comparison with the slip of that name, or without one.
func wrongReductions(t *testing.T) func(name string) (out []byte, err error) {
	t.Helper()
	var list []mutants.Mutant
	for _, s := range slips {
		list = append(list, mutants.Mutant{Name: s.name, Edits: []mutants.Edit{{File: "schedules/" + s.file, Old: s.old, New: s.new}}})
	}
	dir := filepath.Join(".annulus", fmt.Sprintf("reductions-%d", os.Getpid()))
	t.Cleanup(func() { os.RemoveAll(filepath.Join("..", dir)) })
	overlay, alone, err := mutants.WriteTogether("..", dir, list)
	if err != nil || len(alone) > 0 {
		t.Fatalf("%v; alone: %v", err, alone)
	}
	binary := filepath.Join(t.TempDir(), "wrong.test")
	build := exec.Command("go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", overlay, "-o", binary, "./schedules")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return func(name string) ([]byte, error) {
		cmd := exec.Command(binary, "-test.short", "-test.timeout=30m", "-test.run=^TestReductionsKeepOutcomes$")
		cmd.Env = append(os.Environ(), mutants.Variable+"="+name)
		return cmd.CombinedOutput()
	}
}
