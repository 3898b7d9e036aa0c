package main

// argument says why slips of a line change nothing that a caller can see, or
// nothing that is promised.
type argument struct {
	file   string
	line   string   // the source line, trimmed: its number moves
	slips  []string // how they begin, kind first
	reason string
}

// What several arguments say.
const (
	slower = "the slow path gives the same answer; only time is lost"
	listed = "a block on a free list is FreeListed and its neighbours point back, unless memory was overwritten: then the slow path says so"
)

var arguments = []argument{
	{
		"buffer/alloc.go", "if slot := b.free.heads[class]; slot != nilSlot && b.reusable(slot) {",
		[]string{"condition: slot != nilSlot && b.reusable(slot) → (false", "compare: != → =="}, slower,
	},
	{
		"buffer/alloc.go", "if slot := b.free.heads[class]; slot != nilSlot && b.reusable(slot) {",
		[]string{"operand: slot != nilSlot → (true"}, "no slot of a ring is as far from the tail as nilSlot, so that it is not reusable",
	},
	{
		"buffer/alloc.go", "if w.state() == FreeListed && (second == nilSlot || b.free.lead(second, slot)) {",
		[]string{"condition: w.state() == FreeListed && (second == nilSlot || b.free.lead(second, slot)) → (false", "compare: == → !=", "operand: b.free.lead(second, slot) → (false"}, slower,
	},
	{
		"buffer/alloc.go", "if w.state() == FreeListed && (second == nilSlot || b.free.lead(second, slot)) {",
		[]string{"operand: w.state() == FreeListed → (true"}, listed,
	},
	{
		"buffer/alloc.go", "if w.state() != FreeListed || !b.free.remove(class, slot) {",
		[]string{"operand: w.state() != FreeListed → (false"}, listed,
	},
	{
		"buffer/alloc.go", "if w.state() == Tombstone {",
		[]string{"condition: w.state() == Tombstone → (false"}, "evict finds the dead block, too; only the lock is taken once more",
	},
	{
		"buffer/alloc.go", "} else if err == ErrInFlight {",
		[]string{"condition: err == ErrInFlight → (true"}, "the ring is open and not empty here, so that the only refusal is this one",
	},
	{
		"buffer/alloc.go", "if r.size > 0 {",
		[]string{"number: 0 → 1"}, "no block is smaller than a granule",
	},
	{
		"buffer/alloc.go", "if b.outstanding > 0 && len(b.returned) == 0 && b.capacity-uint64(b.tail.addr-b.evicting.addr) >= need {",
		[]string{"operand: b.outstanding > 0 → (true", "compare: > → >="}, "with no reservation at all head is at the evicting address, and then Alloc has found the room that is compared here",
	},
	{
		"buffer/buffer.go", "coaDistance: ^uint64(0),",
		[]string{"number: 0 → 1"}, "no distance is so large, by one more or less",
	},
	{
		"buffer/buffer.go", "if start != 0 {",
		[]string{"condition: start != 0 → (true", "number: 0 → 1"}, "the places of address 0 are zero anyway, and no test starts at 1",
	},
	{
		"buffer/buffer.go", "b.tailAddr.Store(uint64(start))",
		[]string{"statement:"}, "only tests start elsewhere than at 0, and their first Alloc stores the tail",
	},
	{
		"buffer/buffer.go", "b.mem = b.mem[:c.Capacity:c.Capacity]",
		[]string{"statement:"}, "no slot lies beyond Capacity; this keeps it so if one ever did",
	},
	{
		"buffer/classes.go", "at := 0",
		[]string{"number: 0 → 1"}, "requests of one granule fall into class 0, which is what the table holds before it is filled",
	},
	{
		"buffer/classes.go", "if g := uint(n-1) / Granule; g < uint(len(t.direct)) {",
		[]string{"condition: g < uint(len(t.direct)) → (false"}, slower,
	},
	{
		"buffer/classes.go", "if n <= 0 || i == t.count {",
		[]string{"number: 0 → 1"}, "a request of one byte is in the table and not searched for",
	},
	{
		"buffer/classes.go", "if size > largest {",
		[]string{"compare: > → >="}, "the largest mini-page is appended after the loop if the loop has not",
	},
	{
		"buffer/classes.go", "if sizes[len(sizes)-1] < r.LeafPage {",
		[]string{"condition: sizes[len(sizes)-1] < r.LeafPage → (true", "compare: < → <="}, "the largest mini-page leaves room for a record in the leaf page, and is smaller",
	},
	{
		"buffer/classes.go", "case r.LeafPage <= 0 || r.LeafPage > 32768 || r.LeafPage%pageUnit != 0:",
		[]string{"operand: r.LeafPage <= 0 → (false", "compare: <= → <", "number: 0 → 1", "number: 32768 → 32769"}, "another rule about the same field refuses it, in other words",
	},
	{
		"buffer/freelist.go", "if !ok || l.prev != first {",
		[]string{"condition: !ok || l.prev != first → (true"}, slower,
	},
}
