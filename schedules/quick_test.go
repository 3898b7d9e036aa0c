package schedules_test

import (
	"fmt"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/sync"
)

func TestQuick(t *testing.T) {
	r := schedules.Explore(func(s *schedules.S) {
		var n atomic.Int64
		inc := func() { n.Store(n.Load() + 1) }
		s.Go("a", inc)
		s.Go("b", inc)
		s.Wait()
		if got := n.Load(); got != 2 {
			s.Errorf("two increments made %d", got)
		}
	}, schedules.Config{})
	fmt.Println(r)
	fmt.Println(r.Failure.Describe())
	fmt.Println(r.Failure.Schedule)
	r = schedules.Explore(func(s *schedules.S) {
		var a, b sync.Mutex
		s.Go("a", func() { a.Lock(); b.Lock(); b.Unlock(); a.Unlock() })
		s.Go("b", func() { b.Lock(); a.Lock(); a.Unlock(); b.Unlock() })
		s.Wait()
	}, schedules.Config{})
	fmt.Println(r)
	fmt.Println(r.Failure.Describe())
}

func BenchmarkLock(b *testing.B) {
	r := schedules.Explore(func(s *schedules.S) {
		var m sync.Mutex
		n := 0
		inc := func() { m.Lock(); n++; m.Unlock() }
		s.Go("a", inc)
		s.Go("b", inc)
		s.Wait()
		if n != 2 {
			s.Errorf("two increments made %d", n)
		}
	}, schedules.Config{Strategy: schedules.Random(1), Schedules: int64(b.N)})
	b.ReportMetric(float64(r.Schedules)/r.Duration.Seconds(), "schedules/s")
	b.ReportMetric(float64(r.Steps)/r.Duration.Seconds(), "steps/s")
	b.ReportAllocs()
	if r.Failure != nil {
		b.Fatal(r)
	}
}
