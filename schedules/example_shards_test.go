package schedules_test

import (
	"context"
	"fmt"
	"os"

	"annulus/schedules"
	"annulus/schedules/atomic"
)

// Two shards, which could be two machines, have together what a single exploration
// has.
func ExampleMerge() {
	body := func(s *schedules.S) {
		var n atomic.Int64
		for range 2 {
			s.Go("count", func() {
				for range 4 {
					n.Add(1)
				}
			})
		}
	}
	var reports []*schedules.Report
	for i := range 2 {
		reports = append(reports, schedules.Explore(context.Background(), body, schedules.Config{
			Strategy: schedules.DPOR(),
			Shard:    schedules.Shard{Index: i + 1, Count: 2},
		}))
		fmt.Println(reports[i].Verdict())
	}
	all, err := schedules.Merge(reports...)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: %d distinct, overlap %d\n", all.Verdict(), all.Classes, all.Overlap)
	// Output:
	// EXHAUSTED in shard 1/2
	// EXHAUSTED in shard 2/2
	// EXHAUSTED: 70 distinct, overlap 0
}

// A line on the terminal tells how far a long exploration is.
func ExampleLive() {
	progress, clear := schedules.Live(os.Stderr)
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		var n atomic.Int64
		s.Go("a", func() { n.Add(1) })
		s.Go("b", func() { n.Add(1) })
	}, schedules.Config{Progress: progress})
	clear()
	fmt.Println(r.Verdict())
	// Output: EXHAUSTED
}
