package schedules_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/runtime"
	"annulus/schedules/sync"
)

// timedProgram is a small random program: tasks over timers, a mutex and a number. The body
// sets the timers, and has ended when the tasks begin.
type timedProgram struct {
	timers []timedTimer
	tasks  [][]timedInstruction
}

// timedTimer is a timer, in milliseconds. One of a function adds to the number, the others send.
type timedTimer struct{ after, period, adds int }

func (tm timedTimer) sends() bool { return tm.adds == 0 }

// timedInstruction is an operation: 'z' sleeps; 'x' stops a timer, 'r' resets it; 'R' receives
// from it, 'p' does so if there is something; 'f' has 100 added later; 'a' adds 1, 'l' loads;
// 'L' locks, 'U' unlocks; 't' looks at the clock; 's' sends on a channel, 'q' receives from it;
// 'S' receives from it or from a timer; 'w' waits by Gosched until the number is large
// enough, 'W' by sleeping.
type timedInstruction struct {
	op    byte
	timer int
	ms    int
}

func (ins timedInstruction) String() string {
	return fmt.Sprintf("%c%d,%d", ins.op, ins.timer, ins.ms)
}

// timedMixes are the operations that kinds of programs are made of.
var timedMixes = map[string]string{
	"timers":  "zzzxxrrRpfaalLLt",
	"selects": "zzxrRsqqSSSat",
	"pollers": "zzxrfaalwwWt",
}

// timedSpecial are programs of which a random choice may have none like them.
var timedSpecial = []timedProgram{
	{[]timedTimer{{after: 1}}, [][]timedInstruction{{{'z', 0, 2}, {'x', 0, 0}}, {{'z', 0, 2}, {'p', 0, 0}}}},
	{[]timedTimer{{after: 1}}, [][]timedInstruction{{{'z', 0, 2}, {'r', 0, 1}}, {{'z', 0, 2}, {'R', 0, 0}}}},
	{[]timedTimer{{}}, [][]timedInstruction{{{'l', 0, 0}, {'x', 0, 0}}, {{'p', 0, 0}, {'p', 0, 0}}}},
	{[]timedTimer{{after: 2}, {after: 1, adds: 10}, {adds: 10}}, [][]timedInstruction{
		{{'x', 1, 0}, {'L', 0, 0}, {'r', 2, 2}, {'U', 0, 0}}, {{'f', 0, 2}, {'r', 1, 0}, {'t', 0, 0}, {'r', 1, 2}},
	}},
	{[]timedTimer{{after: 1, period: 1}}, [][]timedInstruction{{{'z', 0, 2}, {'x', 0, 0}}, {{'R', 0, 0}, {'R', 0, 0}}}},
}

func randomTimedProgram(r *rand.Rand, kinds string, most int) timedProgram {
	var p timedProgram
	for range 1 + r.IntN(3) {
		tm := timedTimer{after: r.IntN(4)}
		if r.IntN(2) == 0 {
			tm.adds = 10
		} else if r.IntN(2) == 0 {
			tm.period = 1 + r.IntN(2)
		}
		p.timers = append(p.timers, tm)
	}
	total := 0
	for range 1 + r.IntN(3) {
		var list []timedInstruction
		locked := false
		for range 1 + r.IntN(4) {
			if total++; total > most {
				break
			}
			ins := timedInstruction{op: kinds[r.IntN(len(kinds))], timer: r.IntN(len(p.timers)), ms: 1 + r.IntN(2)}
			if strings.IndexByte("RpS", ins.op) >= 0 && !p.timers[ins.timer].sends() {
				ins.op = 'x'
			}
			switch {
			case ins.op == 'L' && locked:
				ins.op, locked = 'U', false
			case ins.op == 'L':
				locked = true
			case ins.op == 'r' && r.IntN(4) == 0:
				ins.ms = 0
			}
			list = append(list, ins)
		}
		if locked {
			list = append(list, timedInstruction{op: 'U'})
		}
		if len(list) > 0 {
			p.tasks = append(p.tasks, list)
		}
	}
	return p
}

// perform runs the program, and writes down what each task has seen.
func (p timedProgram) perform(s *S, seen []string, x *atomic.Int64) {
	clear(seen)
	var mu sync.Mutex
	c := newChannel(0)
	in := func(n int) time.Duration { return time.Duration(n) * ms }
	alarms := make([]*alarm, len(p.timers))
	for i, tm := range p.timers {
		if tm.sends() {
			alarms[i] = newTicker(in(tm.after), in(tm.period))
		} else {
			alarms[i] = afterFunc(in(tm.after), func() { x.Add(int64(tm.adds)) })
		}
	}
	for t, list := range p.tasks {
		s.Go(fmt.Sprint(t), func() {
			see := func(format string, args ...any) { seen[t] += fmt.Sprintf(format+" ", args...) }
			for i, ins := range list {
				switch a := alarms[ins.timer]; ins.op {
				case 'z':
					sleep(in(ins.ms))
				case 'x':
					see("stop %t", a.stop())
				case 'r':
					see("reset %t", a.reset(in(ins.ms), in(p.timers[ins.timer].period)))
				case 'R':
					see("at %v", a.receive())
				case 'p':
					nth, v, _ := choose(false, channelCase{ch: a.times})
					see("poll %d %v", nth, time.Duration(v))
				case 's':
					c.send(value(t, i))
				case 'q':
					v, _ := c.receive()
					see("got %d", v)
				case 'S':
					nth, v, _ := choose(true, channelCase{ch: a.times}, channelCase{ch: c})
					if nth == 0 {
						see("at %v", time.Duration(v))
					} else {
						see("got %d", v)
					}
				case 'w':
					for x.Load() < int64(ins.ms) {
						runtime.Gosched()
					}
				case 'W':
					for x.Load() < int64(ins.ms) {
						sleep(ms)
					}
				case 'f':
					afterFunc(in(ins.ms), func() { x.Add(100) })
				case 'a':
					see("%d", x.Add(1))
				case 'l':
					see("%d", x.Load())
				case 'L':
					mu.Lock()
				case 'U':
					mu.Unlock()
				case 't':
					see("now %v", now())
				}
			}
			seen[t] += "end"
		})
	}
}

