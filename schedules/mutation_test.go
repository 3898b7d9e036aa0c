package schedules_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
	{"no races of what waits in the end", "race.go", "for i := range v.e.blocked().All() {", "for i := range (TaskSet{}).All() {"},
	{"what wakes is taken for what slept", "race.go", "\td.changedSteps()\n", ""},
	{"what waits in the end is taken for what slept", "race.go", "\t\td.sleptInVain(t)\n", ""},
	{"nobody waits where all sleep", "dpor.go", "\td.waitingRaces()\n\td.leave(Redundant)", "\td.leave(Redundant)"},
	{"nothing wakes", "sleep.go", "return !x.commutes(y)", "return !x.commutes(y) && y == 0"},
	{"the cache forgets who is running", "choice.go", "return c.hash + hash.Mix(c.current+1)", "return c.hash"},
	{"the cache forgets what is left to spend", "visited.go", "case s.left >= left:", "case true:"},
	{"only the first alternative is picked", "dpor.go", "d.part.shares(b.before) || c.Data", "d.part.shares(b.before)"},
	{"sleeping tasks are taken for alternatives", "dpor.go", "if b.data {", "if false {"},
	{"picks do not tell states apart", "pick.go", "e.advance(t, uint64(hook.Pick))", ""},
	{"what is picked is not seen", "pick.go", "e.advance(t, uint64(chosen)+1)", ""},
	{"ranging over a map is not seen", "yield.go", "e.touch(t, &o.state, m)\n\tcase t.op == hook.Invoke", "if t.op != hook.MapRange {\n\t\te.touch(t, &o.state, m)\n\t\t}\n\tcase t.op == hook.Invoke"},
	{"every race is taken for reversed", "race.go", "case !initials.Intersect(b.todo).IsEmpty():", "case true:"},
}

// channelSlips are ways to get wrong which operations on channels commute.
var channelSlips = []struct{ name, file, old, new string }{
	{"sends on a channel commute", "communicate.go", "e.touch(t, &c.state, writing)\n\t} else {", "e.touch(t, &c.state, counting)\n\t} else {"},
	{"receives from a channel commute", "communicate.go", "e.touch(t, &c.inner, writing)\n\t\te.receives", "e.touch(t, &c.inner, counting)\n\t\te.receives"},
	{"a close makes nobody panic whom a receive could save", "communicate.go", "e.reduce.access(t, &c.fates.state, writing)", "_ = c"},
	{"a receive saves nobody from a close", "communicate.go", "e.reduce.access(t, &c.fates.state, reading)", "_ = c"},
	{"a close passes the receive that has made room", "events.go", "v.follows(t.obj.channel.lastRoom().event, rival)", "_ = t"},
	{"a receive sleeps through a close that harms senders", "sleep.go", " || tasks[each.task].closedBy(performed)", ""},
	{"a close commutes with sends", "communicate.go", "e.touch(t, &c.state, writing)\n\te.closes", "e.closes"},
	{"who leaves the queues of a select leaves one only", "communicate.go", "\tif !u.selects() {\n\t\treturn\n\t}\n\tfor i := range u.cases", "\tfor i := range u.cases[:0]"},
	{"a select does not look who sends", "communicate.go", "\t\te.touch(t, &c.state, reading)\n\t\te.touch(t, &c.inner, reading)\n\t\tif c.possible", "\t\te.touch(t, &c.inner, reading)\n\t\tif c.possible"},
	{"a select does not look who receives", "communicate.go", "\t\te.touch(t, &c.state, reading)\n\t\te.touch(t, &c.inner, reading)\n\t\tif c.possible", "\t\te.touch(t, &c.state, reading)\n\t\tif c.possible"},
	{"a select that waits is not seen", "communicate.go", "\t\t\te.touch(t, &c.state, writing)\n\t\t\te.touch(t, &c.inner, writing)\n\t\tdefault:", "\t\tdefault:"},
	{"a nil channel does not tell states apart", "communicate.go", "e.advance(t, uint64(t.op))", "_ = t"},
	{"len is not seen", "effect.go", "\tcase hook.ChanLen:\n\t\te.touch(t, &o.state, reading)\n\t\te.touch(t, &o.inner, reading)\n", "\tcase hook.ChanLen:\n"},
	{"the first of the same cases is served", "communicate.go", "for nth, k := e.Pick(n), i; ; k++ {", "for nth, k := 0*n, i; ; k++ {"},
	{"the first possible case is taken", "communicate.go", "return ready[e.Pick(len(ready))]", "return ready[0]"},
}

// timeSlips are ways to get wrong what comes in which order with time.
var timeSlips = []struct{ name, file, old, new string }{
	{"a tick follows nobody", "events.go", "case t.op == hook.ClockTick || t.op", "case t.op"},
	{"who sleeps does not follow the tick", "events.go", "t.op == hook.Sleep, ", ""},
	{"who is let go on by a tick follows all that has been since", "virtualtime.go", "u.released, u.tick = false, t.event+1", "_ = u"},
	{"who stops a timer that is due hinders nobody", "timer.go", "e.reduce.hinders()", "_ = t"},
	{"of the timers that are due the first one fires", "virtualtime.go", "due[e.Pick(len(due))]", "due[0]"},
	{"that a timer is due at once is not seen", "timer.go", "\tif tm.when == v.now {\n\t\te.touch(t, &v.face.state, writing)\n", "\tif tm.when == v.now {\n"},
	{"who fires at once follows nobody", "timer.go", "v.task.wakerEvent = e.reduce.step()", "_ = t"},
	{"which timer fires is not seen", "virtualtime.go", "\te.touch(t, &tm.state, writing)\n\te.change(tm.object)\n\tif tm.when", "\tif tm.when"},
	{"stopping a timer does not look at its channel", "timer.go", "\te.touch(t, &c.state, m)\n\te.touch(t, &c.inner, m)\n\tfor c.length", "\tfor c.length"},
	{"the end comes before what is due", "yield.go", "e.alive.IsEmpty() && !e.time.isDue()", "e.alive.IsEmpty()"},
	{"a tick does not tell states apart", "virtualtime.go", "e.advance(t, e.hash)", "_ = t"},
}

