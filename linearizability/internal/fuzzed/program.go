package fuzzed

import (
	"pgregory.net/rapid"

	"annulus/linearizability/scenario"
)

// Program draws a program of two or three tasks, which passes on a correct buffer.
// Patience is short, since a task may wait for itself.
func Program(t *rapid.T) scenario.Program {
	p := scenario.Program{
		Name: "random",
		Ring: scenario.Ring{
			Capacity:          64 * rapid.IntRange(4, 8).Draw(t, "granules"),
			Classes:           []int{64, 128},
			CopyOnAccessBytes: 64 * rapid.IntRange(0, 1).Draw(t, "copy-on-access"),
			EvictPatience:     rapid.IntRange(1, 3).Draw(t, "patience"),
		},
	}
	vars := []string{"a", "b", "c", "d", "e", "f"}
	used := 0
	var op func(depth int) scenario.Op
	op = func(depth int) scenario.Op {
		o := scenario.Op{Verb: scenario.Verb(rapid.IntRange(int(scenario.Alloc), int(scenario.Blocks)).Draw(t, "verb"))}
		if o.Verb.Allocates() && used == len(vars) {
			o.Verb = scenario.Evict
		}
		switch {
		case o.Verb.Allocates():
			o.Var, o.N = vars[used], rapid.IntRange(1, 128).Draw(t, "bytes")
			used++
		case o.Verb.TakesVariable() && used == 0:
			o.Verb = scenario.Metrics
		case o.Verb.TakesVariable():
			o.Var = vars[rapid.IntRange(0, used-1).Draw(t, "variable")]
		case o.Verb == scenario.EvictN:
			o.N = rapid.IntRange(0, 3).Draw(t, "evictions")
		}
		if o.Verb.Evicts() {
			o.Answer = scenario.Answer(rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(t, "answer"))
			if depth == 0 && rapid.IntRange(0, 3).Draw(t, "body") == 0 {
				o.Body = []scenario.Op{op(depth + 1)}
			}
		}
		return o
	}
	ops := func(least, most int) []scenario.Op {
		list := make([]scenario.Op, rapid.IntRange(least, most).Draw(t, "operations"))
		for i := range list {
			list[i] = op(0)
		}
		return list
	}
	p.Setup = ops(0, 6)
	for i := range rapid.IntRange(2, 3).Draw(t, "tasks") {
		p.Tasks = append(p.Tasks, scenario.Task{Name: []string{"t1", "t2", "t3"}[i], Ops: ops(1, 4)})
	}
	p.After = ops(0, 2)
	return p
}
