package linearizability

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/linearizability/history"
	"annulus/model"
)

func TestDistributionsOfUnseenEvictions(t *testing.T) {
	count := func(h *recorder) (n int) {
		for counts := range distributions(h, h.hidden) {
			sum := 0
			for _, c := range counts {
				sum += c
			}
			require.Equal(t, h.hidden, sum)
			n++
		}
		return n
	}
	assert.Equal(t, 1, count(&recorder{}))
	assert.Equal(t, 0, count(&recorder{hidden: 1}))
	assert.Equal(t, 1, count(&recorder{gaps: make([]gap, 3), searched: 3}))
	assert.Equal(t, 10, count(&recorder{gaps: make([]gap, 3), searched: 3, hidden: 3})) // 5 choose 2
	assert.Equal(t, 1, count(&recorder{gaps: make([]gap, 3), searched: 1, hidden: 3}))
	// Two sweeps whose bytes are known: the second has evicted nothing unseen.
	assert.Equal(t, 1, count(&recorder{
		gaps: []gap{{sweep: 0}, {sweep: 1}}, searched: 2, sweeps: []sweep{{0, 128}, {0, 0}}, hidden: 2,
	}))
	var last []int
	for counts := range distributions(&recorder{gaps: make([]gap, 30), searched: 30}, 30) {
		last = counts
	}
	assert.Nil(t, last, "too many")
}

// Unseen evictions must be possible at some time and in some order.
func TestUnseenEvictionsAreJudged(t *testing.T) {
	j := newVerdicts(small, history.Names{})
	freed := append(made(0, 1), model.Op{Kind: model.OpTryTombstone}, model.Op{Kind: model.OpFree})
	h := func(hidden int, gaps ...gap) *recorder {
		return &recorder{
			entries: append(then(freed...), history.Entry{Task: 1, Call: 5, Return: 9, Op: model.Op{Kind: model.OpDrained}}),
			gaps:    gaps, sweeps: []sweep{{1, -1}}, searched: len(gaps), hidden: hidden,
		}
	}
	assert.Equal(t, history.Linearizable, j.of(h(1, gap{task: 1, call: 5, reply: 9})).Verdict)
	assert.Equal(t, history.Linearizable, j.of(h(1, gap{task: 1, call: 0, reply: 0}, gap{task: 1, call: 5, reply: 9})).Verdict)
	assert.Equal(t, history.NotLinearizable, j.of(h(1, gap{task: 1, call: 0, reply: 0})).Verdict, "before it was freed")
	assert.Equal(t, history.NotLinearizable, j.of(h(0, gap{task: 1, call: 5, reply: 9})).Verdict, "not evicted")
	assert.Equal(t, history.NotLinearizable, j.of(h(2, gap{task: 1, call: 5, reply: 9})).Verdict, "evicted twice")
	v := j.of(h(1))
	assert.Equal(t, history.NotLinearizable, v.Verdict)
	assert.Contains(t, v.Reason, "no operation can have done that")
	assert.Equal(t, history.Undecided, j.of(h(6, slices.Repeat([]gap{{task: 1}}, 14)...)).Verdict, "too many ways to try")
}

// An EvictN does not tell whether it ended because the ring was empty or because others
// were evicting.
func TestEndsAreReadBothWays(t *testing.T) {
	j := newVerdicts(small, history.Names{})
	end := history.Entry{Task: 2, Call: 5, Return: 5, Op: model.Op{Kind: model.OpReserve, Evictor: 7, Outcome: model.Empty}}
	reserved := append(then(append(made(0, 1), model.Op{Kind: model.OpReserve, Evictor: 1, Addr: 0})...), end)
	assert.Equal(t, history.NotLinearizable, j.of(&recorder{entries: reserved}).Verdict)
	assert.Equal(t, history.Linearizable, j.of(&recorder{entries: reserved, ends: []int{3}}).Verdict)
	assert.Equal(t, history.Linearizable, j.of(&recorder{entries: []history.Entry{end}, ends: []int{0}}).Verdict)
	early := append(then(made(0, 1)...), end)
	assert.Equal(t, history.NotLinearizable, j.of(&recorder{entries: early, ends: []int{2}}).Verdict)
}

// batchOfThree is a history of a batch of the blocks 0, 64 and 128 whose last callback was
// for the first, and of what others did in the meantime. Then the ring was seen.
func batchOfThree(meantime []model.Op, seen *model.Observation) *recorder {
	ops := slices.Concat(made(0, 1), made(64, 2), made(128, 3), []model.Op{
		{Kind: model.OpReserve, Evictor: 1, Addr: 0}, {Kind: model.OpClaim, Evictor: 1, Addr: 0, Tag: 1},
		{Kind: model.OpReserve, Evictor: 1, Addr: 64}, {Kind: model.OpReserve, Evictor: 1, Addr: 128},
	})
	h := &recorder{entries: then(ops...)}
	from := int32(len(ops))
	for _, op := range meantime {
		n := int32(len(h.entries))
		h.entries = append(h.entries, history.Entry{Task: 2, Call: n, Return: n, Op: op})
	}
	n := int32(len(h.entries))
	h.entries = append(h.entries, history.Entry{Task: 1, Call: from, Return: n, Op: model.Op{Kind: model.OpFinish, Evictor: 1}})
	h.batches = []batchEnd{{int(n), []model.Addr{64, 128}}}
	h.entries = append(h.entries, history.Entry{Task: 0, Call: n + 1, Return: n + 1, Op: model.Op{Kind: model.OpObserve, Seen: seen}})
	return h
}

