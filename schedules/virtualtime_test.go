package schedules_test

import (
	"context"
	"fmt"
	"math"
	goruntime "runtime"
	"strings"
	"testing"
	"time"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/internal/hook"
	"annulus/schedules/plain"
	"annulus/schedules/runtime"
	"annulus/schedules/sync"

	"github.com/stretchr/testify/require"
)

const ms = time.Millisecond

// timed are the strategies that exhaust a program with timers.
var timed = map[string]func() schedules.Strategy{
	"dfs":    exhaustive["dfs"],
	"cached": exhaustive["cached"],
	"dpor":   exhaustive["dpor"],
	"search": exhaustive["search:0"],
}

// requireSeen requires of the body that its executions, all of which must be tried and
// pass, return these results.
func requireSeen(t *testing.T, body func(s *S) string, want ...string) {
	t.Helper()
	for name, strategy := range timed {
		seen := map[string]bool{}
		var result string
		r := schedules.Explore(context.Background(), func(s *S) { result = body(s); s.Wait(); seen[result] = true },
			schedules.Config{Strategy: strategy(), Unshared: true})
		require.Nil(t, r.Failure, name)
		require.True(t, r.Exhausted, "%s: %v", name, r)
		expected := map[string]bool{}
		for _, w := range want {
			expected[w] = true
		}
		require.Equal(t, expected, seen, name)
	}
}

// Deadlines come in their order, whatever the order in which they were set, and time is what
// they say.
func TestDeadlinesComeInOrder(t *testing.T) {
	requireSeen(t, func(s *S) string {
		var log []time.Duration
		for _, d := range []time.Duration{3 * ms, ms, 2 * ms} {
			s.Go(d.String(), func() {
				sleep(d)
				log = append(log, d, now())
			})
		}
		s.Wait()
		return fmt.Sprint(log)
	}, "[1ms 1ms 2ms 2ms 3ms 3ms]")
}

// What is due at the same time comes in any order.
func TestTies(t *testing.T) {
	requireSeen(t, func(s *S) string {
		var log string
		var m sync.Mutex
		add := func(what string) func() {
			return func() {
				m.Lock()
				log += what
				m.Unlock()
			}
		}
		afterFunc(ms, add("a"))
		afterFunc(ms, add("b"))
		s.Go("sleeper", func() {
			sleep(ms)
			add("c")()
		})
		s.Wait()
		return log
	}, "abc", "acb", "bac", "bca", "cab", "cba")
}

// A timer that is stopped at the time at which it is due has fired or has not.
func TestStopAtTheSameTime(t *testing.T) {
	requireSeen(t, func(s *S) string {
		var fired atomic.Bool
		a := afterFunc(ms, func() { fired.Store(true) })
		sleep(ms)
		pending := a.stop()
		s.Wait()
		return fmt.Sprint(pending, fired.Load())
	}, "true false", "false true")
	requireSeen(t, func(s *S) string {
		a := newTimer(ms)
		sleep(ms)
		pending := a.stop()
		return fmt.Sprint(pending, a.times.len())
	}, "true 0")
	requireSeen(t, func(s *S) string {
		a := newTimer(ms)
		sleep(ms)
		pending := a.reset(ms, 0)
		at := a.receive()
		return fmt.Sprint(pending, at, a.stop())
	}, "true 2ms false")
	requireSeen(t, func(s *S) string {
		var n atomic.Int64
		a := afterFunc(ms, func() { n.Add(1) })
		sleep(ms)
		pending := a.reset(ms, 0)
		sleep(2 * ms)
		s.Wait()
		return fmt.Sprint(pending, n.Load())
	}, "true 1", "false 2")
}

// A timer that is set to a time behind fires at once, where tasks can come between.
func TestDueAtOnce(t *testing.T) {
	requireSeen(t, func(s *S) string {
		var x atomic.Int64
		afterFunc(-ms, func() { x.Store(1) })
		return fmt.Sprint(x.Load(), now())
	}, "0 0s", "1 0s")
}

// A ticker ticks until it is stopped, and drops ticks that nobody takes.
func TestTicker(t *testing.T) {
	requireSeen(t, func(s *S) string {
		a := newTicker(ms, 2*ms)
		log := fmt.Sprint(a.receive(), a.receive())
		sleep(10 * ms)
		log += fmt.Sprint(" ", a.receive(), a.receive(), a.stop())
		return log
	}, "1ms 3ms 5ms 15ms true", "1ms 3ms 5ms 13ms true")
}

