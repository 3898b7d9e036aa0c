package atomic_test

import (
	"context"
	"fmt"

	"annulus/schedules"
	"annulus/schedules/atomic"
)

// A configuration that is replaced as a whole is never seen in parts.
func ExampleValue() {
	type limits struct{ low, high int }
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		var v atomic.Value
		v.Store(limits{1, 2})
		s.Go("writer", func() { v.Store(limits{3, 4}) })
		s.Go("reader", func() {
			if l := v.Load().(limits); l.high != l.low+1 {
				s.Errorf("%v is a mixture", l)
			}
		})
	}, schedules.Config{})
	fmt.Println(r.Verdict())
	// Output:
	// EXHAUSTED
}

// The functions work on plain variables, which the scheduler knows by their
// addresses.
func ExampleAddInt64() {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		var n int64
		for _, name := range []string{"a", "b"} {
			s.Go(name, func() { atomic.AddInt64(&n, 1) })
		}
		s.Wait()
		if n != 2 {
			s.Errorf("an update was lost")
		}
	}, schedules.Config{})
	fmt.Println(r.Verdict())
	// Output:
	// EXHAUSTED
}
