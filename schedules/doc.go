// Package schedules explores the interleavings of concurrent Go programs under
// a controlled scheduler, and shows the one that fails.
//
// A program under test uses the drop-in packages [annulus/schedules/atomic],
// [annulus/schedules/sync] and [annulus/schedules/runtime] in place of the
// standard ones. [Explore] runs it again and again, each time in another order:
//
//	r := schedules.Explore(ctx, func(s *schedules.S) {
//		var n atomic.Int64
//		s.Go("a", func() { n.Store(n.Load() + 1) })
//		s.Go("b", func() { n.Store(n.Load() + 1) })
//		s.Wait()
//		if n.Load() != 2 {
//			s.Errorf("an update was lost")
//		}
//	}, schedules.Config{})
//
// [Check] does the same in a test and prints the command that repeats a failure;
// [Replay] repeats it.
//
// # Executions
//
// One task runs at a time. Every operation of a drop-in is a yield point: before
// it takes effect, the [Strategy] decides which of the tasks that can go on does
// so. An operation that would block disables its task until another task enables
// it. Everything between two yield points happens at once, so that accesses to
// plain memory are interleaved only as far as they lie between different ones.
// Like the drop-ins, Go's atomic operations are sequentially consistent, and no
// weaker order is explored.
//
// Where an operation may do several things, such as waking one of several waiters,
// giving one of the items of a Pool or visiting the keys of a Map in some order,
// the Strategy decides that as well. What the scheduler cannot know, such as whether a
// disk fails, the program asks for by [S.Choose].
//
// A decision between at least two tasks is a choice. Taking the processor from a
// task that could have used it is a preemption, except where the task is about
// to begin an operation ([S.Invoke]) or calls Gosched.
//
// # What is outside control
//
// A task must not wait by other means than the drop-ins: for a channel, select, a
// timer, a context, a lock of the standard library, a goroutine that is not a task.
// No other task could go on. The process ends with the stack of such a task after
// a time, see [Config.Watchdog].
//
// Goroutines that a task starts with a go statement are not tasks, and what they
// do comes in no order that is explored; the same goes for a coroutine that a task
// resumes (iter.Pull). If one uses an object that tasks use, the exploration fails
// with class [Uncontrolled]. Use [S.Go], Go of [annulus/schedules/runtime] or Go of a
// WaitGroup. Goroutines with objects of their own, such as those of other tests, may
// use the drop-ins as if there were no scheduler.
//
// When an execution fails, the goroutines that its tasks have started are looked for in
// the stacks of the process, and what they have started in turn. One that is on its way
// is waited for, at most a tenth of a second: if it comes to an object of the tasks, the
// class is [Uncontrolled], whatever it would have been. Where those that have not come may
// be what the tasks wait for, the message names them: the go statement, and where they
// are now.
//
// # Strategies
//
// [DFS] enumerates all executions, or all with few preemptions. [CachedDFS] leaves
// out those that come to a state which has been searched, [DPOR] tries one of every
// equivalence class, and [Search] is the one and then the other. [Random], [PCT], [POS] and [URW] sample what is too
// large for that. Each finds other bugs well: PCT those that need a few switches
// at the right places, POS those that need certain operations on the same object
// in an unlikely order, URW those that need a short task to be late or many
// switches. A [Mixture] of them gives most of the executions to what finds new
// behaviour, and the default is depth-first search and a mixture side by side.
// [StrategyNamed] serves commands.
//
// All of them can be shared out among processes, see [Shard], [Report.Save] and
// [Merge].
//
// [Report.Classes] tells how much of what was run was different: executions that
// differ only in the order of operations that commute count once.
//
// An exploration can be shared out among processes and machines, see [Shard].
//
// # Loops that wait
//
// A task that waits by going round, with Gosched or without, is recognised by what it
// does: it comes back to an operation, from the same place in the code, and has changed
// nothing in the meantime that others see. What becomes of it depends on whether its
// rounds are the same.
//
// They are if the task's stack holds the same as the round before, and nothing has
// changed that the round has read. Then the next one would be the same again, and the task is
// parked: it goes on as soon as something that it has read changes, counting from the
// read, and for a lock as soon as another task has released it. Nothing is lost by
// that. A loop that counts its rounds is not parked, since the count is on its stack. If
// the count is elsewhere, in plain memory that is not watched, the loop does something else
// when it is let go on though nothing has changed. Then it has been
// misjudged, and the search begins anew without parking it. Without Gosched a loop that
// passes through a critical section is never parked, since it is likelier to work than to
// wait.
//
// Where the stack cannot be read, which is on mips and in wasm, no loop is parked, and one
// whose stack is deeper than 64 KiB is not either.
//
// Any other loop is explored round by round, with all that others can do in between. After
// 64 rounds in which nothing has changed it is cut: the task goes on alone for at
// most a quarter of [Config.Steps], so that it is seen to give up, and then waits until
// something changes. What the others could have done between its later rounds is not
// tried. The loop is named in [Report.Cuts], and the verdict is not EXHAUSTED.
//
// A task that could have gone on during 64 back-offs of others, or during a quarter of
// Config.Steps, is given its turn, so that depth-first search does not follow for ever
// tasks that wait for it. That is a cut, too, where it excludes a choice.
//
// Where all that is left is parked, all go on for another round. After so many rounds in
// which no atomic has changed ([Config.LivelockRounds], and sixteen times as many without
// Gosched) the execution is taken for a livelock, and after Config.Steps operations for one
// that does not end. A search also comes to executions in which chance is always
// against some task, and which therefore do not end. So such an execution goes on, as long
// again, and chance decides: it fails only if that changes nothing either.
//
// A round is no repetition if another task has noticed it: if it has found a lock
// taken that the round takes, or if the round invokes an operation or declares that
// it writes. [Config.NoParking] does without all of this.
//
// # Time
//
// Programs whose runtime asks the scheduler, as the command annulus sees to, have a clock of
// their own. It stands still while a task can go on that does more than to go round, and then
// goes on to the next deadline: of a task that sleeps, or of a timer. What is due at the same
// time comes in any order, which is explored. So the order of deadlines is explored, and what
// meets at one of them, but not what a program does that is slower than its timers;
// [Config.EarlyTimers] has samplers look at that, and proves nothing. In traces the clock is a
// task of that name. After the body's end time passes 64 times at most, and if there would have
// been more, that is among the Cuts.
//
// # When the body has ended
//
// Tasks that can go on do so when the body has ended. What becomes of those that wait for
// ever is said by [Config.Leaks].
//
// # Plain memory
//
// The race detector does not see the races of a program that runs under this
// package, since the hand-over between tasks orders all they do. Memory declared
// as [annulus/schedules/plain.Var] is watched instead: two accesses, one of them a
// write, that no synchronisation orders, fail the execution with class [Race],
// whichever of them came first. Accesses are no yield points and take no part in
// what distinguishes executions: without a race they come in the same order in
// all executions that reductions take for one, and a race shows in each of those.
// A WaitGroup is watched in the same way: an Add that finds the counter at zero must
// be ordered with every Wait, as the documentation of the standard type says.
// Other plain memory is not seen. Tasks that share some of it on purpose without
// synchronisation, where the order of accesses matters for the outcome, declare
// that with [S.Reads] and [S.Writes].
//
// # Failures
//
// An execution can fail in the ways that [Class] lists. A failing execution is
// stopped where it is; its tasks are unwound by runtime.Goexit, which runs their
// deferred calls, in which the drop-ins neither block nor yield. The failing
// schedule is simplified and then repeated with everything recorded, so that a
// [Failure] has a [Trace] that can be read and a [Schedule] that can be
// replayed. Whether a failure takes as many preemptions as it has is searched for,
// see Failure.Fewest. So is the nearest execution that passes, which differs from it in
// one decision and what follows from that: see Failure.Passing and [Nearest].
//
// [Replay] repeats a failing schedule step by step and fails where the program does
// something else. [CheckReplay] keeps it as a regression test, which goes on near the
// schedule once the program has been repaired; [Check] saves the source of one.
//
// A program must depend on nothing but the schedule. A failing execution is
// repeated, and so are some that pass; if a repetition is different the
// exploration fails with class [Nondeterminism] and names the first step that
// differs.
//
// # What a pass does not prove
//
// An exploration is exhausted, in full or up to a bound on preemptions, or it is
// incomplete; [Report.Verdict] says which. Exhausted are the orders of operations on
// controlled objects, those of the drop-ins: plain memory that is not declared is not
// watched. What was not followed to its end is listed in Report.Cuts, and nothing is
// exhausted then. Even an exhausted exploration covers the given program with its tasks
// and operations, and nothing larger.
//
// Where no two tasks have used one controlled object there was nothing to look at, and
// the verdict is NOTHING SHARED: the imports are not swapped, goroutines are started by
// a go statement, or there is no second task. [Check] fails with class [NothingShared].
// See Report.NothingShared for what counts, and [Config.Unshared] if that is meant.
package schedules
