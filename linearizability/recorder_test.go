package linearizability

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"annulus/model"
)

// Ranks order intervals exactly as the events themselves do.
func TestRanksKeepRealTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h recorder
		type interval struct {
			open        bool
			begun, over int // positions of the events
			call, reply int32
		}
		list := make([]interval, rapid.IntRange(1, 8).Draw(t, "n"))
		for at := range 2 * len(list) {
			i := rapid.IntRange(0, len(list)-1).Draw(t, "i")
			x := &list[i]
			for x.over != 0 {
				i = (i + 1) % len(list)
				x = &list[i]
			}
			if !x.open {
				x.open, x.begun, x.call = true, at+1, h.invoked(0)
			} else {
				x.over, x.reply = at+1, h.responded(0)
			}
		}
		for i, x := range list {
			for k, y := range list {
				if x.over != 0 && y.open {
					require.Equal(t, x.over < y.begun, x.reply < y.call, "%d and %d of %+v", i, k, list)
				}
			}
		}
	})
}

// Executions whose operations overlap in the same way have the same form, in
// whatever order events without a difference came.
func TestCanonicalFormForgetsWhatMakesNoDifference(t *testing.T) {
	record := func(order ...int) []byte {
		var h recorder
		var calls [3]int32
		for _, task := range order {
			if task > 0 {
				calls[task] = h.invoked(0)
			} else {
				h.add(-task, calls[-task], h.responded(0), model.Op{Kind: model.OpAlloc, N: -task})
			}
		}
		return h.canonical(nil)
	}
	overlapping := record(1, 2, -1, -2)
	assert.Equal(t, overlapping, record(2, 1, -2, -1))
	assert.Equal(t, overlapping, record(2, 1, -1, -2))
	assert.NotEqual(t, overlapping, record(1, -1, 2, -2))
	assert.NotEqual(t, record(1, -1, 2, -2), record(2, -2, 1, -1))
}

// Every field makes a difference, so that no two histories share a verdict.
func TestCanonicalFormsDiffer(t *testing.T) {
	full := func() *recorder {
		h := &recorder{
			gaps: []gap{{task: 1, sweep: 0, call: 1, reply: 2, n: 3}}, sweeps: []sweep{{1, 5}, {1, 5}}, hidden: 1, searched: 1,
		}
		h.add(1, 1, 2, model.Op{Kind: model.OpAlloc, Addr: 64, Size: 64, N: 64, Tag: 1, Gen: 1, Evictor: 1})
		h.add(2, 1, 2, model.Op{Kind: model.OpObserve, Seen: &model.Observation{
			Head: 1, Evicting: 2, Tail: 3, Blocks: []model.Block{{Addr: 64, Size: 64, Tag: 1, Gen: 1, State: model.Ready}},
		}})
		return h
	}
	changes := map[string]func(h *recorder){
		"nothing":         func(*recorder) {},
		"task":            func(h *recorder) { h.entries[0].Task = 3 },
		"call":            func(h *recorder) { h.entries[0].Call++ },
		"return":          func(h *recorder) { h.entries[0].Return++ },
		"kind":            func(h *recorder) { h.entries[0].Op.Kind++ },
		"outcome":         func(h *recorder) { h.entries[0].Op.Outcome++ },
		"cause":           func(h *recorder) { h.entries[0].Op.Cause++ },
		"state":           func(h *recorder) { h.entries[0].Op.State++ },
		"region":          func(h *recorder) { h.entries[0].Op.InRegion = true },
		"generation":      func(h *recorder) { h.entries[0].Op.Gen++ },
		"evictor":         func(h *recorder) { h.entries[0].Op.Evictor++ },
		"address":         func(h *recorder) { h.entries[0].Op.Addr++ },
		"unknown address": func(h *recorder) { h.entries[0].Op.Addr = model.Unknown },
		"bytes":           func(h *recorder) { h.entries[0].Op.N++ },
		"size":            func(h *recorder) { h.entries[0].Op.Size++ },
		"tag":             func(h *recorder) { h.entries[0].Op.Tag++ },
		"seen":            func(h *recorder) { h.entries[1].Op.Seen = nil },
		"head":            func(h *recorder) { h.entries[1].Op.Seen.Head++ },
		"evicting":        func(h *recorder) { h.entries[1].Op.Seen.Evicting++ },
		"tail":            func(h *recorder) { h.entries[1].Op.Seen.Tail++ },
		"no blocks":       func(h *recorder) { h.entries[1].Op.Seen.Blocks = h.entries[1].Op.Seen.Blocks[:0] },
		"blocks unseen":   func(h *recorder) { h.entries[1].Op.Seen.Blocks = nil },
		"block address":   func(h *recorder) { h.entries[1].Op.Seen.Blocks[0].Addr++ },
		"block size":      func(h *recorder) { h.entries[1].Op.Seen.Blocks[0].Size++ },
		"block tag":       func(h *recorder) { h.entries[1].Op.Seen.Blocks[0].Tag++ },
		"block gen":       func(h *recorder) { h.entries[1].Op.Seen.Blocks[0].Gen++ },
		"block state":     func(h *recorder) { h.entries[1].Op.Seen.Blocks[0].State++ },
		"block filler":    func(h *recorder) { h.entries[1].Op.Seen.Blocks[0].Filler = true },
		"an entry less":   func(h *recorder) { h.entries = h.entries[:1] },
		"no gap":          func(h *recorder) { h.gaps = nil },
		"gap task":        func(h *recorder) { h.gaps[0].task++ },
		"gap sweep":       func(h *recorder) { h.gaps[0].sweep++ },
		"gap call":        func(h *recorder) { h.gaps[0].call++ },
		"gap reply":       func(h *recorder) { h.gaps[0].reply++ },
		"gap n":           func(h *recorder) { h.gaps[0].n++ },
		"sweep":           func(h *recorder) { h.sweeps[0].bytes = -1 },
		"hidden":          func(h *recorder) { h.hidden++ },
		"searched":        func(h *recorder) { h.searched-- },
		"an end":          func(h *recorder) { h.ends = []int{0} },
		"another end":     func(h *recorder) { h.ends = []int{1} },
	}
	forms := map[string]string{}
	for name, change := range changes {
		h := full()
		change(h)
		form := string(h.canonical(nil))
		require.Empty(t, forms[form], "%s looks like %s", name, forms[form])
		forms[form] = name
	}
	require.Len(t, forms, len(changes))
}

func TestDistributionsOfUnseenEvictions(t *testing.T) {
	count := func(h *recorder) (n int) {
		for counts := range distributions(h) {
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
	// Two sweeps that tell their bytes: the second has evicted nothing unseen.
	assert.Equal(t, 1, count(&recorder{
		gaps: []gap{{sweep: 0}, {sweep: 1}}, searched: 2, sweeps: []sweep{{0, 128}, {0, 0}}, hidden: 2,
	}))
	var last []int
	for counts := range distributions(&recorder{gaps: make([]gap, 30), searched: 30, hidden: 30}) {
		last = counts
	}
	assert.Nil(t, last, "too many")
}
