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
