package scenario_test

import (
	"fmt"

	"annulus/linearizability/scenario"
)

func ExampleProgram_String() {
	fmt.Print(scenario.Program{
		Name: "nested", About: "a callback evicts the next block",
		Ring:  scenario.Ring{Capacity: 512, Classes: []int{64, 128}, EvictPatience: 2},
		Setup: []scenario.Op{{Verb: scenario.Alloc, Var: "a", N: 64}, {Verb: scenario.Release, Var: "a"}},
		Tasks: []scenario.Task{{Name: "t1", Ops: []scenario.Op{
			{Verb: scenario.Evict, Body: []scenario.Op{{Verb: scenario.Evict}}},
		}}},
	})
	// Output:
	// program nested
	// about   a callback evicts the next block
	// ring    512 bytes, classes 64 128, patience 2
	// setup   alloc a 64; release a
	// t1      evict { evict }
}

// A program is read, and printed in its text form.
func ExampleParse() {
	p, err := scenario.Parse(`
		program both
		ring 512 bytes, classes 64
		setup alloc a 64; release a
		t1 tombstone a; free a
		t2 evict
	`)
	fmt.Printf("%v%v\n", p, err)
	// Output:
	// program both
	// ring    512 bytes, classes 64
	// setup   alloc a 64; release a
	// t1      tombstone a; free a
	// t2      evict
	// <nil>
}

// An error names the line, what was found there and what was expected.
func ExampleParse_mistake() {
	_, err := scenario.Parse(`
		program typo
		ring    512 bytes, classes 64
		t1      alloc a 64; relase a
	`)
	fmt.Println(err)
	// Output: scenario: program "typo": line 4: found "relase"; expected an operation: alloc, release, handover, tombstone, free, cancel, bytes, coa, evict, evictn, drain, allocevict, metrics, blocks, close, stop, closeworker
}
