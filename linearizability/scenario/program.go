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
// The body of the execution, the task "main", runs the operations of setup; then the tasks
// run concurrently; and when they are done, main runs those of after.
//
// Variables stand for allocations: one is given its value by the only alloc (or
// allocevict) that names it. An operation is left out if it cannot use its variable: the
// allocation has failed, or another task holds the block.
//
// An operation that evicts may have the word fail, or panic: then its callbacks end so,
// or, with the word later behind it, all but its first callback.
//
// alloc, free and allocevict may have the word worker at the end of their arguments, as in
// "free a worker": then they are done through the task's Worker. Each task with such an
// operation has one of its own, and so has main. They are there before the first
// operation; closeworker closes that of its task, after which operations through it are left
// out.
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

	// Worker says that the operation is done through the task's Worker, if it is one that
	// can be.
	Worker bool

	// Of the operations that evict: how the callback ends, whether only those behind the
	// first callback end so, whether they are given the program's context, which
	// CancelContext ends, and what the callback does before it ends.
	Answer  Answer
	Later   bool
	Context bool
	Body    []Op
}