// loopSlips are ways to leave out what loops do, and to take them for endless. Most need
// that nobody looks whether a loop does in the end what it was taken to do.
var loopSlips = []struct {
	name, file, old, new string
	unchecked            bool
}{
	{"the stack is not looked at", "lap.go", "same = same && !changed", "same = !changed", true},
	{"letting go of a lock changes nothing", "lap.go", "\tbefore := o.version\n\te.change(o)\n\tt.gaveBack(o, before)\n", "", true},
	{"a changed value is taken for the same", "lap.go", "return r.obj.version != r.left ||", "return", true},
	{"an unlucky execution is endless", "endless.go", "case !e.judicious:", "case true:", false},
}

// unchecked is the edit that believes of every loop what it was taken for.
var unchecked = mutants.Edit{File: "schedules/park.go", Old: "\te.doubted[t.loop] = true\n\te.misled = true\n", New: ""}

// taken has a task that waits for a lock to be taken go on when nobody else can.
var taken = mutants.Mutant{
	Name:  "that a lock is taken is no change to who tries it",
	Edits: []mutants.Edit{{File: "schedules/lap.go", Old: "r.tries && r.locks &&", New: "false &&"}},
}

// uninformed has nobody learn from whom has let it go on.
var uninformed = mutants.Mutant{
	Name:  "who goes on follows nobody",
	Edits: []mutants.Edit{{File: "schedules/events.go", Old: "v.follows(t.by.event, enabler)", New: "_ = t"}},
}

// hasty gives chance as little time as the search has had.
var hasty = mutants.Mutant{
	Name:  "chance has little time",
	Edits: []mutants.Edit{{File: "schedules/park.go", Old: "limit *= luckRounds", New: "limit *= 1"}},
}

// The comparison of the reductions with plain enumeration, and that of loops with a
// search of their states, notice what is wrong with them.
func TestWrongReductionsAreNoticed(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the tests with the slips")
	}
	run := wrongReductions(t)
	for _, test := range []string{reductions, loops, channelOutcomes, timedPrograms} {
		if out, err := run("", test); err != nil {
			t.Fatalf("it fails without a slip:\n%s", out)
		}
	}
	notices := func(name, test string, complaints ...string) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := run(name, test)
			if err == nil {
				t.Fatalf("not noticed:\n%s", out)
			}
			if !slices.ContainsFunc(complaints, func(c string) bool { return strings.Contains(string(out), c) }) {
				t.Errorf("it failed, but by none of %q:\n%s", complaints, out)
			}
		})
	}
	for _, s := range slips {
		notices(s.name, reductions, "there is no execution with outcome", "classes")
	}
	for _, s := range channelSlips {
		notices(s.name, channelOutcomes, "seen\n", "one class has outcomes", "classes by DPOR")
	}
	for _, s := range timeSlips {
		notices(s.name, timedPrograms, "seen\n", "not exhausted")
	}
	notices(uninformed.Name, "TestChannelClasses", "want one schedule for each")
	for _, s := range loopSlips {
		notices(s.name, loops, "there is no execution with outcome", "for ever", "step cap")
	}
	notices(taken.Name, "TestSpinningIsExhausted", "TryLock until it fails")
	notices(hasty.Name, "TestAnUnluckyTaskDoesNotWaitForEver", "for ever")
	notices("every loop is believed", "TestLoopsThatCountKeepEveryOutcome", "plain memory, with Gosched, source-DPOR: seen")
}

const (
	reductions      = "TestReductionsKeepOutcomes"
	loops           = "TestLoopsKeepOutcomes"
	channelOutcomes = "TestChannelsKeepOutcomes"
	timedPrograms   = "TestTimeKeepsOutcomes"
)

// wrongReductions builds the tests with all slips, and returns what runs the
// comparison that the test makes with the slip of that name, or without one, when a few
// programs will do: the test itself takes the others.
func wrongReductions(t *testing.T) func(name, test string) (out []byte, err error) {
	t.Helper()
	var list []mutants.Mutant
	add := func(name string, edits ...mutants.Edit) {
		list = append(list, mutants.Mutant{Name: name, Edits: edits})
	}
	for _, s := range slices.Concat(slips, channelSlips, timeSlips) {
		add(s.name, mutants.Edit{File: "schedules/" + s.file, Old: s.old, New: s.new})
	}
	for _, s := range loopSlips {
		edits := []mutants.Edit{{File: "schedules/" + s.file, Old: s.old, New: s.new}}
		if s.unchecked {
			edits = append(edits, unchecked)
		}
		add(s.name, edits...)
	}
	add("every loop is believed", unchecked)
	list = append(list, taken, hasty, uninformed)
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
	return func(name, test string) ([]byte, error) {
		cmd := exec.Command(binary, fmt.Sprint("-test.short=", test != loops || name == ""), "-test.timeout=30m", "-test.run=^("+test+")$")
		// The channel programs from number 900 on have one that shows the rarest slip.
		cmd.Env = append(os.Environ(), mutants.Variable+"="+name, "FIRST=900", "PROGRAMS=200")
		return cmd.CombinedOutput()
	}
}
