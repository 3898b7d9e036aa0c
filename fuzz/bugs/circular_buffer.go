package bugs

import (
	"annulus/schedules"
	"annulus/schedules/sync"
)

var circularBuffer = Bug{
	Name:    "circular-buffer",
	Project: "SCTBench, circular_buffer",
	Link:    "https://github.com/mc-imperial/sctbench/blob/master/benchmarks/concurrent-software-benchmarks/circular_buffer_bad.c",
	About: "Producer and consumer take turns by two flags, and one that finds it is not its turn goes on to its next round " +
		"all the same, so that rounds and elements no longer correspond. " +
		"Each must wait for its turn.",
	Class: schedules.Property,
	Program: func(s *schedules.S, repaired bool) {
		var mu sync.Mutex
		turn := sync.NewCond(&mu)
		var buffer []int
		mayInsert := true
		round := func(mine bool, work func()) {
			mu.Lock()
			defer mu.Unlock()
			for repaired && mayInsert != mine {
				turn.Wait()
			}
			if mayInsert == mine {
				work()
				mayInsert = !mine
				turn.Broadcast()
			}
		}
		const rounds = 3
		s.Go("producer", func() {
			for i := range rounds {
				round(true, func() { buffer = append(buffer, i) })
			}
		})
		s.Go("consumer", func() {
			for i := range rounds {
				round(false, func() {
					if got := buffer[0]; got != i {
						s.Errorf("round %d removed %d", i, got)
					}
					buffer = buffer[1:]
				})
			}
		})
	},
}