// A failure in which time passes is simplified, replayed and shown with the time.
func TestTimeIsReplayedAndShown(t *testing.T) {
	body := func(s *S) {
		var done atomic.Bool
		var other atomic.Int64
		s.Go("worker", func() {
			other.Add(1)
			sleep(5 * ms)
			done.Store(true)
		})
		s.Go("other", func() { other.Add(1) })
		timeout := afterFunc(5*ms, func() {
			if done.Load() {
				s.Errorf("late")
			}
		})
		s.Wait()
		timeout.stop()
	}
	for _, strategy := range []schedules.Strategy{nil, schedules.DPOR(), schedules.Random(1), schedules.Mixture(2)} {
		f := schedules.Explore(context.Background(), body, schedules.Config{Strategy: strategy}).Failure
		require.NotNil(t, f)
		require.Equal(t, schedules.Property, f.Class, f)
		again := schedules.Replay(body, f.Schedule)
		require.Equal(t, f.Message, again.Failure.Message)
		text := f.Describe()
		require.Regexp(t, `tick = 5ms`, text)
		require.Regexp(t, `fire timer#1 +clock_test\.go:\d+`, text)
		require.Regexp(t, `Sleep \(5ms\) +virtualtime_test\.go:\d+|Sleep \(5ms\)`, text)
		require.Contains(t, f.Trace.Tasks, "clock")
	}
}

// A loop that polls with Gosched waits for time to pass, like one that blocks.
func TestPollersWaitForTime(t *testing.T) {
	loops := map[string]func(ready func() bool){
		"parked": func(ready func() bool) {
			for !ready() {
				runtime.Gosched()
			}
		},
		"spinning": func(ready func() bool) {
			for !ready() {
			}
		},
		"sleeping": func(ready func() bool) {
			for !ready() {
				sleep(ms)
			}
		},
	}
	for name, loop := range loops {
		for strategy, of := range timed {
			seen := map[string]bool{}
			r := schedules.Explore(context.Background(), func(s *S) {
				var flag, x atomic.Int64
				s.Go("poller", func() {
					loop(func() bool { return flag.Load() == 1 })
					seen[fmt.Sprint(x.Load(), now())] = true
				})
				s.Go("setter", func() {
					sleep(3 * ms)
					flag.Store(1)
					x.Store(1)
				})
			}, schedules.Config{Strategy: of()})
			require.Nil(t, r.Failure, "%s, %s", name, strategy)
			require.True(t, r.Exhausted, "%s, %s: %v", name, strategy, r)
			want := map[string]bool{"0 3ms": true, "1 3ms": true}
			if name == "sleeping" {
				want["1 4ms"] = true
			}
			require.Equal(t, want, seen, "%s, %s", name, strategy)
		}
	}
}

// Loops whose rounds are not the same are cut, and then time passes.
func TestCountingPollersAreCut(t *testing.T) {
	for name, wait := range map[string]func(){"Gosched": runtime.Gosched, "spinning": func() {}} {
		for strategy, of := range timed {
			r := schedules.Explore(context.Background(), func(s *S) {
				var flag atomic.Bool
				s.Go("poller", func() {
					for i := 0; !flag.Load() && i >= 0; i++ {
						wait()
					}
				})
				s.Go("setter", func() {
					sleep(3 * ms)
					flag.Store(true)
				})
			}, schedules.Config{Strategy: of(), Schedules: 2000})
			require.Nil(t, r.Failure, "%s, %s", name, strategy)
			require.Equal(t, schedules.VerdictIncomplete, r.Verdict(), "%s, %s", name, strategy)
			require.NotEmpty(t, r.Cuts)
		}
	}
}

// Who waits for what never comes is told, though tickers go on.
func TestDeadlockUnderATicker(t *testing.T) {
	f := schedules.Explore(context.Background(), func(s *S) {
		newTicker(ms, ms)
		var m sync.Mutex
		m.Lock()
		m.Lock()
	}, schedules.Config{}).Failure
	require.NotNil(t, f)
	require.Equal(t, schedules.Deadlock, f.Class)
	require.NotContains(t, f.Message, "clock")
	require.Less(t, f.Steps, 10)
}

