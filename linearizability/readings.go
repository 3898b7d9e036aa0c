package linearizability

import (
	"iter"
	"slices"

	"annulus/linearizability/history"
	"annulus/model"
)

// readings finds the histories that a recorded one may stand for, usually a single one.
// They differ in when blocks were evicted unseen, in where batches stopped, and in whether
// an EvictN ended because the ring was empty or because others were evicting.
type readings struct {
	filled []history.Entry // memory for the next one
}

// of yields the readings, in the same order each time. Each is valid until the next is
// yielded. If there are too many, the last one is nil.
func (r *readings) of(h *recorder) iter.Seq[[]history.Entry] {
	return func(yield func([]history.Entry) bool) {
		tried := 0
		for stops := range stopsOf(h) {
			for counts := range distributions(h, h.hidden-h.dead(stops)) {
				for ends := range 1 << len(h.ends) {
					if tried++; tried > maxReadings || counts == nil {
						yield(nil)
						return
					}
					if !yield(r.fill(h, counts, stops, ends)) {
						return
					}
				}
			}
		}
	}
}

// none reports whether the history has no reading: no distribution of its unseen evictions
// is possible.
func (r *readings) none(h *recorder) bool {
	for range r.of(h) {
		return false
	}
	return true
}

// maxReadings bounds how many readings are tried.
const maxReadings = 4096

// stopsOf yields the ways in which batches may have ended: for each the number of blocks,
// of those behind the last callback, before which it stopped, and one more; 0 if it did not
// stop. The slice is valid until the next one is yielded.
func stopsOf(h *recorder) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		stops := make([]int, len(h.batches))
		for yield(stops) {
			at := 0
			for at < len(stops) && stops[at] == len(h.batches[at].rest) {
				stops[at] = 0
				at++
			}
			if at == len(stops) {
				return
			}
			stops[at]++
		}
	}
}

// dead returns how many blocks were evicted without a callback by batches, behind their
// last callback, if they ended so.
func (h *recorder) dead(stops []int) (n int) {
	for i, stop := range stops {
		if stop == 0 {
			stop = len(h.batches[i].rest) + 1
		}
		n += stop - 1
	}
	return n
}

// distributions yields the ways to distribute unseen evictions of the history among its
// gaps, as a number of evictions for each gap. The slice is valid until the next one is
// yielded. If there are too many, the last one is nil. A negative number of evictions has
// none.
func distributions(h *recorder, hidden int) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		counts := make([]int, h.searched)
		tried := 0
		var put func(at, left int) bool
		put = func(at, left int) bool {
			if at == len(counts) {
				if left != 0 || !h.bytesAllow(counts) {
					return true
				}
				if tried++; tried > maxReadings {
					yield(nil)
					return false
				}
				return yield(counts)
			}
			for n := range left + 1 {
				counts[at] = n
				if !put(at+1, left-n) {
					return false
				}
			}
			counts[at] = 0
			return true
		}
		put(0, hidden)
	}
}

// bytesAllow reports whether the counts fit the bytes of sweeps: one whose bytes are known
// has unseen evictions if and only if it has evicted bytes without a callback.
func (h *recorder) bytesAllow(counts []int) bool {
	for sweep, s := range h.sweeps {
		if s.bytes < 0 {
			continue
		}
		n := 0
		for i, count := range counts {
			if h.gaps[i].sweep == sweep {
				n += count
			}
		}
		if (n > 0) != (s.bytes > 0) {
			return false
		}
	}
	return true
}

// firstUnseen is less than the evictors of unseen evictions, and more than the evictors
// that actors use.
const firstUnseen = 1 << 24

// fill returns the entries together with those of the unseen evictions, and with the ends
// of batches and the outcomes of ends that the reading has. The slice is never nil, and
// valid until the next call.
func (r *readings) fill(h *recorder, counts, stops []int, ends int) []history.Entry {
	if r.filled == nil {
		r.filled = []history.Entry{}
	}
	r.filled = r.filled[:0]
	for i := range h.entries {
		r.entry(h, i, stops)
		if k := slices.Index(h.ends, i); k >= 0 && ends&(1<<k) != 0 {
			r.filled[len(r.filled)-1].Op.Outcome = model.InFlight
		}
	}
	evictor := uint32(firstUnseen)
	for i, count := range counts {
		g := &h.gaps[i]
		for range count {
			evictor++
			if g.n > 0 {
				r.unseen(g, model.Op{Kind: model.OpAlloc, Worker: g.worker, N: g.n, Outcome: model.Full})
			}
			r.unseen(g, model.Op{Kind: model.OpReserve, Evictor: evictor, Addr: model.Unknown})
			r.unseen(g, model.Op{Kind: model.OpFinish, Evictor: evictor})
		}
	}
	return r.filled
}

// entry adds an entry of the history. If it is the end of a batch that has stopped, it is
// two: the look at the block before which it stopped, and the return.
func (r *readings) entry(h *recorder, i int, stops []int) {
	e := h.entries[i]
	at := slices.IndexFunc(h.batches, func(b batchEnd) bool { return b.entry == i })
	if at >= 0 && stops[at] > 0 {
		e.Op = model.Op{Kind: model.OpWait, Evictor: e.Op.Evictor, Addr: h.batches[at].rest[stops[at]-1]}
		r.filled = append(r.filled, e)
		e.Op.Kind, e.Op.Cause = model.OpReturn, model.BatchStopped
	}
	r.filled = append(r.filled, e)
}

func (r *readings) unseen(g *gap, op model.Op) {
	r.filled = append(r.filled, history.Entry{Task: g.task, Call: g.call, Return: g.reply, Op: op})
}