// TestTimeKeepsOutcomes compares what searches of random programs with timers see with what a
// direct interpretation comes to. PROGRAMS says how many there are of each kind, and FIRST
// the number of the first.
func TestTimeKeepsOutcomes(t *testing.T) {
	first, programs := number(t, "FIRST", 0), number(t, "PROGRAMS", 1000)
	if testing.Short() {
		programs = min(programs, 200)
	}
	for name, kinds := range timedMixes {
		t.Run(name, func(t *testing.T) {
			var tally timedTally
			for seed := first - len(timedSpecial); seed < first+programs; seed++ {
				most := 7
				if name == "pollers" { // which have many executions
					most = 5
				}
				p := randomTimedProgram(rand.New(rand.NewPCG(uint64(seed), 15)), kinds, most)
				if seed < first {
					p = timedSpecial[first-seed-1]
				}
				outcomes, ends := timedOutcomes(p)
				if !ends {
					continue
				}
				tally.programs++
				if slices.ContainsFunc(slices.Collect(maps.Keys(outcomes)), func(o string) bool { return strings.HasSuffix(o, " waits") }) {
					tally.waiting++
				}
				strategies := []schedules.Strategy{schedules.DPOR()}
				if seed%10 == 0 {
					strategies = append(strategies, schedules.CachedDFS(-1))
				}
				if seed%10 == 0 && p.operations() <= 5 && name != "pollers" {
					strategies = append(strategies, schedules.DFS(-1))
				}
				for _, strategy := range strategies {
					tally.requires(t, p, strategy, slices.Sorted(maps.Keys(outcomes)))
					if t.Failed() {
						t.Fatalf("seed %d, %s: %v", seed, strategy, p)
					}
				}
			}
			t.Logf("%+v", tally)
		})
	}
}

// timedTally counts what searches have come to.
type timedTally struct{ programs, waiting, executions, redundant, classes int }

// requires searches the program, which must come to these outcomes. Executions of one class must have
// one, apart from how often they poll.
func (c *timedTally) requires(t *testing.T, p timedProgram, strategy schedules.Strategy, want []string) {
	results, classes := map[string]bool{}, map[uint64]string{}
	seen := make([]string, len(p.tasks))
	var x *atomic.Int64
	schedules.Enumerate(func(s *S) {
		x = new(atomic.Int64)
		p.perform(s, seen, x)
	}, schedules.Config{Strategy: strategy, Unshared: true}, func(e schedules.Execution) bool {
		c.executions++
		if e.Redundant {
			c.redundant++
		}
		if e.Redundant || e.Unfinished {
			return true
		}
		outcome := fmt.Sprint(strings.Join(seen, "|"), " ", x.Load())
		switch {
		case e.Failure == nil:
		case e.Failure.Class == schedules.Deadlock:
			outcome += " waits"
		default:
			t.Error(e.Failure)
		}
		if before, known := classes[e.Class]; known && before != outcome {
			t.Errorf("one class has outcomes\n  %s\n  %s", before, outcome)
		}
		classes[e.Class] = outcome
		results[outcome] = true
		return !t.Failed()
	})
	if !t.Failed() && !schedules.Exhausted(strategy) {
		t.Error("not exhausted")
	}
	c.classes += len(classes)
	if got := slices.Sorted(maps.Keys(results)); !slices.Equal(got, want) {
		t.Errorf("seen\n  %s\nexpected\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func (p timedProgram) operations() (n int) {
	for _, list := range p.tasks {
		n += len(list)
	}
	return n
}

// Shards of a search see together what the whole sees.
func TestShardsShareTimedPrograms(t *testing.T) {
	for seed := range 40 {
		p := randomTimedProgram(rand.New(rand.NewPCG(uint64(seed), 16)), timedMixes["timers"], 6)
		seen := make([]string, len(p.tasks))
		results := map[string]bool{}
		for i := range 3 {
			strategy := schedules.DPOR()
			var x *atomic.Int64
			schedules.Enumerate(func(s *S) {
				x = new(atomic.Int64)
				p.perform(s, seen, x)
			}, schedules.Config{Strategy: strategy, Unshared: true, Shard: schedules.Shard{Index: i + 1, Count: 3}}, func(e schedules.Execution) bool {
				if e.Redundant || e.Foreign || e.Unfinished {
					return true
				}
				outcome := fmt.Sprint(strings.Join(seen, "|"), " ", x.Load())
				if e.Failure != nil {
					outcome += " waits"
				}
				results[outcome] = true
				return true
			})
			if !schedules.Exhausted(strategy) {
				t.Errorf("seed %d, shard %d: not exhausted", seed, i+1)
			}
		}
		if want, _ := timedOutcomes(p); !maps.Equal(results, want) {
			t.Errorf("seed %d: %d outcomes of %d\n%v", seed, len(results), len(want), p)
		}
	}
}