// Time passes only so often after the end of the body. That is named.
func TestTicksAfterTheBody(t *testing.T) {
	body := func(s *S) {
		a := newTicker(ms, ms)
		s.Go("for ever", func() {
			for {
				a.receive()
			}
		})
	}
	for _, leaks := range []schedules.Leaks{schedules.LeaksDeadlock, schedules.LeaksFail, schedules.LeaksAllow} {
		r := schedules.Explore(context.Background(), body, schedules.Config{Strategy: schedules.DPOR(), Leaks: leaks, Unshared: true})
		require.Nil(t, r.Failure)
		require.Equal(t, schedules.VerdictIncomplete, r.Verdict())
		require.Contains(t, r.String(), "cut: tasks that wait for time to pass, 64 times after the body's end")
		require.Less(t, r.Steps, int64(300))
	}
	f := schedules.Explore(context.Background(), func(s *S) {
		c := newChannel(0)
		a := newTimer(ms)
		s.Go("leaks", func() {
			a.receive()
			c.receive()
		})
	}, schedules.Config{Leaks: schedules.LeaksFail}).Failure
	require.NotNil(t, f)
	require.Equal(t, schedules.Leak, f.Class)
	require.Contains(t, f.Message, "a task waits for ever")
}

// Beside the verdict stands that time passed only when nothing else could go on, also in a
// report that was saved.
func TestReportsSayThatTimePassed(t *testing.T) {
	const note = "; time passed only when nothing else could go on"
	r := schedules.Explore(context.Background(), func(*S) { sleep(ms) }, schedules.Config{Unshared: true})
	require.Contains(t, r.String(), note)
	text, err := r.MarshalJSON()
	require.NoError(t, err)
	var again schedules.Report
	require.NoError(t, again.UnmarshalJSON(text))
	require.Contains(t, again.String(), note)
	all, err := schedules.Merge(r)
	require.NoError(t, err)
	require.Contains(t, all.String(), note)
	r = schedules.Explore(context.Background(), func(*S) { newTimer(ms) }, schedules.Config{Unshared: true})
	require.NotContains(t, r.String(), note)
}

// A loop that waits for a time to come sees it come, with Gosched and without, though nobody
// sleeps. One that does not end is a livelock.
func TestLoopsThatLookAtTheClock(t *testing.T) {
	for name, wait := range map[string]func(){"Gosched": runtime.Gosched, "spinning": func() {}} {
		for strategy, of := range timed {
			seen := map[string]bool{}
			r := schedules.Explore(context.Background(), func(s *S) {
				var x atomic.Bool
				s.Go("waiter", func() {
					for begun := now(); now()-begun < ms && !x.Load(); {
						wait()
					}
					seen[fmt.Sprint(now() >= ms)] = true
				})
				s.Go("setter", func() { x.Store(true) })
			}, schedules.Config{Strategy: of()})
			require.Nil(t, r.Failure, "%s, %s", name, strategy)
			require.True(t, r.Exhausted, "%s, %s: %v", name, strategy, r)
			require.Equal(t, map[string]bool{"false": true}, seen)
			r = schedules.Explore(context.Background(), func(s *S) {
				for begun := now(); now()-begun < 10*time.Second; {
					wait()
				}
				if now() > 20*time.Second {
					s.Errorf("%v", now())
				}
			}, schedules.Config{Strategy: of(), Unshared: true})
			require.Nil(t, r.Failure, "%s, %s", name, strategy)
			require.Less(t, r.Steps, int64(2000))
		}
		f := schedules.Explore(context.Background(), func(*S) {
			for now() >= 0 {
				wait()
			}
		}, schedules.Config{}).Failure
		require.NotNil(t, f)
		require.Equal(t, schedules.Livelock, f.Class, f)
	}
}

// Timers may come early if that is asked for, so often and no more often. Then it is said that nothing
// is proved.
func TestEarlyTimers(t *testing.T) {
	body := func(s *S) {
		var n, early atomic.Int64
		s.Go("worker", func() {
			for range 5 {
				n.Add(1)
			}
			early.Store(5)
		})
		for range 2 {
			sleep(ms)
			if n.Load() < 5 {
				early.Add(1)
			}
		}
		if early.Load() == 2 {
			s.Errorf("both times early")
		}
	}
	explore := func(n int, strategy schedules.Strategy) *schedules.Report {
		return schedules.Explore(context.Background(), body, schedules.Config{Strategy: strategy, Schedules: 2000, EarlyTimers: n})
	}
	for _, strategy := range []schedules.Strategy{nil, schedules.DFS(-1), schedules.Random(1), schedules.PCT(3, 1)} {
		require.Nil(t, explore(0, strategy).Failure, "%v", strategy)
		r := explore(1, strategy)
		require.Nil(t, r.Failure, "%v", strategy)
		require.Equal(t, schedules.VerdictIncomplete, r.Verdict(), "%v", strategy)
		require.Contains(t, r.String(), "; timers could come early, once in an execution: this is no proof")
		r = explore(2, strategy)
		require.NotNil(t, r.Failure, "%v", strategy)
		require.Contains(t, r.String(), "; timers could come early, 2 times in an execution: this need not fail in reality")
		again := schedules.Replay(body, r.Failure.Schedule)
		require.NotNil(t, again.Failure)
		require.Equal(t, r.Failure.Message, again.Failure.Message)
	}
	require.Panics(t, func() { explore(1, schedules.DPOR()) })
	require.Panics(t, func() { explore(1, schedules.Search(1)) })
	require.Panics(t, func() { explore(-1, nil) })
}

