package linearizability

import (
	"slices"

	"annulus/linearizability/history"
	"annulus/model"
)

// recorder records the history of an execution. It reuses its memory for the next one.
type recorder struct {
	entries []history.Entry
	gaps    []gap
	sweeps  []sweep

	hidden   int // blocks evicted unseen, all in gaps[:searched]
	searched int
	ends     []int // entries, by index, with outcome Empty, which may have been InFlight
	batches  []batchEnd

	rank    int32
	replied bool // there was a response since the last invocation

	// For a trace: clock returns the number of the step, and moments has the steps of
	// invocations and responses. Without a trace both are nil.
	clock   func() int
	moments map[moment]int
}

// moment identifies an invocation or a response: a task has no two invocations with the
// same rank, and no two responses.
type moment struct {
	task     int
	rank     int32
	response bool
}

// sweep is an operation that may evict several blocks.
type sweep struct {
	task  int
	bytes int64 // evicted without a callback, -1 if that is not known
}

// batchEnd is the end of a batch that may have stopped before its last blocks.
type batchEnd struct {
	entry int          // the Finish, by index
	rest  []model.Addr // the blocks behind the one that had the last callback
}

// gap is a stretch of a sweep from one callback to the next. Dead blocks may have
// been evicted in it: they get no callback, so that the driver cannot see how many
// there were.
type gap struct {
	task        int
	sweep       int // index
	call, reply int32
	n           int    // AllocOrEvict: bytes of the allocation refused before each eviction
	worker      uint32 // and the Worker through which it was to be
}

func (h *recorder) reset() {
	h.entries = h.entries[:0]
	h.gaps = h.gaps[:0]
	h.sweeps = h.sweeps[:0]
	h.ends = h.ends[:0]
	h.batches = h.batches[:0]
	h.hidden, h.searched, h.rank, h.replied = 0, 0, 0, false
	h.clock, h.moments = nil, nil
}

// timed has the recorder keep the steps at which operations begin and end.
func (h *recorder) timed(clock func() int) { h.clock, h.moments = clock, map[moment]int{} }

// invoked returns the rank of an invocation by the task that happens now.
//
// Invocations without a response in between share a rank, and so do responses without an
// invocation in between, since their order makes no difference.
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

// add records an operation and returns it, valid until the next one is added.
func (h *recorder) add(task int, call, reply int32, op model.Op) *model.Op {
	h.entries = append(h.entries, history.Entry{Task: task, Call: call, Return: reply, Op: op})
	return &h.entries[len(h.entries)-1].Op
}

// ordered returns the history task by task, with what each task has recorded in the order
// in which it did. The order among tasks in which they appended says nothing beyond the
// ranks: executions that differ in nothing else get the same verdict in the same words.
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
			if b := h.batchOf(i); b != nil {
				out.batches = append(out.batches, batchEnd{len(out.entries), b.rest})
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

// batchOf returns the batch whose end is the entry, if there is one.
func (h *recorder) batchOf(entry int) *batchEnd {
	for i := range h.batches {
		if h.batches[i].entry == entry {
			return &h.batches[i]
		}
	}
	return nil
}

// tasks returns one more than the largest number of a task in the history.
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
