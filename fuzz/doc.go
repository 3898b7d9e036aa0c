// Package fuzz searches for programs on which the buffer and its model
// disagree, and keeps the planted bugs that show whether a search would notice.
//
// A [Program] is a configuration of a small ring and a list of operations: every
// method of the buffer, callbacks that accept, fail, panic, exit their goroutine
// or call the buffer again, contexts that end, and calls that a correct caller
// never makes: stale and forged references, guards and handles used twice,
// anything after Close. [Run] applies it to a real buffer and to the model, one
// operation after the other on one goroutine.
//
// After each operation, nested ones included, a [Machine] compares all there is
// to compare: the outcome; head, evicting and tail; every block with its size,
// generation and state; the free lists in order; the reservations given back
// and under way; Metrics and Blocks; every byte of every live block; and, where
// the memory was provided, the bytes around it. A bad call must be refused as
// documented and change none of this.
//
// # Searching
//
// Two searches share the Machine. The state machine test draws operations with
// rapid, which shrinks a failing run. FuzzSequential decodes the bytes of Go's
// own fuzzing engine with [Decode], under which almost every input is a program
// that does something:
//
//	go test ./fuzz
//	go test -run '^$' -fuzz FuzzSequential -fuzztime 1m ./fuzz
//
// FuzzRefs adds a hostile caller, who makes up references from those that he has
// seen, uses guards, handles and blocks that are over, also from within callbacks, and
// writes bytes that look like the buffer's own metadata. What he is refused must leave
// every byte of memory and metadata as it was.
//
// A [Failure] of the state machine or of FuzzSequential prints the program, one
// operation a line with what it did, and a command that repeats it. FuzzRefs prints
// the program and the command that runs its seeds: Go's engine has put the input that
// fails among them.
//
// # Searching for schedules
//
// An [Execution] is a concurrent program together with the decisions of the
// scheduler. It runs on a real buffer under control, and is judged as
// [annulus/linearizability] judges. Again two searches share it: rapid in
// TestConcurrentPrograms, and Go's engine, whose input [DecodeExecution] decodes:
//
//	go test -run '^$' -fuzz FuzzSchedule -fuzztime 1m ./fuzz
//
// A failing execution is shrunk, kept, and shown as that package does. docs/fuzzing.md
// says what an input looks like, and what was measured.
//
// # Mutants
//
// Package [annulus/fuzz/mutants] lists small plausible slips in the production
// source; the command "lab mutants" of annulus/fuzz/cmd/lab applies one at a time and
// demands that the verifier finds it.
//
// # What a pass does not prove
//
// A Program is sequential, short, and on a ring of at most forty granules. It is too
// short to use up all addresses. It is also too short to use up the generations of a
// block; one test goes on for long enough. Classes are given as such, not as
// [buffer.Records].
//
// An Execution has at most 24 operations and four tasks on a ring of at most nineteen
// granules, and its evictions lose patience after at most sixteen looks. The searches
// never come to an end, and of each program they try a few schedules only. To try all
// of a program is what [annulus/linearizability] is for.
package fuzz
