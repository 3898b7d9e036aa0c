package schedules_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"annulus/schedules"
	"annulus/schedules/atomic"
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
		var log string
		for _, d := range []time.Duration{3, 1, 2} {
			s.Go(fmt.Sprint(d), func() {
				sleep(d * ms)
				log += fmt.Sprint(d, now(), " ")
			})
		}
		s.Wait()
		return log
	}, "1ns 1ms 2ns 2ms 3ns 3ms ")
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
