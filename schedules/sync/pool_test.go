package sync_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/sync"
)

// Get returns any of the items or a new one, and no item twice.
func TestPoolGetsAnything(t *testing.T) {
	seen := map[string]bool{}
	exhaust(t, func(*S) {
		p := sync.Pool{New: func() any { return "new" }}
		p.Put(nil)
		p.Put(1)
		p.Put(2)
		seen[fmt.Sprint(p.Get(), p.Get())] = true
	})
	want := []string{"1 2", "1new", "2 1", "2new", "new1", "new2", "newnew"}
	got := slices.Sorted(maps.Keys(seen))
	for i := range got {
		got[i] = strings.Replace(got[i], "new ", "new", 1)
	}
	if slices.Sort(want); !slices.Equal(got, want) {
		t.Errorf("seen %q, expected %q", got, want)
	}
}

// What is left in a pool by one execution is not found by the next.
func TestAPoolIsEmptyAtFirst(t *testing.T) {
	var p sync.Pool
	exhaustUnshared(t, func(s *S) {
		if x := p.Get(); x != nil {
			s.Errorf("found %v", x)
		}
		p.Put(1)
	})
}

func TestPoolWithoutAScheduler(t *testing.T) {
	var p sync.Pool
	if x := p.Get(); x != nil {
		t.Errorf("found %v", x)
	}
	p.New = func() any { return "new" }
	if x := p.Get(); x != "new" {
		t.Errorf("found %v", x)
	}
	p.Put("item")
	for range 2 { // under the race detector a Put may be dropped
		if x := p.Get(); x != "item" && x != "new" {
			t.Errorf("found %v", x)
		}
	}
}

// A buffer that is put back while it is still in use may be given to another task.
// That happens only where Get returns just this buffer, which is tried.
func ExamplePool() {
	type buffer struct{ users atomic.Int32 }
	body := func(s *schedules.S) {
		pool := sync.Pool{New: func() any { return new(buffer) }}
		use := func() {
			b := pool.Get().(*buffer)
			if b.users.Add(1) > 1 {
				s.Errorf("the buffer is in use")
			}
			pool.Put(b) // too early
			b.users.Add(-1)
		}
		s.Go("a", use)
		s.Go("b", use)
	}
	r := schedules.Explore(context.Background(), body, schedules.Config{})
	fmt.Println(r.Failure)
	// Output:
	// property: the buffer is in use
}
