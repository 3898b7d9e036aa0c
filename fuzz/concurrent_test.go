package fuzz

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"annulus/linearizability/scenario"
)

// concurrentOp draws the bytes of an operation of one of the lists. They are drawn
// together, so that rapid leaves out whole ones.
func concurrentOp(lists ...byte) *rapid.Generator[[]byte] {
	return rapid.Custom(func(t *rapid.T) []byte { return drawnOp(t, rapid.SampledFrom(lists).Draw(t, "list")) })
}

func drawnOp(t *rapid.T, list byte) []byte {
	what := rapid.SampledFrom(deeds[:]).Draw(t, "verb") // IntRange would prefer the first
	data := []byte{list<<5 | code(deeds[:], what)}
	if what.verb.Evicts() {
		data = append(data, rapid.Byte().Draw(t, "callback"))
	}
	if what.verb.TakesVariable() {
		data = append(data, rapid.Byte().Draw(t, "variable"))
	}
	return data
}

// drawnRing draws a ring for a few blocks.
func drawnRing(t *rapid.T) scenario.Ring {
	r := scenario.Ring{
		Classes:       rapid.SampledFrom([][]int{{64}, {64, 128}, {128, 256}}).Draw(t, "classes"),
		EvictPatience: rapid.SampledFrom(waits[:]).Draw(t, "patience"),
		DiscardLive:   rapid.Bool().Draw(t, "discard live"),
	}
	spare := 64 * rapid.SampledFrom([]int{0, 1, 2, 3, 4}).Draw(t, "spare")
	if spare > 64 {
		r.CopyOnAccessBytes = rapid.SampledFrom([]int{0, 0, 0, 64}).Draw(t, "copy-on-access")
	}
	r.Capacity = slices.Max(r.Classes) + spare
	return r
}

// drawnSwitch draws one, mostly soon.
func drawnSwitch(t *rapid.T) Switch {
	return Switch{rapid.IntRange(0, 30).Draw(t, "after"), uint8(rapid.IntRange(0, 1<<otherBits-1).Draw(t, "other"))}
}

// drawnExecutions draws a program and a few schedules for it. They are drawn before
// anything is executed: rapid ends a case that it gives up by a panic, which in the
// midst of an execution would be taken for one of the program's.
func drawnExecutions(t *rapid.T) []Execution {
	a, b := encodeRing(rapid.Custom(drawnRing).Draw(t, "ring"))
	program := []byte{a, b, rapid.Byte().Draw(t, "tasks")}
	for v := range rapid.IntRange(0, 3).Draw(t, "blocks") {
		// Without blocks that nobody holds there is little to quarrel about.
		program = append(program, code(deeds[:], deed{verb: scenario.Alloc}), byte(v), code(deeds[:], deed{verb: scenario.Release}), byte(v))
	}
	// Without two tasks that do something there is nothing to quarrel about.
	program = append(program, concurrentOp(2).Draw(t, "one")...)
	program = append(program, concurrentOp(3).Draw(t, "other")...)
	for _, op := range rapid.SliceOfN(concurrentOp(2, 3, 4, 5, setupCode, afterCode), 0, 6).Draw(t, "operations") {
		program = append(program, op...)
	}
	schedule := rapid.SliceOfN(rapid.Custom(drawnSwitch), 1, 4)
	var all []Execution
	for _, switches := range rapid.SliceOfN(schedule, 1, 8).Draw(t, "schedules") {
		all = append(all, Execution{decodeConcurrent(program), switches})
	}
	return all
}

// TestConcurrentPrograms lets rapid choose a program and who goes on when: every
// history is linearizable, and the invariants hold. What rapid makes of a failing
// case is shrunk once more, along the structure of the program.
func TestConcurrentPrograms(t *testing.T) {
	var failing *Execution
	all, unshared := 0, 0
	defer func() {
		if failing != nil {
			t.Log(explained(t, *failing, 0))
		}
	}()
	rapid.Check(t, func(t *rapid.T) {
		for _, x := range drawnExecutions(t) {
			r, err := x.Run(0)
			require.NoError(t, err)
			if r.Failure != nil {
				failing = &x
				t.Fatal(headline(r.Failure))
			}
			if all++; r.NothingShared {
				unshared++
			}
		}
	})
	t.Logf("NOTHING SHARED: %d of %d executions", unshared, all)
}
