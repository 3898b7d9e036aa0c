package linearizability

import (
	"iter"

	"annulus/linearizability/history"
	"annulus/model"
)

// readings finds the histories that a recorded one may stand for, usually a single one.
// They differ in when blocks were evicted unseen, and in whether an EvictN ended because
// the ring was empty or because others were evicting.
type readings struct {
	filled []history.Entry // memory for the next one
}

// of yields the readings, in the same order each time. Each is valid until the next is
// yielded. If there are too many, the last one is nil.
func (r *readings) of(h *recorder) iter.Seq[[]history.Entry] {
	return func(yield func([]history.Entry) bool) {
		for counts := range distributions(h) {
			if counts == nil {
				yield(nil)
				return
			}
			for ends := range 1 << len(h.ends) {
				entries := r.fill(h, counts)
				for k, at := range h.ends {
					if ends&(1<<k) != 0 {
						entries[at].Op.Outcome = model.InFlight
					}
				}
				if !yield(entries) {
					return
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

// maxDistributions bounds how many distributions of unseen evictions are tried.
const maxDistributions = 4096

// distributions yields the ways to distribute the unseen evictions of the history among
// its gaps, as a number of evictions for each gap. The slice is valid until the next one
// is yielded. If there are too many, the last one is nil.
func distributions(h *recorder) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		counts := make([]int, h.searched)
		tried := 0
		var put func(at, left int) bool
		put = func(at, left int) bool {
			if at == len(counts) {
				if left > 0 || !h.bytesAllow(counts) {
					return true
				}
				if tried++; tried > maxDistributions {
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
		put(0, h.hidden)
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

// fill returns the entries together with those of the unseen evictions. The slice is never
// nil, and valid until the next call.
func (r *readings) fill(h *recorder, counts []int) []history.Entry {
	if r.filled == nil {
		r.filled = []history.Entry{}
	}
	r.filled = append(r.filled[:0], h.entries...)
	evictor := uint32(firstUnseen)
	for i, count := range counts {
		g := &h.gaps[i]
		for range count {
			evictor++
			if g.n > 0 {
				r.unseen(g, model.Op{Kind: model.OpAlloc, N: g.n, Outcome: model.Full})
			}
			r.unseen(g, model.Op{Kind: model.OpReserve, Evictor: evictor, Addr: model.Unknown})
			r.unseen(g, model.Op{Kind: model.OpFinish, Evictor: evictor})
		}
	}
	return r.filled
}

func (r *readings) unseen(g *gap, op model.Op) {
	r.filled = append(r.filled, history.Entry{Task: g.task, Call: g.call, Return: g.reply, Op: op})
}
