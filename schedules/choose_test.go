package schedules_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"

	"github.com/stretchr/testify/require"
)

// Every exhaustive strategy finds all outcomes of programs that choose, which are those of a
// direct enumeration; and the plain one comes to every path once.
func TestChoicesEqualDirectEnumeration(t *testing.T) {
	programs := 60
	if testing.Short() {
		programs = 15
	}
	r := rand.New(rand.NewPCG(5, 6))
	for range programs {
		p := randomProgram(r)
		for range 1 + r.IntN(2) {
			list := p[r.IntN(len(p))]
			list[r.IntN(len(list)-1)] = instruction{op: 'C', a: 1 + r.Int64N(3)}
		}
		for t, list := range p { // a lock may have lost its unlock
			p[t] = slices.DeleteFunc(list, func(ins instruction) bool { return ins.op == 'L' || ins.op == 'U' })
		}
		m := &machine{p: p, at: make([]int, len(p)), holder: -1, seen: make([][]int64, len(p)), results: map[string]bool{}}
		m.enumerate()
		want := slices.Sorted(maps.Keys(m.results))
		for name, strategy := range exhaustive {
			if name == "default" {
				continue
			}
			results := map[string]bool{}
			report := schedules.Explore(context.Background(), func(s *S) { results[p.perform(s)] = true },
				schedules.Config{Strategy: strategy(), Schedules: 1 << 40, Unshared: true})
			require.Nil(t, report.Failure, "%v", p)
			require.Equal(t, "EXHAUSTED", strings.TrimSuffix(string(report.Verdict()), " at bound 9"), "%s: %v", name, p)
			if name == "dfs" {
				require.Equal(t, m.paths, report.Schedules, "%v", p)
			}
			require.Equal(t, want, slices.Sorted(maps.Keys(results)), "%s: %v", name, p)
		}
	}
}

// A failure chooses the first alternative wherever that will do, is replayed, and shows what
// was chosen.
func TestChoicesAreMinimisedAndReplayed(t *testing.T) {
	body := func(s *S) {
		var n atomic.Int64
		for range 2 {
			s.Go("task", func() {
				for range 3 {
					n.Add(int64(s.Choose(3)))
				}
			})
		}
		s.Wait()
		if n.Load() >= 2 {
			s.Errorf("at least two")
		}
	}
	f := schedules.Explore(context.Background(), body, schedules.Config{Strategy: schedules.Random(1)}).Failure
	require.NotNil(t, f)
	var chosen []string
	for _, step := range f.Schedule.Steps {
		if step.Op == "pick" && step.Object != "0" {
			chosen = append(chosen, step.Object)
		}
	}
	require.Contains(t, []string{"[2]", "[1 1]"}, fmt.Sprint(chosen))
	require.Contains(t, f.Trace.String(), "Choose = 0 of 3")
	again := schedules.Replay(body, f.Schedule)
	require.Equal(t, f.Message, again.Failure.Message)
	require.Equal(t, f.Schedule.Steps, again.Failure.Schedule.Steps)
}

// Of a large number every alternative is tried, and of 1 there is nothing to try.
func TestChooseAmongMany(t *testing.T) {
	seen := map[int]bool{}
	r := schedules.Explore(context.Background(), func(s *S) {
		if n := s.Choose(1); n != 0 {
			s.Errorf("%d of 1", n)
		}
		seen[s.Choose(150)] = true
	}, schedules.Config{Strategy: schedules.DPOR()})
	require.Equal(t, schedules.VerdictExhausted, r.Verdict())
	require.EqualValues(t, 150, r.Schedules)
	require.Len(t, seen, 150)
}

// There is no choice among none. In a deferred call of a task that is unwound it is 0.
func TestChooseAmongNone(t *testing.T) {
	chosen := -1
	f := schedules.Explore(context.Background(), func(s *S) {
		defer func() { chosen = s.Choose(5) }()
		s.Choose(0)
	}, schedules.Config{NoMinimise: true, Strategy: schedules.DFS(0)}).Failure
	require.NotNil(t, f)
	require.Equal(t, schedules.Panic, f.Class)
	require.Contains(t, f.Message, "Choose(0): there must be an alternative at least")
	require.Equal(t, 0, chosen)
}
