package scenario_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"annulus/linearizability/internal/fuzzed"
	"annulus/linearizability/scenario"
)

// verbs counts the operations of each kind that a program has, bodies included.
func verbs(p scenario.Program) map[scenario.Verb]int {
	n := map[scenario.Verb]int{}
	for _, list := range p.Lists() {
		for _, o := range *list {
			n[o.Verb]++
		}
	}
	return n
}

// Whatever the property does not need is cut: tasks, operations, bodies, arguments, and
// parts of the ring.
func TestReduceLeavesTheEssential(t *testing.T) {
	p := scenario.MustParse(`
		program large
		ring    1024 bytes, classes 64 128 256, copy-on-access 256, patience 7, discard live, batch 3, worker bytes 128
		setup   alloc a 256; release a; alloc b 128; handover b; free b; alloc d 64; release d
		t1      metrics; tombstone a; bytes a; free a; allocevict e 128 { metrics }
		t2      bytes d; evictn 3 fail context { alloc c 200; release c; blocks }; metrics
		t3      drain; stop; bytes a
		after   metrics; blocks
	`)
	small := scenario.Reduce(p, func(p scenario.Program) bool {
		n := verbs(p)
		return n[scenario.Tombstone] > 0 && n[scenario.Evict]+n[scenario.EvictN] > 0 && len(p.Tasks) >= 2
	})
	small.Name = "small"
	assert.Equal(t, scenario.MustParse(`
		program small
		ring    64 bytes, classes 64, patience 1
		setup   alloc a 64
		t1      tombstone a
		t2      evict
	`).String(), small.String())
	assert.Len(t, p.Tasks, 3, "the program itself stays as it is")
	assert.Len(t, p.Tasks[1].Ops[1].Body, 3)
}

// What the property needs is found in the body of a callback, and everything around it is
// cut, also where only several cuts together make that possible.
func TestReduceInsideBodies(t *testing.T) {
	p := scenario.MustParse("program nested\nring 512 bytes, classes 64\nt1 evict; evict panic { evict { metrics; blocks; alloc a 1; free a }; metrics }; alloc b 1; release b\nt2 drain")
	small := scenario.Reduce(p, func(p scenario.Program) bool { return verbs(p)[scenario.Free] > 0 })
	assert.Equal(t, "evict { evict { alloc a 64; free a } }", scenario.FormatOps(small.Tasks[0].Ops))
	assert.Len(t, small.Tasks, 1)
}

// The result has the property, cannot do without any of its operations, and is the
// same each time.
func TestReduceIsMinimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := fuzzed.Program(t)
		var wanted []scenario.Verb
		for _, v := range rapid.SliceOfN(rapid.IntRange(int(scenario.Alloc), int(scenario.Blocks)), 1, 3).Draw(t, "wanted") {
			wanted = append(wanted, scenario.Verb(v))
		}
		fails := func(p scenario.Program) bool {
			n := verbs(p)
			return !slices.ContainsFunc(wanted, func(v scenario.Verb) bool { return n[v] == 0 })
		}
		if !fails(p) {
			t.Skip("it does not have the property to begin with")
		}
		small := scenario.Reduce(p, fails)
		require.NoError(t, small.Validate())
		require.True(t, fails(small), "%v", small)
		require.Equal(t, small.String(), func() string { again := scenario.Reduce(p, fails); return again.String() }())
		for i, list := range small.Lists() {
			for k := range *list {
				less := small.Clone()
				*less.Lists()[i] = slices.Delete(*less.Lists()[i], k, k+1)
				less.Tidy()
				require.False(t, less.Validate() == nil && fails(less), "%v need not have been left in\n%v", (*list)[k], small)
			}
		}
	})
}
