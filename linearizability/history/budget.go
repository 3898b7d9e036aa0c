package history

import (
	"fmt"
	"slices"
	"unsafe"

	"annulus/model"
)

// budget bounds what a search may still use: its time by steps of the model, and its
// memory. A search that has used it up is given up. So whether there is a verdict depends
// on the history alone, not on the machine.
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

// keepCost is the memory for remembering that a set of so many operations leads to a state,
// in bytes: a bit for each operation, what the state does not share with the one it was
// reached from, and some overhead.
func keepCost(operations int, from, to *model.State) int {
	const overhead = 256
	return overhead + operations/8 + fresh(from.Blocks, to.Blocks) + fresh(from.Free, to.Free) + fresh(from.Reservations, to.Reservations)
}

// fresh is the size of a list in bytes, or 0 if its memory is that of another list.
func fresh[T any](of, list []T) int {
	if unsafe.SliceData(of) == unsafe.SliceData(list) {
		return 0
	}
	return cap(list) * int(unsafe.Sizeof(*new(T)))
}

// spentText says why a search was given up, for a history with so many operations.
func (b *budget) spentText(of budget, entries []Entry) string {
	what := fmt.Sprintf("%d steps", of.steps)
	if b.bytes < 0 {
		what = fmt.Sprintf("%d MiB", of.bytes>>20)
	}
	return fmt.Sprintf("the search for a linearization was given up after %s: the history has %d operations, up to %d of them under way at once", what, len(entries), underWay(entries))
}

// underWay returns how many operations at most are under way at a time.
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
