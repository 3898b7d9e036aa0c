package runtime_test

import (
	"context"
	"fmt"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/runtime"
)

func TestWithoutAScheduler(t *testing.T) {
	var flag atomic.Bool
	runtime.Go(func() { flag.Store(true) })
	for !flag.Load() {
		runtime.Gosched()
	}
}

func TestBesideAScheduler(t *testing.T) {
	r := schedules.Explore(context.Background(), func(*schedules.S) {
		done := make(chan struct{})
		go func() {
			TestWithoutAScheduler(t)
			close(done)
		}()
		<-done
	}, schedules.Config{})
	if r.Failure != nil || r.Steps != 0 {
		t.Error(r)
	}
}

func TestGoAddsATask(t *testing.T) {
	orders := map[string]bool{}
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		var order []byte
		var x atomic.Int32
		for _, name := range []byte("abc") {
			runtime.Go(func() {
				x.Add(1)
				order = append(order, name)
			})
		}
		s.Wait()
		orders[string(order)] = true
	}, schedules.Config{Strategy: schedules.DFS(-1)})
	if r.Schedules != 6 || len(orders) != 6 {
		t.Errorf("%v, orders %v", r, orders)
	}
}

// A task that waits for a flag lets the others run, and is left alone until the
// flag changes: the search ends although the loop might go on for ever.
func ExampleGosched() {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		var ready atomic.Bool
		s.Go("waiter", func() {
			for !ready.Load() {
				runtime.Gosched()
			}
		})
		s.Go("setter", func() { ready.Store(true) })
	}, schedules.Config{Strategy: schedules.DFS(-1)})
	fmt.Println(r.Verdict())
	// Output:
	// EXHAUSTED
}

// Go stands in for the go statement.
func ExampleGo() {
	var ready atomic.Bool
	runtime.Go(func() { ready.Store(true) })
	for !ready.Load() {
		runtime.Gosched()
	}
	fmt.Println("ready")
	// Output:
	// ready
}
