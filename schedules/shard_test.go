package schedules_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/sync"
)

// sharded lists the strategies that enumerate.
var sharded = map[string]func() schedules.Strategy{
	"dfs":       func() schedules.Strategy { return schedules.DFS(-1) },
	"dfs:2":     func() schedules.Strategy { return schedules.DFS(2) },
	"cached":    func() schedules.Strategy { return schedules.CachedDFS(-1) },
	"cached:1":  func() schedules.Strategy { return schedules.CachedDFS(1) },
	"dpor":      schedules.DPOR,
	"search:1":  func() schedules.Strategy { return schedules.Search(1) },
	"search:-1": func() schedules.Strategy { return schedules.Search(-1) },
}

// enumerate explores a shard of the program.
func (p reducible) enumerate(strategy schedules.Strategy, shard schedules.Shard) (own explored, foreign int) {
	own = explored{outcomes: map[string]bool{}, classes: map[uint64]bool{}}
	var w *world
	schedules.Enumerate(func(s *S) {
		w = &world{s: s}
		w.run(p)
	}, schedules.Config{Strategy: strategy, Shard: shard}, func(e schedules.Execution) bool {
		if e.Foreign {
			foreign++
			return true
		}
		own.executions++
		if e.Redundant {
			own.redundant++
		}
		own.outcomes[w.outcome(e.Failure)] = true
		own.classes[e.Class] = true
		return true
	})
	return own, foreign
}

// union explores all of n shards. most is the number of executions of the largest.
func (p reducible) union(make func() schedules.Strategy, n int) (all explored, most int) {
	all = explored{outcomes: map[string]bool{}, classes: map[uint64]bool{}}
	for i := range n {
		own, _ := p.enumerate(make(), schedules.Shard{Index: i + 1, Count: n})
		maps.Copy(all.outcomes, own.outcomes)
		maps.Copy(all.classes, own.classes)
		all.executions += own.executions
		all.redundant += own.redundant
		most = max(most, own.executions)
	}
	return all, most
}

// requireWhole has the shards' union be what one exploration finds.
func (p reducible) requireWhole(t *testing.T, name string, n int) {
	t.Helper()
	whole, foreign := p.enumerate(sharded[name](), schedules.Shard{})
	if foreign > 0 {
		t.Errorf("%v, %s: %d executions of other shards, and there are none", p, name, foreign)
	}
	all, _ := p.union(sharded[name], n)
	label := fmt.Sprintf("%s in %d shards", name, n)
	requireOutcomes(t, p, label, all, whole)
	if p.waits() {
		return // how often tasks wait in vain depends on the search
	}
	if !maps.Equal(all.classes, whole.classes) {
		t.Errorf("%v, %s: %d classes, expected %d", p, label, len(all.classes), len(whole.classes))
	}
	switch tried := all.executions - all.redundant; {
	case name == "dfs" && all.executions != whole.executions:
		t.Errorf("%v, %s: %d executions, expected %d", p, label, all.executions, whole.executions)
	case name == "dpor" && p.onePerClass(whole) && tried != len(whole.classes):
		t.Errorf("%v, %s: %d executions that are not redundant, expected one of each of %d classes", p, label, tried, len(whole.classes))
	}
}

// The union of the shards is the whole: for programs with fewer choices than the
// beginnings that are shared out have, and with many more.
func TestShardsAreTheWhole(t *testing.T) {
	programs := []reducible{
		{{"a01"}},
		{{"a01"}, {"l0"}},
		{{"a01", "a01", "a01"}, {"a01", "a01", "a01"}},
		{{"P", "l0", "P"}, {"P", "s01", "P"}},
		{{"g01", "l1"}, {"a11", "s01"}},
		{{"g01", "l1"}, {"g11", "s01"}, {"s11", "l0"}},
		{{"m", "M", "l0"}, {"M", "m", "l0"}},
		{{"(", "a01", ")", "(", "l0", ")"}, {"(", "s02", ")"}, {"(", "a01", ")"}},
		{{"a01", "l0", "a01"}, {"a01", "l1", "a11"}, {"a01", "a11"}},
	}
	r := rand.New(rand.NewPCG(5, 6))
	random := 20
	if testing.Short() {
		random = 10
	}
	for range random {
		p := randomReducible(r, false)
		if _, ok := p.small(400); ok {
			programs = append(programs, p)
		}
	}
	for _, p := range programs {
		for name := range sharded {
			for _, n := range []int{1, 2, 3, 5} {
				p.requireWhole(t, name, n)
			}
		}
	}
	t.Logf("%d programs", len(programs))
}

// small reports whether a plain search ends within so many executions.
func (p reducible) small(most int) (executions int, ok bool) {
	x := p.explore(schedules.Config{Strategy: schedules.DFS(-1)}, 0, most)
	return x.executions, !x.capped
}

