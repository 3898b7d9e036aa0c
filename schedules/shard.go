package schedules

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// Shard is a part of an exploration that is shared out among processes, which may
// run on different machines: number Index, from 1, of Count. The zero value is the
// whole.
//
// Searches that enumerate are divided by the beginnings of their executions: every
// shard follows each of the first few choices, and goes on where it is its turn.
// Samplers get a seed of their own in every shard. [Merge] puts the reports
// together.
type Shard struct{ Index, Count int }

// ParseShard reads "i/n".
func ParseShard(text string) (Shard, error) {
	i, n, _ := strings.Cut(text, "/")
	index, err := strconv.Atoi(i)
	count, err2 := strconv.Atoi(n)
	s := Shard{index, count}
	if err != nil || err2 != nil || count == 0 || !s.valid() {
		return Shard{}, fmt.Errorf("schedules: shard %q: expected i/n with 1 ≤ i ≤ n ≤ %d", text, maxShards)
	}
	return s, nil
}

// String returns "i/n".
func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Index, s.Count) }

// maxShards keeps the number of beginnings, which every shard follows, small.
const maxShards = 4096

func (s Shard) valid() bool {
	return s == Shard{} || s.Index >= 1 && s.Index <= s.Count && s.Count <= maxShards
}

// part returns what of a search belongs to the shard.
func (s Shard) part() part {
	if s.Count < 2 {
		return part{}
	}
	return part{Shard: s, depth: bits.Len(uint(s.Count)) + 4}
}

// seed makes the shards' seeds differ. The first shard keeps the seed.
func (s Shard) seed(seed uint64) uint64 {
	if s.Index < 2 {
		return seed
	}
	return seed ^ mix(uint64(s.Index))
}

// part is what of a search belongs to a shard. The first depth choices are
// everybody's; there are at least sixteen times as many ways to make them as there
// are shards, if there are that many choices.
type part struct {
	Shard
	depth int
}

// limiter is a strategy that can limit itself to a part.
type limiter interface {
	limit(p part)
}

// shares reports whether choice number k, from 0, is everybody's.
func (p part) shares(k int) bool { return k < p.depth }

// decides reports whether choice number k is the last that is everybody's.
func (p part) decides(k int) bool { return p.depth > 0 && k == p.depth-1 }

// owns reports whether executions that begin with choices of this hash are the
// shard's.
func (p part) owns(beginning uint64) bool {
	return mix(beginning)>>32%uint64(p.Count) == uint64(p.Index-1)
}

// counts reports whether an execution with so many choices, of this hash, is the
// shard's. One that ends before its beginning does belongs to one shard, too.
func (p part) counts(choices int, hash uint64) bool {
	return choices >= p.depth || p.owns(hash)
}

// extend adds a choice to the hash of a beginning.
func extend(beginning uint64, chosen int8) uint64 {
	return mix(beginning*31 + uint64(chosen) + 1)
}
