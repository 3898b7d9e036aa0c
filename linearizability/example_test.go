package linearizability_test

import (
	"context"
	"fmt"

	"annulus/linearizability"
	"annulus/linearizability/scenario"
	"annulus/schedules"
)

// A program in its text form is explored completely.
func ExampleExplore() {
	p := scenario.MustParse(`
		program two-evictions
		about   a freed block and a live one are evicted at once
		ring    512 bytes, classes 64 128
		setup   alloc a 64; release a; alloc b 64; release b; tombstone a; free a
		t1      evict
		t2      evict
	`)
	r, err := linearizability.Explore(context.Background(), p, schedules.Config{Strategy: schedules.DFS(-1)})
	fmt.Println(r.Verdict(), err)
	// Output: EXHAUSTED <nil>
}

// Verify explores programs within a time and reports each.
func ExampleVerify() {
	suite := []scenario.Program{scenario.MustParse(`
		program two-tombstones
		ring    512 bytes, classes 64
		setup   alloc a 64; release a; tombstone a
		t1      free a
		t2      bytes a
	`)}
	results, err := linearizability.Verify(context.Background(), suite, linearizability.Config{Bound: schedules.Preemptions(-1)})
	fmt.Println(results[0].Scenario, results[0].Verdict, err)
	// Output: two-tombstones EXHAUSTED <nil>
}

// A failure is found, the program that fails is made smaller, and what is left is printed.
func ExampleShrink() {
	p := scenario.MustParse(`
		program waits-for-itself
		ring    512 bytes, classes 64 128
		setup   alloc a 64; release a; alloc b 128; release b
		t1      bytes b; tombstone a; evict; cancel a
		t2      bytes a; metrics
	`)
	r, err := linearizability.Explore(context.Background(), p, schedules.Config{Strategy: schedules.DFS(1)})
	if err != nil {
		fmt.Println(err)
		return
	}
	small, report, err := linearizability.Shrink(context.Background(), p, r.Failure.Schedule, linearizability.ShrinkConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(report.Failure.Class, "\n", small.Program())
	// Output:
	// livelock
	// program waits-for-itself-shrunk
	// ring    64 bytes, classes 64
	// setup   alloc a 64
	// t1      evict
}