// How a batch ended whose last blocks have had no callback is read in every way, and it
// must have ended in one of them.
func TestEndsOfBatchesAreReadInEveryWay(t *testing.T) {
	ring := small
	ring.Batch = 3
	j := newVerdicts(ring, history.Names{})
	seen := func(head model.Addr) *model.Observation {
		return &model.Observation{Head: head, Evicting: 192, Tail: 192}
	}
	take := func(a model.Addr) model.Op { return model.Op{Kind: model.OpTryTombstone, Addr: a} }
	free := func(a model.Addr) model.Op { return model.Op{Kind: model.OpFree, Addr: a} }
	keep := func(a model.Addr) model.Op { return model.Op{Kind: model.OpCancel, Addr: a} }
	evict := func(a model.Addr, tag uint64) []model.Op {
		return []model.Op{{Kind: model.OpReserve, Evictor: 2, Addr: a}, {Kind: model.OpClaim, Evictor: 2, Addr: a, Tag: tag}}
	}
	finished := model.Op{Kind: model.OpFinish, Evictor: 2}
	for _, c := range []struct {
		name     string
		meantime []model.Op
		head     model.Addr
		dead     int // blocks evicted without a callback
		is       history.Verdict
	}{
		{"both are dead", []model.Op{take(64), take(128), free(64), free(128)}, 192, 2, history.Linearizable},
		{"both are dead, and one was left", []model.Op{take(64), take(128), free(64), free(128)}, 192, 1, history.NotLinearizable},
		{"it stopped at the first, which was held", []model.Op{take(64)}, 64, 0, history.Linearizable},
		{"and was let go of", []model.Op{take(64), keep(64)}, 64, 0, history.Linearizable},
		{"and was freed", []model.Op{take(64), free(64)}, 64, 0, history.Linearizable},
		{"it stopped at the second", []model.Op{take(64), free(64), take(128)}, 128, 1, history.Linearizable},
		{"it stopped at the second, and passed the first", []model.Op{take(128)}, 128, 0, history.NotLinearizable},
		{"it stopped without a reason", nil, 64, 0, history.NotLinearizable},
		{"it finished nothing", []model.Op{take(64)}, 0, 0, history.NotLinearizable},
		{"it lost the rest", []model.Op{take(64)}, 128, 0, history.NotLinearizable},
		{"the first was taken over", append(evict(64, 2), finished), 128, 0, history.Linearizable},
		{"and is still in work", evict(64, 2), 64, 0, history.Linearizable},
		{"and was given back", append(evict(64, 2), model.Op{Kind: model.OpReturn, Evictor: 2, Addr: model.Unknown}), 64, 0, history.Linearizable},
		{"both were evicted by the batch", append(evict(64, 2), finished), 192, 0, history.NotLinearizable},
		{"the second was taken over, and it has passed the first", append(evict(128, 3), finished), 192, 0, history.NotLinearizable},
		{"the second was taken over, and the first held", append(evict(128, 3), take(64)), 64, 0, history.Linearizable},
	} {
		h := batchOfThree(c.meantime, seen(c.head))
		h.hidden = c.dead
		assert.Equal(t, c.is, j.of(h).Verdict, c.name)
	}
}

// The number of dead blocks limits where batches may have stopped.
func TestStopsOfBatches(t *testing.T) {
	count := func(h *recorder) (n int) {
		r := readings{}
		for range r.of(h) {
			n++
		}
		return n
	}
	h := batchOfThree(nil, nil)
	for dead := range 3 { // it stopped at the first or second, or did not
		h.hidden = dead
		assert.Equal(t, 1, count(h))
	}
	h.hidden, h.searched, h.gaps = 2, 1, make([]gap, 1)
	assert.Equal(t, 3, count(h), "what it has not evicted was evicted otherwise")
	h.batches, h.hidden = nil, 0
	assert.Equal(t, 1, count(h))
	many := &recorder{}
	for range 9 {
		many.batches = append(many.batches, batchEnd{rest: []model.Addr{64, 128}})
	}
	many.hidden, many.searched, many.gaps = 18, 1, make([]gap, 1)
	assert.Equal(t, maxReadings+1, count(many))
}

// Whatever the order in which tasks have recorded, the ends of batches are found again.
func TestEndsOfBatchesAreOrdered(t *testing.T) {
	h := batchOfThree(nil, nil)
	o := h.ordered()
	assert.Equal(t, h.batches[0].rest, o.batches[0].rest)
	assert.Equal(t, model.OpFinish, o.entries[o.batches[0].entry].Op.Kind)
	assert.NotEqual(t, h.batches[0].entry, o.batches[0].entry)
	assert.Equal(t, h.canonical(nil), o.canonical(nil))
}