// What a timer starts knows what was known where the timer was set, and nothing of other
// timers, nor does time order anything.
func TestRacesAcrossTime(t *testing.T) {
	races := func(body func(*S)) bool {
		f := schedules.Explore(context.Background(), func(s *S) {
			body(s)
			sleep(5 * ms)
		}, schedules.Config{Strategy: schedules.DPOR(), Unshared: true}).Failure
		if f != nil {
			require.Equal(t, schedules.Race, f.Class, f)
		}
		return f != nil
	}
	require.False(t, races(func(s *S) {
		var v plain.Var[int]
		v.Set(1)
		a := afterFunc(ms, func() { v.Set(2) })
		a.stop()
		v.Set(3)
		a.reset(ms, 0)
	}))
	require.True(t, races(func(s *S) {
		var v plain.Var[int]
		afterFunc(ms, func() { v.Set(2) })
		v.Set(1)
	}))
	require.True(t, races(func(s *S) {
		var v plain.Var[int]
		afterFunc(ms, func() { v.Set(1) })
		afterFunc(2*ms, func() { v.Set(2) })
	}))
	require.True(t, races(func(s *S) {
		var v plain.Var[int]
		for i := range 2 {
			s.Go("sleeper", func() {
				sleep(time.Duration(i+1) * ms)
				v.Set(1)
			})
		}
	}))
	require.False(t, races(func(s *S) {
		var v plain.Var[int]
		v.Set(1)
		a := newTimer(ms)
		s.Go("waiter", func() {
			a.receive()
			v.Set(2)
		})
	}))
}

// Who sleeps for ever is no reason for time to pass, and a timer that is set to the end of time
// does not fire.
func TestSleepingForEver(t *testing.T) {
	f := schedules.Explore(context.Background(), func(s *S) {
		afterFunc(math.MaxInt64, func() { s.Errorf("the end of time") })
		sleep(ms)
		s.Go("sleeper", func() { sleep(math.MaxInt64 - 1) })
	}, schedules.Config{Leaks: schedules.LeaksFail}).Failure
	require.NotNil(t, f)
	require.Equal(t, schedules.Leak, f.Class)
	require.Regexp(t, `sleeper is at Sleep in clock_test\.go:\d+, for ever\n    started by main in`, f.Message)
}

// Timers of others are left alone, and those of an execution that is over do nothing more.
func TestTimersOfOthers(t *testing.T) {
	var before *alarm
	stopped := false
	body := func(s *S) {
		if before != nil {
			_, known := hook.Current().StopTimer(before.key())
			_, reset := hook.Current().ResetTimer(before.key(), 1, 0)
			require.False(t, known || reset)
		}
		a := newTimer(ms)
		before = &alarm{times: a.times}
		defer func() {
			a.stop()
			a.reset(ms, 0)
			newTimer(ms)
			sleep(ms)
			now()
			stopped = true
		}()
		s.FailNow()
	}
	f := schedules.Explore(context.Background(), body, schedules.Config{NoMinimise: true}).Failure
	require.NotNil(t, f)
	require.True(t, stopped)
}

// A task may be called clock, too. With time there is one task less.
func TestTheClockIsATask(t *testing.T) {
	body := func(s *S) {
		s.Go("clock", func() { sleep(ms) })
		sleep(2 * ms)
		s.Errorf("always")
	}
	f := schedules.Explore(context.Background(), body, schedules.Config{}).Failure
	require.Equal(t, []string{"main", "clock", "clock#2"}, f.Trace.Tasks)
	require.Equal(t, f.Message, schedules.Replay(body, f.Schedule).Failure.Message)

	f = schedules.Explore(context.Background(), func(s *S) {
		for range schedules.MaxTasks - 1 {
			s.Go("task", func() {})
		}
		sleep(ms)
	}, schedules.Config{}).Failure
	require.Equal(t, schedules.TaskCap, f.Class)
	require.Contains(t, f.Message, "more than 128 tasks")
}

