package schedules

import (
	"iter"
	"runtime"

	"annulus/schedules/internal/hook"
)

// task is one thread of control of an execution. Its fields belong to whoever
// runs, which is one goroutine at a time: the task itself or the engine's loop.
type task struct {
	id   int
	set  TaskSet // that has it alone
	name string
	f    func()
	hash uint64  // of its last operation and all before it, see touch
	born int     // tasks that it has added
	done int     // operations that it has performed
	from int     // the task that has added it, -1 for the body
	w    *worker // runs the task, nil before its start

	starting bool // on its way to its first yield point
	finished bool
	dying    bool // being unwound
	deadOps  int  // operations tried while dying

	// The operation that the task is about to perform, or has last performed.
	op   hook.Op
	obj  *object
	a, b uint64

	communication // its operation on channels

	cond     *object // condition variable that the task waits on
	ticket   int32   // of that wait
	notified bool    // by a signal or broadcast
	waker    uint64  // hash of that signal or broadcast

	asked      int   // how often it has looked at the clock since it has changed something
	looks      int   // how often it has looked since the step, about
	looksAfter int   // the number of that step
	dozed      int   // how often it has slept since it has changed something
	quiet      bool  // it has changed nothing in its last step, or a lock only
	deadline   int64 // until which it sleeps
	knows      int64 // the time that it has read last

	event      int32 // its last event, if events are recorded; or the one that added it
	wakerEvent int32 // the event of the waker
	tick       int32 // the event of the tick that has let it go on, plus 1
	released   bool  // from being kept back, because nobody could go on
	lap        lap
	starved    int // back-offs of others since the task could have gone on
	looked     int // operations performed when starve looked last
	sat        int // looks since the task could have gone on
	keptBack
}

// reset prepares the task for another execution.
func (t *task) reset(name string, f func()) {
	*t = task{id: t.id, set: t.set, name: name, from: -1, f: f, lap: t.lap.emptied(), keptBack: t.keptBack.emptied(), communication: t.communication.emptied()}
}

// worker is a coroutine that runs tasks, one after the other and from execution
// to execution.
type worker struct {
	resume func() (struct{}, bool) // runs the coroutine until it suspends itself
	stop   func()
	yield  func(struct{}) bool
	g      uintptr // identity of the coroutine's goroutine
	number uintptr // of the coroutine's goroutine, as stack traces have it
	t      *task   // the job, nil when it is done
}

// newWorker starts a coroutine that suspends itself when it has no job. A job is
// a call of perform, which may set the next one.
func newWorker(perform func(*task)) *worker {
	w := new(worker)
	next, stop := iter.Pull(func(yield func(struct{}) bool) {
		w.yield = yield
		w.g, w.number = hook.G(), hook.Goroutine()
		for yield(struct{}{}) {
			for w.t != nil {
				perform(w.t)
			}
		}
	})
	w.resume = next
	w.stop = stop
	w.resume()
	return w
}

// suspend gives control back to the engine's loop until that resumes the task.
// In a task that is being unwound it does not return.
func (t *task) suspend() {
	if !t.dying {
		t.w.yield(struct{}{})
		if hook.Overlaid {
			hook.SetRunning(hook.G()) // perhaps a coroutine that the task has switched to
		}
	}
	if t.dying {
		runtime.Goexit()
	}
}