// The work of a large search is divided, not repeated.
func TestShardsDivideTheWork(t *testing.T) {
	p := reducible{{"a01", "a01", "a01"}, {"a01", "a01", "a01"}, {"a01", "a01", "a01"}}
	for name := range sharded {
		whole, _ := p.enumerate(sharded[name](), schedules.Shard{})
		for _, n := range []int{2, 3, 5} {
			all, most := p.union(sharded[name], n)
			t.Logf("%s in %d shards: %d executions of %d, at most %d in one", name, n, all.executions, whole.executions, most)
			if bound := 2 * whole.executions / n; n > 2 && most > bound {
				t.Errorf("%s in %d shards: one has %d of %d executions", name, n, most, whole.executions)
			}
			if most == whole.executions {
				t.Errorf("%s in %d shards: one has all %d executions", name, n, most)
			}
		}
	}
}

// The shards of a sampler draw different schedules.
func TestShardsOfSamplersDiffer(t *testing.T) {
	body := steps(3, 4)
	for _, name := range []string{"random", "pct:3", "pos", "urw", "mixture"} {
		cfg := func() schedules.Config {
			strategy, err := schedules.StrategyNamed(name, 1)
			if err != nil {
				t.Fatal(err)
			}
			return schedules.Config{Strategy: strategy, Schedules: 100}
		}
		one := schedules.Explore(context.Background(), body, cfg())
		merged := mustMerge(t, inShards(body, 4, cfg)...)
		if merged.Schedules != 400 || merged.Exhausted || merged.Seed != 1 {
			t.Errorf("%s: %v", name, merged)
		}
		if merged.Classes < 2*one.Classes {
			t.Errorf("%s: %d classes in one shard, %d in four", name, one.Classes, merged.Classes)
		}
	}
}

// Programs that fail do so in the shards, too.
func TestShardsFindWhatFails(t *testing.T) {
	for name, make := range sharded {
		merged := mustMerge(t, inShards(lostUpdate, 3, func() schedules.Config { return schedules.Config{Strategy: make(), Schedules: 1000} })...)
		if merged.Failure == nil || merged.Verdict() != "FAIL" {
			t.Errorf("%s: %v", name, merged)
		}
	}
}

// bank is a program with a lock and plain data under it.
func bank(s *S) {
	var mu sync.Mutex
	var done atomic.Int64
	accounts := [2]int{5, 5}
	for range 2 {
		s.Go("transfer", func() {
			for i := range 2 {
				mu.Lock()
				accounts[i]--
				accounts[1-i]++
				mu.Unlock()
				done.Add(1)
			}
		})
	}
	s.Wait()
	if accounts[0]+accounts[1] != 10 || done.Load() != 4 {
		s.Errorf("%d + %d after %d transfers", accounts[0], accounts[1], done.Load())
	}
}

// The merged report is that of a single exploration.
func TestMergedIsExhausted(t *testing.T) {
	for name, make := range sharded {
		cfg := func() schedules.Config { return schedules.Config{Strategy: make(), Schedules: 1 << 40} }
		whole := schedules.Explore(context.Background(), bank, cfg())
		merged := mustMerge(t, inShards(bank, 3, cfg)...)
		if merged.Verdict() != whole.Verdict() || merged.Classes != whole.Classes || !merged.ClassesExact {
			t.Errorf("%s: %v\nmerged: %v", name, whole, merged)
		}
		if name == "dfs" && merged.Schedules != whole.Schedules {
			t.Errorf("%d executions in the shards, %d in all", merged.Schedules, whole.Schedules)
		}
	}
	whole := schedules.Explore(context.Background(), bank, schedules.Config{Schedules: 1 << 40})
	merged := mustMerge(t, inShards(bank, 3, func() schedules.Config { return schedules.Config{Schedules: 1 << 40} })...)
	if merged.Verdict() != "EXHAUSTED" || whole.Verdict() != "EXHAUSTED" {
		t.Errorf("the portfolio: %v\nmerged: %v", whole, merged)
	}
}

// A strategy that was used for a shard is not limited to it when it is used again.
func TestAStrategyIsWholeAfterAShard(t *testing.T) {
	for name, make := range sharded {
		cfg := schedules.Config{Strategy: make(), Schedules: 1 << 40}
		whole := schedules.Explore(context.Background(), bank, cfg)
		cfg.Shard = schedules.Shard{Index: 1, Count: 3}
		part := schedules.Explore(context.Background(), bank, cfg)
		cfg.Shard = schedules.Shard{}
		again := schedules.Explore(context.Background(), bank, cfg)
		if part.Schedules >= whole.Schedules || again.Schedules != whole.Schedules || again.Verdict() != whole.Verdict() {
			t.Errorf("%s: %v\nin part: %v\nagain: %v", name, whole, part, again)
		}
	}
}
