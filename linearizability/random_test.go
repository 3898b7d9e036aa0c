package linearizability

import (
	"testing"

	"pgregory.net/rapid"

	"annulus/schedules"
)

// programs draws programs of two or three tasks that pass on a correct buffer.
// Patience is short, since a task may wait for itself.
func programs(t *rapid.T) Program {
	p := Program{
		Name: "random",
		Ring: Ring{
			Capacity:          64 * rapid.IntRange(4, 8).Draw(t, "granules"),
			Classes:           []int{64, 128},
			CopyOnAccessBytes: 64 * rapid.IntRange(0, 1).Draw(t, "copy-on-access"),
			EvictPatience:     rapid.IntRange(1, 3).Draw(t, "patience"),
		},
	}
	vars := []string{"a", "b", "c", "d", "e", "f"}
	used := 0
	var op func(depth int) Op
	op = func(depth int) Op {
		o := Op{Verb: Verb(rapid.IntRange(int(Alloc), int(Blocks)).Draw(t, "verb"))}
		if o.Verb.allocates() && used == len(vars) {
			o.Verb = Evict
		}
		switch {
		case o.Verb.allocates():
			o.Var, o.N = vars[used], rapid.IntRange(1, 128).Draw(t, "bytes")
			used++
		case o.Verb.takesVariable() && used == 0:
			o.Verb = Metrics
		case o.Verb.takesVariable():
			o.Var = vars[rapid.IntRange(0, used-1).Draw(t, "variable")]
		case o.Verb == EvictN:
			o.N = rapid.IntRange(0, 3).Draw(t, "evictions")
		}
		if o.Verb.evicts() {
			o.Answer = Answer(rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(t, "answer"))
			if depth == 0 && rapid.IntRange(0, 3).Draw(t, "body") == 0 {
				o.Body = []Op{op(depth + 1)}
			}
		}
		return o
	}
	ops := func(least, most int) []Op {
		list := make([]Op, rapid.IntRange(least, most).Draw(t, "operations"))
		for i := range list {
			list[i] = op(0)
		}
		return list
	}
	p.Setup = ops(0, 6)
	for i := range rapid.IntRange(2, 3).Draw(t, "tasks") {
		p.Tasks = append(p.Tasks, Task{Name: []string{"t1", "t2", "t3"}[i], Ops: ops(1, 4)})
	}
	p.After = ops(0, 2)
	return p
}

// Whatever a program does, the buffer passes: neither the driver nor the judge
// finds fault with correct executions.
//
// What rapid makes of a failing program is shrunk once more at the end. Rapid cuts
// what it has drawn, and asks with a few random schedules whether that fails, in
// any way; Shrink cuts along the structure and searches for the same failure.
func TestRandomProgramsPass(t *testing.T) {
	var program Program
	var failure *schedules.Failure
	defer func() {
		if failure == nil {
			return
		}
		small, r, err := Shrink(program, failure.Schedule, ShrinkConfig{})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("shrunk:\n%v\n%s", small, r.Failure.Describe())
	}()
	all, unshared := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		p := programs(t)
		r, err := Explore(p, schedules.Config{Strategy: schedules.Mixture(rapid.Uint64().Draw(t, "seed")), Schedules: 40})
		if err != nil {
			t.Fatal(err)
		}
		if r.Failure != nil {
			program, failure = p, r.Failure
			t.Fatalf("%v\n%s", p, r.Failure.Describe())
		}
		if all++; r.NothingShared {
			unshared++
		}
	})
	t.Logf("NOTHING SHARED: %d of %d programs", unshared, all)
}
