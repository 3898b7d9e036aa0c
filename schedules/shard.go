package schedules

import (
	"fmt"
	"strconv"
	"strings"

	"annulus/schedules/internal/hash"
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
	return part{Shard: s, ways: min(256*s.Count, max(16*s.Count, 1<<14))}
}

// seed makes the shards' seeds differ. The first shard keeps the seed.
func (s Shard) seed(seed uint64) uint64 {
	if s.Index < 2 {
		return seed
	}
	return seed ^ hash.Mix(uint64(s.Index))
}

// part is what of a search belongs to a shard. The first choices of an execution are
// everybody's, until there are at least so many ways to make them: 256 times the
// number of shards, since what follows from a beginning can be much or little, or
// less where that is too much for those who follow them all.
type part struct {
	Shard
	ways int // 0 if there is one shard
}

// beginning is what is known of the first choices of an execution.
type beginning struct {
	hash uint64 // of what was chosen
	ways int    // to choose, multiplied
}

// and returns the beginning with one more choice, among so many alternatives.
func (b beginning) and(chosen int8, alternatives int) beginning {
	const enough = 1 << 20
	return beginning{hash.Mix(b.hash*31 + uint64(chosen) + 1), min(enough, max(1, b.ways)*alternatives)}
}

// shares reports whether the choice that comes after the beginning is everybody's.
func (p part) shares(b beginning) bool { return b.ways < p.ways }

// decides reports whether the last choice of a beginning was the last that is
// everybody's.
func (p part) decides(before, after beginning) bool { return p.shares(before) && !p.shares(after) }

// owns reports whether executions that begin so are the shard's.
func (p part) owns(b beginning) bool {
	return hash.Mix(b.hash)>>32%uint64(p.Count) == uint64(p.Index-1)
}

// counts reports whether an execution is the shard's that has no more choices. One
// that ends before its beginning does belongs to one shard, too.
func (p part) counts(b beginning) bool { return !p.shares(b) || p.owns(b) }
