package schedules_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// native runs the program on goroutines of Go in a bubble of testing/synctest, whose clock
// passes as ours does, and returns the outcome. It must be able to end: no task waits for ever,
// or for a mutex, which keeps the clock of a bubble from passing.
func (p timedProgram) native(t *testing.T) (outcome string) {
	synctest.Test(t, func(*testing.T) {
		began := time.Now()
		in := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
		var x atomic.Int64
		c := make(chan int)
		timers := make([]*time.Timer, len(p.timers))
		for i, tm := range p.timers {
			if tm.sends() {
				timers[i] = time.NewTimer(in(tm.after))
			} else {
				timers[i] = time.AfterFunc(in(tm.after), func() { x.Add(int64(tm.adds)) })
			}
		}
		seen := make([]string, len(p.tasks))
		var all sync.WaitGroup
		for id, list := range p.tasks {
			all.Go(func() {
				see := func(format string, args ...any) { seen[id] += fmt.Sprintf(format+" ", args...) }
				for i, ins := range list {
					switch timer := timers[ins.timer]; ins.op {
					case 'z':
						time.Sleep(in(ins.ms))
					case 'x':
						see("stop %t", timer.Stop())
					case 'r':
						see("reset %t", timer.Reset(in(ins.ms)))
					case 'R':
						see("at %v", (<-timer.C).Sub(began))
					case 'p':
						select {
						case at := <-timer.C:
							see("poll 0 %v", at.Sub(began))
						default:
							see("poll -1 0s")
						}
					case 's':
						c <- value(id, i)
					case 'q':
						see("got %d", <-c)
					case 'S':
						select {
						case at := <-timer.C:
							see("at %v", at.Sub(began))
						case v := <-c:
							see("got %d", v)
						}
					case 'f':
						time.AfterFunc(in(ins.ms), func() { x.Add(100) })
					case 'a':
						see("%d", x.Add(1))
					case 'l':
						see("%d", x.Load())
					case 't':
						see("now %v", time.Since(began))
					}
				}
				seen[id] += "end"
			})
		}
		all.Wait()
		synctest.Wait() // for the functions of timers that have fired
		outcome = fmt.Sprintf("%s %d", strings.Join(seen, "|"), x.Load())
	})
	return outcome
}

// What programs come to in bubbles of testing/synctest is known to the interpreter, and so to
// the searches. One bubble shows one order of what happens at the same instant.
func TestSynctestOutcomesAreKnown(t *testing.T) {
	programs, runs := 200, 20
	if testing.Short() {
		programs, runs = 30, 5
	}
	tried, native, all := 0, 0, 0
	for seed := 0; tried < programs; seed++ {
		p := randomTimedProgram(rand.New(rand.NewPCG(uint64(seed), 16)), "zzzxxrRpfaatsqS", 7)
		for i := range p.timers {
			p.timers[i].period = 0
		}
		want, ends := timedOutcomes(p)
		waits := func(o string) bool { return strings.Contains(o, "waits") }
		if !ends || slices.ContainsFunc(slices.Collect(maps.Keys(want)), waits) {
			continue
		}
		tried++
		seen := map[string]bool{}
		for range runs {
			outcome := p.native(t)
			if !want[outcome] {
				t.Fatalf("seed %d: in a bubble it comes to\n  %s\nwhich is none of\n  %s\n%v", seed, outcome, strings.Join(slices.Sorted(maps.Keys(want)), "\n  "), p)
			}
			seen[outcome] = true
		}
		native, all = native+len(seen), all+len(want)
	}
	t.Logf("%d programs have %d outcomes, of which %d runs each in a bubble have shown %d", tried, all, runs, native)
}
