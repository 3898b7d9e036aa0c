package schedules

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"

	"annulus/schedules/internal/hash"
	"annulus/schedules/internal/hook"
)

// engine runs executions, one at a time. It is the controller of the drop-ins.
//
// Each task is a coroutine. The engine's loop resumes the task whose turn it is;
// the task runs to its next yield point and there decides itself, on the
// engine's state, who goes on. Only if that is another task does it suspend
// itself and leave the switch to the loop.
type engine struct {
	cfg      Config
	main     func()          // the body
	done     <-chan struct{} // closed when nobody waits for more; nil if that cannot be
	s        S
	strategy chooser
	rec      *recorder // nil unless the execution is recorded
	follow   course    // nil unless a schedule is replayed step by step

	tasks    []*task // tasks[:n] belong to the execution
	n        int
	labelled []string  // of the first of them, as far as they were asked for
	started  int       // tasks[:started] have been given a coroutine
	idlers   []*worker // coroutines without a task
	departed []*worker // coroutines whose task has ended by Goexit, see leavesByGoexit

	cur  *task // the running task
	next *task // the loop's next task, nil if it must decide
	last *task // who ran before the decision that is left to the loop

	// Sets of tasks, as bits. A suspended task is either ready, or waiting if
	// its operation may have to wait; alive ones have not finished.
	ready, waiting, alive TaskSet
	starved               TaskSet // could have gone on for too long
	aside                 TaskSet // kept back, though they could go on

	objects     objects
	history     cell               // invocations and responses
	functions   map[uintptr]string // names of tasks after their functions, see functionName
	numbers     map[any]uint64     // see Number
	notes       map[int32]*any     // see Notes, by the object
	trail       []decision
	choice      Choice
	steps       int
	preemptions int
	hash        uint64       // see touch
	reduce      reduction    // nil unless the execution is reduced
	log         []loggedStep // every step, if logging is set
	logging     bool
	watched     bool // somebody looks at every step
	looked      bool // there was something to look at, in any execution so far: see uses
	alone       bool // no task but the body can be there
	cuts        cuts // in all executions so far
	failure     *Failure
	over        bool      // nothing more must run
	stuck       bool      // no task could go on, and some had not finished
	outlived    bool      // tasks that go round for ever have outlived the body
	forced      bool      // fairness, or the cut of a loop, has excluded a choice
	versions    uint64    // given to objects so far
	cutLoops    []cutLoop // loops that were cut
	unfair      bool      // that was fairness
	limit       int       // steps after which the execution is suspected not to end
	suspicion   suspicion
	judicious   bool  // a failure that is only suspected must be confirmed
	lone        *task // goes on alone, since its loop has been cut
	spare       int   // steps that tasks may go on alone
	hunger      int   // the step at which fair looks next

	// What is known of loops, by the places where their laps begin. It is kept from
	// execution to execution, and only changes which choices are offered.
	doubted map[loopPlace]bool // not to be parked, see disagrees
	endless map[loopPlace]bool // go on alone in vain
	misled  bool               // doubted has grown
	loops   bool               // a task has been seen to go round

	channels channels
	time     virtualTime
	races    races
	memory   *memory // nil unless plain memory is watched

	idle     int     // rounds without change
	back     TaskSet // tasks that have gone round in this round
	changed  int     // the step at which something changed last
	spinning bool    // one of them without calling Gosched
}

// decision is a choice that was made.
type decision struct {
	hash     uint64 // of the execution before it
	task     int8   // or the alternative that a task has picked
	picker   uint8  // the number of that task plus 1, or 0
	preempts bool
}

func newEngine(body func(*S), cfg Config) *engine {
	e := &engine{cfg: cfg, looked: cfg.Unshared}
	e.choice.e = e
	e.s.e = e
	if watchesMemory {
		e.memory = newMemory()
	}
	e.main = func() { body(&e.s) }
	return e
}

// interrupted reports whether nobody waits for more executions.
func (e *engine) interrupted() bool {
	if e.done == nil {
		return false
	}
	select {
	case <-e.done:
		return true
	default:
		return false
	}
}

// run performs one execution, of which strategy makes the choices.
func (e *engine) run(strategy chooser, rec *recorder) { e.execute(strategy, nil, rec) }

// execute is run for an execution that is reduced, unless reduce is nil.
func (e *engine) execute(strategy chooser, reduce reduction, rec *recorder) {
	e.strategy, e.rec = strategy, rec
	hook.Passed()
	e.objects.reset()
	e.races.reset()
	if e.memory != nil {
		e.memory.reset()
		e.races.on = true
		betweenExecutions(e)
	}
	e.channels.reset()
	e.time.reset()
	e.history = cell{}
	e.forget()
	e.n, e.started, e.labelled = 0, 0, e.labelled[:0]
	e.cur, e.next, e.last = nil, nil, nil
	e.ready, e.waiting, e.alive, e.starved, e.aside = TaskSet{}, TaskSet{}, TaskSet{}, TaskSet{}, TaskSet{}
	e.limit, e.suspicion = e.cfg.Steps, suspicion{}
	e.versions, e.cutLoops, e.lone, e.spare, e.hunger = 0, e.cutLoops[:0], nil, min(e.cfg.Steps/4, mostAlone), e.cfg.Steps/8
	e.trail, e.log = e.trail[:0], e.log[:0]
	e.steps, e.preemptions, e.hash = 0, 0, 0
	e.failure, e.over, e.forced, e.unfair = nil, false, false, false
	e.stuck, e.outlived = false, false
	e.progress()
	e.s.reset()
	e.reduce = reduce
	e.watched = e.logging || e.reduce != nil || e.follow != nil || rec != nil || !e.looked
	e.alone = true
	e.addTask("main", e.main)
	if reduce != nil {
		reduce.begin(e)
	}
	e.loop()
	if reduce != nil {
		reduce.end()
	}
	if rec != nil {
		rec.finish()
	}
	e.unwind()
}

