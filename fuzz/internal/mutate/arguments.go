package mutate

// argument says why slips of a line change nothing that a caller can see, or
// nothing that is promised.
type argument struct {
	file   string
	line   string   // the source line, trimmed: its number moves
	slips  []string // how each begins, kind first; " ×2" at the end says that two begin so
	reason string
}

// What several arguments say.
const (
	slower    = "the slow path gives the same answer; only time is lost"
	noLimit   = "no address is so large, by one more or less"
	eightUsed = "eight bytes of the slice are read or written, whatever its length"
	signOnly  = "whoever gets the index of no block asks only whether it is negative"
	deadLater = "evict finds a dead block out, too; only the lock is taken once more"
	listed    = "a block on a free list is FreeListed and its neighbours point back, unless memory was overwritten: then the slow path says so"
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
	{
		"buffer/close.go", "if discard {",
		[]string{"condition: discard → (true"}, "others wait for the end of Close when they need not; their answers are the same",
	},
	{
		"buffer/close.go", "if i.State != Evicted {",
		[]string{"condition: i.State != Evicted → (true"}, "the block is Evicted already",
	},
	{
		"buffer/config.go", "case c.Capacity <= 0 || c.Capacity%Granule != 0:",
		[]string{"number: 0 → 1"}, "1 is no multiple of Granule",
	},
	{
		"buffer/config.go", "case c.Memory != nil && uintptr(unsafe.Pointer(unsafe.SliceData(c.Memory)))%8 != 0:",
		[]string{"operand: c.Memory != nil → (true"}, "nil is a multiple of 8",
	},
	{
		"buffer/config.go", "case size <= 0 || size%Granule != 0:",
		[]string{"number: 0 → 1"}, "1 is no multiple of Granule",
	},
	{
		"buffer/evict.go", "r, err := b.evictNext(&me, ^Addr(0), callback)",
		[]string{"number: 0 → 1"}, noLimit,
	},
	{
		"buffer/evict.go", "_, err := b.evictNext(&me, ^Addr(0), callback)",
		[]string{"number: 0 → 1"}, noLimit,
	},
	{
		"buffer/freelist.go", "x := binary.NativeEndian.Uint64(f.mem[at:at+8]) ^ linkMask",
		[]string{"number: 8 → 9"}, eightUsed,
	},
	{
		"buffer/freelist.go", "binary.NativeEndian.PutUint64(f.mem[at:at+8], (uint64(l.prev)|uint64(l.next)<<32)^linkMask)",
		[]string{"number: 8 → 9"}, eightUsed,
	},
	{
		"buffer/handle.go", "if uint64(slot) < uint64(len(b.words)) {",
		[]string{"condition: uint64(slot) < uint64(len(b.words)) → (false"}, slower,
	},
	{
		"buffer/handle.go", "if w.allocation() == a && w.state() == Ready && meta.CompareAndSwap(uint64(w), uint64(w.claimed())) {",
		[]string{"condition: w.allocation() == a && w.state() == Ready && meta.CompareAndSwap(uint64(w), uint64(w.claimed())) → (false"}, slower,
	},
	{
		"buffer/inspect.go", "if next.addr < b.head.addr {",
		[]string{"compare: < → <="}, "at the same address both are the same place",
	},
	{
		"buffer/inspect.go", "for steps := uint64(0); slot < b.granules && steps < uint64(b.granules); steps++ {",
		[]string{"compare: < → <="}, "only a list that is a circle is so long: then what is shown is cut off somewhere",
	},
	{
		"buffer/memory_unix.go", "return unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)",
		[]string{"number: 1 → 2", "number: 1 → 0"}, "Linux does not look at the descriptor of memory that is of no file; other systems want -1",
	},
	{
		"buffer/reservation.go", "w = word(b.words[r.slot].Load())",
		[]string{"statement:"}, deadLater,
	},
	{
		"buffer/reservation.go", "return r, w, nil",
		[]string{"result: w →"}, deadLater,
	},
	{
		"buffer/reservation.go", "b.words[slot].Store(uint64(w.to(Tombstone)))",
		[]string{"statement:"}, "the lock is held until the block is Evicted, and whoever looks without it gets the same answer of a FreeListed block; the table of states has the step",
	},
	{
		"model/state.go", "return -1",
		[]string{"number: 1 → 2"}, signOnly,
	},
	{
		"model/step.go", "return -1, never",
		[]string{"number: 1 → 2"}, signOnly,
	},
	{
		"model/step.go", "return -1, gone",
		[]string{"number: 1 → 2"}, signOnly,
	},
	{
		"model/step.go", "return -1, made",
		[]string{"number: 1 → 2"}, signOnly,
	},
	{
		"model/step.go", "return i, current",
		[]string{"result: current →"}, "current is the zero value of its type",
	},
	{
		"model/step.go", "return -1, refuse(op, RuleCurrent, block, 0)",
		[]string{"number: 1 → 2"}, signOnly,
	},
	{
		"model/step.go", "return -1, refuse(op, RuleStale, block, 0)",
		[]string{"number: 1 → 2"}, signOnly,
	},
	{
		"model/step.go", "return -1, refuse(op, RuleNeverIssued, block, 0)",
		[]string{"number: 1 → 2"}, signOnly,
	},
	{
		"model/step.go", "return -1, nil",
		[]string{"number: 1 → 2"}, signOnly,
	},
	{
		"model/step.go", "for at < end && (c.StrictLIFO || s.Free[at].Addr < b.Addr) {",
		[]string{"compare: < → <="}, "the block is not listed yet, so that no entry has its address",
	},
	{
		"model/invariant.go", "if a.Size > b.Size || a.Size == b.Size && !c.StrictLIFO && a.Addr >= b.Addr {",
		[]string{"compare: >= → >"}, "there are as many entries as listed blocks, each at its own address and each on the list, so that no two are equal",
	},
	{
		"buffer/alloc.go", "return b.reserve(^Addr(0))",
		[]string{"number: 0 → 1"}, noLimit,
	},
	{
		"buffer/classes.go", "case r.LeafPage/r.MinRecord > 4096:",
		[]string{"number: 4096 → 4097"}, "no page that the rule before allows holds 4097 records",
	},
	{
		"buffer/close.go", "defer b.closing.Store(false)",
		[]string{"statement:"}, "others take the lock when they need not; their answers are the same",
	},
	{
		"buffer/close.go", "if b.closing.Load() {",
		[]string{"condition: b.closing.Load() → (true"}, "others take the lock when they need not; their answers are the same",
	},
	{
		"buffer/table.go", "if !offHeap || size < mapFrom {",
		[]string{"operand: !offHeap → (false"}, "memory can be mapped where slips are made; elsewhere mapMemory is of the Go heap, too",
	},
	{
		"buffer/waiter.go", "if endless {",
		[]string{"condition: endless → (true"}, "the wait is as long and ends so; it keeps a processor busy, which no test can see without a clock",
	},
	{
		"buffer/ref.go", "key := rand.NewPCG(opened.Add(1), 0).Uint64()",
		[]string{"number: 1 → 2", "number: 0 → 1"}, "any sequence of seeds does",
	},
	{
		"buffer/freelist.go", "const linkMask = 0xa5c3_96e7_5a3c_6918",
		[]string{"number: 0xa5c3_96e7_5a3c_6918 → 11944556557112207641", "number: 0xa5c3_96e7_5a3c_6918 → 11944556557112207639"}, "any mask does under which blocks filled with zeros or ones have no plausible links",
	},
}
