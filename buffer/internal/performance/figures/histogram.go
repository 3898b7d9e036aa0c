package figures

import (
	"math/bits"
	"time"
)

// Each octave of a Histogram has so many buckets: a value is known to 1/32.
const perOctave = 32

// Histogram counts durations in buckets whose width grows with the value, so that its
// size is bounded and histograms of several samples can be added.
type Histogram struct {
	Buckets []int64       `json:"buckets"` // as many as are needed
	Longest time.Duration `json:"longest"`
}

// bucket returns the number of the bucket of v nanoseconds: those below perOctave have
// one each.
func bucket(v uint64) int {
	if v < perOctave {
		return int(v)
	}
	octave := bits.Len64(v) - bits.Len64(perOctave)
	return octave*perOctave + int(v>>octave)
}

// least returns the least value of a bucket.
func least(bucket int) uint64 {
	if bucket < perOctave {
		return uint64(bucket)
	}
	octave := bucket/perOctave - 1
	return uint64(bucket-octave*perOctave) << octave
}

// Add counts a duration. It allocates only for one that is longer than all before.
func (h *Histogram) Add(d time.Duration) {
	at := bucket(uint64(max(d, 0)))
	for at >= len(h.Buckets) {
		h.Buckets = append(h.Buckets, 0)
	}
	h.Buckets[at]++
	h.Longest = max(h.Longest, d)
}

// Merge adds what the other one has counted.
func (h *Histogram) Merge(other *Histogram) {
	for len(h.Buckets) < len(other.Buckets) {
		h.Buckets = append(h.Buckets, 0)
	}
	for at, n := range other.Buckets {
		h.Buckets[at] += n
	}
	h.Longest = max(h.Longest, other.Longest)
}

// Count returns the number of durations.
func (h *Histogram) Count() (n int64) {
	for _, each := range h.Buckets {
		n += each
	}
	return n
}

// Quantile returns the duration that a part q of all do not exceed, rounded down to its
// bucket; the longest if q is 1, and 0 if there is none.
func (h *Histogram) Quantile(q float64) time.Duration {
	if q >= 1 {
		return h.Longest
	}
	rank := int64(q * float64(h.Count()))
	for at, n := range h.Buckets {
		if rank < n {
			return time.Duration(least(at))
		}
		rank -= n
	}
	return h.Longest
}

// HistogramBar is a range of durations, an eighth of an octave wide.
type HistogramBar struct {
	At, To float64 // from here to there, in nanoseconds, at least 1
	Count  int64
}

// Bars returns the ranges from the first to the last that is not empty, without empty
// ones.
func (h *Histogram) Bars() (all []HistogramBar) {
	for at, n := range h.Buckets {
		from, to := at, at+1
		if at >= perOctave {
			from -= at % (perOctave / 8)
			to = from + perOctave/8
		}
		value := max(float64(least(from)), 1)
		if n == 0 {
			continue
		}
		if last := len(all) - 1; last >= 0 && all[last].At == value {
			all[last].Count += n
		} else {
			all = append(all, HistogramBar{value, max(float64(least(to)), 1.5), n})
		}
	}
	return all
}
