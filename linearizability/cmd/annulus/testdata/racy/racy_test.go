// Package racy has a test that fails, for what annulus replays.
package racy

import (
	"os"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
)

// TestLostUpdate fails under some schedules. With COUNTER=content it has nothing to
// say about that, COUNTER=other makes it another program, and COUNTER=none one that
// explores nothing.
func TestLostUpdate(t *testing.T) {
	counter := os.Getenv("COUNTER")
	if counter == "none" {
		t.Skip("nothing to see")
	}
	t.Run("two tasks", func(t *testing.T) {
		schedules.Check(t, func(s *schedules.S) {
			var n atomic.Int64
			for range 2 {
				s.Go("add", func() {
					if counter == "other" {
						n.Add(1)
						return
					}
					n.Store(n.Load() + 1)
				})
			}
			s.Wait()
			if n.Load() != 2 && counter != "content" {
				s.Errorf("an update was lost")
			}
		}, schedules.Config{})
	})
}
