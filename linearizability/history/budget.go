package history

import (
	"fmt"
	"slices"
	"unsafe"

	"annulus/model"
)

// budget is what a search may still use: steps of the model, which stand for time, and
// memory. A search that has used up either is given up. So whether there is a verdict
// depends on the history alone, not on the machine.
type budget struct {
	steps int // of the model; a step in a ring with many blocks counts as several
	bytes int // for states that the search remembers
}

// Budgets: of a verdict, of a drawing, and of an explanation, for each reading. Judging
// the worst histories takes 4 s and 500 MB.
var (
	judgeBudget   = budget{steps: 1 << 22, bytes: 256 << 20}
	drawBudget    = budget{steps: 1 << 18, bytes: 64 << 20}
	explainBudget = budget{steps: 1 << 18, bytes: 256 << 20}
)

// spent reports whether something is used up.
func (b *budget) spent() bool { return b.steps < 0 || b.bytes < 0 }

// step pays for a step of the model in the state. It returns false if the budget does
// not suffice.
func (b *budget) step(state *model.State) bool {
	b.steps -= 1 + len(state.Blocks)/blocksInAStep
	return !b.spent()
}

// blocksInAStep is how many blocks cost as much as a step without any.
const blocksInAStep = 32

// keepCost is the memory, in bytes, for remembering that a set of operations, out of so
// many, leads to the state to: a bit for each operation, what to does not share with the
// state from that it was reached from, and some overhead.
func keepCost(operations int, from, to *model.State) int {
	const overhead = 256
	return overhead + operations/8 + fresh(from.Blocks, to.Blocks) + fresh(from.Free, to.Free) + fresh(from.Reservations, to.Reservations)
}

// fresh is the size of list in bytes, or 0 if it shares its memory with old.
func fresh[T any](old, list []T) int {
	if unsafe.SliceData(old) == unsafe.SliceData(list) {
		return 0
	}
	return cap(list) * int(unsafe.Sizeof(*new(T)))
}

// spentText says why the search for an order of the entries was given up. allowed is the
// budget that it had at its beginning.
func (b *budget) spentText(allowed budget, entries []Entry) string {
	what := fmt.Sprintf("%d steps", allowed.steps)
	if b.bytes < 0 {
		what = fmt.Sprintf("%d MiB", allowed.bytes>>20)
	}
	return fmt.Sprintf("the search for a linearization was given up after %s: the history has %d operations, up to %d of them under way at once", what, len(entries), underWay(entries))
}

// underWay returns the largest number of operations that are under way at one time.
func underWay(entries []Entry) int {
	change := map[int32]int{}
	var times []int32
	for i := range entries {
		change[entries[i].Call]++
		change[entries[i].Return+1]--
		times = append(times, entries[i].Call, entries[i].Return+1)
	}
	slices.Sort(times)
	most, now := 0, 0
	for _, at := range slices.Compact(times) {
		now += change[at]
		most = max(most, now)
	}
	return most
}