// Executions with time end without leaving goroutines behind, and the clock costs none.
func TestTheClockEnds(t *testing.T) {
	before := goruntime.NumGoroutine()
	most := 0
	r := schedules.Explore(context.Background(), func(s *S) {
		a := newTimer(2 * ms)
		s.Go("sleeper", func() { sleep(ms) })
		a.receive()
		most = max(most, goruntime.NumGoroutine())
	}, schedules.Config{Strategy: schedules.Random(1), Schedules: 1000, Unshared: true})
	require.Nil(t, r.Failure)
	require.Less(t, most, before+10)
	requireGoroutines(before)
}

// A bound on preemptions is one of tasks: what timers do at their time is no preemption.
func TestTimersUnderABound(t *testing.T) {
	for bound := range 3 {
		seen := map[string]bool{}
		r := schedules.Explore(context.Background(), func(s *S) {
			var x atomic.Int64
			for i := range 2 {
				afterFunc(ms, func() { x.CompareAndSwap(0, int64(i)+1) })
			}
			sleep(2 * ms)
			seen[fmt.Sprint(x.Load())] = true
		}, schedules.Config{Strategy: schedules.DFS(bound)})
		require.True(t, r.Exhausted)
		require.Equal(t, map[string]bool{"1": true, "2": true}, seen)
	}
}

// A loop that sleeps between two looks is followed for 64 rounds. Then its rounds are left out
// up to the next deadline of another task, which is named, or it is a livelock, or a leak.
func TestLoopsThatSleep(t *testing.T) {
	for strategy, of := range timed {
		body := func(s *S) {
			var done atomic.Bool
			s.Go("poller", func() {
				for !done.Load() {
					sleep(2 * ms)
				}
				if at := now() % (2 * ms); at != 0 {
					s.Errorf("%v", at)
				}
			})
			sleep(9*time.Second + ms)
			done.Store(true)
		}
		r := schedules.Explore(context.Background(), body, schedules.Config{Strategy: of()})
		require.Nil(t, r.Failure, strategy)
		require.Equal(t, schedules.VerdictIncomplete, r.Verdict(), strategy)
		require.Contains(t, r.String(), "cut: poller's loop, after it has slept 64 times and changed nothing")
		require.Less(t, r.Steps/r.Schedules, int64(300))

		endless := func(s *S) {
			var done atomic.Bool
			s.Go("poller", func() {
				for !done.Load() {
					sleep(ms)
				}
			})
			if s.Choose(2) == 1 {
				s.Wait()
			}
		}
		f := schedules.Explore(context.Background(), endless, schedules.Config{Strategy: of(), Leaks: schedules.LeaksAllow}).Failure
		require.NotNil(t, f, strategy)
		require.Equal(t, schedules.Livelock, f.Class)
		require.Contains(t, f.Message, "time has passed 64 times, and who woke up has changed nothing")
		require.Less(t, f.Steps, 600)
		require.Equal(t, f.Class, schedules.Replay(endless, f.Schedule).Failure.Class)
		f = schedules.Explore(context.Background(), endless, schedules.Config{Strategy: of(), Leaks: schedules.LeaksFail}).Failure
		require.NotNil(t, f, strategy)
		require.Equal(t, schedules.Leak, f.Class)
	}
}

// When the body has ended nobody waits for a loop that may give up after thousands of rounds,
// and the report tells of rounds once, although each has a time of its own.
func TestLoopsBehindTheBodyAreShort(t *testing.T) {
	f := schedules.Explore(context.Background(), func(s *S) {
		var done atomic.Bool
		s.Go("poller", func() {
			for !done.Load() {
				sleep(ms)
			}
		})
	}, schedules.Config{Leaks: schedules.LeaksFail, LivelockRounds: 1 << 14}).Failure
	require.NotNil(t, f)
	require.Equal(t, schedules.Leak, f.Class)
	require.Less(t, f.Steps, 4000)
	text := f.Describe()
	require.Contains(t, text, "rows are repeated")
	require.Less(t, strings.Count(text, "\n"), 60)
}
