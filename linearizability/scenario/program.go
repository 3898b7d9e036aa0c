package scenario

// Program is a small concurrent program on one buffer, as plain data. Its text
// form, which [Parse] reads and String prints, is
//
//	program free-evict
//	about   a freed block is evicted while its owner frees it
//	ring    512 bytes, classes 64 128, patience 4
//	setup   alloc a 64; release a
//	t1      tombstone a; free a
//	t2      evict
//	after   metrics
//
// The tasks run concurrently, after setup and before after, which the body of
// the execution runs itself, as the task "main".
//
// Variables stand for allocations: one is given its value by the only alloc (or
// allocevict) that names it. An operation whose variable is not as it needs it
// is left out: the allocation has failed, or somebody else holds the block.
type Program struct {
	Name  string
	About string // what it exercises, in a few words
	Ring  Ring
	Setup []Op
	Tasks []Task
	After []Op
}

// Task is one of the concurrent tasks of a Program.
type Task struct {
	Name string
	Ops  []Op
}

// Op is one operation of a program.
type Op struct {
	Verb Verb
	Var  string // of Alloc … CopyOnAccess, and AllocOrEvict
	N    int    // bytes of Alloc and AllocOrEvict, evictions of EvictN

	// Of the operations that evict: what the callback answers, whether the
	// program's context is given, which CancelContext ends, and what the
	// callback does first.
	Answer  Answer
	Context bool
	Body    []Op
}
