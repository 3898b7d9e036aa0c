package sync_test

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	stdsync "sync"
	"testing"

	"annulus/schedules"
	"annulus/schedules/sync"
)

// table is what the standard map and ours have in common.
type table interface {
	Load(key any) (value any, ok bool)
	Store(key, value any)
	LoadOrStore(key, value any) (actual any, loaded bool)
	LoadAndDelete(key any) (value any, loaded bool)
	Delete(key any)
	Swap(key, value any) (previous any, loaded bool)
	CompareAndSwap(key, old, new any) (swapped bool)
	CompareAndDelete(key, old any) (deleted bool)
	Range(f func(key, value any) bool)
	Clear()
}

// tableResults performs every operation and returns what each returned or how it
// panicked.
func tableResults(empty func() table) []string {
	m := empty()
	var results []string
	do := func(f func() []any) {
		defer func() {
			if p := recover(); p != nil {
				results = append(results, fmt.Sprint("panic: ", p))
			}
		}()
		results = append(results, fmt.Sprint(f()...))
	}
	two := func(v any, ok bool) []any { return []any{v, ok} }
	do(func() []any { return two(m.Load("a")) })
	do(func() []any { return two(m.LoadOrStore("a", 1)) })
	do(func() []any { return two(m.LoadOrStore("a", 2)) })
	do(func() []any { return two(m.Swap("a", 3)) })
	do(func() []any { return two(m.Swap("b", 4)) })
	do(func() []any { return []any{m.CompareAndSwap("a", 1, 2), m.CompareAndSwap("a", 3, 2)} })
	do(func() []any { return []any{m.CompareAndSwap("missing", nil, 2)} })
	do(func() []any { return []any{m.CompareAndDelete("a", 1), m.CompareAndDelete("a", 2)} })
	do(func() []any { return two(m.LoadAndDelete("b")) })
	do(func() []any { return two(m.LoadAndDelete("b")) })
	do(func() []any { m.Store(nil, []int{1}); return two(m.Load(nil)) })
	m.Store(1, "x")
	m.Store(2, "y")
	m.Delete(nil)
	m.Delete("missing")
	got := map[any]any{}
	m.Range(func(k, v any) bool {
		got[k] = v
		return true
	})
	results = append(results, fmt.Sprint(got))
	calls := 0
	m.Range(func(k, v any) bool {
		calls++
		return false
	})
	m.Clear()
	do(func() []any { return []any{calls, m.CompareAndDelete(1, "x")} })
	// A panic can leave the standard map locked.
	for _, f := range []func(table) any{
		func(m table) any { return m.CompareAndSwap(1, []int{1}, 2) },
		func(m table) any { return m.CompareAndDelete(1, []int{1}) },
		func(m table) any { m.Store([]int{1}, 1); return nil },
		func(m table) any { v, _ := m.Load([]int{1}); return v },
	} {
		m := empty()
		m.Store(1, []int{1})
		do(func() []any { return []any{f(m)} })
	}
	return results
}

func TestMapResultsAreStandard(t *testing.T) {
	want := tableResults(func() table { return new(stdsync.Map) })
	if got := tableResults(func() table { return new(sync.Map) }); !slices.Equal(got, want) {
		t.Errorf("alone: %q, the standard type %q", got, want)
	}
	exhaust(t, func(s *S) {
		if got := tableResults(func() table { return new(sync.Map) }); !slices.Equal(got, want) {
			s.Errorf("under a scheduler: %q, the standard type %q", got, want)
		}
	})
}

// orders explores a Range beside another task and returns what it visits.
func orders(t *testing.T, other func(m *sync.Map)) []string {
	t.Helper()
	seen := map[string]bool{}
	exhaust(t, func(s *S) {
		var m sync.Map
		m.Store("a", 1)
		m.Store("b", 1)
		s.Go("other", func() { other(&m) })
		visited := ""
		m.Range(func(key, value any) bool {
			visited += fmt.Sprint(key, value)
			return true
		})
		seen[visited] = true
	})
	return slices.Sorted(maps.Keys(seen))
}

