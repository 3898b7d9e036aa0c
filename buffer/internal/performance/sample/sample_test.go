package sample

import (
	"encoding/binary"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"annulus/schedules/trace"
)

func TestTheSlabEvictsInTurnAndKnowsWhatIsStale(t *testing.T) {
	s := newSlab(3*320, 320)
	var evicted []uint64
	note := func(block []byte, ref uint64) {
		require.Len(t, block, 320)
		evicted = append(evicted, ref)
	}
	var refs []uint64
	for i := range 4 {
		block, ref := s.alloc(300, note)
		require.Len(t, block, 300)
		require.Zero(t, block[0]&0xF0)
		block[0] = byte(i)
		refs = append(refs, ref)
	}
	require.Equal(t, refs[:1], evicted)
	s.release(refs[0]) // stale: the slot is that of refs[3]
	s.release(refs[1])
	s.release(refs[1])
	require.Len(t, s.arrays[0].free, 1)
	s.evict(note)
	require.Equal(t, []uint64{refs[0], refs[2]}, evicted, "refs[1] is free already")
	s.evict(note)
	s.evict(note) // there is nothing
	require.Equal(t, []uint64{refs[0], refs[2], refs[3]}, evicted)
	require.Len(t, s.arrays[0].free, 3)
}

func TestTheSlabTakesTheLeastSizeThatFits(t *testing.T) {
	s := newSlab(1<<16, classes...)
	for n, want := range map[int]int{1: 0, 128: 0, 129: 1, 2048: 5} {
		_, ref := s.alloc(n, dropped)
		require.EqualValues(t, want, ref>>60)
	}
}

// What was added is found by its owner once, or taken out by who evicts it.
func TestOwnedBlocks(t *testing.T) {
	tables := own(2, 64*64)
	o := tables[1]
	block := make([]byte, 8)
	for ref := uint64(1); ref <= 64; ref++ {
		o.add(block, ref)
	}
	require.EqualValues(t, o.base+63, binary.LittleEndian.Uint64(block))
	o.gone(block, 63)
	require.EqualValues(t, 64, o.slots[63].Load(), "it is another block by now")
	o.gone(block, 64)
	require.Zero(t, o.slots[63].Load())
	ref, ok := o.recent(0) // the last one is gone, so one further back
	require.True(t, ok)
	require.EqualValues(t, 64-17, ref)
	seen := map[uint64]bool{}
	for draw := range uint64(64) {
		if ref, ok := o.recent(draw << 32); ok {
			require.False(t, seen[ref])
			seen[ref] = true
		}
	}
	require.Len(t, seen, 62)
	_, ok = o.recent(0)
	require.False(t, ok)
}

func TestSizes(t *testing.T) {
	for workload, within := range map[string][2]int{"W1": {320, 320}, "W2": {256, 256}, "W2m": {128, 2048}, "W3": {320, 320}, "W3-mix": {128, 2048}} {
		s, seen := sizesOf(workload, 1), map[int]bool{}
		for range len(s.of) {
			n := s.next()
			require.GreaterOrEqual(t, n, within[0], workload)
			require.LessOrEqual(t, n, within[1], workload)
			seen[n] = true
		}
		switch workload {
		case "W2m":
			require.Greater(t, len(seen), 1000)
		case "W3-mix":
			require.Len(t, seen, len(classes))
		}
	}
}

// Every subject does all that it says it can: nothing fails, and operations are counted.
func TestEverySubjectDoesEveryWorkload(t *testing.T) {
	for _, w := range Workloads {
		for _, subject := range Subjects {
			s := Spec{Kind: Throughput, Workload: w, Subject: subject, MiB: 4, Goroutines: 2, Procs: 2}
			r, err := Take(s)
			require.NoError(t, err, s)
			require.Equal(t, subject == Pool && w != "W1", r.Skipped != "", s)
			require.Equal(t, r.Skipped == "", r.Ns > 0, s)
		}
	}
	_, err := Take(Spec{Kind: Throughput, Workload: "W1", Subject: "none"})
	require.ErrorContains(t, err, "none")
	_, err = Take(Spec{Kind: "none"})
	require.ErrorContains(t, err, "none")
	r, err := Take(Spec{Kind: Throughput, Workload: "W2m", Subject: Freecache, MiB: 1, Goroutines: 1})
	require.NoError(t, err)
	require.Contains(t, r.Skipped, "1/1024")
}

// A loop that has failed is not called again, and every loop is called once at least.
func TestLoops(t *testing.T) {
	var stop atomic.Bool
	calls, broken := 0, errors.New("broken")
	failing := func(int) error {
		if calls++; calls > 1 {
			stop.Store(true)
			return nil
		}
		return broken
	}
	operations, err := until(&stop, failing)
	require.Equal(t, broken, err)
	require.EqualValues(t, stride, operations)
	calls = 0
	_, _, err = together([]func(int) error{func(int) error { return nil }, failing}, 0)
	require.Equal(t, broken, err)
	operations, wall, err := together([]func(int) error{func(int) error { return nil }}, 0)
	require.NoError(t, err)
	require.GreaterOrEqual(t, operations, int64(stride))
	require.Zero(t, operations%stride)
	require.Positive(t, wall)
	calls = 1 // so that the next one stops
	operations, err = until(&stop, failing)
	require.NoError(t, err)
	require.EqualValues(t, stride, operations)
}

// In one operation of W2 at least one block is written, and one that was Ready is claimed.
func TestStepsAreCounted(t *testing.T) {
	r, err := Take(Spec{Kind: Steps, Subject: Ring, Workload: "W2", MiB: 1, Procs: 1})
	require.NoError(t, err)
	require.GreaterOrEqual(t, r.Values["CompareAndSwap"], 1.0)
	require.Equal(t, r.Values["Lock"], r.Values["Unlock"])
	require.Equal(t, map[string]int{"Load": 2, "Lock": 1}, between(&trace.Trace{Events: []trace.Event{
		{Kind: trace.Step, Op: "Load"}, {Kind: trace.Log, Text: "begin"}, {Kind: trace.Step, Op: "Load"}, {Kind: trace.Step, Op: "Lock"},
		{Kind: trace.Log, Text: "other"}, {Kind: trace.Step, Op: "Load"}, {Kind: trace.Log, Text: "end"}, {Kind: trace.Step, Op: "Load"},
	}}))
}

func TestSpecsHaveNames(t *testing.T) {
	require.Equal(t, "throughput/W1/8MiB/2goroutines/2procs/slab",
		Spec{Kind: Throughput, Workload: "W1", MiB: 8, Goroutines: 2, Procs: 2, Subject: Slab}.String())
	require.Equal(t, "W4/first/10/1procs/Buffer", Spec{Kind: Freed, Order: "first", N: 10, Procs: 1, Subject: Ring}.String())
}