// addTask adds a task, which starts when the running one comes to its next yield
// point.
func (e *engine) addTask(name string, f func()) {
	t := e.newTask(name, f)
	t.event = -1
	if parent := e.cur; parent != nil {
		e.act(parent)
		parent.born++
		parent.dozed = 0
		t.from = parent.id
		t.hash = hash.Mix(parent.hash + uint64(parent.born))
		if e.reduce != nil {
			t.event = e.reduce.step()
		}
	}
	e.hash += t.hash
	if e.races.on {
		e.races.created(t, e.cur)
	}
	if e.rec != nil {
		e.rec.started(t)
	}
	e.alive = e.alive.Union(t.set)
	e.alone = e.alive == t.set
	e.progress()
}

// newTask returns the next task, which is started before the next decision.
func (e *engine) newTask(name string, f func()) *task {
	if e.n == MaxTasks {
		e.failWith(TaskCap, nil, fmt.Sprintf("the execution has more than %d tasks", MaxTasks))
		e.cur.suspend()
	}
	if e.n == len(e.tasks) {
		e.tasks = append(e.tasks, &task{id: e.n, set: only(e.n)})
	}
	t := e.tasks[e.n]
	e.n++
	t.reset(name, f)
	return t
}

// loop resumes tasks until the execution is over. New tasks first run up to
// their first yield point, in the order of their creation: what they do before
// it no other task can tell from having happened at that point.
func (e *engine) loop() {
	for !e.over {
		if e.started < e.n {
			e.start()
			continue
		}
		t := e.next
		if t == nil {
			if t = e.decide(e.last); t == nil {
				return
			}
		}
		e.next, e.last = nil, nil
		e.resume(t)
	}
}

// start runs the next new task up to its first yield point.
func (e *engine) start() {
	var w *worker
	if k := len(e.idlers); k > 0 {
		w = e.idlers[k-1]
		e.idlers = e.idlers[:k-1]
	} else {
		w = newWorker(e.perform)
	}
	e.assign(w)
	e.resume(w.t)
}

// assign gives the next new task to a worker.
func (e *engine) assign(w *worker) {
	t := e.tasks[e.started]
	e.started++
	t.starting = true
	t.w, w.t = w, t
	e.cur = t
}

func (e *engine) resume(t *task) {
	e.cur = t
	hook.SetRunning(t.w.g)
	t.w.resume()
}

// perform is a task's life on its coroutine.
func (e *engine) perform(t *task) {
	returned := false
	defer func() {
		hook.ToScheduler()
		if returned {
			e.finish(t)
			return
		}
		switch value := recover(); {
		case t.dying:
			// The coroutine ends here, and a goroutine of the program may get
			// its descriptor.
			hook.SetRunning(0)
		case value != nil:
			// Under the panic there may be a Goexit, which would go on if
			// this function returned: the coroutine is not used again.
			e.failWith(Panic, t, panicText(value)).Stack = string(debug.Stack())
			t.w.yield(struct{}{})
			hook.SetRunning(0)
			runtime.Goexit()
		case e.cfg.GoexitEnds:
			e.leavesByGoexit(t)
		default:
			// Goexit cannot be stopped, but it can be held up: it goes on
			// when the task is unwound.
			e.failWith(Goexit, t, "the task left by runtime.Goexit, as t.FailNow and t.Skip do").Stack = string(debug.Stack())
			t.w.yield(struct{}{})
			hook.SetRunning(0)
		}
	}()
	if e.loops {
		scrub()
	}
	hook.ToProgram()
	t.f()
	returned = true
}

// leavesByGoexit ends a task as Go ends a goroutine that calls Goexit. Its deferred calls
// have run. The coroutine cannot go back to work: it is held up, and let go with those that
// are unwound when the execution has ended.
func (e *engine) leavesByGoexit(t *task) {
	e.retire(t)
	w := t.w
	e.departed = append(e.departed, w)
	w.yield(struct{}{})
	hook.SetRunning(0)
}

func (e *engine) finish(t *task) {
	if t == e.time.task { // which is none of the program's
		t.finished = true
	} else if e.retire(t); e.started < e.n && !e.over {
		e.assign(t.w) // which saves a switch
		return
	}
	t.w.t = nil
	e.idlers = append(e.idlers, t.w)
}

// retire accounts for the end of t.
func (e *engine) retire(t *task) {
	e.act(t)
	t.finished, t.starting = true, false
	t.f = nil
	e.advance(t, uint64(hook.Finish))
	e.alive = e.alive.Minus(t.set)
	e.progress()
}

// unwind ends the tasks that have not finished, by Goexit, which runs their
// deferred calls and which the code under test cannot recover from. iter.Pull
// hands a Goexit on to whoever resumed the coroutine, so that each task is
// resumed by a goroutine that has nothing else to do.
func (e *engine) unwind() {
	e.endClock()
	for _, t := range e.tasks[:e.started] {
		if t.finished {
			continue
		}
		t.dying = true
		e.cur = t
		t.w.letGo()
		t.finished = true
	}
	for _, w := range e.departed {
		w.letGo()
	}
	e.departed = e.departed[:0]
	hook.SetRunning(0)
}

// letGo resumes a coroutine that ends by Goexit.
func (w *worker) letGo() {
	hook.SetRunning(w.g)
	var gone sync.WaitGroup
	gone.Go(func() { w.resume() })
	gone.Wait()
}

// stop ends the coroutines.
func (e *engine) stop() {
	for _, w := range e.idlers {
		w.stop()
	}
	e.idlers = nil
}