func TestRangeVisitsInEveryOrder(t *testing.T) {
	for _, c := range []struct {
		name  string
		other func(*sync.Map)
		want  []string
	}{
		{"nothing", func(*sync.Map) {}, []string{"a1b1", "b1a1"}},
		{"a change", func(m *sync.Map) { m.Store("a", 2) }, []string{"a1b1", "a2b1", "b1a1", "b1a2"}},
		{"a new key", func(m *sync.Map) { m.Store("c", 1) },
			[]string{"a1b1", "a1b1c1", "a1c1b1", "b1a1", "b1a1c1", "b1c1a1", "c1a1b1", "c1b1a1"}},
		{"a deletion", func(m *sync.Map) { m.Delete("b") }, []string{"a1", "a1b1", "b1a1"}},
		{"a clearing", (*sync.Map).Clear, []string{"", "a1", "a1b1", "b1", "b1a1"}},
	} {
		if got := orders(t, c.other); !reflect.DeepEqual(got, c.want) {
			t.Errorf("beside %s: %v, expected %v", c.name, got, c.want)
		}
	}
}

// Many keys are more than one choice can tell apart.
func TestRangeOverManyKeys(t *testing.T) {
	last := 0
	for seed := range uint64(40) {
		schedules.Explore(context.Background(), func(*S) {
			var m sync.Map
			for i := range 150 {
				m.Store(i, i)
			}
			visited := map[any]bool{}
			first := true
			m.Range(func(key, _ any) bool {
				if first {
					last = max(last, key.(int))
				}
				first = false
				visited[key] = true
				return true
			})
			if len(visited) != 150 {
				t.Errorf("%d keys were visited", len(visited))
			}
		}, schedules.Config{Strategy: schedules.Random(seed), Schedules: 1})
	}
	if last < 128 {
		t.Errorf("no Range has begun with a key above %d", last)
	}
}

func TestMapAndPoolInATrace(t *testing.T) {
	body := func(s *S) {
		var m sync.Map
		var p sync.Pool
		m.Store("k", 1)
		m.LoadOrStore("k", 2)
		m.CompareAndSwap("k", 1, 3)
		m.Range(func(any, any) bool { return false })
		p.Put("item")
		if p.Get() == nil {
			s.Errorf("the item was dropped")
		}
	}
	r := schedules.Explore(context.Background(), body, schedules.Config{})
	if r.Failure == nil {
		t.Fatal(r)
	}
	text := r.Failure.Trace.String()
	for _, want := range []string{
		`Store m("k", 1)`, `LoadOrStore m("k", 2) = 1, true`, `CAS m("k", 1, 3) = true`,
		`Range m = "k", 3`, `Put p("item")`, `Get p = nil`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	// What was picked is in the schedule.
	schedule, err := schedules.ParseSchedule(strings.NewReader(r.Failure.Schedule.String()))
	if err != nil {
		t.Fatal(err)
	}
	if again := schedules.Replay(body, schedule); again.Failure == nil || again.Failure.Class != schedules.Property {
		t.Errorf("replayed: %v", again.Failure)
	}
	// One that asks for what is not there is refused.
	for i, step := range schedule.Steps {
		if step.Op == "pick" {
			schedule.Steps[i].Object = "2"
		}
	}
	again := schedules.Replay(body, schedule)
	if again.Failure == nil || again.Failure.Class != schedules.Divergence || !strings.Contains(again.Failure.Message, "main picks one of 2 alternatives") {
		t.Errorf("replayed: %v", again.Failure)
	}
}

// A check and an act on a Map are two steps, between which another task may come.
func ExampleMap() {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		var m sync.Map
		for _, name := range []string{"a", "b"} {
			s.Go(name, func() {
				if _, ok := m.Load("owner"); !ok {
					m.Store("owner", name)
					if owner, _ := m.Load("owner"); owner != name {
						s.Errorf("%s took what %s had", owner, name)
					}
				}
			})
		}
	}, schedules.Config{})
	fmt.Println(r.Verdict())
	// Output:
	// FAIL
}
