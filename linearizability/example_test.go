package linearizability_test

import (
	"errors"
	"fmt"
	"strings"

	"annulus/linearizability"
	"annulus/model"
	"annulus/schedules"
)

// A program in its text form is explored completely.
func ExampleExplore() {
	p := linearizability.MustParse(`
		program two-evictions
		about   a freed block and a live one are evicted at once
		ring    512 bytes, classes 64 128
		setup   alloc a 64; release a; alloc b 64; release b; tombstone a; free a
		t1      evict
		t2      evict
	`)
	r, err := linearizability.Explore(p, schedules.Config{Strategy: schedules.DFS(-1)})
	fmt.Println(r.Verdict(), err)
	// Output: EXHAUSTED <nil>
}

// Two tasks cannot both have been given the block at address 0.
func ExampleJudge() {
	ring := linearizability.Ring{Capacity: 512, Classes: []int{64, 128}}
	alloc := func(task int, call, reply int32, a model.Addr) linearizability.Entry {
		return linearizability.Entry{
			Task: task, Call: call, Return: reply,
			Op: model.Op{Kind: model.OpAlloc, N: 60, Addr: a, Size: 64},
		}
	}
	fmt.Println(linearizability.Judge(ring, []linearizability.Entry{alloc(1, 0, 1, 0), alloc(2, 0, 1, 64)}))
	fmt.Println(linearizability.Judge(ring, []linearizability.Entry{alloc(1, 0, 1, 0), alloc(2, 0, 1, 0)}))
	// Output:
	// <nil>
	// not linearizable: t2's alloc(60) = block 0 fits nowhere
	// after t1's alloc(60) = block 0: block 0 (NotReady since t1's alloc(60) = block 0) must not be handed out: it is in use, reserved for eviction or copy-on-access
}

// A history that was recorded elsewhere says why it is not linearizable.
func ExampleReadHistory() {
	file := `{"format":"annulus history","version":2,"ring":{"capacity":512,"classes":[64,128]},"tasks":["main","t1"],"blocks":["a"]}
{"task":0,"call":10,"return":20,"op":"Alloc","n":60,"addr":0,"size":64,"outcome":"ok"}
{"task":0,"call":30,"return":40,"op":"Release","addr":0,"tag":1,"outcome":"ok"}
{"task":1,"call":35,"return":60,"op":"Bytes","addr":0,"outcome":"stale"}
{"end":3}
`
	h, err := linearizability.ReadHistory(strings.NewReader(file), "history.jsonl")
	if err != nil {
		fmt.Println(err)
		return
	}
	var not *linearizability.NotLinearizableError
	if errors.As(h.Judge(), &not) {
		fmt.Print(not.Why)
	}
	// Output:
	// t1's bytes(a) = stale fits nowhere.
	//   All before it can be explained: main's alloc(a, 60) = block 0; release(a).
	//   - before main's release(a): the answer must be another, since a still exists: NotReady since main's alloc(a,
	//     60) = block 0
	//   - after main's release(a): the answer must be another, since a still exists: Ready since main's release(a)
}

// Verify explores programs within a time and reports each.
func ExampleVerify() {
	suite := []linearizability.Program{linearizability.MustParse(`
		program two-tombstones
		ring    512 bytes, classes 64
		setup   alloc a 64; release a; tombstone a
		t1      free a
		t2      bytes a
	`)}
	results, err := linearizability.Verify(suite, linearizability.Config{Bound: -1})
	fmt.Println(results[0].Scenario, results[0].Verdict, err)
	// Output: two-tombstones EXHAUSTED <nil>
}

func ExampleProgram_String() {
	fmt.Print(linearizability.Program{
		Name: "nested", About: "a callback evicts the next block",
		Ring:  linearizability.Ring{Capacity: 512, Classes: []int{64, 128}, EvictPatience: 2},
		Setup: []linearizability.Op{{Verb: linearizability.Alloc, Var: "a", N: 64}, {Verb: linearizability.Release, Var: "a"}},
		Tasks: []linearizability.Task{{Name: "t1", Ops: []linearizability.Op{
			{Verb: linearizability.Evict, Body: []linearizability.Op{{Verb: linearizability.Evict}}},
		}}},
	})
	// Output:
	// program nested
	// about   a callback evicts the next block
	// ring    512 bytes, classes 64 128, patience 2
	// setup   alloc a 64; release a
	// t1      evict { evict }
}

func ExampleParse() {
	_, err := linearizability.Parse(`
		program typo
		ring    512 bytes, classes 64
		t1      alloc a 64; relase a
	`)
	fmt.Println(err)
	// Output: linearizability: program "typo": line 4: found "relase"; expected an operation: alloc, release, handover, tombstone, free, cancel, bytes, coa, evict, evictn, drain, allocevict, metrics, blocks, close, stop
}
