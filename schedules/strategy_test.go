package schedules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
)

func TestStrategiesHaveNames(t *testing.T) {
	for name, want := range map[string]schedules.Strategy{
		"dfs": schedules.DFS(-1), "dfs:0": schedules.DFS(0), "dfs:2": schedules.DFS(2), "dpor": schedules.DPOR(),
		"random": schedules.Random(7), "pct": schedules.PCT(3, 7), "pct:1": schedules.PCT(1, 7),
		"pos": schedules.POS(7), "urw": schedules.URW(7), "mixture": schedules.Mixture(7),
	} {
		got, err := schedules.StrategyNamed(name, 7)
		// The parameters and the seed are all there is in a new strategy.
		if err != nil || fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) && name != "mixture" || got.String() != want.String() {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for _, name := range []string{"", "DFS", "dfs:", "dfs:-1", "dfs:x", "dfs:1:2", "pct:0", "pct:1001", "random:1", "pos:", " urw"} {
		got, err := schedules.StrategyNamed(name, 7)
		if err == nil || got != nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", name)) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// The report of a failure names the member that found it, and the seed of the
// whole.
func TestAMixtureNamesWhoFoundAFailure(t *testing.T) {
	for seed := range uint64(20) {
		r := schedules.Explore(func(s *S) {
			var x atomic.Int64
			s.Go("a", func() {
				for range 10 {
					x.Add(1)
				}
				if x.Load() == 10 {
					s.Errorf("b is late")
				}
			})
			s.Go("b", func() { x.Add(1) })
		}, schedules.Config{Strategy: schedules.Mixture(seed), Schedules: 1000})
		if r.Failure == nil {
			t.Fatalf("seed %d: not found", seed)
		}
		found := r.Failure.Strategy
		if found != r.Strategy || r.Failure.Seed != seed || !slices.Contains([]string{
			"random walk", "PCT, depth 2", "PCT, depth 3", "PCT, depth 4", "POS", "uniform random walk"}, found) {
			t.Errorf("seed %d: found by %s, seed %d; %s was at work", seed, found, r.Failure.Seed, r.Strategy)
		}
	}
}

// All strategies that see everything count the same classes: of 3 operations
// each, which commute or not.
func TestReportsCountDistinctInterleavings(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(x *atomic.Int64)
		want int64
	}{
		{"loads", func(x *atomic.Int64) { x.Load() }, 1},
		{"additions", func(x *atomic.Int64) { x.Add(1) }, 20},
	} {
		for _, name := range []string{"dfs", "dfs:9", "dpor", "random", "pct:9", "pos", "urw", "mixture"} {
			strategy, err := schedules.StrategyNamed(name, 1)
			if err != nil {
				t.Fatal(err)
			}
			r := schedules.Explore(func(s *S) {
				var x atomic.Int64
				for range 2 {
					s.Go("a", func() {
						for range 3 {
							c.do(&x)
						}
					})
				}
			}, schedules.Config{Strategy: strategy, Schedules: 2000})
			if r.Classes != c.want || !r.ClassesExact {
				t.Errorf("%s, %v: %d classes, exact %v, expected %d", c.name, strategy, r.Classes, r.ClassesExact, c.want)
			}
			if text := fmt.Sprintf("%d schedules, %d distinct, ", r.Schedules, r.Classes); !strings.Contains(r.String(), text) {
				t.Errorf("%q does not contain %q", r, text)
			}
		}
	}
	about := schedules.Report{Schedules: 9, Classes: 8}
	if !strings.Contains(about.String(), "9 schedules, about 8 distinct, ") {
		t.Errorf("%v", &about)
	}
}

// On a program for which one member is right, a mixture finds far more than
// equal shares for all would.
func TestAMixtureFindsMoreThanItsMembersOnAverage(t *testing.T) {
	classes := func(name string) int64 {
		strategy, err := schedules.StrategyNamed(name, 1)
		if err != nil {
			t.Fatal(err)
		}
		return schedules.Explore(func(s *S) {
			var x atomic.Int64
			for _, n := range []int{30, 3} {
				s.Go("task", func() {
					for range n {
						x.Add(1)
					}
				})
			}
		}, schedules.Config{Strategy: strategy, Schedules: 4000}).Classes
	}
	members := []string{"random", "pct:2", "pct:3", "pct:4", "pos", "urw"}
	var sum int64
	for _, name := range members {
		sum += classes(name)
	}
	average, mixture := sum/int64(len(members)), classes("mixture")
	t.Logf("%d by the mixture, %d by its members on average", mixture, average)
	if mixture < 2*average {
		t.Errorf("%d by the mixture, %d by its members on average", mixture, average)
	}
}
