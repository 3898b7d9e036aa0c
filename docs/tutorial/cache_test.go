package tutorial_test

import (
	"context"
	"fmt"

	"annulus/docs/tutorial/repaired"
	"annulus/docs/tutorial/swapped"
	"annulus/schedules"
	"annulus/schedules/atomic"
)

// twoGets lets two tasks ask for the same value. newCache is given what counts the
// computations, and returns the cache's Get.
func twoGets(s *schedules.S, newCache func(compute func(string) int64) func(string) int64) {
	var computed atomic.Int64
	get := newCache(func(string) int64 { return computed.Add(1) })
	s.Go("a", func() { get("answer") })
	s.Go("b", func() { get("answer") })
	s.Wait()
	if n := computed.Load(); n != 1 {
		s.Errorf("the value was computed %d times", n)
	}
}

// Two tasks find the value missing, and both compute it.
func Example_cache() {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		twoGets(s, func(compute func(string) int64) func(string) int64 {
			return swapped.NewCache(compute).Get
		})
	}, schedules.Config{})
	fmt.Println(r.Verdict(), r.Failure)
	fmt.Println(r.Failure.Trace)
	// Output:
	// FAIL property: the value was computed 2 times
	// step     main        a                     b
	//    1                 RLock c.mu                                 cache.go:21
	//    2                 RUnlock c.mu                               cache.go:23
	//    3                 Add computed: 0 → 1                        cache_test.go:17
	//    4  *                                    RLock c.mu           cache.go:21
	//    5                                       RUnlock c.mu         cache.go:23
	//    6 1                                     Add computed: 1 → 2  cache_test.go:17
	//    7                                       Lock c.mu, announced cache.go:28
	//    8                                       Lock c.mu, admitted  cache.go:28
	//    9                                       Unlock c.mu          cache.go:30
	//   10  >              Lock c.mu, announced                       cache.go:28
	//   11                 Lock c.mu, admitted                        cache.go:28
	//   12                 Unlock c.mu                                cache.go:30
	//   13  >  wait for all                                           cache_test.go:20
	//   14 2   Load computed: 2                                       cache_test.go:21
	//          ✗ the value was computed 2 times                       cache_test.go:22
	// * preempts   > goes on
}

// A Once for each key makes the second wait for the first.
func Example_cacheRepaired() {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		twoGets(s, func(compute func(string) int64) func(string) int64 {
			return repaired.NewCache(compute).Get
		})
	}, schedules.Config{})
	fmt.Println(r.Verdict())
	// Output:
	// EXHAUSTED
}
