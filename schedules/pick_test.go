package schedules_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"annulus/schedules"
	"annulus/schedules/runtime"
	"annulus/schedules/sync"
)

// ranges is a program in which one task ranges over a map of n keys; it fails if
// it begins with the key bad, and writes down with which keys it has begun.
func ranges(n, bad int, begun map[int]bool) func(*S) {
	return func(s *S) {
		var m, other sync.Map
		for i := range n {
			m.Store(i, i)
		}
		s.Go("other", func() { other.Store(0, 0) })
		s.Go("ranges", func() {
			m.Range(func(key, _ any) bool {
				if begun != nil {
					begun[key.(int)] = true
				}
				if key == bad {
					s.Errorf("it begins with %d", bad)
				}
				return false
			})
		})
	}
}

// Every strategy chooses among alternatives as well as among tasks.
func TestStrategiesPick(t *testing.T) {
	for _, name := range []string{"dfs", "dfs:0", "cached:1", "search", "dpor", "random", "pct", "pos", "urw", "mixture"} {
		strategy, err := schedules.StrategyNamed(name, 1)
		if err != nil {
			t.Fatal(err)
		}
		begun := map[int]bool{}
		r := schedules.Explore(context.Background(), ranges(5, -1, begun), schedules.Config{Strategy: strategy, Schedules: 300})
		if r.Failure != nil {
			t.Errorf("%s: %v", name, r.Failure)
		}
		if got := slices.Sorted(maps.Keys(begun)); !slices.Equal(got, []int{0, 1, 2, 3, 4}) {
			t.Errorf("%s: it has begun with %v", name, got)
		}
	}
}

// What is picked commutes with what others do elsewhere.
func TestPicksAreClasses(t *testing.T) {
	r := schedules.Explore(context.Background(), ranges(5, -1, nil), schedules.Config{Strategy: schedules.DPOR()})
	if !r.Exhausted || r.Classes != 5 || r.Schedules != 5 {
		t.Error(r)
	}
}

// Shards divide what is picked among them, and miss nothing.
func TestShardsDividePicks(t *testing.T) {
	orders := func(seen map[string]bool) func(*S) {
		return func(s *S) {
			var visited [2]string
			for i := range visited {
				s.Go("ranges", func() {
					var m sync.Map
					for key := range 4 {
						m.Store(key, key)
					}
					m.Range(func(key, _ any) bool {
						visited[i] += fmt.Sprint(key)
						return true
					})
				})
			}
			s.Wait()
			seen[visited[0]+" "+visited[1]] = true
		}
	}
	for _, name := range []string{"dfs:0", "dpor"} {
		all, sum := map[string]bool{}, int64(0)
		for i := range 3 {
			strategy, err := schedules.StrategyNamed(name, 1)
			if err != nil {
				t.Fatal(err)
			}
			r := schedules.Explore(context.Background(), orders(all), schedules.Config{Strategy: strategy, Shard: schedules.Shard{Index: i + 1, Count: 3}})
			if !r.Exhausted || r.Schedules == 0 {
				t.Errorf("%s, shard %d: %v", name, i+1, r)
			}
			sum += r.Schedules
		}
		strategy, _ := schedules.StrategyNamed(name, 1)
		whole := schedules.Explore(context.Background(), orders(map[string]bool{}), schedules.Config{Strategy: strategy})
		// With a reduction some classes are those of several shards.
		if len(all) != 24*24 || sum < whole.Schedules || name != "dpor" && sum > whole.Schedules {
			t.Errorf("%s: the shards have run %d schedules of %d and seen %d of %d orders", name, sum, whole.Schedules, len(all), 24*24)
		}
	}
}

// A failure shows no pick but the one that it takes.
func TestPicksAreMinimised(t *testing.T) {
	body := func(s *S) {
		var p sync.Pool
		p.Put("a")
		p.Put("b")
		p.Put("c")
		for range 4 {
			p.Put(p.Get())
		}
		if p.Get() == "a" {
			s.Errorf("the first item")
		}
	}
	r := schedules.Explore(context.Background(), body, schedules.Config{Strategy: schedules.Random(3)})
	if r.Failure == nil {
		t.Fatal(r)
	}
	others := 0
	for _, step := range r.Failure.Schedule.Steps {
		if step.Op == "pick" && step.Object != "0" {
			others++
		}
	}
	if others != 1 {
		t.Errorf("%d picks are not the first alternative in\n%v", others, r.Failure.Schedule)
	}
}

type wildPicker struct{ schedules.Strategy }

func (w wildPicker) Choose(c *schedules.Choice) int {
	if c.Data {
		return 9
	}
	return w.Strategy.Choose(c)
}

func TestAStrategyThatPicksWhatIsNotThere(t *testing.T) {
	r := schedules.Explore(context.Background(), ranges(5, -1, nil), schedules.Config{Strategy: wildPicker{schedules.Random(1)}})
	if r.Failure == nil || !strings.Contains(r.Failure.Message, "alternative 9 of 5") {
		t.Error(r.Failure)
	}
}

// A program that offers other alternatives than before is noticed.
func TestOtherAlternativesAreNondeterminism(t *testing.T) {
	n := 2
	r := schedules.Explore(context.Background(), func(s *S) {
		n++
		ranges(n, -1, nil)(s)
	}, schedules.Config{Strategy: schedules.Random(1)})
	if r.Failure == nil || r.Failure.Class != schedules.Nondeterminism {
		t.Error(r.Failure)
	}
}

// The trace tells whom a signal woke.
func TestTheTraceTellsWhomASignalWoke(t *testing.T) {
	r := schedules.Explore(context.Background(), func(s *S) {
		var m sync.Mutex
		c := sync.NewCond(&m)
		waiting, woken := 0, ""
		for _, name := range []string{"a", "b"} {
			s.Go(name, func() {
				m.Lock()
				waiting++
				c.Wait()
				woken += name
				m.Unlock()
			})
		}
		until := func(ready func() bool) {
			for m.Lock(); !ready(); m.Lock() {
				m.Unlock()
				runtime.Gosched()
			}
			m.Unlock()
		}
		until(func() bool { return waiting == 2 })
		c.Signal()
		until(func() bool { return woken != "" })
		c.Signal()
		s.Wait()
		if woken == "ba" {
			s.Errorf("b is the first")
		}
	}, schedules.Config{})
	if r.Failure == nil {
		t.Fatal(r)
	}
	text := r.Failure.Trace.String()
	for _, want := range []string{"Signal c wakes b", "Signal c wakes a"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}
