package fuzz_test

import (
	"fmt"

	"annulus/fuzz"
)

// ring has room for four blocks.
var ring = fuzz.Config{Capacity: 256, Classes: []int{64}, EvictPatience: 2}

// evict is an eviction whose callback does something and then ends.
func evict(end fuzz.End, inside ...fuzz.Op) fuzz.Op {
	return fuzz.Op{Kind: fuzz.EvictOne, Callbacks: []fuzz.Callback{{Inside: inside, End: end}}}
}

// A block is allocated and released; the callback of its eviction fails after
// it has evicted the next block.
func Example() {
	p := fuzz.Program{Config: ring, Ops: []fuzz.Op{
		{Kind: fuzz.Alloc}, {Kind: fuzz.Release},
		{Kind: fuzz.Alloc}, {Kind: fuzz.Release},
		evict(fuzz.Fail, evict(fuzz.Accept)),
	}}
	fmt.Println(fuzz.Run(p))
	// Output: <nil>
}

// Every input is a program. The first four bytes are the ring; then come the
// operations: here two allocations (0) of class 0, a release (6) of guard 0 and
// an eviction (17) in a context that never ends (0) with a callback that fails
// (4).
func ExampleDecode() {
	p := fuzz.Decode([]byte{0b1, 3, 0, 1, 0, 0, 0, 0, 6, 0, 17, 0, 4})
	fmt.Println(p.Config)
	for _, op := range p.Ops {
		fmt.Println(op.Kind, op.Arg)
		for _, c := range op.Callbacks {
			fmt.Println("  its callback", c.End)
		}
	}
	// Output:
	// capacity 256, classes [64], copy-on-access 0, patience 2
	// alloc 0
	// alloc 0
	// release 0
	// evict one 0
	//   its callback fails
}

// A machine takes one operation at a time, and compares buffer and model after
// each.
func ExampleMachine() {
	m, err := fuzz.NewMachine(ring)
	if err != nil {
		panic(err)
	}
	for range 5 { // the fifth finds the ring full
		fmt.Println(m.Do(fuzz.Op{Kind: fuzz.Alloc}))
	}
	fmt.Println(m.Finish())
	// Output:
	// <nil>
	// <nil>
	// <nil>
	// <nil>
	// <nil>
	// <nil>
}

// The text of a failure begins with the command that repeats it. Here the
// program has not really failed, so it says that instead of a violation.
func ExampleExplain() {
	fmt.Println(fuzz.Explain(fuzz.Program{Config: ring, Ops: []fuzz.Op{
		{Kind: fuzz.Alloc}, {Kind: fuzz.Release}, evict(fuzz.Fail),
	}}))
	// Output:
	// reproduce: ANNULUS_PROGRAM=0103000100000600110004 go test -run '^TestReproduce$' ./fuzz
	//
	// violated: not again: the program failed once and then passed
	//
	// ring: capacity 256, classes [64], copy-on-access 0, patience 2
	// program:
	//    1  alloc 64 → block 0.0 (64 bytes)
	//    2  release block 0.0
	//    3  evict one … callback for block 0.0
	//    3  callback for block 0.0 fails
	//    3  evict one → 0 bytes, buffer: eviction interrupted at block 0 (Tombstoning): the callback failed
	//    4  drain … callback for block 0.0
	//    4  callback for block 0.0 accepts
	//    4  drain → ok
	//    5  alloc 64 or evict → block 64.0 (64 bytes)
	//    6  release block 64.0
	//    7  drain … callback for block 64.0
	//    7  callback for block 64.0 accepts
	//    7  drain → ok
	//    8  close → ok
}
