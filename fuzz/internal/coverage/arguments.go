package coverage

// argument says why a condition can never have a value.
type argument struct {
	file, text string
	value      bool
	reason     string
}

var arguments = []argument{
	{"buffer/alloc.go", "w.state() == FreeListed", false,
		"a block on a list is FreeListed; the check is for memory that something else has overwritten, and the slow path then says so"},
	{"buffer/alloc.go", "w.state() != FreeListed", true,
		"as above"},
	{"buffer/alloc.go", "err == ErrInFlight", false,
		"the ring is open and not empty here, so that the only refusal is this one; another must not be taken for it"},
	{"buffer/classes.go", "sizes[len(sizes)-1] < r.LeafPage", false,
		"the largest mini-page leaves room for a record in the leaf page; the check keeps the list ascending if that rule is ever changed"},
	{"buffer/table.go", "!offHeap", true,
		"memory can be mapped here; it cannot under the race detector and on some other systems"},
}
