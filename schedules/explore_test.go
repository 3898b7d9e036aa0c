package schedules_test

import (
	"context"
	"runtime"
	gosync "sync"
	"testing"
	gotime "time"

	"annulus/schedules"
	"annulus/schedules/sync"
)

func TestExplorationsWaitForEachOther(t *testing.T) {
	// Goroutines of other tests go on with their own objects meanwhile.
	const rounds = 20_000
	var others gosync.WaitGroup
	var m sync.Mutex
	n := 0
	for range 2 {
		others.Go(func() {
			for range rounds {
				m.Lock()
				n++
				m.Unlock()
			}
		})
	}
	done := make(chan struct{})
	go func() {
		others.Wait()
		close(done)
	}()
	var all gosync.WaitGroup
	for range 4 {
		all.Go(func() {
			for finished := false; !finished; {
				if r := schedules.Explore(context.Background(), steps(2, 5), schedules.Config{Strategy: schedules.DFS(-1)}); r.Schedules != 252 || !r.Exhausted {
					t.Errorf("%v", r)
				}
				select {
				case <-done:
					finished = true
				default:
				}
			}
		})
	}
	all.Wait()
	if n != 2*rounds {
		t.Errorf("the others have counted to %d, not %d", n, 2*rounds)
	}
}

func TestBudgets(t *testing.T) {
	program := steps(3, 20)
	r := schedules.Explore(context.Background(), program, schedules.Config{Schedules: 77})
	if r.Schedules != 77 || r.Steps != 77*60 || r.Verdict() != "INCOMPLETE" {
		t.Errorf("77 schedules: %v", r)
	}
	r = schedules.Explore(context.Background(), program, schedules.Config{Time: 50 * gotime.Millisecond})
	if r.Duration < 50*gotime.Millisecond || r.Schedules < 1 || r.Verdict() != "INCOMPLETE" {
		t.Errorf("50 ms: %v", r)
	}
}

func TestProgressIsReported(t *testing.T) {
	var seen []schedules.Report
	program := steps(3, 20)
	schedules.Explore(context.Background(), func(s *schedules.S) {
		if program(s); len(seen) == 3 {
			s.Errorf("enough is seen")
		}
	}, schedules.Config{
		Time:     gotime.Hour,
		Progress: func(r schedules.Report) { seen = append(seen, r) },
	})
	if len(seen) != 3 {
		t.Fatalf("called %d times", len(seen))
	}
	for i, r := range seen[1:] {
		if r.Schedules <= seen[i].Schedules || r.Duration <= seen[i].Duration || r.Strategy == "" {
			t.Errorf("%v followed %v", r, seen[i])
		}
	}
}

// The caller may be locked to its thread, as what C calls and an init function are.
func TestExploreOnALockedThread(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		s.Go("t", func() {})
		s.Wait()
	}, schedules.Config{Unshared: true})
	if !r.Exhausted || r.Failure != nil {
		t.Fatal(r)
	}
}
