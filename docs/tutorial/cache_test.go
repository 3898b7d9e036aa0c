package tutorial_test

import (
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
	r := schedules.Explore(func(s *schedules.S) {
		twoGets(s, func(compute func(string) int64) func(string) int64 {
			return swapped.NewCache(compute).Get
		})
	}, schedules.Config{})
	fmt.Println(r.Verdict(), r.Failure)
	fmt.Println(r.Failure.Trace)
	// Output:
	// FAIL property: the value was computed 2 times
	// step   main                           a                     b
	//    1                                  rwmutex#1.RLock()                           cache.go:21
	//    2                                  rwmutex#1.RUnlock()                         cache.go:23
	//    3                                  int64#1.Add(1) = 1                          cache_test.go:16
	//    4 *                                                      rwmutex#1.RLock()     cache.go:21
	//    5                                                        rwmutex#1.RUnlock()   cache.go:23
	//    6                                                        int64#1.Add(1) = 2    cache_test.go:16
	//    7                                                        rwmutex#1.Announce()  cache.go:28
	//    8                                                        rwmutex#1.WriteLock() cache.go:28
	//    9                                                        rwmutex#1.Unlock()    cache.go:30
	//   10 >                                rwmutex#1.Announce()                        cache.go:28
	//   11                                  rwmutex#1.WriteLock()                       cache.go:28
	//   12                                  rwmutex#1.Unlock()                          cache.go:30
	//   13 > wait for all                                                               cache_test.go:19
	//   14   int64#1.Load() = 2                                                         cache_test.go:20
	//        the value was computed 2 times                                             cache_test.go:21
	// --- property: the value was computed 2 times
	// > another task goes on; * it takes over from one that could have gone on
	// rwmutex#1: first used in swapped.(*Cache[...]).Get, cache.go:21: c.mu.RLock()
	// int64#1: first used in tutorial_test.twoGets.func1, cache_test.go:16: get := newCache(func(string) int64 { return compu…
}

// A Once for each key makes the second wait for the first.
func Example_cacheRepaired() {
	r := schedules.Explore(func(s *schedules.S) {
		twoGets(s, func(compute func(string) int64) func(string) int64 {
			return repaired.NewCache(compute).Get
		})
	}, schedules.Config{})
	fmt.Println(r.Verdict())
	// Output:
	// EXHAUSTED
}
