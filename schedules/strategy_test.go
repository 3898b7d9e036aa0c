package schedules_test

import (
	"context"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
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
		r := schedules.Explore(context.Background(), func(s *S) {
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
			r := schedules.Explore(context.Background(), func(s *S) {
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
		return schedules.Explore(context.Background(), func(s *S) {
			var x atomic.Int64
			for _, n := range []int{30, 3} {
				s.Go("task", func() {
					for range n {
						x.Add(1)
					}
				})
			}
		}, schedules.Config{Strategy: strategy, Schedules: 4000}).
			Classes
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

// The executions of an exploration depend on the strategy's parameters, its seed among
// them, and the shard, and not on what the strategy has done before.
func TestEveryStrategyBeginsAnew(t *testing.T) {
	if schedules.UnderRace {
		t.Skip("thousands of executions on one goroutine after the other: no race that shorter tests do not have")
	}
	for _, name := range schedules.StrategyNames() {
		strategy, err := schedules.StrategyNamed(name, 7)
		if err != nil {
			t.Fatal(err)
		}
		explore := func(shard schedules.Shard, lengths ...int) (executions []string) {
			program := letters(true, 2, lengths...)
			var result func() string
			schedules.Explore(context.Background(), func(s *S) {
				if result != nil {
					executions = append(executions, result())
				}
				result = program(s)
			}, schedules.Config{Strategy: strategy, Shard: shard, Schedules: 1500, NoRepeat: true})
			return append(executions, result())
		}
		whole := explore(schedules.Shard{}, 3, 4, 3)
		part := explore(schedules.Shard{Index: 2, Count: 3}, 3, 4, 3)
		explore(schedules.Shard{}, 1, 9) // another program
		if len(whole) < 100 || slices.Equal(whole, part) {
			t.Errorf("%s: %d executions, of which a shard has the same %d", name, len(whole), len(part))
		}
		if !slices.Equal(explore(schedules.Shard{}, 3, 4, 3), whole) {
			t.Errorf("%s has other executions when it is used again", name)
		}
		if !slices.Equal(explore(schedules.Shard{Index: 2, Count: 3}, 3, 4, 3), part) {
			t.Errorf("%s has other executions of a shard when it is used again", name)
		}
	}
}

// A seed fails at the same execution whenever it is explored.
func TestASeedFailsAtTheSameExecution(t *testing.T) {
	for _, strategy := range []schedules.Strategy{schedules.Random(7), schedules.PCT(9, 7), schedules.POS(7), schedules.URW(7), schedules.Mixture(7), schedules.Portfolio(7)} {
		fails := func() int64 {
			r := schedules.Explore(context.Background(), func(s *S) {
				result := letters(true, 0, 3, 3)(s)
				if s.Wait(); result() == "bababa" {
					s.Errorf("in turns")
				}
			}, schedules.Config{Strategy: strategy, Schedules: 2000, NoMinimise: true})
			if r.Failure == nil {
				t.Fatalf("%v: %v", strategy, r)
			}
			return r.Failure.Execution
		}
		if first, second := fails(), fails(); first != second {
			t.Errorf("%v fails at execution %d, and then at %d", strategy, first, second)
		}
	}
}

// Those who go through all strategies by their names leave out none.
func TestEveryStrategyIsNamed(t *testing.T) {
	pkg, err := build.ImportDir(".", 0)
	if err != nil {
		t.Fatal(err)
	}
	var made []string
	for _, file := range pkg.GoFiles {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && f.Recv == nil && f.Name.IsExported() && f.Type.Results.NumFields() == 1 && text(f.Type.Results.List[0].Type) == "Strategy" {
				made = append(made, strings.TrimSuffix(strings.ToLower(f.Name.Name), "dfs"))
			}
		}
	}
	var named []string
	for _, name := range schedules.StrategyNames() {
		named = append(named, strings.TrimSuffix(name, "dfs"))
	}
	slices.Sort(made)
	slices.Sort(named)
	if !slices.Equal(made, named) {
		t.Errorf("functions make %q, and names are %q", made, named)
	}
}
