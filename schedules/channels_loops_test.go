package schedules_test

import (
	"context"
	"testing"

	"annulus/schedules"
	sruntime "annulus/schedules/runtime"
)

// A loop that polls a channel goes round only as often as makes a difference, whether or
// not it calls Gosched.
func TestPollingLoopsAreExhausted(t *testing.T) {
	for name, wait := range map[string]func(c *channel) int{
		"select with default": func(c *channel) int {
			for {
				if v, ok := c.poll(); ok {
					return v
				}
			}
		},
		"select with default and Gosched": func(c *channel) int {
			for {
				if v, ok := c.poll(); ok {
					return v
				}
				sruntime.Gosched()
			}
		},
		"len": func(c *channel) int {
			for c.len() == 0 {
			}
			v, _ := c.receive()
			return v
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, strategy := range []schedules.Strategy{schedules.DPOR(), nil} {
				got := 0
				r := schedules.Explore(context.Background(), func(s *S) {
					c := newChannel(1)
					s.Go("poller", func() { got = wait(c) })
					c.send(1)
					s.Wait()
					if got != 1 {
						s.Errorf("the poller got %d", got)
					}
				}, schedules.Config{Strategy: strategy})
				if r.Verdict() != "EXHAUSTED" || r.Classes != 3 {
					t.Errorf("%v; want 3 classes: it looks before, twice, or only after the send", r)
				}
			}
			r := schedules.Explore(context.Background(), func(s *S) {
				c := newChannel(1)
				s.Go("poller", func() { wait(c) })
			}, schedules.Config{Unshared: true})
			if r.Failure == nil || r.Failure.Class != schedules.Livelock {
				t.Errorf("nobody sends: %v; want a livelock", r.Failure)
			}
		})
	}
}
