package linearizability

import (
	"slices"

	"annulus/linearizability/history"
	"annulus/model"
)

// recorder records the history of an execution. Its memory is used again for the next one.
type recorder struct {
	entries []history.Entry
	gaps    []gap
	sweeps  []sweep

	hidden   int // blocks evicted in gaps[:searched]; the others have none
	searched int
	ends     []int // entries, by index, with outcome Empty, which may have been InFlight

	rank    int32
	replied bool // there was a response since the last invocation

	// When the execution is recorded, clock tells the number of its steps, and
	// moments keeps those of invocations and responses.
	clock   func() int
	moments map[moment]int
}

// moment is an invocation or a response of a task. The task has no two of a kind with
// the same rank.
type moment struct {
	task     int
	rank     int32
	response bool
}

// sweep is an operation that may evict several blocks.
type sweep struct {
	task  int
	bytes int64 // evicted without a callback, -1 if it does not tell
}

// gap is a stretch of a sweep from one callback to the next. Dead blocks may have
// been evicted in it: they get no callback, so that the driver cannot see how many
// there were.
type gap struct {
	task        int
	sweep       int // index
	call, reply int32
	n           int // AllocOrEvict: bytes of the allocation refused before each eviction
}

func (h *recorder) reset() {
	h.entries = h.entries[:0]
	h.gaps = h.gaps[:0]
	h.sweeps = h.sweeps[:0]
	h.ends = h.ends[:0]
	h.hidden, h.searched, h.rank, h.replied = 0, 0, 0, false
	h.clock, h.moments = nil, nil
}

// timed has the history keep the steps at which its operations begin and end.
func (h *recorder) timed(clock func() int) { h.clock, h.moments = clock, map[moment]int{} }

// invoked returns the rank of an invocation by the task that happens now.
//
// Between two invocations without a response in between, and between two such
// responses, the order makes no difference: they share a rank.
func (h *recorder) invoked(task int) int32 {
	if h.replied {
		h.rank++
		h.replied = false
	}
	if h.clock != nil {
		h.moments[moment{task, h.rank, false}] = h.clock()
	}
	return h.rank
}

// responded returns the rank of a response to the task that happens now.
func (h *recorder) responded(task int) int32 {
	h.replied = true
	if h.clock != nil {
		h.moments[moment{task, h.rank, true}] = h.clock()
	}
	return h.rank
}

// add records an operation, and returns it, to be looked at until the next one
// is added.
func (h *recorder) add(task int, call, reply int32, op model.Op) *model.Op {
	h.entries = append(h.entries, history.Entry{Task: task, Call: call, Return: reply, Op: op})
	return &h.entries[len(h.entries)-1].Op
}

// ordered returns the history with everything in the order in which each task has
// recorded it, task by task. The order in which it was recorded says nothing
// beyond the ranks; without it, the same verdict with the same words is given to
// executions that differ in nothing else.
func (h *recorder) ordered() *recorder {
	out := &recorder{hidden: h.hidden, searched: h.searched}
	at := make([]int, len(h.sweeps)) // where sweeps are in out
	for task := range h.tasks() {
		for i := range h.entries {
			if h.entries[i].Task != task {
				continue
			}
			if slices.Contains(h.ends, i) {
				out.ends = append(out.ends, len(out.entries))
			}
			out.entries = append(out.entries, h.entries[i])
		}
		for i, s := range h.sweeps {
			if s.task == task {
				at[i] = len(out.sweeps)
				out.sweeps = append(out.sweeps, s)
			}
		}
	}
	// Those that may have had unseen evictions come first, as they did before.
	for _, part := range [][]gap{h.gaps[:h.searched], h.gaps[h.searched:]} {
		for task := range h.tasks() {
			for _, g := range part {
				if g.task == task {
					g.sweep = at[g.sweep]
					out.gaps = append(out.gaps, g)
				}
			}
		}
	}
	return out
}

// tasks returns how many tasks there are, as far as the history tells.
func (h *recorder) tasks() int {
	n := 0
	for i := range h.entries {
		n = max(n, h.entries[i].Task+1)
	}
	for _, s := range h.sweeps { // gaps are parts of sweeps
		n = max(n, s.task+1)
	}
	return n
}
