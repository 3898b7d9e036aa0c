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
	results, err := linearizability.Verify(context.Background(), suite, linearizability.Config{Bound: -1})
	fmt.Println(results[0].Scenario, results[0].Verdict, err)
	// Output: two-tombstones EXHAUSTED <nil>
}
