package schedules_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	goruntime "runtime"
	"strings"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/runtime"
	"annulus/schedules/sync"

	"github.com/stretchr/testify/require"
)

// leaking leaves a task behind that waits for a lock, if the body has come first.
func leaking(s *S) {
	var m sync.Mutex
	s.Go("worker", func() {
		m.Lock()
		m.Unlock()
	})
	m.Lock()
}

// A leak is a class of its own, unless it is not asked for or is allowed. It tells where the
// task waits, for what, and who has started it. The body that waits itself is a deadlock.
func TestLeaks(t *testing.T) {
	explore := func(body func(*S), leaks schedules.Leaks) *schedules.Report {
		return schedules.Explore(context.Background(), body, schedules.Config{Strategy: schedules.DPOR(), Leaks: leaks})
	}
	require.Equal(t, schedules.Deadlock, explore(leaking, 0).Failure.Class)
	require.Equal(t, schedules.VerdictExhausted, explore(leaking, schedules.LeaksAllow).Verdict())

	r := explore(leaking, schedules.LeaksFail)
	require.Equal(t, schedules.Leak, r.Failure.Class)
	require.Regexp(t, `^the body has ended, and a task waits for ever
  worker is at m\.Lock in leak_test\.go:\d+, which main has held since step \d although it has ended
    started by main in leak_test\.go:\d+$`, r.Failure.Message)
	require.Contains(t, r.String(), "FAIL: ")
	text := r.Failure.Describe()
	require.Contains(t, text, "leak: the body has ended")
	require.Contains(t, text, "waits at Lock m")
	starts := r.Failure.Trace.Starts
	require.Len(t, starts, 2)
	require.Equal(t, []int{-1, -1, 0}, []int{starts[0].By, starts[0].Place, starts[1].By})
	require.Contains(t, r.Failure.Trace.Places[starts[1].Place].Function, "schedules_test.leaking")

	again := schedules.Replay(leaking, r.Failure.Schedule)
	require.NotNil(t, again.Failure)
	require.Equal(t, schedules.Leak, again.Failure.Class, again.Failure)

	waiting := func(s *S) {
		leaking(s)
		s.Wait()
	}
	require.Equal(t, schedules.Deadlock, explore(waiting, schedules.LeaksFail).Failure.Class)
	require.Equal(t, schedules.Deadlock, explore(waiting, schedules.LeaksAllow).Failure.Class)
}

// A task that can go on when the body has ended does so, and what it does counts.
func TestTasksOutliveTheBody(t *testing.T) {
	r := schedules.Explore(context.Background(), func(s *S) {
		var n atomic.Int64
		for range 2 {
			s.Go("task", func() {
				if n.Add(1); n.Load() == 1 {
					s.Errorf("alone")
				}
			})
		}
	}, schedules.Config{Leaks: schedules.LeaksAllow})
	require.NotNil(t, r.Failure)
}

// A task that goes round for ever is allowed as well, but then nothing is exhausted.
func TestLeaksThatGoRound(t *testing.T) {
	body := func(s *S) {
		var stop atomic.Bool
		s.Go("poller", func() {
			for !stop.Load() {
				runtime.Gosched()
			}
		})
	}
	r := schedules.Explore(context.Background(), body, schedules.Config{Strategy: schedules.DPOR(), Leaks: schedules.LeaksAllow, Unshared: true})
	require.Nil(t, r.Failure)
	require.Equal(t, schedules.VerdictIncomplete, r.Verdict())
	require.Contains(t, r.String(), "tasks that go on for ever after the body's end")
	r = schedules.Explore(context.Background(), body, schedules.Config{Strategy: schedules.DPOR(), Leaks: schedules.LeaksFail, Unshared: true})
	require.Equal(t, schedules.Livelock, r.Failure.Class)
}

// Reductions find every outcome of programs that leak.
func TestReductionsKeepLeaks(t *testing.T) {
	programs := 60
	if testing.Short() {
		programs = 15
	}
	r := rand.New(rand.NewPCG(7, 8))
	leaks := 0
	for n := 0; n < programs; {
		p := randomReducible(r, false)
		if p.waits() || !strings.ContainsAny(fmt.Sprint(p), "ZqD") { // what may wait for ever
			continue
		}
		mode := []schedules.Leaks{schedules.LeaksFail, schedules.LeaksAllow}[n%2]
		cfg := func(s schedules.Strategy) schedules.Config { return schedules.Config{Strategy: s, Leaks: mode} }
		plain := p.explore(cfg(schedules.DFS(-1)), 0, 2_000)
		if plain.capped {
			continue
		}
		n++
		if strings.Contains(fmt.Sprint(plain.outcomes), " leak: ") {
			leaks++
		}
		requireOutcomes(t, p, "DPOR", p.explore(cfg(schedules.DPOR()), 0, 0), plain)
		requireOutcomes(t, p, "search", p.explore(cfg(schedules.Search(1)), 0, 0), plain)
		requireOutcomes(t, p, "cached", p.explore(cfg(schedules.CachedDFS(-1)), 0, 0), plain)
	}
	require.Greater(t, leaks, programs/10)
}

// Where it is configured, Goexit ends a task as it ends a goroutine: its deferred calls run,
// with all that may come between, and then others go on.
func TestGoexitEnds(t *testing.T) {
	before := goruntime.NumGoroutine()
	seen := map[int64]bool{}
	body := func(s *S) {
		var m sync.Mutex
		var n atomic.Int64
		s.Go("leaves", func() {
			m.Lock()
			defer m.Unlock()
			defer n.Add(1)
			goruntime.Goexit()
		})
		s.Go("looks", func() {
			m.Lock()
			seen[n.Load()] = true
			m.Unlock()
			goruntime.Goexit()
		})
		defer func() {
			s.Wait()
			n.Add(10)
			if n.Load() != 11 {
				s.Errorf("%d", n.Load())
			}
		}()
		goruntime.Goexit()
	}
	for name, strategy := range exhaustive {
		clear(seen)
		r := schedules.Explore(context.Background(), body, schedules.Config{Strategy: strategy(), GoexitEnds: true})
		require.Nil(t, r.Failure, name)
		require.Len(t, seen, 2, name)
	}
	requireGoroutines(before)

	leaves := func(s *S) {
		s.Go("last", func() { s.Errorf("after the body") })
		goruntime.Goexit()
	}
	f := schedules.Explore(context.Background(), leaves, schedules.Config{GoexitEnds: true}).Failure
	require.Equal(t, schedules.Property, f.Class)
	require.Equal(t, f.Class, schedules.Replay(leaves, f.Schedule).Failure.Class)
}

// A panic in a deferred call of a Goexit is a failure in any case.
func TestPanicUnderGoexitThatEnds(t *testing.T) {
	f := schedules.Explore(context.Background(), func(s *S) {
		s.Go("a", func() {
			defer func() { panic("cleanup") }()
			goruntime.Goexit()
		})
	}, schedules.Config{GoexitEnds: true}).Failure
	require.NotNil(t, f)
	require.Equal(t, schedules.Panic, f.Class)
}
